"""What can happen to a dispatch."""

from datetime import datetime

from permanence.domain.dispatch.dispatch import Channel, ChannelStatus, ReportResult
from permanence.domain.frozen import dataclass


@dataclass(frozen=True)
class Start:
    """Call the first of the chain; logs DISPATCH_STARTED."""


@dataclass(frozen=True)
class Accept:
    """What an agent notes of somebody who refused, or was passed over, counts once it is `confirmed`."""

    step: int
    by: str  # keys | page | agent
    confirmed: bool = False


@dataclass(frozen=True)
class Decline:
    step: int
    by: str
    note: str = ""


@dataclass(frozen=True)
class DeadlineReached:
    """A timer fired, perhaps early, late, twice or for a step long past; `due` (UTC) is the timer's own, if known.

    The step after the last one of the chain is the duty supervisor's.
    """

    step: int
    due: datetime | None = None


@dataclass(frozen=True)
class Receipt:
    """The provider tells how far a message of a step got; `code` is the provider's error code or empty."""

    step: int
    channel: Channel
    status: ChannelStatus
    code: str = ""


@dataclass(frozen=True)
class AnnounceArrival:
    step: int
    minutes: int


@dataclass(frozen=True)
class Arrive:
    step: int


@dataclass(frozen=True)
class Report:
    step: int
    result: ReportResult
    note: str


@dataclass(frozen=True)
class Cancel:
    """`by` is the agent who cancels."""

    reason: str
    by: str = ""


@dataclass(frozen=True)
class TakeInHand:
    """Nobody of the chain is left, and somebody outside it has said yes to an agent by telephone (R42, R44).

    `phone` in E.164, `reason` says why this person, `by` is the agent.
    """

    name: str
    phone: str
    reason: str
    by: str


@dataclass(frozen=True)
class CallNext:
    """An agent, `by`, does not wait for the deadline of this step."""

    step: int
    by: str = ""


@dataclass(frozen=True)
class SupervisorAcknowledges:
    """The duty supervisor said « bien reçu » (R42)."""


@dataclass(frozen=True)
class Standing:
    """Whose turn, and how it stands: `step` of the chain, or None for the mission that nobody holds or is called for.

    `state` is a value of StepStatus; of DispatchStatus for the winner, and when `step` is None. What is told of
    messages on the way is not in it: a receipt changes nobody's turn.
    """

    step: int | None
    state: str


@dataclass(frozen=True)
class IfStill:
    """What somebody asked for at a page that showed him this standing; MOVED_ON when it is another by now."""

    shown: Standing
    act: "DispatchEvent"


StepEvent = Accept | Decline | DeadlineReached | Receipt | AnnounceArrival | Arrive | Report | CallNext
"""What happens in one turn of the chain."""


DispatchEvent = StepEvent | Start | Cancel | TakeInHand | SupervisorAcknowledges | IfStill
