"""What is wrong with a patrimoine that is proposed (R30, R85, R89). Alike points are one, with how many they are."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from permanence.domain.reference.buildings import zones_held
from permanence.domain.reference.documents import Circumstances, Point
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.patrimoine import Dwelling, MaintenanceContract, Patrimoine
from permanence.domain.reference.places import zone_key

MOST_REMOVED_PERCENT = 50
"""Nothing sells half of a patrimoine in a day: it is the wrong file. What truly goes so far goes in two steps."""
TOLD_REMOVED_PERCENT = 5
FEW_REMOVED = 5
"""So many go without a word, however small the patrimoine."""


class PatrimoineCode(StrEnum):
    """`count` in the detail says of how many entries; `first` names one of them."""

    WITHOUT_KEY = "dwelling_without_key"  # it has no id, no building or no commune; detail: first
    TWICE = "twice"  # detail: sort, first
    UNKNOWN_AGENCY = "unknown_agency"  # subject: what it is called
    UNKNOWN_CONTRACTOR = "unknown_contractor"  # subject: his id
    UNKNOWN_MOTIF = "unknown_motif"  # subject: its id
    UNKNOWN_BUILDING = "unknown_building"  # detail: sort
    UNKNOWN_PLACE = "unknown_place"  # of a contact; detail: where
    UNKNOWN_PERSON = "unknown_person"  # of a contact; subject: his id
    BACKWARDS = "maintenance_backwards"  # detail: domain
    OVERLAP = "maintenance_overlap"  # detail: domain
    WRONG_FILE = "wrong_file"  # dwellings that would go; detail: of
    MANY_REMOVED = "many_removed"  # only said; detail: of
    STAFF_MOTIF = "staff_motif"  # only said: no contractor is ever sent for it; detail: motif, in words
    TWO_PLACES = "two_places"  # only said: dwellings of one building differ; subject: the building; detail: what
    WITHOUT_SECTOR = "without_sector"  # only said
    SECTOR_WITHOUT_PLANNING = "sector_without_planning"  # only said; subject: the sector


def checks(in_force: Patrimoine, proposed: Patrimoine, circumstances: Circumstances) -> tuple[Point, ...]:
    """What blocks first, then what is only said. What others hold is looked up in `circumstances.others`."""
    points = [
        *_of_dwellings(proposed, circumstances),
        *_removed(in_force, proposed),
        *_twice(proposed),
        *_of_contractors(proposed, circumstances),
        *_of_motifs(proposed, circumstances),
        *_of_buildings(proposed),
        *_of_contacts(proposed, circumstances),
        *_of_maintenance(proposed),
        *_of_sectors(proposed, circumstances),
    ]
    return tuple(sorted(points, key=lambda point: not point.blocks))


def _of_dwellings(proposed: Patrimoine, circumstances: Circumstances) -> Iterator[Point]:
    nameless = [one for one in proposed.dwellings if not (one.dwelling_id and one.building_id and one.commune)]
    if nameless:
        named = nameless[0].dwelling_id or nameless[0].address
        yield _point(PatrimoineCode.WITHOUT_KEY, "", len(nameless), first=named)
    agencies = circumstances.signed.agencies
    unknown = [(one.agency, one.dwelling_id) for one in proposed.dwellings if one.agency not in agencies]
    unknown += [(one.agency_id, one.name) for one in proposed.agencies if one.agency_id not in agencies]
    yield from _alike(PatrimoineCode.UNKNOWN_AGENCY, unknown)
    places: dict[str, Dwelling] = {}
    differing: Counter[tuple[str, str]] = Counter()
    for one in proposed.dwellings:
        first = places.setdefault(one.building_id, one)
        for what in ("commune", "agency", "sector"):
            differing[one.building_id, what] += getattr(one, what) != getattr(first, what)
    for (building_id, what), count in differing.items():
        if count:
            yield _point(PatrimoineCode.TWO_PLACES, building_id, count, blocks=False, what=what)


def _removed(in_force: Patrimoine, proposed: Patrimoine) -> Iterator[Point]:
    """In whole per cents, so that no rounding decides."""
    before = {one.dwelling_id for one in in_force.dwellings}
    removed = len(before - {one.dwelling_id for one in proposed.dwellings})
    share = 100 * removed if removed > FEW_REMOVED else 0
    if share > MOST_REMOVED_PERCENT * len(before):
        yield _point(PatrimoineCode.WRONG_FILE, "", removed, of=str(len(before)))
    elif share > TOLD_REMOVED_PERCENT * len(before):
        yield _point(PatrimoineCode.MANY_REMOVED, "", removed, blocks=False, of=str(len(before)))


def _twice(proposed: Patrimoine) -> Iterator[Point]:
    keys: Mapping[str, Iterable[tuple[Hashable, str]]] = {
        "dwelling": ((one.dwelling_id, one.dwelling_id) for one in proposed.dwellings if one.dwelling_id),
        "agency": ((one.agency_id, one.name) for one in proposed.agencies),
        "named": (((one.building_id, one.motif, one.rank), one.building_id) for one in proposed.named),
        "instruction": ((one, one.building_id) for one in proposed.instructions),
        "contact": (
            ((one.where, zone_key(one.where, one.place), one.domain), f"{one.place} {one.domain}".strip())
            for one in proposed.contacts
        ),
    }
    for sort, entries in keys.items():
        held: dict[Hashable, list[str]] = {}
        for key, name in entries:
            held.setdefault(key, []).append(name)
        again = [names[0] for names in held.values() if len(names) > 1]
        if again:
            yield _point(PatrimoineCode.TWICE, "", len(again), sort=sort, first=again[0])


def _of_contractors(proposed: Patrimoine, circumstances: Circumstances) -> Iterator[Point]:
    entreprises: Entreprises = circumstances.others.get("entreprises", Entreprises())
    known = {one.contractor_id for one in entreprises.contractors}
    told = [(one.contractor_id, one.building_id) for one in proposed.named]
    told += [(one.contractor_id, one.building_id) for one in proposed.maintenance]
    yield from _alike(PatrimoineCode.UNKNOWN_CONTRACTOR, (one for one in told if one[0] not in known))


def _of_motifs(proposed: Patrimoine, circumstances: Circumstances) -> Iterator[Point]:
    signed = circumstances.signed
    named = [(one.motif, one.building_id) for one in proposed.named]
    told = [*named, *((one.motif, one.building_id) for one in proposed.instructions if one.motif)]
    yield from _alike(PatrimoineCode.UNKNOWN_MOTIF, (one for one in told if one[0] not in signed.motifs))
    staff = signed.motifs.keys() - signed.contractor_motifs
    for motif in sorted(staff):
        strangers = ((motif, building_id) for named_motif, building_id in named if named_motif == motif)
        yield from _alike(PatrimoineCode.STAFF_MOTIF, strangers, blocks=False, motif=signed.motifs[motif])


def _of_buildings(proposed: Patrimoine) -> Iterator[Point]:
    known = {one.building_id for one in proposed.dwellings}
    entries: Mapping[str, Iterable[Any]] = {
        "named": proposed.named,
        "instruction": proposed.instructions,
        "maintenance": proposed.maintenance,
    }
    for sort, held in entries.items():
        strangers = ((one.building_id, "") for one in held if one.building_id not in known)
        yield from _alike(PatrimoineCode.UNKNOWN_BUILDING, strangers, sort=sort)


def _of_contacts(proposed: Patrimoine, circumstances: Circumstances) -> Iterator[Point]:
    zones = zones_held(proposed.dwellings)
    for one in proposed.contacts:
        if (one.where, zone_key(one.where, one.place)) not in zones:
            yield _point(PatrimoineCode.UNKNOWN_PLACE, one.place, 1, where=one.where.value)
    annuaire = circumstances.others.get("annuaire")
    people = {one.person_id for one in annuaire.people} if annuaire is not None else set()
    strangers = ((one.person_id, one.place) for one in proposed.contacts if one.person_id not in {*people, ""})
    yield from _alike(PatrimoineCode.UNKNOWN_PERSON, strangers)


def _of_maintenance(proposed: Patrimoine) -> Iterator[Point]:
    by_domain: dict[tuple[str, str], list[MaintenanceContract]] = {}
    for one in proposed.maintenance:
        if one.starts_on and one.ends_before and one.ends_before <= one.starts_on:
            yield _point(PatrimoineCode.BACKWARDS, one.building_id, 1, domain=one.domain)
        else:
            by_domain.setdefault((one.building_id, one.domain), []).append(one)
    for (building_id, domain), contracts in by_domain.items():
        in_time = sorted(contracts, key=lambda one: one.starts_on or date.min)
        if any(
            later.starts_on is None or not earlier.ends_before or later.starts_on < earlier.ends_before
            for earlier, later in pairwise(in_time)
        ):
            yield _point(PatrimoineCode.OVERLAP, building_id, 1, domain=domain)


def _of_sectors(proposed: Patrimoine, circumstances: Circumstances) -> Iterator[Point]:
    sectors = Counter(one.sector for one in proposed.dwellings)
    if without := sectors.pop("", 0):
        yield _point(PatrimoineCode.WITHOUT_SECTOR, "", without, blocks=False)
    planning = circumstances.others.get("planning")
    planned = {duty.sector for duty in planning.duties} if planning is not None else sectors.keys()
    for sector in sorted(sectors.keys() - planned):
        yield _point(PatrimoineCode.SECTOR_WITHOUT_PLANNING, sector, sectors[sector], blocks=False)


def _alike(
    code: PatrimoineCode, entries: Iterable[tuple[str, str]], *, blocks: bool = True, **detail: str
) -> Iterator[Point]:
    """One point for each subject of the (subject, first one) that are told."""
    alike: dict[str, list[str]] = {}
    for subject, one in entries:
        alike.setdefault(subject, []).append(one)
    for subject, told in alike.items():
        yield _point(code, subject, len(told), blocks=blocks, first=told[0], **detail)


def _point(code: PatrimoineCode, subject: str, count: int, *, blocks: bool = True, **detail: str) -> Point:
    return Point(code, subject, {"count": str(count), **detail}, blocks)
