"""What is wrong with a planning that is proposed: the check of R31, over all that it covers from now on."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from permanence.domain.reference.annuaire import MOBILES, Annuaire, ReceptionFunction, StaffRole
from permanence.domain.reference.calendar import OpeningHours
from permanence.domain.reference.dated import FARTHEST
from permanence.domain.reference.documents import Circumstances, Kind, Point
from permanence.domain.reference.planning import (
    PlannedDuty,
    Planning,
    brought_over,
    carried,
    changes,
    erased,
    restored,
)
from permanence.domain.reference.planning_coverage import (
    FOR_EVERY_SECTOR,
    coverage,
    covered,
    minutes_of_astreinte,
    sectors_of,
)
from permanence.domain.reference.planning_effects import planning_effects
from permanence.domain.reference.rota import (
    EVERY_SECTOR,
    OnCallRole,
    RotaProblem,
    RotaProblemKind,
)

MOST_TOLD = 100
"""Holes and overlaps that are told one by one; the others are counted."""

LAST_DAYS = timedelta(days=30)
"""A planning that ends within them where the one in force went on is an older one, or not whole: it is not approved."""


class PlanningCode(StrEnum):
    """Each with the `role`, the `sector`, `start` and `end` (ISO, UTC) that it speaks of, where it speaks of any."""

    GAP = "planning_gap"  # detail: minutes of astreinte without anybody
    OVERLAP = "planning_overlap"  # detail: people, their names; minutes
    MORE = "planning_more"  # detail: count of holes and overlaps that are not told one by one
    UNKNOWN_PERSON = "planning_unknown_person"  # detail: person_id, count of duties
    MISSING_NUMBER = "planning_missing_number"  # detail: person, count
    BACKWARDS = "planning_backwards"  # it does not end after its start
    TOO_FAR = "planning_too_far"
    ONE_SECTOR = "planning_one_sector"  # a cadre or duty supervisor of one sector
    ENDS_SOONER = "planning_ends_sooner"  # than what is in force; detail: last, the day of its end
    OPEN_GAP = "planning_open_gap"  # only said: while the CRC is open; detail: count
    SUPERVISOR_GAP = "planning_supervisor_gap"  # only said: the contract’s number is called; detail: count, minutes
    LANDLINE = "planning_landline"  # only said: no SMS; detail: person, count
    OTHER_ROLE = "planning_other_role"  # only said: not what the annuaire has the person for; detail: person
    UNKNOWN_SECTOR = "planning_unknown_sector"  # only said: no dwelling of the patrimoine is of it
    BEGINS_LATER = "planning_begins_later"  # only said: nobody before `start`


_ROLES = {OnCallRole.CADRE: StaffRole.CADRE, OnCallRole.TECHNICIEN: StaffRole.TECHNICIEN}


def planning_points(in_force: Planning, proposed: Planning, circumstances: Circumstances) -> tuple[Point, ...]:
    """All that is wrong with what is not past, what blocks before what is only said; each in the order of time."""
    now, annuaire = circumstances.now, circumstances.others.get("annuaire", Annuaire())
    coming = [duty for duty in proposed.duties if duty.end > now or duty.end <= duty.start]
    sooner = tuple(_ends_sooner(in_force, proposed, now))
    if not coming:
        return sooner
    sectors = sectors_of(circumstances.others.get("patrimoine"))
    problems = coverage(proposed, annuaire, sectors, now)
    told = [
        *_shapes(coming, now),
        *_people(coming, annuaire),
        *_holes(problems, annuaire, circumstances.signed.hours),
        *_sectors(coming, sectors),
        *sooner,
    ]
    start = covered(proposed, now)[0]
    if start > now:
        told.append(Point(PlanningCode.BEGINS_LATER, "", {"start": start.isoformat()}, blocks=False))
    return (*(point for point in told if point.blocks), *(point for point in told if not point.blocks))


def _ends_sooner(in_force: Planning, proposed: Planning, now: datetime) -> Iterator[Point]:
    until, was = covered(proposed, now)[1], covered(in_force, now)[1]
    if until < was:
        told = {"start": until.isoformat(), "last": was.isoformat()}
        yield Point(PlanningCode.ENDS_SOONER, "", told, blocks=until < now + LAST_DAYS)


def _shapes(duties: Iterable[PlannedDuty], now: datetime) -> Iterator[Point]:
    for duty in duties:
        if duty.end <= duty.start:
            yield _of(PlanningCode.BACKWARDS, duty)
        elif duty.end > now + FARTHEST:
            yield _of(PlanningCode.TOO_FAR, duty)
        if duty.role in FOR_EVERY_SECTOR and duty.sector != EVERY_SECTOR:
            yield _of(PlanningCode.ONE_SECTOR, duty)


def _people(duties: Iterable[PlannedDuty], annuaire: Annuaire) -> Iterator[Point]:
    """Once a person and role, by the first duty concerned."""
    known = annuaire.on_call
    by_person: dict[tuple[str, OnCallRole], list[PlannedDuty]] = {}
    for duty in duties:
        by_person.setdefault((duty.person_id, duty.role), []).append(duty)
    for (person_id, role), theirs in by_person.items():
        count = str(len(theirs))
        person = known.get(person_id)
        if person is None:
            yield _of(PlanningCode.UNKNOWN_PERSON, theirs[0], person=person_id, count=count)
            continue
        if not person.phone:
            yield _of(PlanningCode.MISSING_NUMBER, theirs[0], person=person.name, count=count)
        elif not person.phone.startswith(MOBILES):
            yield _of(PlanningCode.LANDLINE, theirs[0], blocks=False, person=person.name, count=count)
        if not _is_for(person_id, role, annuaire):
            yield _of(PlanningCode.OTHER_ROLE, theirs[0], blocks=False, person=person.name, count=count)


def _is_for(person_id: str, role: OnCallRole, annuaire: Annuaire) -> bool:
    if role is OnCallRole.SUPERVISEUR:
        return any(
            one.person_id == person_id and one.function is ReceptionFunction.DUTY_SUPERVISOR
            for one in annuaire.reception
        )
    return any(one.person_id == person_id and _ROLES[role] in one.roles for one in annuaire.people)


def _holes(problems: Iterable[RotaProblem], annuaire: Annuaire, hours: OpeningHours) -> Iterator[Point]:
    told, open_gaps, supervisor_gaps = [], [], []
    known = annuaire.on_call
    for one in problems:
        minutes = minutes_of_astreinte(one.start, one.end, hours)
        if one.kind is RotaProblemKind.OVERLAP:
            names = [known[who].name if who in known else who for who in one.person_ids]
            length = int((one.end - one.start).total_seconds()) // 60
            told.append(_about(PlanningCode.OVERLAP, one, minutes=str(length), people=" et ".join(names)))
        elif one.role is OnCallRole.SUPERVISEUR:
            supervisor_gaps.append(one)
        elif minutes:
            told.append(_about(PlanningCode.GAP, one, minutes=str(minutes)))
        else:
            open_gaps.append(one)
    yield from told[:MOST_TOLD]
    if len(told) > MOST_TOLD:
        yield Point(PlanningCode.MORE, "", {"count": str(len(told) - MOST_TOLD)}, blocks=True)
    if supervisor_gaps:
        minutes = sum(minutes_of_astreinte(one.start, one.end, hours) for one in supervisor_gaps)
        count = str(len(supervisor_gaps))
        yield _about(PlanningCode.SUPERVISOR_GAP, supervisor_gaps[0], blocks=False, count=count, minutes=str(minutes))
    if open_gaps:
        yield _about(PlanningCode.OPEN_GAP, open_gaps[0], blocks=False, count=str(len(open_gaps)))


def _sectors(duties: Iterable[PlannedDuty], sectors: Collection[str]) -> Iterator[Point]:
    first = {duty.sector: duty for duty in reversed(list(duties))}
    for sector, duty in first.items():
        if sectors and sector not in (EVERY_SECTOR, *sectors):
            yield _of(PlanningCode.UNKNOWN_SECTOR, duty, blocks=False)


def _of(code: PlanningCode, duty: PlannedDuty, *, blocks: bool = True, **detail: str) -> Point:
    return _point(code, duty.role, duty.sector, duty.start, duty.end, blocks=blocks, **detail)


def _about(code: PlanningCode, problem: RotaProblem, *, blocks: bool = True, **detail: str) -> Point:
    return _point(code, problem.role, problem.sector, problem.start, problem.end, blocks=blocks, **detail)


def _point(
    code: PlanningCode, role: OnCallRole, sector: str, start: datetime, end: datetime, *, blocks: bool, **detail: str
) -> Point:
    """The subject is the cell, and the start."""
    told = {"role": role.value, "sector": sector, "start": start.isoformat(), "end": end.isoformat(), **detail}
    return Point(code, f"{role.value} {sector} {start.isoformat()}", told, blocks=blocks)


PLANNING = Kind(
    name="planning",
    schema=Planning,
    proposed_by=("habitat70", "superviseur"),
    approved_by=("habitat70", "superviseur"),
    carried=carried,
    restored=restored,
    brought_over=brought_over,
    checks=planning_points,
    changes=changes,
    counts=lambda planning: {"duties": len(planning.duties)},
    obeyed=lambda _, __: None,
    looks_at=("annuaire", "patrimoine"),
    effects=planning_effects,
    erased=erased,
    mended_in_place=True,
)
