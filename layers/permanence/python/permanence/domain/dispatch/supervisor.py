"""Nobody of the chain has accepted: the duty supervisor is called by phone until he says that he knows (R42)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from permanence.domain.contract import Numbers
from permanence.domain.dispatch.actions import Action, Advance, CallSupervisor, Log, Outcome, StartTimer
from permanence.domain.dispatch.dispatch import Dispatch, DispatchStatus
from permanence.domain.frozen import dataclass
from permanence.domain.main_courante.log import EntryKind
from permanence.domain.reference.rota import EVERY_SECTOR, Duty, OnCallRole, on_duty

CALLED_AGAIN_AFTER = timedelta(seconds=120)
CALLS_AT_FIRST = 4
"""The first call, and three more: whoever answers none of them is unreached, and that is told."""

CALLED_ON_EVERY = timedelta(minutes=10)
MOST_CALLS = CALLS_AT_FIRST + timedelta(days=1) // CALLED_ON_EVERY
"""He is called on for a day: nobody is on his way, and silence is no answer."""


@dataclass(frozen=True)
class Supervisor:
    """Who is called with the alarm, numbers in E.164: the planning's, or the number of the contract, without a name.
    `in_turn` is the contract's, where it is another one than `phone`: who does not answer is not all that is tried."""

    name: str
    phone: str
    in_turn: str = ""

    def rung_by(self, attempt: int) -> str:
        """The number of one call, the first being 1: his own, then in turn with the contract's."""
        return self.phone if attempt % 2 or not self.in_turn else self.in_turn


def supervisor_at(numbers: Numbers, duties: Iterable[Duty], at: datetime) -> Supervisor:
    """Whom the alarm calls at an instant (UTC): never nobody."""
    person = on_duty(duties, EVERY_SECTOR, OnCallRole.SUPERVISEUR, at)
    if person is None or not person.phone:
        return Supervisor("", numbers.duty_supervisor)
    in_turn = numbers.duty_supervisor if numbers.duty_supervisor != person.phone else ""
    return Supervisor(person.name, person.phone, in_turn)


def call_supervisor(dispatch: Dispatch, now: datetime) -> tuple[Dispatch, tuple[Action, ...]]:
    """Call him, now (UTC) for the first time or once more; the timer's step is the one after the chain."""
    attempt = dispatch.supervisor_calls + 1
    wait = CALLED_AGAIN_AFTER if attempt <= CALLS_AT_FIRST else CALLED_ON_EVERY
    due = (now.astimezone(UTC) + wait).replace(microsecond=0) + timedelta(seconds=1)
    called = replace(dispatch, supervisor_calls=attempt, supervisor_deadline=due)
    entry = Log(EntryKind.SUPERVISOR_CALLED.value, {"attempt": str(attempt)})
    return called, (CallSupervisor(attempt), StartTimer(len(dispatch.steps), due), entry)


def supervisor_was_silent(dispatch: Dispatch, now: datetime) -> Advance:
    """His timer has fired. UNCHANGED when he knows, when somebody has accepted meanwhile, when the timer is an older
    one, or when a day has passed."""
    deadline = dispatch.supervisor_deadline
    if dispatch.status is not DispatchStatus.EXHAUSTED or deadline is None or now < deadline:
        return Advance(dispatch, (), Outcome.UNCHANGED)
    if dispatch.supervisor_calls >= MOST_CALLS:
        return Advance(replace(dispatch, supervisor_deadline=None), (), Outcome.DONE)
    called, actions = call_supervisor(dispatch, now)
    if dispatch.supervisor_calls == CALLS_AT_FIRST:
        actions = (Log(EntryKind.SUPERVISOR_UNREACHED.value, {}), *actions)
    return Advance(called, actions, Outcome.DONE)


def supervisor_knows(dispatch: Dispatch, now: datetime) -> Advance:
    """He pressed the key: « bien reçu », told once. CLOSED when nothing is left to take in hand."""
    if dispatch.supervisor_told_at is not None:
        return Advance(dispatch, (), Outcome.ALREADY_YOURS)
    if dispatch.status is not DispatchStatus.EXHAUSTED:
        return Advance(dispatch, (), Outcome.CLOSED)
    told = replace(dispatch, supervisor_told_at=now, supervisor_deadline=None)
    return Advance(told, (Log(EntryKind.SUPERVISOR_TOLD.value, {}),), Outcome.DONE)
