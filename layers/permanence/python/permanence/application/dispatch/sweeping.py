"""Deadlines, and what the queues have not brought in time (R42, R48)."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.ports import DueItems, Malfunctions, RotaUpdates, Timer
from permanence.application.dispatch.rota_updates import count_late
from permanence.application.reception.ports import PastRetention, Queue, QueueMessage
from permanence.domain.dispatch.events import DeadlineReached
from permanence.domain.frozen import dataclass

LONGEST_DELAY_S = 900  # of one SQS message
GRACE = timedelta(seconds=20)
"""How late a queue may be before the sweep tells its message again; a message told twice does nothing twice."""


def deadline_message(malfunction_id: str, timer: Timer, now: datetime) -> QueueMessage:
    """Brings a timer back when it is due, or a quarter of an hour from now if that is sooner."""
    left_s = math.ceil((timer.due - now).total_seconds())
    body = {"malfunction_id": malfunction_id, "step": timer.step, "due": math.ceil(timer.due.timestamp())}
    return QueueMessage(body, min(LONGEST_DELAY_S, max(0, left_s)))


def notice_message(owner: str, key: str) -> QueueMessage:
    """Has a notice sent."""
    return QueueMessage({"owner": owner, "key": key})


def silent_call_message(call_id: str) -> QueueMessage:
    """Has the provider asked about a call whose end nobody has told."""
    return QueueMessage({"call": call_id})


def read_deadline(message: Mapping[str, Any]) -> tuple[str, Timer]:
    """The malfunction and the timer of a message; raises KeyError, TypeError or ValueError on anything else."""
    due = datetime.fromtimestamp(int(message["due"]), UTC)
    return str(message["malfunction_id"]), Timer(int(message["step"]), due)


class Deadline(StrEnum):
    """What became of a deadline."""

    MET = "met"  # the dispatch has been told
    EARLY = "early"  # told again when it is due
    GONE = "gone"  # the malfunction has been purged


def meet_deadline(
    malfunctions: Malfunctions,
    deadlines: Queue,
    malfunction_id: str,
    timer: Timer,
    now: datetime,
    dispatching: Dispatching,
) -> Deadline:
    """Tell a dispatch that a timer is due, then forget the timer: 2 requests.

    Queues may be early: what is not due goes back to the queue. Raises VersionConflict as `act_on_dispatch`.
    """
    if now < timer.due:
        deadlines.send([deadline_message(malfunction_id, timer, now)])
        return Deadline.EARLY
    event = DeadlineReached(timer.step, timer.due)
    try:
        acted = act_on_dispatch(malfunctions, malfunction_id, event, now, dispatching, obeyed=timer)
    except PastRetention:
        malfunctions.finish_timer(malfunction_id, timer)
        return Deadline.GONE
    if not acted.saved:
        malfunctions.finish_timer(malfunction_id, timer)
    return Deadline.MET


@dataclass(frozen=True)
class Swept:
    """How much had to be told again or asked, and how many seconds ago the oldest of it was due; in a calm night all
    are 0."""

    timers: int
    notices: int
    calls: int = 0
    oldest_timer_s: int = 0
    oldest_notice_s: int = 0
    late_rota_updates: int = 0


def sweep(due_items: DueItems, outbox: Queue, deadlines: Queue, rota_updates: RotaUpdates, now: datetime) -> Swept:
    """Tell the queues again what they should have brought, and have the provider asked what it should have told:
    4 requests, and those of `count_late`."""
    overdue = due_items.overdue(now - GRACE)
    deadlines.send([deadline_message(malfunction_id, timer, now) for malfunction_id, timer in overdue.timers])
    notices = [notice_message(owner, key) for owner, key in overdue.notices]
    outbox.send([*notices, *(silent_call_message(call_id) for call_id in overdue.calls)])
    oldest_timer = min((timer.due for _, timer in overdue.timers), default=now)
    return Swept(
        len(overdue.timers),
        len(overdue.notices),
        len(overdue.calls),
        oldest_timer_s=int((now - oldest_timer).total_seconds()),
        oldest_notice_s=int((now - (overdue.notices_since or now)).total_seconds()),
        late_rota_updates=count_late(overdue.rota_updates, rota_updates),
    )
