"""R41-R43, one promise a test: whom a dispatch calls, and when the next. One winner and what follows are in
test_dispatch_answers, the properties over any order of events in test_dispatch_properties."""

from datetime import timedelta

import pytest

from permanence.domain.dispatch.actions import AlarmDesk, CallResponder, Log, Outcome, StartTimer
from permanence.domain.dispatch.dispatch import Channel, ChannelStatus, DispatchStatus, StepStatus
from permanence.domain.dispatch.events import Accept, CallNext, DeadlineReached, Decline, Receipt, Start
from permanence.domain.dispatch.rules import answer_before
from permanence.domain.main_courante.log import EntryKind
from tests.domain.dispatch.chains import (
    FIRST,
    SATURDAY_NIGHT,
    SECOND,
    THIRD,
    Night,
    dispatch_of,
    responder,
    started,
    timers,
)

CAP = timedelta(seconds=600)
ANSWER = timedelta(seconds=240)


def voice(step: int, status: ChannelStatus, code: str = "") -> Receipt:
    return Receipt(step, Channel.VOICE, status, code)


def sms(step: int, status: ChannelStatus, code: str = "") -> Receipt:
    return Receipt(step, Channel.SMS, status, code)


# --- the start -------------------------------------------------------------------------------------------------------


def test_the_start_calls_the_first_of_the_chain_and_arms_the_cap() -> None:
    night = Night(dispatch_of(FIRST, SECOND))
    result = night.tell(Start())
    assert [type(action) for action in result.actions] == [Log, CallResponder, StartTimer, Log]
    assert night.caused(CallResponder) == [CallResponder(0)]
    assert night.caused(StartTimer) == [StartTimer(0, SATURDAY_NIGHT + CAP)]
    assert night.logged(EntryKind.STEP_STARTED)[0]["name"] == FIRST.name
    assert night.dispatch.steps[0].status is StepStatus.CALLING
    assert night.dispatch.steps[1].status is StepStatus.PLANNED


def test_a_second_start_changes_nothing() -> None:
    night = started(FIRST)
    assert night.tell(Start()).outcome is Outcome.UNCHANGED
    assert night.caused(CallResponder) == [CallResponder(0)]


def test_an_empty_chain_rings_the_desk_alarm_at_once() -> None:
    night = started()
    assert night.dispatch.status is DispatchStatus.EXHAUSTED
    assert night.caused(AlarmDesk) == [AlarmDesk()]


def test_no_sms_is_expected_where_none_can_be_sent() -> None:
    night = started(responder(1, mobile=False))
    assert night.dispatch.steps[0].sms is None
    assert night.tell(sms(0, ChannelStatus.DELIVERED)).outcome is Outcome.UNCHANGED


# --- deadlines -------------------------------------------------------------------------------------------------------


def test_the_time_to_answer_counts_from_ringing() -> None:
    night = started(FIRST, SECOND)
    result = night.tell(voice(0, ChannelStatus.RINGING), after_s=30)
    assert timers(result.actions) == [StartTimer(0, night.now + ANSWER)]
    assert night.dispatch.steps[0].deadline == night.now + ANSWER


def test_the_time_to_answer_never_passes_the_cap_of_the_step() -> None:
    night = started(FIRST, SECOND)
    result = night.tell(voice(0, ChannelStatus.RINGING), after_s=361)
    assert timers(result.actions) == []
    assert night.dispatch.steps[0].deadline == SATURDAY_NIGHT + CAP


def test_a_pick_up_told_before_the_ringing_counts_as_ringing() -> None:
    night = started(FIRST, SECOND)
    night.tell(voice(0, ChannelStatus.DELIVERED), after_s=10)
    deadline = night.dispatch.steps[0].deadline
    assert night.tell(voice(0, ChannelStatus.RINGING), after_s=10).outcome is Outcome.UNCHANGED
    assert night.dispatch.steps[0].deadline == deadline


def test_a_call_still_queued_at_the_provider_is_not_yet_a_silence() -> None:
    night = started(FIRST, SECOND)
    night.tell(voice(0, ChannelStatus.SENT), after_s=300)
    assert night.tell(DeadlineReached(0)).dispatch.current == 0


def test_at_the_deadline_the_next_in_line_is_called() -> None:
    night = started(FIRST, SECOND)
    night.tell(voice(0, ChannelStatus.RINGING))
    night.tell(DeadlineReached(0), after_s=240)
    assert night.dispatch.steps[0].status is StepStatus.NO_ANSWER
    assert night.caused(CallResponder) == [CallResponder(0), CallResponder(1)]


def test_a_timer_that_fires_early_is_armed_again_as_another_timer() -> None:
    night = started(FIRST, SECOND)
    due = SATURDAY_NIGHT + CAP
    result = night.tell(DeadlineReached(0, due), after_s=599.6)
    assert night.dispatch.current == 0
    assert [timer.due > due for timer in timers(result.actions)] == [True]
    again = night.tell(DeadlineReached(0, due + timedelta(seconds=1)))
    assert [timer.due > due + timedelta(seconds=1) for timer in timers(again.actions)] == [True]


def test_a_timer_of_a_step_long_past_means_nothing() -> None:
    night = started(FIRST, SECOND)
    night.tell(Decline(0, "keys"))
    assert night.tell(DeadlineReached(0), after_s=3600).outcome is Outcome.UNCHANGED
    assert night.dispatch.current == 1


def test_a_timer_that_fires_twice_calls_one_person_only() -> None:
    night = started(FIRST, SECOND, THIRD)
    night.tell(DeadlineReached(0), after_s=600)
    assert night.tell(DeadlineReached(0)).outcome is Outcome.UNCHANGED
    assert night.dispatch.current == 1


def test_the_promise_made_before_the_phone_rings_is_never_later_than_the_deadline() -> None:
    night = started(FIRST, responder(2, answer_within_s=900))
    assert answer_before(night.dispatch.steps[0]) == SATURDAY_NIGHT + ANSWER
    assert answer_before(night.dispatch.steps[1]) is None
    night.tell(CallNext(0))
    assert answer_before(night.dispatch.steps[1]) == SATURDAY_NIGHT + CAP


# --- what moves on at once, and what does not ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "receipts",
    [
        [sms(0, ChannelStatus.FAILED), voice(0, ChannelStatus.FAILED)],
        [sms(0, ChannelStatus.FAILED, "21610"), voice(0, ChannelStatus.VOICEMAIL)],
        [voice(0, ChannelStatus.VOICEMAIL), sms(0, ChannelStatus.FAILED, "30003")],
        [voice(0, ChannelStatus.NO_ANSWER), sms(0, ChannelStatus.FAILED)],
    ],
)
def test_when_no_channel_can_bring_a_yes_any_more_the_next_is_called_at_once(receipts: list[Receipt]) -> None:
    night = started(FIRST, SECOND)
    night.tell(receipts[0])
    assert night.dispatch.current == 0
    night.tell(receipts[1])
    assert night.dispatch.current == 1


@pytest.mark.parametrize("status", [ChannelStatus.FAILED, ChannelStatus.VOICEMAIL, ChannelStatus.NO_ANSWER])
def test_a_landline_that_cannot_be_reached_is_left_at_once(status: ChannelStatus) -> None:
    night = started(responder(1, mobile=False), SECOND)
    night.tell(voice(0, status))
    assert night.dispatch.current == 1


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (ChannelStatus.FAILED, StepStatus.FAILED),
        (ChannelStatus.VOICEMAIL, StepStatus.NO_ANSWER),
        (ChannelStatus.NO_ANSWER, StepStatus.NO_ANSWER),
    ],
)
def test_a_failure_is_told_from_a_silence(status: ChannelStatus, expected: StepStatus) -> None:
    night = started(responder(1, mobile=False), SECOND)
    night.tell(voice(0, status))
    assert night.dispatch.steps[0].status is expected


@pytest.mark.parametrize(
    "receipt",
    [
        voice(0, ChannelStatus.VOICEMAIL),
        voice(0, ChannelStatus.FAILED),
        voice(0, ChannelStatus.NO_ANSWER),
        sms(0, ChannelStatus.FAILED),
    ],
)
def test_one_dead_channel_leaves_the_other_its_time(receipt: Receipt) -> None:
    night = started(FIRST, SECOND)
    night.tell(receipt)
    assert night.dispatch.current == 0


@pytest.mark.parametrize(
    "event",
    [
        voice(0, ChannelStatus.VOICEMAIL),
        voice(0, ChannelStatus.DELIVERED),
        sms(0, ChannelStatus.DELIVERED),
    ],
)
def test_voicemail_or_a_delivered_sms_is_never_an_acceptance(event: Receipt) -> None:
    night = started(FIRST, SECOND)
    night.tell(event)
    assert night.dispatch.winner is None
    assert night.dispatch.status is DispatchStatus.CALLING


def test_a_refusal_calls_the_next_at_once() -> None:
    night = started(FIRST, SECOND)
    assert night.tell(Decline(0, "page", "déjà en intervention")).outcome is Outcome.DONE
    assert night.dispatch.steps[0].note == "déjà en intervention"
    assert night.caused(CallResponder)[-1] == CallResponder(1)


def test_a_refusal_that_comes_after_the_deadline_is_recorded_once_and_skips_nobody() -> None:
    night = started(FIRST, SECOND, THIRD)
    night.tell(DeadlineReached(0), after_s=600)
    assert night.tell(Decline(0, "keys")).outcome is Outcome.DONE
    assert night.tell(Decline(0, "keys")).outcome is Outcome.UNCHANGED
    assert night.dispatch.current == 1
    assert len(night.logged(EntryKind.DECLINED)) == 1


def test_an_agent_may_call_the_next_without_waiting() -> None:
    night = started(FIRST, SECOND)
    assert night.tell(CallNext(0)).outcome is Outcome.DONE
    assert night.tell(CallNext(0)).outcome is Outcome.UNCHANGED
    assert night.dispatch.current == 1


def test_the_end_of_the_chain_rings_the_desk_alarm_once() -> None:
    night = started(FIRST, SECOND)
    night.tell(Decline(0, "keys"))
    night.tell(Decline(1, "keys"))
    night.tell(DeadlineReached(1), after_s=600)
    assert night.dispatch.status is DispatchStatus.EXHAUSTED
    assert night.caused(AlarmDesk) == [AlarmDesk()]


# --- receipts --------------------------------------------------------------------------------------------------------


def test_the_same_receipt_three_times_is_one_line_in_the_log() -> None:
    night = started(FIRST)
    for _ in range(3):
        night.tell(sms(0, ChannelStatus.DELIVERED))
    assert len(night.logged(EntryKind.RECEIPT)) == 1


@pytest.mark.parametrize("late", [ChannelStatus.SENT, ChannelStatus.FAILED])
def test_a_receipt_never_regresses(late: ChannelStatus) -> None:
    night = started(FIRST)
    night.tell(sms(0, ChannelStatus.DELIVERED))
    assert night.tell(sms(0, late)).outcome is Outcome.UNCHANGED
    assert night.dispatch.steps[0].sms is ChannelStatus.DELIVERED


@pytest.mark.parametrize("status", [ChannelStatus.RINGING, ChannelStatus.VOICEMAIL, ChannelStatus.NO_ANSWER])
def test_an_sms_has_no_status_of_a_phone_call(status: ChannelStatus) -> None:
    assert started(FIRST).tell(sms(0, status)).outcome is Outcome.UNCHANGED


def test_a_receipt_for_somebody_not_yet_called_means_nothing() -> None:
    assert started(FIRST, SECOND).tell(sms(1, ChannelStatus.DELIVERED)).outcome is Outcome.UNCHANGED


def test_a_receipt_after_the_acceptance_is_still_recorded() -> None:
    night = started(FIRST)
    night.tell(Accept(0, "keys"))
    assert night.tell(sms(0, ChannelStatus.DELIVERED)).outcome is Outcome.DONE
    assert night.dispatch.status is DispatchStatus.ACCEPTED
