"""The main courante of a malfunction: everything that was said and done about it, append-only (R46)."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from permanence.domain.frozen import dataclass


class EntryKind(StrEnum):
    """What an entry tells; the words for the reader live with the pages."""

    CALL_LINKED = "call_linked"  # call, caller_name, agent_name, description, wait_s
    FICHE_CLOSED = "fiche_closed"  # call, caller_name, agent_name, description, answer_given
    OPENED = "opened"  # motif, tree_version, path, versions, direct_to_staff_reason
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
    MAIL_WRITTEN = "mail_written"  # period, agency, lists, recipients; kept and queued, which is not yet sent


@dataclass(frozen=True)
class Entry:
    """One line of the log; `at` in UTC; `version` and `n` order the lines of one malfunction."""

    version: int
    n: int
    at: datetime
    kind: EntryKind
    data: Mapping[str, str] = field(default_factory=dict)
