"""Deadlines early, late, twice or never (R42, R48)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.application.dispatch.notifying import Sending
from permanence.application.dispatch.ports import Timer
from permanence.application.dispatch.receiving import ASK_AFTER
from permanence.application.dispatch.sweeping import (
    GRACE,
    LONGEST_DELAY_S,
    Deadline,
    Swept,
    deadline_message,
    meet_deadline,
    read_deadline,
    sweep,
)
from permanence.application.reception.ports import QueueRefused
from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import DispatchStatus, StepStatus
from permanence.domain.dispatch.events import Accept
from permanence.domain.dispatch.supervisor import MOST_CALLS
from permanence.domain.main_courante.log import EntryKind
from tests.application.dispatch.night import MALFUNCTION_ID, SATURDAY_NIGHT, Night


@pytest.fixture
def night(contract: Contract) -> Night:
    night = Night(contract)
    night.start()
    return night


def first_timer(night: Night) -> Timer:
    ((_, timer),) = night.store.timers
    return timer


def meet(night: Night, timer: Timer) -> Deadline:
    return meet_deadline(night.malfunctions, night.deadlines, MALFUNCTION_ID, timer, night.now, night.dispatching)


def test_a_deadline_calls_the_next_in_line_and_its_timer_is_forgotten(night: Night) -> None:
    timer = first_timer(night)
    night.now = timer.due
    assert meet(night, timer) is Deadline.MET
    assert night.dispatch.steps[0].status is StepStatus.NO_ANSWER
    assert night.dispatch.current == 1
    assert {kept.step for _, kept in night.store.timers} == {1}


def test_a_deadline_that_fires_early_comes_back_when_it_is_due(night: Night) -> None:
    timer = first_timer(night)
    night.now = timer.due - timedelta(milliseconds=400)
    assert meet(night, timer) is Deadline.EARLY
    assert night.dispatch.current == 0
    assert (MALFUNCTION_ID, timer) in night.store.timers
    (message,) = night.deadlines.messages
    assert message.delay_s == 1
    assert read_deadline(message.body) == (MALFUNCTION_ID, timer)


def test_a_deadline_told_twice_calls_one_responder(night: Night) -> None:
    timer = first_timer(night)
    night.now = timer.due
    meet(night, timer)
    version = night.malfunction.version
    assert meet(night, timer) is Deadline.MET
    assert night.malfunction.version == version


def test_a_deadline_after_the_acceptance_changes_nothing_and_is_forgotten(night: Night) -> None:
    timer = first_timer(night)
    night.happen(Accept(0, "keys"))
    night.now = timer.due
    assert meet(night, timer) is Deadline.MET
    assert night.dispatch.status is DispatchStatus.ACCEPTED
    assert night.store.timers == set()


def test_a_timer_of_a_purged_malfunction_is_forgotten(night: Night) -> None:
    timer = first_timer(night)
    del night.store.malfunctions[MALFUNCTION_ID]
    night.now = timer.due
    assert meet(night, timer) is Deadline.GONE
    assert night.store.timers == set()


def test_deadlines_alone_bring_a_dispatch_to_the_desk_alarm(night: Night) -> None:
    for _ in range(len(night.dispatch.steps)):
        assert night.dispatch.status is DispatchStatus.CALLING
        meet_the_timer(night)
    assert night.dispatch.status is DispatchStatus.EXHAUSTED


def test_deadlines_alone_call_the_supervisor_for_a_day_and_leave_no_timer(night: Night) -> None:
    while night.store.timers:
        meet_the_timer(night)
    called = [key for key in night.store.notices_of(MALFUNCTION_ID) if key.startswith("supervisor")]
    assert called == [f"supervisor-voice-{attempt}" for attempt in range(1, MOST_CALLS + 1)]
    assert night.lines(EntryKind.SUPERVISOR_UNREACHED) == [{}]


def meet_the_timer(night: Night) -> None:
    ((_, timer),) = night.store.timers
    night.now = timer.due
    meet(night, timer)


@given(st.integers(-10_000, 10_000), st.integers(0, 999_999))
def test_a_message_is_never_early_nor_longer_than_a_queue_allows(seconds: int, microseconds: int) -> None:
    due = SATURDAY_NIGHT + timedelta(seconds=seconds, microseconds=microseconds)
    message = deadline_message("mc", Timer(1, due), SATURDAY_NIGHT)
    assert 0 <= message.delay_s <= LONGEST_DELAY_S
    arrives = SATURDAY_NIGHT + timedelta(seconds=message.delay_s)
    assert arrives >= due or message.delay_s == LONGEST_DELAY_S
    assert due <= read_deadline(message.body)[1].due < due + timedelta(seconds=1)


# --- the sweep -------------------------------------------------------------------------------------------------------


def run(night: Night) -> Swept:
    return sweep(night.due_items, night.outbox, night.deadlines, night.rota_updates, night.now)


def test_the_sweep_tells_again_what_the_queues_forgot_and_nothing_else(night: Night) -> None:
    night.now = SATURDAY_NIGHT + GRACE - timedelta(microseconds=1)
    assert run(night) == Swept(0, 0)
    night.now = SATURDAY_NIGHT + GRACE
    assert run(night) == Swept(timers=0, notices=2, oldest_notice_s=20)
    night.now = first_timer(night).due + GRACE
    waited_s = int((night.now - SATURDAY_NIGHT).total_seconds())
    assert run(night) == Swept(timers=1, notices=2, oldest_timer_s=20, oldest_notice_s=waited_s)
    assert [message.delay_s for message in night.deadlines.messages] == [0]


def test_what_has_been_sent_is_swept_only_to_ask_what_became_of_it(night: Night) -> None:
    night.send("s0-sms")
    night.send("s0-voice")
    night.now = SATURDAY_NIGHT + ASK_AFTER + GRACE - timedelta(microseconds=1)
    assert run(night) == Swept(0, 0)
    night.now = SATURDAY_NIGHT + ASK_AFTER + GRACE
    assert run(night) == Swept(timers=0, notices=2, oldest_notice_s=20)
    assert {night.send("s0-sms").result, night.send("s0-voice").result} == {Sending.ASKED}
    assert (len(night.phone.messages), len(night.phone.calls)) == (1, 1)


def test_the_sweep_tells_how_long_the_oldest_of_each_has_waited(night: Night) -> None:
    due = first_timer(night).due
    night.store.timers.add(("another", Timer(0, due + timedelta(seconds=200))))
    night.send("s0-sms")
    night.now = due + timedelta(seconds=300)
    swept = run(night)
    assert swept.oldest_timer_s == 300
    assert swept.oldest_notice_s == int((night.now - SATURDAY_NIGHT).total_seconds())
    night.store.timers.clear()
    night.send("s0-voice")
    swept = run(night)
    assert swept.oldest_timer_s == 0
    assert swept.oldest_notice_s == int((night.now - SATURDAY_NIGHT - ASK_AFTER).total_seconds())


def test_a_dispatch_whose_every_message_was_lost_still_reaches_somebody(night: Night) -> None:
    """The relay is down all night: only the sweep works."""
    night.pass_time(minutes=1)
    run(night)
    for message in night.outbox.messages:
        night.send(message.body["key"])
    assert len(night.phone.messages) == 1
    assert len(night.phone.calls) == 1
    night.now = first_timer(night).due + GRACE
    run(night)
    (message,) = night.deadlines.messages
    meet(night, read_deadline(message.body)[1])
    assert night.dispatch.current == 1


def test_a_queue_that_refuses_makes_the_sweep_fail_loudly(night: Night) -> None:
    night.pass_time(minutes=1)
    night.outbox.faults = [QueueRefused("1 of 2")]
    with pytest.raises(QueueRefused):
        run(night)
