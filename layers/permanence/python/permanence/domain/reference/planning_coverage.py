"""What a planning covers, and what it leaves open, by the check of R31."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.calendar import OpeningHours, opening_time
from permanence.domain.reference.dated import FARTHEST
from permanence.domain.reference.planning import Planning
from permanence.domain.reference.rota import (
    EVERY_SECTOR,
    Duty,
    OnCallPerson,
    OnCallRole,
    RotaProblem,
    RotaProblemKind,
    check_rota,
)

FOR_EVERY_SECTOR = (OnCallRole.CADRE, OnCallRole.SUPERVISEUR)


def covered(planning: Planning, now: datetime) -> tuple[datetime, datetime]:
    """From when until when somebody must be on call everywhere: from now, or the first duty, to the end of the last one
    of Habitat 70’s staff. Both are now when there is none."""
    staff = [duty for duty in planning.duties if duty.role is not OnCallRole.SUPERVISEUR and duty.start < duty.end]
    if not staff:
        return now, now
    start = max(now, min(duty.start for duty in staff))
    return start, max(start, min(max(duty.end for duty in staff), now + FARTHEST))


def coverage(
    planning: Planning, annuaire: Annuaire, sectors: Collection[str], now: datetime
) -> tuple[RotaProblem, ...]:
    """Holes of what is covered, and overlaps, from now on. A sector that no dwelling is of needs nobody; without any
    dwelling, those that are planned do. A duty whose person is unknown is told of by another point: here it counts."""
    start, end = covered(planning, now)
    farthest = max((duty.end for duty in planning.duties), default=end)
    people = annuaire.on_call
    duties = [
        Duty(
            duty.sector,
            duty.role,
            people.get(duty.person_id) or OnCallPerson(duty.person_id, duty.person_id, ""),
            duty.start,
            duty.end,
        )
        for duty in planning.duties
    ]
    found = check_rota(duties, sectors or planned_sectors(planning), people, start, farthest, FOR_EVERY_SECTOR)
    return tuple(
        replace(one, end=min(one.end, end)) if one.kind is RotaProblemKind.GAP else one
        for one in found
        if one.kind is RotaProblemKind.OVERLAP or (one.kind is RotaProblemKind.GAP and one.start < end)
    )


def sectors_of(patrimoine: Any) -> frozenset[str]:
    """Those that its dwellings are of."""
    dwellings = patrimoine.dwellings if patrimoine else ()
    return frozenset(dwelling.sector for dwelling in dwellings if dwelling.sector)


def minutes_of_astreinte(start: datetime, end: datetime, hours: OpeningHours) -> int:
    """How much of [start, end) the CRC is closed for: only then is anybody of the planning called."""
    return int((end - start - opening_time(start, end, hours)).total_seconds()) // 60


def planned_sectors(planning: Planning) -> frozenset[str]:
    """Those that a technicien is planned for."""
    return frozenset(duty.sector for duty in planning.duties if duty.role is OnCallRole.TECHNICIEN) - {EVERY_SECTOR}
