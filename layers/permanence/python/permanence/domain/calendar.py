"""Opening hours and their complement, the astreinte (R1, R2, R5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum


class Service(StrEnum):
    DEBORDEMENT = "débordement"
    ASTREINTE = "astreinte"


@dataclass(frozen=True, slots=True)
class Closure:
    """A planned closure (R2) over [start, end), UTC; its calls are astreinte."""

    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Weekly half-open spans in Paris-local time by ISO weekday (Monday 1), less holidays and closures."""

    weekly: Mapping[int, tuple[tuple[time, time], ...]]
    holidays: frozenset[date]
    closures: tuple[Closure, ...] = ()


@dataclass(frozen=True, slots=True)
class OverflowDelay:
    """How long Habitat 70 makes a caller wait before we hear of the call, from a day on (R3, R5)."""

    from_day: date
    seconds: int


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open [start, end), UTC."""

    start: datetime
    end: datetime
