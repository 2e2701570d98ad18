"""Who of Habitat 70 is on call, where and when (R30, R31)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class OnCallRole(StrEnum):
    TECHNICIEN = "technicien"
    CADRE = "cadre"


@dataclass(frozen=True, slots=True)
class OnCallPerson:
    person_id: str
    name: str
    phone: str  # E.164


@dataclass(frozen=True, slots=True)
class Duty:
    """A person is on call for a role in a sector over [start, end), UTC. The cadre's sector is ``*``."""

    sector: str
    role: OnCallRole
    person: OnCallPerson
    start: datetime
    end: datetime


def on_duty(duties: Iterable[Duty], sector: str, role: OnCallRole, at: datetime) -> OnCallPerson | None:
    """The person on call at an instant (UTC), or None; a duty of sector ``*`` covers every sector."""
    for duty in duties:
        if duty.role is role and duty.sector in (sector, "*") and duty.start <= at < duty.end:
            return duty.person
    return None
