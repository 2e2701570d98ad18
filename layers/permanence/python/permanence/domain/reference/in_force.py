"""What the reception obeys of the living documents: small enough to be read while a caller waits (R2)."""

from datetime import datetime

from permanence.domain.frozen import dataclass
from permanence.domain.reference.announced import Peak, Works
from permanence.domain.reference.calendar import Closure

SEED = 0
"""The number of what the contract folder ships; versions count from 1."""


@dataclass(frozen=True)
class CalendrierPart:
    """What opening hours and the desk hold of a calendrier."""

    closures: tuple[Closure, ...] = ()
    peaks: tuple[Peak, ...] = ()
    works: tuple[Works, ...] = ()


@dataclass(frozen=True)
class ObeyedCalendrier:
    """That of a version, from an instant (UTC) on."""

    number: int
    starts_at: datetime
    obeyed: CalendrierPart


@dataclass(frozen=True)
class ReceptionPart:
    """Of each kind that the reception obeys, the versions of its timetable in the order of their starts."""

    calendrier: tuple[ObeyedCalendrier, ...] = ()

    def calendrier_at(self, instant: datetime) -> ObeyedCalendrier | None:
        """None while the seed is in force."""
        return next((one for one in reversed(self.calendrier) if one.starts_at <= instant), None)
