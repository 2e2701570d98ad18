"""What must be done about an event, and what to tell the one who acted."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from permanence.domain.dispatch.dispatch import Dispatch
from permanence.domain.frozen import dataclass


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
