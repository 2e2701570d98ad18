"""What the reception obeys of the living documents: small enough to be read while a caller waits (R2)."""

from datetime import datetime

from permanence.domain.frozen import dataclass
from permanence.domain.reference.calendar import Closure

SEED = 0
"""The number of what the contract folder ships; versions count from 1."""


@dataclass(frozen=True)
class ObeyedClosures:
    """Those of a version of the calendrier, from an instant (UTC) on."""

    number: int
    starts_at: datetime
    obeyed: tuple[Closure, ...]


@dataclass(frozen=True)
class ReceptionPart:
    """Of each kind that the reception obeys, the versions of its timetable in the order of their starts."""

    calendrier: tuple[ObeyedClosures, ...] = ()

    def calendrier_at(self, instant: datetime) -> ObeyedClosures | None:
        """None while the seed is in force."""
        return next((one for one in reversed(self.calendrier) if one.starts_at <= instant), None)
