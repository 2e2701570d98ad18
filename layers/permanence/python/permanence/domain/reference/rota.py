"""Who of Habitat 70 is on call, where and when (R30, R31)."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

from permanence.domain.frozen import dataclass

EVERY_SECTOR = "*"


class OnCallRole(StrEnum):
    TECHNICIEN = "technicien"
    CADRE = "cadre"
    SUPERVISEUR = "superviseur"  # of the reception: called when nobody of a chain has accepted (R42)


@dataclass(frozen=True)
class OnCallPerson:
    person_id: str
    name: str
    phone: str  # E.164


@dataclass(frozen=True)
class Duty:
    """A person is on call for a role in a sector over [start, end), UTC. The cadre's sector is ``*``."""

    sector: str
    role: OnCallRole
    person: OnCallPerson
    start: datetime
    end: datetime


class RotaProblemKind(StrEnum):
    GAP = "gap"
    OVERLAP = "overlap"
    UNKNOWN_PERSON = "unknown_person"
    MISSING_NUMBER = "missing_number"


@dataclass(frozen=True)
class RotaProblem:
    """What is wrong over [start, end), UTC; `person_ids` names the duties concerned, none for a gap."""

    kind: RotaProblemKind
    sector: str
    role: OnCallRole
    start: datetime
    end: datetime
    person_ids: tuple[str, ...] = ()


def on_duty(duties: Iterable[Duty], sector: str, role: OnCallRole, at: datetime) -> OnCallPerson | None:
    """The person on call at an instant (UTC), or None; a duty of sector ``*`` covers every sector that has no own."""
    everywhere = None
    for duty in duties:
        if duty.role is not role or not duty.start <= at < duty.end:
            continue
        if duty.sector == sector:
            return duty.person
        if duty.sector == EVERY_SECTOR and everywhere is None:
            everywhere = duty.person
    return everywhere


def check_rota(
    duties: Iterable[Duty],
    sectors: Collection[str],
    known_person_ids: Collection[str],
    start: datetime,
    end: datetime,
    everywhere: Collection[OnCallRole] = (OnCallRole.CADRE,),
) -> tuple[RotaProblem, ...]:
    """What is wrong with a rota over [start, end), UTC (R31); empty when nothing is.

    One technicien per sector, of its own or of all, and one of each role `everywhere` must be on call at every instant.
    Instants are UTC, so that the night of 25 hours and the one of 23 need no care here.
    """
    cells = [(sector, OnCallRole.TECHNICIEN) for sector in sorted(sectors)]
    cells += [(EVERY_SECTOR, role) for role in everywhere]
    problems: list[RotaProblem] = []
    by_cell: dict[tuple[str, OnCallRole], list[Duty]] = {}
    for duty in sorted(duties, key=lambda d: (d.start, d.end, d.person.person_id)):
        if duty.start < end and duty.end > start and duty.start < duty.end:
            by_cell.setdefault((duty.sector, duty.role), []).append(duty)
            problems.extend(_about_person(duty, known_person_ids))
    for sector, role in dict.fromkeys((*cells, *by_cell)):
        own = by_cell.get((sector, role), [])
        problems.extend(_overlaps(own, start))
        if (sector, role) in cells:
            of_all = [] if sector == EVERY_SECTOR else by_cell.get((EVERY_SECTOR, role), [])
            problems.extend(_gaps(sorted((*own, *of_all), key=lambda d: d.start), sector, role, start, end))
    return tuple(sorted(problems, key=lambda p: (p.start, p.sector, p.role.value, p.kind.value)))


def _about_person(duty: Duty, known_person_ids: Collection[str]) -> Iterable[RotaProblem]:
    concerned = (duty.person.person_id,)
    if duty.person.person_id not in known_person_ids:
        yield RotaProblem(RotaProblemKind.UNKNOWN_PERSON, duty.sector, duty.role, duty.start, duty.end, concerned)
    if not duty.person.phone:
        yield RotaProblem(RotaProblemKind.MISSING_NUMBER, duty.sector, duty.role, duty.start, duty.end, concerned)


def _gaps(
    duties: Iterable[Duty], sector: str, role: OnCallRole, start: datetime, end: datetime
) -> Iterable[RotaProblem]:
    covered_until = start
    for duty in duties:
        if duty.start > covered_until:
            yield RotaProblem(RotaProblemKind.GAP, sector, role, covered_until, duty.start)
        covered_until = max(covered_until, duty.end)
    if covered_until < end:
        yield RotaProblem(RotaProblemKind.GAP, sector, role, covered_until, end)


def _overlaps(duties: Iterable[Duty], start: datetime) -> Iterable[RotaProblem]:
    last: Duty | None = None
    for duty in duties:
        if last is not None and duty.start < last.end:
            yield RotaProblem(
                RotaProblemKind.OVERLAP,
                duty.sector,
                duty.role,
                max(duty.start, start),
                min(duty.end, last.end),
                (last.person.person_id, duty.person.person_id),
            )
        if last is None or duty.end > last.end:
            last = duty
