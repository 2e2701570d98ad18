"""One main courante per malfunction: everything that was said and done about it, in one append-only log (R46)."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from permanence.domain.dispatch import Dispatch
from permanence.domain.frozen import dataclass


class EntryKind(StrEnum):
    """What an entry tells; the words for the reader live with the pages."""

    CALL_LINKED = "call_linked"  # call, caller_name, agent_name, description, wait_s
    FICHE_CLOSED = "fiche_closed"  # call, caller_name, agent_name, description, answer_given
    OPENED = "opened"  # motif, tree_version, path, direct_to_staff_reason
    DISPATCH_STARTED = "dispatch_started"  # reference, chain
    STEP_STARTED = "step_started"  # step, name, role, phone, reason
    RECEIPT = "receipt"  # step, channel, status, code
    DECLINED = "declined"  # step, name, by, note
    NO_ANSWER = "no_answer"  # step, name
    PASSED_OVER = "passed_over"  # step, name; by, the agent who called the next one instead
    STEP_FAILED = "step_failed"  # step, name, code
    ACCEPTED = "accepted"  # step, name, by; reason and agent of somebody outside the chain
    LATE_ACCEPTANCE = "late_acceptance"  # step, name, winner
    CHAIN_EXHAUSTED = "chain_exhausted"
    SUPERVISOR_CALLED = "supervisor_called"  # attempt
    SUPERVISOR_TOLD = "supervisor_told"
    SUPERVISOR_UNREACHED = "supervisor_unreached"
    TENANT_TOLD = "tenant_told"  # news, text
    RESPONDER_TOLD = "responder_told"  # step, name, news
    ARRIVAL_ANNOUNCED = "arrival_announced"  # step, name, arrival
    ON_SITE = "on_site"  # step, name
    REPORTED = "reported"  # step, name, result, note
    CANCELLED = "cancelled"  # reason, by
    NOTICE_DELIVERED = "notice_delivered"  # key, status, code
    MAIL_WRITTEN = "mail_written"  # period, agency, recipients; kept and queued, which is not yet sent


@dataclass(frozen=True)
class Entry:
    """One line of the log; `at` in UTC; `version` and `n` order the lines of one malfunction."""

    version: int
    n: int
    at: datetime
    kind: EntryKind
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where the malfunction is: a dwelling of the patrimoine, or a free address (R28, `dwelling_id` None)."""

    dwelling_id: str | None
    building_id: str | None
    address: str  # 12 rue Baron Bouvier
    details: str  # bât. B, escalier 2, 1er étage, porte 104
    postcode: str
    commune: str
    residence: str
    agency: str
    sector: str


@dataclass(frozen=True)
class Contact:
    """Someone who called about the malfunction and wants to be told (R45); `phone` in E.164 or None.

    `is_complete` once the fiche of the call is closed.
    """

    call_id: str
    name: str
    phone: str | None
    told_by_sms: bool = True
    is_complete: bool = False


class MalfunctionStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Malfunction:
    """A dysfonctionnement: its place, its callers, its dispatch. `version` counts saved decisions, from 1."""

    malfunction_id: str
    number: str  # 2026-1187
    version: int
    status: MalfunctionStatus
    opened_at: datetime
    motif: str
    motif_label: str
    description: str
    place: Place
    contacts: tuple[Contact, ...]
    dispatch: Dispatch | None


@dataclass(frozen=True)
class CallForm:
    """The fiche of a call (R27): `fields` hold what was typed, or « refusé », « inconnu », « sans objet ».

    `path` is the answered tree: node id and answer id pairs; `outcome` the id of the outcome it led to.
    `cancelled_before` are the malfunctions whose mission was cancelled before the call needed another one.
    `closed_at` is None while the wrap-up is missing. `version` counts the times it was saved.
    """

    call_id: str
    agent: str
    agent_name: str
    opened_at: datetime
    fields: Mapping[str, str] = field(default_factory=dict)
    tree_version: str = ""
    path: tuple[tuple[str, str], ...] = ()
    outcome: str = ""
    motif: str = ""
    dwelling_id: str | None = None
    free_address: str = ""
    malfunction_id: str | None = None
    cancelled_before: tuple[str, ...] = ()
    closed_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True)
class Delays:
    """How long an intervention took, each counted from the first call; None while it has not happened (R51)."""

    since: datetime
    first_call_out: timedelta | None
    accepted: timedelta | None
    on_site: timedelta | None
    reported: timedelta | None


def delays(malfunction: Malfunction, first_presented_at: datetime | None) -> Delays:
    """`first_presented_at` (UTC) is when the first call about it reached us, None when that call is no longer known:
    then the opening of the malfunction counts."""
    since = min(malfunction.opened_at, first_presented_at or malfunction.opened_at)
    dispatch = malfunction.dispatch
    if dispatch is None:
        return Delays(since, None, None, None, None)
    called = min((step.started_at for step in dispatch.steps if step.started_at), default=None)

    def after(instant: datetime | None) -> timedelta | None:
        return None if instant is None else instant - since

    return Delays(
        since, after(called), after(dispatch.accepted_at), after(dispatch.on_site_at), after(dispatch.reported_at)
    )
