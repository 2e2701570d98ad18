"""What is kept of what is over: runs of scheduled jobs, and days settled into figures."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from permanence.domain.frozen import dataclass
from permanence.domain.service_level.frozen_months import FrozenFigures, FrozenMonth
from permanence.domain.service_level.settled_days import SettledDay


@dataclass(frozen=True)
class JobRun:
    """A scheduled job ran for a period; `counts` hold no names."""

    job: str
    period: str
    finished_at: datetime
    counts: Mapping[str, int]


class Jobs(Protocol):
    def done(self, job: str, period: str) -> JobRun | None:
        """1 request."""

    def finish(self, run: JobRun) -> None:
        """1 request."""

    def latest(self, job: str, limit: int) -> Sequence[JobRun]: ...


@dataclass(frozen=True)
class SettledMonth:
    """The days of a month that are settled, in order, and its frozen figures once it has been frozen."""

    days: tuple[SettledDay, ...]
    frozen: FrozenFigures | None = None


class FrozenMonths(Protocol):
    def keep(self, frozen: FrozenMonth) -> FrozenMonth:
        """The month as it is frozen from now on: the one that was kept first, whatever is learnt later."""


class SettledDays(Protocol):
    """The figures of days that are over and of frozen months, without a stamp: they hold nothing of anybody."""

    def of_month(self, month: str) -> SettledMonth:
        """What is known of a Paris-local month: 1 request."""

    def freeze(self, figures: FrozenFigures) -> None:
        """Beside the days of their month: 1 request."""

    def settle(self, day: SettledDay) -> None:
        """In the place of what was settled before: 1 request."""
