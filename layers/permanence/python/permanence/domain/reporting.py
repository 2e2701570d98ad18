"""What is told of a period: facts in, report out (R51, R71)."""

from dataclasses import dataclass
from datetime import datetime

from permanence.domain.calendar import Service


@dataclass(frozen=True, slots=True)
class CallFact:
    """Timings and outcome of one call, without number, name, free text, or a place finer than the agency (R71).

    `ref` is the call id while the call is kept, and a digest of it in what stays afterwards. Instants in UTC, None
    when it did not happen. `agency` and `motif` are ids of the contract or empty; `outcome` is an OutcomeKind value or
    empty; `agent` is empty in what stays.
    """

    ref: str
    service: Service
    presented_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str
    motif: str
    agency: str
    agent: str = ""
