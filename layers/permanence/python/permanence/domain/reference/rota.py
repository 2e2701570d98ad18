"""Who of Habitat 70 is on call, where and when (R30, R31)."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

from permanence.domain.frozen import dataclass

EVERY_SECTOR = "*"


class OnCallRole(StrEnum):
    TECHNICIEN = "technicien"
    CADRE = "cadre"


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
) -> tuple[RotaProblem, ...]:
    """What is wrong with a rota over [start, end), UTC (R31); empty when nothing is.

    One technicien per sector and one cadre for all must be on call at every instant. Instants are UTC, so that the
    night of 25 hours and the one of 23 need no care here.
    """
    cells = [(sector, OnCallRole.TECHNICIEN) for sector in sorted(sectors)] + [(EVERY_SECTOR, OnCallRole.CADRE)]
    problems: list[RotaProblem] = []
    by_cell: dict[tuple[str, OnCallRole], list[Duty]] = {}
    for duty in sorted(duties, key=lambda d: (d.start, d.end, d.person.person_id)):
        if duty.start < end and duty.end > start and duty.start < duty.end:
            by_cell.setdefault((duty.sector, duty.role), []).append(duty)
            problems.extend(_about_person(duty, known_person_ids))
    for sector, role in cells:
        problems.extend(_about_coverage(by_cell.get((sector, role), []), sector, role, start, end))
    return tuple(sorted(problems, key=lambda p: (p.start, p.sector, p.role.value, p.kind.value)))


def _about_person(duty: Duty, known_person_ids: Collection[str]) -> Iterable[RotaProblem]:
    concerned = (duty.person.person_id,)
    if duty.person.person_id not in known_person_ids:
        yield RotaProblem(RotaProblemKind.UNKNOWN_PERSON, duty.sector, duty.role, duty.start, duty.end, concerned)
    if not duty.person.phone:
        yield RotaProblem(RotaProblemKind.MISSING_NUMBER, duty.sector, duty.role, duty.start, duty.end, concerned)


def _about_coverage(
    duties: list[Duty], sector: str, role: OnCallRole, start: datetime, end: datetime
) -> Iterable[RotaProblem]:
    covered_until, last = start, None
    for duty in duties:
        if duty.start > covered_until:
            yield RotaProblem(RotaProblemKind.GAP, sector, role, covered_until, duty.start)
        elif last is not None and duty.start < covered_until:
            yield RotaProblem(
                RotaProblemKind.OVERLAP,
                sector,
                role,
                max(duty.start, start),
                min(duty.end, covered_until),
                (last.person.person_id, duty.person.person_id),
            )
        if duty.end > covered_until or last is None:
            covered_until, last = max(covered_until, duty.end), duty
    if covered_until < end:
        yield RotaProblem(RotaProblemKind.GAP, sector, role, covered_until, end)
