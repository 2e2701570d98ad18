"""A dispatch calls the on-call chain, one responder after another, until a person has said yes (R41-R45, R48)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from permanence.domain.frozen import dataclass


class Role(StrEnum):
    """The ranks of the chain, in the order of R42."""

    CONTRACTOR = "contractor"
    CONTRACTOR_SECOND_NUMBER = "contractor_second_number"
    SECOND_CONTRACTOR = "second_contractor"
    TECHNICIEN = "technicien"
    CADRE = "cadre"
    OUTSIDE = "outside"  # of the chain: somebody whom an agent reached when nobody of it was left


class Channel(StrEnum):
    SMS = "sms"
    VOICE = "voice"


class ChannelStatus(StrEnum):
    """How far one message got; a status never gives way to one above it here, whatever the order of the receipts."""

    PENDING = "pending"
    SENT = "sent"
    RINGING = "ringing"
    NO_ANSWER = "no_answer"  # rang out, busy
    FAILED = "failed"  # definite failure
    DELIVERED = "delivered"  # SMS on the phone, or voice call picked up: never an acceptance
    VOICEMAIL = "voicemail"  # known only after the pick-up


class StepStatus(StrEnum):
    PLANNED = "planned"
    CALLING = "calling"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    PASSED_OVER = "passed_over"  # an agent did not wait for the deadline
    FAILED = "failed"
    TAKEN_BY_ANOTHER = "taken_by_another"
    CANCELLED = "cancelled"


class DispatchStatus(StrEnum):
    CALLING = "calling"
    ACCEPTED = "accepted"
    ON_SITE = "on_site"
    REPORTED = "reported"
    EXHAUSTED = "exhausted"  # nobody left: the desk alarm rings; a late yes still wins
    CANCELLED = "cancelled"


class ReportResult(StrEnum):
    """The results of R45, in the landlord's words."""

    REALISEE = "réalisée"
    MISE_EN_SECURITE = "mise en sécurité"
    A_SUIVRE = "à suivre"
    ACCES_IMPOSSIBLE = "accès impossible"
    REPARATION_LOCATIVE = "réparation locative"
    ANNULEE = "annulée"


@dataclass(frozen=True)
class Responder:
    """One number to call; `answer_within_s` counts from ringing; `reason` says why this person (R40).

    `person_id` is the same on both numbers of one company. `trade` is what the tenant is told: plomberie.
    """

    person_id: str
    name: str
    role: Role
    phone: str  # E.164, voice
    sms_phone: str | None  # E.164 of a mobile, None for a landline
    answer_within_s: int
    reason: str
    trade: str = ""


@dataclass(frozen=True)
class Step:
    """A responder's turn in the chain; instants in UTC.

    `declined_at` stays when a yes follows the refusal, `passed_over_by` is the agent who called the next one instead,
    `late_accepted_at` is a yes that came after another's (R44).
    """

    responder: Responder
    status: StepStatus = StepStatus.PLANNED
    started_at: datetime | None = None
    ringing_at: datetime | None = None
    deadline: datetime | None = None
    ended_at: datetime | None = None
    sms: ChannelStatus | None = None
    voice: ChannelStatus | None = None
    note: str = ""
    declined_at: datetime | None = None
    passed_over_by: str = ""
    late_accepted_at: datetime | None = None


@dataclass(frozen=True)
class Dispatch:
    """A chain frozen at its start (R43) and how far it went. `current` and `winner` index `steps`.

    `supervisor_calls` counts the calls to the duty supervisor once nobody was left, `supervisor_deadline` (UTC) is when
    he is called again unless he said that he knows, at `supervisor_told_at`.
    """

    reference: str  # 482-913, what the contractor quotes
    steps: tuple[Step, ...]
    status: DispatchStatus = DispatchStatus.CALLING
    current: int = -1
    winner: int | None = None
    accepted_at: datetime | None = None
    announced_arrival_at: datetime | None = None
    on_site_at: datetime | None = None
    reported_at: datetime | None = None
    result: ReportResult | None = None
    report_note: str = ""
    supervisor_calls: int = 0
    supervisor_deadline: datetime | None = None
    supervisor_told_at: datetime | None = None

    @property
    def was_called(self) -> bool:
        """Whether anybody of the chain was called at all: it may be empty (R32)."""
        return any(step.started_at is not None for step in self.steps)


# --- what can happen -------------------------------------------------------------------------------------------------


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


# --- what must be done about it --------------------------------------------------------------------------------------


class TenantNews(StrEnum):
    """What the tenant is told (R45)."""

    ACCEPTED = "accepted"
    ARRIVAL = "arrival"
    ON_SITE = "on_site"


class ResponderNews(StrEnum):
    TAKEN_BY_ANOTHER = "taken_by_another"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class CallResponder:
    """Send the SMS with the link and place the voice call, at once (R41)."""

    step: int


@dataclass(frozen=True)
class StartTimer:
    """`due` in UTC, whole seconds; an older timer of the step may stay, it means nothing when it fires."""

    step: int
    due: datetime


@dataclass(frozen=True)
class TellTenant:
    """Whoever writes the words logs TENANT_TOLD with them."""

    news: TenantNews


@dataclass(frozen=True)
class TellResponder:
    """Whoever writes the words logs RESPONDER_TOLD."""

    step: int
    news: ResponderNews


@dataclass(frozen=True)
class AlarmDesk:
    """Nobody is left to call (R42)."""


@dataclass(frozen=True)
class CallSupervisor:
    """Nobody is left: call the duty supervisor by phone; `attempt` counts from 1."""

    attempt: int


@dataclass(frozen=True)
class Log:
    """An entry for the main courante: `kind` is an `EntryKind` value of main_courante, `data` plain text."""

    kind: str
    data: Mapping[str, str]


Action = CallResponder | StartTimer | TellTenant | TellResponder | AlarmDesk | CallSupervisor | Log


class Outcome(StrEnum):
    """What the person who acted is told."""

    DONE = "done"
    ALREADY_YOURS = "already_yours"  # the same person repeats: « c'est bien vous »
    TAKEN_BY_ANOTHER = "taken_by_another"
    CLOSED = "closed"  # cancelled or reported: nothing to answer any more
    MOVED_ON = "moved_on"  # what the page showed of his turn has changed: same dispatch, no action, nothing to save
    ASK_AGAIN = "ask_again"  # a yes of somebody who refused or was passed over, not confirmed yet: the same
    UNCHANGED = "unchanged"  # a repeat, or an event that means nothing now: same dispatch, no action, nothing to save


@dataclass(frozen=True)
class Advance:
    """The dispatch after an event, what must be sent and logged, and what to tell the one who acted."""

    dispatch: Dispatch
    actions: tuple[Action, ...]
    outcome: Outcome
