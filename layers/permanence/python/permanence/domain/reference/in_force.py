"""What the reception obeys of the living documents: small enough to be read while a caller waits (R2)."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Protocol, TypeVar

from permanence.domain.frozen import dataclass
from permanence.domain.reference.announced import Peak, Works
from permanence.domain.reference.calendar import Closure
from permanence.domain.reference.exceptional import Opening, Takeover
from permanence.domain.reference.listes import Listes
from permanence.domain.reference.messages import Messages

SEED = 0
"""The number of what the contract folder ships; versions count from 1."""


@dataclass(frozen=True)
class CalendrierPart:
    """What opening hours and the desk hold of a calendrier."""

    closures: tuple[Closure, ...] = ()
    peaks: tuple[Peak, ...] = ()
    works: tuple[Works, ...] = ()
    openings: tuple[Opening, ...] = ()
    takeovers: tuple[Takeover, ...] = ()


@dataclass(frozen=True)
class ObeyedCalendrier:
    """That of a version, from an instant (UTC) on."""

    number: int
    starts_at: datetime
    obeyed: CalendrierPart


@dataclass(frozen=True)
class ObeyedMessages:
    number: int
    starts_at: datetime
    obeyed: Messages


@dataclass(frozen=True)
class ObeyedListes:
    number: int
    starts_at: datetime
    obeyed: Listes


@dataclass(frozen=True)
class Start:
    """From when on (UTC) a version is in force."""

    number: int
    starts_at: datetime


class Obeyed(Protocol):
    @property
    def starts_at(self) -> datetime: ...


V = TypeVar("V", bound=Obeyed)


@dataclass(frozen=True)
class ReceptionPart:
    """Of each kind that the reception obeys, the versions of its timetable in the order of their starts, and of every
    kind their `starts`."""

    calendrier: tuple[ObeyedCalendrier, ...] = ()
    messages: tuple[ObeyedMessages, ...] = ()
    listes: tuple[ObeyedListes, ...] = ()
    starts: Mapping[str, tuple[Start, ...]] = field(default_factory=dict)

    def number_at(self, kind: str, instant: datetime) -> int:
        """The version of a kind that is in force, `SEED` before the first."""
        started = obeyed_at(self.starts.get(kind, ()), instant)
        return started.number if started else SEED


def obeyed_at(versions: tuple[V, ...], instant: datetime) -> V | None:
    """Of one kind; None while the seed is in force."""
    return next((one for one in reversed(versions) if one.starts_at <= instant), None)
