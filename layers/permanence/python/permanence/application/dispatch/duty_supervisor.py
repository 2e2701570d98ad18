"""Whom the alarm calls, looked up when it does: the planning's duty supervisor, else the contract's number (R42)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from permanence.domain.contract import Numbers
from permanence.domain.dispatch.supervisor import Supervisor, supervisor_at
from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_month
from permanence.domain.reference.rota import Duty


class Duties(Protocol):
    def duties(self, month: str, now: datetime) -> Sequence[Duty]:
        """As `ReferenceData` gives them."""


@dataclass(frozen=True)
class LookedUp:
    """`failure` is what kept the planning from being read."""

    supervisor: Supervisor
    failure: Exception | None = None


@dataclass(frozen=True)
class DutySupervisor:
    """`reference` is made when it is first needed."""

    reference: Callable[[], Duties]
    numbers: Numbers

    def at(self, now: datetime) -> LookedUp:
        """Whom to call at an instant (UTC), always somebody: at most 1 request for the timetable, and 1 or 2 for each
        of the planning and the annuaire, where their versions were not read yet."""
        try:
            duties = self.reference().duties(paris_month(now), now)
        except Exception as failure:  # noqa: BLE001  (whatever it is, nobody else would be called)
            return LookedUp(supervisor_at(self.numbers, (), now), failure)
        return LookedUp(supervisor_at(self.numbers, duties, now))
