"""What the mail of a period tells, to one reader (R50)."""

from datetime import date, datetime

from permanence.application.timeline.lines import Line
from permanence.application.timeline.malfunctions import MalfunctionRow
from permanence.domain.frozen import dataclass
from permanence.domain.reference.calendar import ToldPeriod


@dataclass(frozen=True)
class ToldMalfunction:
    """A main courante as the mail and its Excel tell it; `to_do` is empty when the agency has nothing to do."""

    row: MalfunctionRow
    details: str
    description: str
    callers: tuple[str, ...]
    answers: tuple[str, ...]
    lines: tuple[Line, ...]
    to_do: str


@dataclass(frozen=True)
class UnservedCall:
    """An answered call of the period without intervention; `phone` in E.164 or None, `agency` the name of the agency
    concerned, empty when none is known."""

    at: datetime
    agency: str
    words: str
    description: str
    name: str
    phone: str | None


def known_first(agency: str) -> tuple[bool, str]:
    """The order of agencies, by name; lines that no agency is known of come last."""
    return not agency, agency


@dataclass(frozen=True)
class Figures:
    calls: int
    malfunctions: int
    done: int
    without_intervention: int
    unanswered: int


@dataclass(frozen=True)
class PeriodMail:
    """One mail in primitives; instants in UTC. `agency` is the name of the agency, empty for the list of the contract,
    which is told everything.

    `oldest` dates the oldest fact it tells: the mail must be erased with it.
    """

    period: ToldPeriod
    agency: str
    recipients: tuple[str, ...]
    figures: Figures
    malfunctions: tuple[ToldMalfunction, ...]
    unserved: tuple[UnservedCall, ...]
    written_at: datetime
    oldest: datetime
    delete_before: date

    @property
    def is_empty(self) -> bool:
        return not self.malfunctions and not self.unserved

    @property
    def to_do(self) -> tuple[ToldMalfunction, ...]:
        return tuple(told for told in self.malfunctions if told.to_do)
