"""What a new version does to the night: who would be called where, beside who is called now (R30, R32, R40)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum

from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_day
from permanence.domain.reference.buildings import Building, buildings_of
from permanence.domain.reference.documents import Circumstances, Effect, UnderWay
from permanence.domain.reference.entreprises import Contractor, Entreprises
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.resolver import Resolver

MOST_OF_A_SORT = 12
MOST_COMMUNES = 3
MOST_SUBJECTS = 20
MOST_NUMBERS = 3


class PlaceEffect(StrEnum):
    """Counted in buildings, in how many `communes` the detail says; but for the last two, of malfunctions. Those that
    are many stand together, with the number of their `ways` in the place of the detail said here."""

    CONTRACTOR = "contractor"  # another one is called first; detail: before, after, trade
    NEXT_CONTRACTORS = "next_contractors"  # the first one stays, those after him change; detail: contractor
    UNCOVERED = "uncovered"  # nobody any more; detail: motif
    STILL_UNCOVERED = "still_uncovered"  # nobody, as before; detail: motif
    COVERED = "covered"  # nobody until now; detail: motif, contractor
    NUMBERS = "numbers"  # who is called there has other numbers; detail: contractor
    AGENCY = "agency"  # detail: agency
    SECTOR = "sector"  # detail: sector
    REMOVED = "removed"  # open malfunctions at an address that goes; detail: numbers, the first of them
    MISSIONS = "missions"  # that the version changes: none, since a chain is frozen (R43); detail: under_way, how many


@dataclass(frozen=True)
class Reference:
    """The two documents that say together who is called."""

    patrimoine: Patrimoine
    entreprises: Entreprises


Group = tuple[PlaceEffect, tuple[tuple[str, str], ...]]


def of_patrimoine(in_force: Patrimoine, proposed: Patrimoine, circumstances: Circumstances) -> tuple[Effect, ...]:
    """Beside the Entreprises of its first day, and what is under way."""
    entreprises = circumstances.others["entreprises"]
    told = _told(Reference(in_force, entreprises), Reference(proposed, entreprises), circumstances)
    missions = sum(one.has_mission for one in circumstances.under_way)
    removed = _at_a_removed_address(in_force, proposed, circumstances.under_way)
    return (*told, *removed, Effect(PlaceEffect.MISSIONS, 0, {"under_way": str(missions)}))


def of_entreprises(in_force: Entreprises, proposed: Entreprises, circumstances: Circumstances) -> tuple[Effect, ...]:
    """Beside the patrimoine of their first day."""
    patrimoine = circumstances.others["patrimoine"]
    told = _told(Reference(patrimoine, in_force), Reference(patrimoine, proposed), circumstances)
    return (*told, Effect(PlaceEffect.MISSIONS, 0, {}))


def effects_on_the_night(before: Reference, after: Reference, motifs: Collection[str], day: date) -> tuple[Effect, ...]:
    """Of these contractor motifs on a Paris-local day; what is alike is one effect, what concerns most comes first."""
    found: dict[Group, dict[str, Building]] = {}
    for group, building in _differences(before, after, motifs, day):
        found.setdefault(group, {})[building.building_id] = building
    by_code: dict[PlaceEffect, list[tuple[Group, dict[str, Building]]]] = {code: [] for code in PlaceEffect}
    for group, buildings in sorted(found.items(), key=lambda one: -len(one[1])):
        by_code[group[0]].append((group, buildings))
    return tuple(effect for code, alike in by_code.items() for effect in _effects(code, alike))


def _told(before: Reference, after: Reference, circumstances: Circumstances) -> tuple[Effect, ...]:
    signed = circumstances.signed
    day = paris_day(circumstances.at or circumstances.now)
    names = {"motif": signed.motifs, "agency": signed.agencies}
    return tuple(
        replace(one, detail={key: names.get(key, {}).get(value, value) for key, value in one.detail.items()})
        for one in effects_on_the_night(before, after, sorted(signed.contractor_motifs), day)
    )


def _at_a_removed_address(before: Patrimoine, after: Patrimoine, under_way: Iterable[UnderWay]) -> Iterator[Effect]:
    """They are followed on: what a malfunction needs of its place was frozen with it."""
    dwellings = {one.dwelling_id for one in before.dwellings} - {one.dwelling_id for one in after.dwellings}
    buildings = {one.building_id for one in before.dwellings} - {one.building_id for one in after.dwellings}
    found = [
        one
        for one in under_way
        if (one.building_id in buildings if one.dwelling_id is None else one.dwelling_id in dwellings)
    ]
    if found:
        communes = tuple(dict.fromkeys(one.commune for one in found))
        detail = {"numbers": ", ".join(one.number for one in found[:MOST_NUMBERS]), "communes": str(len(communes))}
        yield Effect(PlaceEffect.REMOVED, len(found), detail, communes[:MOST_COMMUNES])


def _differences(
    before: Reference, after: Reference, motifs: Collection[str], day: date
) -> Iterator[tuple[Group, Building]]:
    were, buildings = (buildings_of(one.patrimoine.dwellings) for one in (before, after))
    then, now = (Resolver(one.patrimoine, one.entreprises, motifs) for one in (before, after))
    for building_id, building in buildings.items():
        was = were.get(building_id)
        for motif in motifs:
            called = [choice.contractor for choice in now.contractors_for(motif, building, day)]
            would_be = [choice.contractor for choice in then.contractors_for(motif, was, day)] if was else []
            for code, detail in _of_a_motif(motif, would_be, called, is_new=was is None):
                yield (code, tuple(detail.items())), building
        for code, detail in _of_a_place(was, building):
            yield (code, tuple(detail.items())), building


def _effects(code: PlaceEffect, alike: list[tuple[Group, dict[str, Building]]]) -> Iterator[Effect]:
    """Those that concern least are one where there are many: they say in how many ways."""
    shown = alike if len(alike) <= MOST_OF_A_SORT else alike[: MOST_OF_A_SORT - 1]
    for (_, detail), buildings in shown:
        yield _effect(code, dict(detail), buildings)
    if others := alike[len(shown) :]:
        every = {building_id: one for _, buildings in others for building_id, one in buildings.items()}
        yield _effect(code, {"ways": str(len(others))}, every)


def _effect(code: PlaceEffect, detail: Mapping[str, str], buildings: Mapping[str, Building]) -> Effect:
    communes = tuple(dict.fromkeys(one.commune for one in buildings.values()))
    told = {**detail, "communes": str(len(communes))}
    return Effect(code, len(buildings), told, communes[:MOST_COMMUNES], tuple(buildings)[:MOST_SUBJECTS])


def _of_a_motif(
    motif: str, would_be: Sequence[Contractor], called: Sequence[Contractor], *, is_new: bool
) -> Iterator[tuple[PlaceEffect, Mapping[str, str]]]:
    if not called:
        yield PlaceEffect.UNCOVERED if would_be or is_new else PlaceEffect.STILL_UNCOVERED, {"motif": motif}
        return
    if is_new:
        return
    first = called[0]
    if not would_be:
        yield PlaceEffect.COVERED, {"motif": motif, "contractor": first.name}
        return
    if would_be[0].contractor_id != first.contractor_id:
        yield PlaceEffect.CONTRACTOR, {"before": would_be[0].name, "after": first.name, "trade": first.trade}
    elif [one.contractor_id for one in would_be] != [one.contractor_id for one in called]:
        yield PlaceEffect.NEXT_CONTRACTORS, {"contractor": first.name}
    numbers = {one.contractor_id: (one.phone, one.second_phone) for one in would_be}
    for one in called:
        if numbers.get(one.contractor_id, (one.phone, one.second_phone)) != (one.phone, one.second_phone):
            yield PlaceEffect.NUMBERS, {"contractor": one.name}


def _of_a_place(was: Building | None, building: Building) -> Iterator[tuple[PlaceEffect, Mapping[str, str]]]:
    if was is None:
        return
    if was.agency != building.agency:
        yield PlaceEffect.AGENCY, {"agency": building.agency}
    if was.sector != building.sector:
        yield PlaceEffect.SECTOR, {"sector": building.sector}
