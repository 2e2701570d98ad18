"""A dispatch calls the on-call chain, one responder after another, until a person has said yes (R41-R45, R48)."""

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
