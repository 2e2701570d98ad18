"""What is wrong with the Entreprises that are proposed (R30, R40). Alike points are one, with how many they are."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from permanence.domain.instants import paris_day
from permanence.domain.reference.buildings import zones_held
from permanence.domain.reference.documents import Circumstances, Point
from permanence.domain.reference.entreprises import ContractorAssignment, Entreprises
from permanence.domain.reference.holes import endings
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.places import Where, zone_key

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)
"""A date outside is a slip, of a cell that a spreadsheet took for a number for instance."""
MOST_RANKS = 9
LOOKS_AHEAD = timedelta(days=92)
_E164 = re.compile(r"\+[1-9][0-9]{7,14}")


class EntreprisesCode(StrEnum):
    """The subject is a contractor by his id, but where it is said otherwise; `name` in the detail is his, `motif` is in
    the words of the contract."""

    WITHOUT_NAME = "contractor_without_name"
    TWICE = "contractor_twice"
    WITHOUT_NUMBER = "without_number"
    NOT_A_NUMBER = "not_a_number"  # detail: number
    UNKNOWN_CONTRACTOR = "assigned_unknown_contractor"  # detail: count
    UNKNOWN_MOTIF = "assigned_unknown_motif"  # subject: the motif; detail: count
    UNKNOWN_AGENCY = "assigned_unknown_agency"  # subject: the agency; detail: count
    BACKWARDS = "contract_backwards"  # detail: motif
    IMPLAUSIBLE_DATE = "implausible_date"  # detail: motif, day
    BAD_RANK = "bad_rank"  # detail: motif, rank
    RANK_TWICE = "rank_twice"  # two contracts of one motif, zone and rank at once, in `count` zones, first `place`;
    # detail: motif, rank, where, place, count, other
    STILL_NAMED = "still_named"  # the patrimoine names him, and he goes; detail: buildings, maintained, first
    SAME_NUMBER = "same_number"  # only said; detail: other
    STAFF_MOTIF = "assigned_staff_motif"  # only said; subject: the motif; detail: motif, count
    UNKNOWN_ZONE = "unknown_zone"  # only said, of `count` places; subject: the first; detail: where
    SEVERAL_RESIDENCES = "several_residences"  # only said: in how many communes; subject: the place
    ENDS_WITHOUT_NEXT = "ends_without_next"  # only said; detail: day, buildings


def checks(in_force: Entreprises, proposed: Entreprises, circumstances: Circumstances) -> tuple[Point, ...]:
    """What blocks first, then what is only said. The patrimoine is looked up in `circumstances.others`."""
    patrimoine: Patrimoine = circumstances.others.get("patrimoine", Patrimoine())
    points = [
        *_of_contractors(proposed),
        *_of_contracts(proposed, circumstances),
        *_ranks_twice(proposed, circumstances),
        *_still_named(in_force, proposed, patrimoine),
        *_of_zones(proposed, patrimoine, circumstances),
        *_endings(proposed, patrimoine, circumstances),
    ]
    return tuple(sorted(points, key=lambda point: not point.blocks))


def _of_contractors(proposed: Entreprises) -> Iterator[Point]:
    held = Counter(one.contractor_id for one in proposed.contractors)
    numbers: dict[str, tuple[str, str]] = {}
    for one in proposed.contractors:
        who, name = one.contractor_id, one.name
        if not who or not name.strip():
            yield _point(EntreprisesCode.WITHOUT_NAME, who, name=name or who)
        if held.pop(who, 1) > 1:
            yield _point(EntreprisesCode.TWICE, who, name=name)
        if not one.phone:
            yield _point(EntreprisesCode.WITHOUT_NUMBER, who, name=name)
        for number in dict.fromkeys(number for number in (one.phone, one.second_phone) if number):
            if not _E164.fullmatch(number):
                yield _point(EntreprisesCode.NOT_A_NUMBER, who, name=name, number=number)
            other, its_name = numbers.setdefault(number, (who, name))
            if other != who:
                yield _point(EntreprisesCode.SAME_NUMBER, who, blocks=False, name=name, other=its_name)


def _of_contracts(proposed: Entreprises, circumstances: Circumstances) -> Iterator[Point]:
    signed = circumstances.signed
    names = {one.contractor_id: one.name for one in proposed.contractors}
    contracts = proposed.assignments
    yield from _counted(
        EntreprisesCode.UNKNOWN_CONTRACTOR, (one.contractor_id for one in contracts if one.contractor_id not in names)
    )
    yield from _counted(
        EntreprisesCode.UNKNOWN_MOTIF, (one.motif for one in contracts if one.motif not in signed.motifs)
    )
    staff = Counter(one.motif for one in contracts if one.motif in signed.motifs.keys() - signed.contractor_motifs)
    for motif, count in staff.items():
        told = signed.motifs[motif]
        yield _point(EntreprisesCode.STAFF_MOTIF, motif, blocks=False, motif=told, count=str(count))
    agencies = (one.place for one in contracts if one.where is Where.AGENCY)
    yield from _counted(EntreprisesCode.UNKNOWN_AGENCY, (one for one in agencies if one not in signed.agencies))
    for one in contracts:
        who, name = one.contractor_id, names.get(one.contractor_id, one.contractor_id)
        motif = signed.motifs.get(one.motif, one.motif)
        if not 1 <= one.rank <= MOST_RANKS:
            yield _point(EntreprisesCode.BAD_RANK, who, name=name, motif=motif, rank=str(one.rank))
        slips = [day for day in (one.starts_on, one.ends_before) if day and not EARLIEST <= day < LATEST]
        if slips:
            yield _point(EntreprisesCode.IMPLAUSIBLE_DATE, who, name=name, motif=motif, day=slips[0].isoformat())
        elif one.ends_before and one.ends_before <= one.starts_on:
            yield _point(EntreprisesCode.BACKWARDS, who, name=name, motif=motif)


def _ranks_twice(proposed: Entreprises, circumstances: Circumstances) -> Iterator[Point]:
    names = {one.contractor_id: one.name for one in proposed.contractors}
    by_rank: dict[tuple[str, Where, str, int], list[ContractorAssignment]] = {}
    for one in proposed.assignments:
        if one.ends_before is None or one.ends_before > one.starts_on:
            zone = (one.motif, one.where, zone_key(one.where, one.place), one.rank)
            by_rank.setdefault(zone, []).append(one)
    alike: dict[tuple[str, int, Where, str, str], list[str]] = {}
    for (motif, where, _, rank), contracts in by_rank.items():
        for earlier, later in pairwise(sorted(contracts, key=lambda one: one.starts_on)):
            if earlier.ends_before is None or later.starts_on < earlier.ends_before:
                key = (motif, rank, where, earlier.contractor_id, later.contractor_id)
                alike.setdefault(key, []).append(later.place)
    for (motif, rank, where, first, second), places in alike.items():
        yield _point(
            EntreprisesCode.RANK_TWICE,
            second,
            name=names.get(second, second),
            other=names.get(first, first),
            motif=circumstances.signed.motifs.get(motif, motif),
            rank=str(rank),
            where=where.value,
            place=places[0],
            count=str(len(places)),
        )


def _still_named(in_force: Entreprises, proposed: Entreprises, patrimoine: Patrimoine) -> Iterator[Point]:
    """By whichever of the two documents is approved last: neither leaves the other with a name that nobody bears."""
    kept = {one.contractor_id for one in proposed.contractors}
    names = {one.contractor_id: one.name for one in in_force.contractors}
    named: dict[str, dict[str, None]] = {}
    maintained: dict[str, dict[str, None]] = {}
    for held, entries in ((named, patrimoine.named), (maintained, patrimoine.maintenance)):
        for one in entries:
            if one.contractor_id not in kept:
                held.setdefault(one.contractor_id, {})[one.building_id] = None
    for who in dict.fromkeys((*named, *maintained)):
        buildings, contracts = named.get(who, {}), maintained.get(who, {})
        yield _point(
            EntreprisesCode.STILL_NAMED,
            who,
            name=names.get(who, who),
            buildings=str(len(buildings)),
            maintained=str(len(contracts)),
            first=next(iter((*buildings, *contracts))),
        )


def _of_zones(proposed: Entreprises, patrimoine: Patrimoine, circumstances: Circumstances) -> Iterator[Point]:
    """Before a patrimoine is there, nothing is known of any place."""
    if not patrimoine.dwellings:
        return
    zones = zones_held(patrimoine.dwellings)
    told = dict.fromkeys((one.where, one.place) for one in proposed.assignments if one.where is not Where.AGENCY)
    communes: dict[str, set[str]] = {}
    for dwelling in patrimoine.dwellings:
        communes.setdefault(zone_key(Where.RESIDENCE, dwelling.residence), set()).add(dwelling.commune)
    unknown: dict[Where, list[str]] = {}
    for where, place in told:
        key = zone_key(where, place)
        if (where, key) not in zones:
            unknown.setdefault(where, []).append(place)
        elif where is Where.RESIDENCE and len(communes.get(key, ())) > 1:
            yield _point(EntreprisesCode.SEVERAL_RESIDENCES, place, blocks=False, count=str(len(communes[key])))
    for sort, places in unknown.items():
        count = str(len(places))
        yield _point(EntreprisesCode.UNKNOWN_ZONE, places[0], blocks=False, where=sort.value, count=count)


def _endings(proposed: Entreprises, patrimoine: Patrimoine, circumstances: Circumstances) -> Iterator[Point]:
    today = paris_day(circumstances.now)
    motifs = circumstances.signed.contractor_motifs
    for ending in endings(patrimoine, proposed, motifs, today, today + LOOKS_AHEAD):
        yield _point(
            EntreprisesCode.ENDS_WITHOUT_NEXT,
            ending.contractor.contractor_id,
            blocks=False,
            name=ending.contractor.name,
            day=ending.last_day.isoformat(),
            buildings=str(len(ending.buildings)),
        )


def _counted(code: EntreprisesCode, subjects: Iterable[str], *, blocks: bool = True) -> Iterator[Point]:
    for subject, count in Counter(subjects).items():
        yield _point(code, subject, blocks=blocks, count=str(count))


def _point(code: EntreprisesCode, subject: str, *, blocks: bool = True, **detail: str) -> Point:
    return Point(code, subject, detail, blocks)
