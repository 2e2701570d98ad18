"""The contract as it is obeyed now: the signed one, and what lives of it (R2)."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from permanence.domain.contract import Contract, contract_in_force
from permanence.domain.reference.in_force import ReceptionPart

if TYPE_CHECKING:  # the other ports know bodies that no caller waits for
    from permanence.application.reference.ports import ReceptionTimetable

KEPT_S = 30


class InForce:
    """Of a warm function: the timetable is asked at most every 30 s; `clock` counts seconds.

    What was read last stands, however old, while it cannot be read again; the seed stands only until a first reading.
    """

    def __init__(self, timetable: "ReceptionTimetable", signed: Contract, clock: Callable[[], float]) -> None:
        self._timetable = timetable
        self._signed = signed
        self._clock = clock
        self._part: ReceptionPart | None = None
        self._asked_at: float | None = None

    @property
    def is_due(self) -> bool:
        """Whether the timetable is to be asked: always before a first reading."""
        if self._part is None or self._asked_at is None:
            return True
        return self._clock() - self._asked_at >= KEPT_S

    def read(self) -> None:
        """1 request. Raises what the table raises; what was read before stands, and is not asked again for 30 s."""
        self._asked_at = self._clock()
        self._part = self._timetable.read()

    def as_read(self, now: datetime) -> Contract:
        """By what was read last. No request."""
        return contract_in_force(self._signed, self._part or ReceptionPart(), now)

    def at(self, now: datetime) -> Contract:
        """For who cannot go on without the table anyway: 1 request when it is due, and raises what the table raises."""
        return contract_in_force(self._signed, self.part(), now)

    def part(self) -> ReceptionPart:
        """As `at`."""
        if self._part is None or self.is_due:
            self.read()
        return self._part or ReceptionPart()
