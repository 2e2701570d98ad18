"""What a dispatch does about each event: pure and total, so that it can be checked against every order of events.

The promises (R41-R45, R48): one winner; only a yes said by a person is an acceptance; while the dispatch is calling,
a timer is pending for its current step; a repeat changes nothing; the tenant is told "accepted" once.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from permanence.domain.contract import DispatchTerms
from permanence.domain.dispatch.actions import (
    Action,
    Advance,
    AlarmDesk,
    CallResponder,
    Log,
    Outcome,
    ResponderNews,
    StartTimer,
    TellResponder,
    TellTenant,
    TenantNews,
)
from permanence.domain.dispatch.dispatch import (
    Channel,
    ChannelStatus,
    Dispatch,
    DispatchStatus,
    Responder,
    Role,
    Step,
    StepStatus,
)
from permanence.domain.dispatch.events import (
    Accept,
    AnnounceArrival,
    Arrive,
    CallNext,
    Cancel,
    DeadlineReached,
    Decline,
    DispatchEvent,
    IfStill,
    Receipt,
    Report,
    Start,
    StepEvent,
    SupervisorAcknowledges,
    TakeInHand,
)
from permanence.domain.dispatch.standing import SAID_NO, holds_the_mission, is_being_called, is_expecting, is_still
from permanence.domain.dispatch.supervisor import call_supervisor, supervisor_knows, supervisor_was_silent
from permanence.domain.instants import format_instant
from permanence.domain.main_courante.log import EntryKind

LONGEST_ANNOUNCEMENT_MIN = 24 * 60

_CLOSED = (DispatchStatus.REPORTED, DispatchStatus.CANCELLED)
_UNANSWERED = (DispatchStatus.CALLING, DispatchStatus.EXHAUSTED)
_UNDER_WAY = (DispatchStatus.ACCEPTED, DispatchStatus.ON_SITE)
_RECEIPT_RANK = {status: rank for rank, status in enumerate(ChannelStatus)}
_SMS_STATUSES = (ChannelStatus.PENDING, ChannelStatus.SENT, ChannelStatus.DELIVERED, ChannelStatus.FAILED)
_HAS_RUNG = (ChannelStatus.RINGING, ChannelStatus.DELIVERED, ChannelStatus.VOICEMAIL)
_VOICE_IS_OVER = (ChannelStatus.VOICEMAIL, ChannelStatus.NO_ANSWER, ChannelStatus.FAILED)


def advance(dispatch: Dispatch, event: DispatchEvent, now: datetime, terms: DispatchTerms) -> Advance:
    """The dispatch after one event at `now` (UTC).

    Defined for every event in every state: what means nothing now is UNCHANGED, never an error. Outcome UNCHANGED
    means nothing to save; any other outcome may carry actions.
    """
    match event:
        case IfStill(shown, act):
            return advance(dispatch, act, now, terms) if is_still(dispatch, shown, act) else _moved_on(dispatch)
        case Start():
            return _start(dispatch, now, terms)
        case Cancel():
            return _cancel(dispatch, event, now)
        case TakeInHand():
            return _take_in_hand(dispatch, event, now)
        case SupervisorAcknowledges():
            return supervisor_knows(dispatch, now)
        case DeadlineReached(step) if step == len(dispatch.steps):
            return supervisor_was_silent(dispatch, now)
    return _advance_step(dispatch, event, now, terms)


def _advance_step(dispatch: Dispatch, event: StepEvent, now: datetime, terms: DispatchTerms) -> Advance:
    if not 0 <= event.step < len(dispatch.steps):
        return _unchanged(dispatch)
    match event:
        case Accept():
            return _accept(dispatch, event, now)
        case Decline():
            return _decline(dispatch, event, now, terms)
        case Receipt():
            return _receipt(dispatch, event, now, terms)
        case DeadlineReached():
            return _deadline_reached(dispatch, event, now, terms)
        case CallNext():
            return _call_next(dispatch, event, now, terms)
        case AnnounceArrival() | Arrive() | Report():
            return _winner_acts(dispatch, event, now)


def answer_before(step: Step) -> datetime | None:
    """What a started step may promise the responder before the phone has rung: never later than its deadline."""
    if step.started_at is None or step.deadline is None:
        return None
    return min(step.deadline, step.started_at + timedelta(seconds=step.responder.answer_within_s))


# --- calling the chain -----------------------------------------------------------------------------------------------


def _start(dispatch: Dispatch, now: datetime, terms: DispatchTerms) -> Advance:
    if dispatch.status is not DispatchStatus.CALLING or dispatch.current != -1:
        return _unchanged(dispatch)
    chain = ", ".join(step.responder.name for step in dispatch.steps)
    started = _log(EntryKind.DISPATCH_STARTED, reference=dispatch.reference, chain=chain)
    moved, actions = _call_next_in_line(dispatch, now, terms)
    return Advance(moved, (started, *actions), Outcome.DONE)


def _call_next_in_line(dispatch: Dispatch, now: datetime, terms: DispatchTerms) -> tuple[Dispatch, tuple[Action, ...]]:
    index = dispatch.current + 1
    if index >= len(dispatch.steps):
        exhausted = replace(dispatch, status=DispatchStatus.EXHAUSTED)
        alarmed, calls = call_supervisor(exhausted, now)
        return alarmed, (AlarmDesk(), _log(EntryKind.CHAIN_EXHAUSTED), *calls)
    responder = dispatch.steps[index].responder
    deadline = _whole_second(now + timedelta(seconds=terms.cap_from_creation_s))
    step = replace(
        dispatch.steps[index],
        status=StepStatus.CALLING,
        started_at=now,
        deadline=deadline,
        sms=ChannelStatus.PENDING if responder.sms_phone else None,
        voice=ChannelStatus.PENDING,
    )
    entry = _step_started(responder, index)
    moved = replace(_with_step(dispatch, index, step), current=index)
    return moved, (CallResponder(index), StartTimer(index, deadline), entry)


def _step_started(responder: Responder, index: int) -> Log:
    return _log(
        EntryKind.STEP_STARTED,
        step=str(index),
        name=responder.name,
        role=responder.role.value,
        phone=responder.phone,
        reason=responder.reason,
    )


def _leave_step(
    dispatch: Dispatch, status: StepStatus, entry: Log, now: datetime, terms: DispatchTerms
) -> tuple[Dispatch, tuple[Action, ...]]:
    """End the current step and call the next in line, at once (R42)."""
    index = dispatch.current
    step = replace(dispatch.steps[index], status=status, ended_at=now)
    moved, actions = _call_next_in_line(_with_step(dispatch, index, step), now, terms)
    return moved, (entry, *actions)


def _deadline_reached(dispatch: Dispatch, timer: DeadlineReached, now: datetime, terms: DispatchTerms) -> Advance:
    if not is_being_called(dispatch, timer.step):
        return _unchanged(dispatch)
    deadline = dispatch.steps[timer.step].deadline
    if deadline is not None and now < deadline:
        # A timer is known by its step and its due second, and the one that has just fired is about to be forgotten:
        # the new one must be another.
        due = max(deadline, _whole_second(timer.due or deadline) + timedelta(seconds=1))
        return Advance(dispatch, (StartTimer(timer.step, due),), Outcome.DONE)
    entry = _named(EntryKind.NO_ANSWER, dispatch, timer.step, by="deadline")
    return Advance(*_leave_step(dispatch, StepStatus.NO_ANSWER, entry, now, terms), Outcome.DONE)


def _call_next(dispatch: Dispatch, order: CallNext, now: datetime, terms: DispatchTerms) -> Advance:
    index = order.step
    if not is_being_called(dispatch, index):
        return _unchanged(dispatch)
    entry = _named(EntryKind.PASSED_OVER, dispatch, index, by=order.by)
    passed_over = _with_step(dispatch, index, replace(dispatch.steps[index], passed_over_by=order.by))
    return Advance(*_leave_step(passed_over, StepStatus.PASSED_OVER, entry, now, terms), Outcome.DONE)


def _receipt(dispatch: Dispatch, receipt: Receipt, now: datetime, terms: DispatchTerms) -> Advance:
    index, status = receipt.step, receipt.status
    step = dispatch.steps[index]
    by_sms = receipt.channel is Channel.SMS
    known = step.sms if by_sms else step.voice
    if known is None or _RECEIPT_RANK[status] <= _RECEIPT_RANK[known] or (by_sms and status not in _SMS_STATUSES):
        return _unchanged(dispatch)
    entry = _log(
        EntryKind.RECEIPT, step=str(index), channel=receipt.channel.value, status=status.value, code=receipt.code
    )
    step = replace(step, sms=status) if by_sms else replace(step, voice=status)
    if not by_sms and status in _HAS_RUNG and step.ringing_at is None:
        step = replace(step, ringing_at=now)
    told = _with_step(dispatch, index, step)
    if not is_being_called(dispatch, index):
        return Advance(told, (entry,), Outcome.DONE)
    if _out_of_reach(step):
        moved, consequences = _leave_step(told, *_why_out_of_reach(told, receipt), now, terms)
        return Advance(moved, (entry, *consequences), Outcome.DONE)
    return _count_from_ringing(told, entry)


def _count_from_ringing(dispatch: Dispatch, entry: Log) -> Advance:
    """Once the phone has rung, the responder has so long to answer, but never beyond the cap of the step (R42)."""
    step = dispatch.steps[dispatch.current]
    if step.ringing_at is None or step.deadline is None:
        return Advance(dispatch, (entry,), Outcome.DONE)
    answer_by = _whole_second(step.ringing_at + timedelta(seconds=step.responder.answer_within_s))
    if answer_by >= step.deadline:
        return Advance(dispatch, (entry,), Outcome.DONE)
    sooner = _with_step(dispatch, dispatch.current, replace(step, deadline=answer_by))
    return Advance(sooner, (entry, StartTimer(dispatch.current, answer_by)), Outcome.DONE)


def _out_of_reach(step: Step) -> bool:
    """Nothing that was sent can bring a yes any more."""
    return step.voice in _VOICE_IS_OVER and step.sms in (None, ChannelStatus.FAILED)


def _why_out_of_reach(dispatch: Dispatch, receipt: Receipt) -> tuple[StepStatus, Log]:
    if dispatch.steps[receipt.step].voice is ChannelStatus.FAILED:
        return StepStatus.FAILED, _named(EntryKind.STEP_FAILED, dispatch, receipt.step, code=receipt.code)
    return StepStatus.NO_ANSWER, _named(EntryKind.NO_ANSWER, dispatch, receipt.step, by="receipt")


# --- answers ---------------------------------------------------------------------------------------------------------


def _accept(dispatch: Dispatch, yes: Accept, now: datetime) -> Advance:
    index, by_agent = yes.step, yes.by == "agent"
    step = dispatch.steps[index]
    if step.started_at is None and not by_agent:
        return _unchanged(dispatch)
    if dispatch.status in _UNANSWERED:
        if by_agent and step.status in SAID_NO and not yes.confirmed:
            return Advance(dispatch, (), Outcome.ASK_AGAIN)
        return _win(dispatch, index, yes.by, now)
    if holds_the_mission(dispatch, index):
        return Advance(dispatch, (), Outcome.CLOSED if dispatch.status in _CLOSED else Outcome.ALREADY_YOURS)
    return _accepted_too_late(dispatch, index, now)


def _win(dispatch: Dispatch, index: int, by: str, now: datetime, **told: str) -> Advance:
    winner = replace(dispatch.steps[index], status=StepStatus.ACCEPTED, ended_at=now)
    actions: list[Action] = [
        _named(EntryKind.ACCEPTED, dispatch, index, by=by, **told),
        TellTenant(TenantNews.ACCEPTED),
    ]
    steps = list(dispatch.steps)
    steps[index] = winner
    for other, step in enumerate(dispatch.steps):
        if other == index:
            continue
        same_person = step.responder.person_id == winner.responder.person_id
        if is_expecting(step) and not same_person:
            actions.append(TellResponder(other, ResponderNews.TAKEN_BY_ANOTHER))
        if step.status is StepStatus.CALLING:
            status = StepStatus.NO_ANSWER if same_person else StepStatus.TAKEN_BY_ANOTHER
            steps[other] = replace(step, status=status, ended_at=now)
    won = replace(dispatch, steps=tuple(steps), status=DispatchStatus.ACCEPTED, winner=index, accepted_at=now)
    return Advance(won, tuple(actions), Outcome.DONE)


def _take_in_hand(dispatch: Dispatch, helper: TakeInHand, now: datetime) -> Advance:
    """Somebody outside the chain wins as the last step of it: what follows an acceptance is the same for all."""
    if dispatch.status is not DispatchStatus.EXHAUSTED:
        return Advance(dispatch, (), Outcome.CLOSED if dispatch.status in _CLOSED else Outcome.TAKEN_BY_ANOTHER)
    responder = Responder(
        person_id=f"outside:{helper.phone}",
        name=helper.name,
        role=Role.OUTSIDE,
        phone=helper.phone,
        sms_phone=None,
        answer_within_s=0,
        reason=helper.reason,
    )
    index = len(dispatch.steps)
    joined = replace(dispatch, steps=(*dispatch.steps, Step(responder, started_at=now)))
    won = _win(joined, index, "agent", now, reason=helper.reason, agent=helper.by)
    return Advance(won.dispatch, (_step_started(responder, index), *won.actions), won.outcome)


def _accepted_too_late(dispatch: Dispatch, index: int, now: datetime) -> Advance:
    outcome = Outcome.CLOSED if dispatch.status in _CLOSED else Outcome.TAKEN_BY_ANOTHER
    step = dispatch.steps[index]
    if step.late_accepted_at is not None:
        return Advance(dispatch, (), outcome)
    winner = "" if dispatch.winner is None else dispatch.steps[dispatch.winner].responder.name
    noted = _with_step(dispatch, index, replace(step, late_accepted_at=now))
    return Advance(noted, (_named(EntryKind.LATE_ACCEPTANCE, dispatch, index, winner=winner),), outcome)


def _decline(dispatch: Dispatch, refusal: Decline, now: datetime, terms: DispatchTerms) -> Advance:
    index = refusal.step
    if dispatch.status in _CLOSED:
        return Advance(dispatch, (), Outcome.CLOSED)
    if dispatch.status in _UNDER_WAY:
        mine = holds_the_mission(dispatch, index)
        return Advance(dispatch, (), Outcome.ALREADY_YOURS if mine else Outcome.TAKEN_BY_ANOTHER)
    step = dispatch.steps[index]
    if step.started_at is None or step.status is StepStatus.DECLINED:
        return _unchanged(dispatch)
    entry = _named(EntryKind.DECLINED, dispatch, index, by=refusal.by, note=refusal.note)
    refused = replace(step, status=StepStatus.DECLINED, note=refusal.note, declined_at=now)
    declined = _with_step(dispatch, index, refused)
    if not is_being_called(dispatch, index):
        return Advance(declined, (entry,), Outcome.DONE)
    return Advance(*_leave_step(declined, StepStatus.DECLINED, entry, now, terms), Outcome.DONE)


# --- after the acceptance --------------------------------------------------------------------------------------------


def _winner_acts(dispatch: Dispatch, event: AnnounceArrival | Arrive | Report, now: datetime) -> Advance:
    if dispatch.status in _CLOSED:
        return Advance(dispatch, (), Outcome.CLOSED)
    if dispatch.winner is None:
        return _unchanged(dispatch)
    if not holds_the_mission(dispatch, event.step):
        return Advance(dispatch, (), Outcome.TAKEN_BY_ANOTHER)
    match event:
        case AnnounceArrival(minutes=minutes):
            return _announce_arrival(dispatch, event.step, minutes, now)
        case Arrive():
            return _arrive(dispatch, event.step, now)
        case Report(result=result, note=note):
            reported = replace(
                dispatch, status=DispatchStatus.REPORTED, reported_at=now, result=result, report_note=note
            )
            entry = _named(EntryKind.REPORTED, dispatch, event.step, result=result.value, note=note)
            return Advance(reported, (entry,), Outcome.DONE)


def _announce_arrival(dispatch: Dispatch, index: int, minutes: int, now: datetime) -> Advance:
    if dispatch.status is not DispatchStatus.ACCEPTED or not 0 <= minutes <= LONGEST_ANNOUNCEMENT_MIN:
        return _unchanged(dispatch)
    arrival = now + timedelta(minutes=minutes)
    known = dispatch.announced_arrival_at
    if known is not None and abs(arrival - known) < timedelta(minutes=1):
        return _unchanged(dispatch)
    announced = replace(dispatch, announced_arrival_at=arrival)
    entry = _named(EntryKind.ARRIVAL_ANNOUNCED, dispatch, index, arrival=format_instant(arrival))
    return Advance(announced, (entry, TellTenant(TenantNews.ARRIVAL)), Outcome.DONE)


def _arrive(dispatch: Dispatch, index: int, now: datetime) -> Advance:
    if dispatch.status is not DispatchStatus.ACCEPTED:
        return _unchanged(dispatch)
    arrived = replace(dispatch, status=DispatchStatus.ON_SITE, on_site_at=now)
    return Advance(arrived, (_named(EntryKind.ON_SITE, dispatch, index), TellTenant(TenantNews.ON_SITE)), Outcome.DONE)


def _cancel(dispatch: Dispatch, order: Cancel, now: datetime) -> Advance:
    if dispatch.status in _CLOSED:
        return Advance(dispatch, (), Outcome.CLOSED)
    told = [
        TellResponder(index, ResponderNews.CANCELLED)
        for index, step in enumerate(dispatch.steps)
        if is_expecting(step) or step.status is StepStatus.ACCEPTED
    ]
    steps = tuple(
        replace(step, status=StepStatus.CANCELLED, ended_at=now) if step.status is StepStatus.CALLING else step
        for step in dispatch.steps
    )
    cancelled = replace(dispatch, steps=steps, status=DispatchStatus.CANCELLED)
    return Advance(cancelled, (_log(EntryKind.CANCELLED, reason=order.reason, by=order.by), *told), Outcome.DONE)


# --- the answers and lines of all of them ---------------------------------------------------------------------------


def _moved_on(dispatch: Dispatch) -> Advance:
    return Advance(dispatch, (), Outcome.MOVED_ON)


def _with_step(dispatch: Dispatch, index: int, step: Step) -> Dispatch:
    return replace(dispatch, steps=(*dispatch.steps[:index], step, *dispatch.steps[index + 1 :]))


def _unchanged(dispatch: Dispatch) -> Advance:
    return Advance(dispatch, (), Outcome.UNCHANGED)


def _named(kind: EntryKind, dispatch: Dispatch, index: int, **data: str) -> Log:
    return _log(kind, step=str(index), name=dispatch.steps[index].responder.name, **data)


def _log(kind: EntryKind, **data: str) -> Log:
    return Log(kind.value, data)


def _whole_second(instant: datetime) -> datetime:
    """Rounded up: timers are kept in whole seconds, and one must not be due before its deadline."""
    instant = instant.astimezone(UTC)
    return instant if instant.microsecond == 0 else instant.replace(microsecond=0) + timedelta(seconds=1)
