"""R10, R13, R61: a call is the same whatever the order and the number of tellings, and ends once for all."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.calls.call import Call, CallEvent, CallEventKind, CallStatus, Line, fold

BORN = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
CALL = "CA1"


def event(kind: CallEventKind, after_s: float, key: str = "", **data: str) -> CallEvent:
    return CallEvent(CALL, key or kind.value, kind, BORN + timedelta(seconds=after_s), data)


def presented(after_s: float = 0) -> CallEvent:
    return event(CallEventKind.PRESENTED, after_s, caller="+33639981247", called="+33353017000")


def taken(attempt: int, after_s: float, agent: str = "a1") -> CallEvent:
    told = {"agent": agent, "agent_name": f"Agent {agent}", "attempt": str(attempt)}
    return CallEvent(CALL, f"taken#{attempt}", CallEventKind.TAKEN, BORN + timedelta(seconds=after_s), told)


def released(attempt: int, after_s: float) -> CallEvent:
    return event(CallEventKind.RELEASED, after_s, f"released#{attempt}", attempt=str(attempt), reason="no_answer")


def answered(after_s: float, attempt: int = 1) -> CallEvent:
    return event(CallEventKind.ANSWERED, after_s, f"answered#{attempt}", attempt=str(attempt))


def connected(after_s: float, attempt: int = 1) -> CallEvent:
    return event(CallEventKind.CONNECTED, after_s, f"connected#CF{attempt}", attempt=str(attempt))


def agent_left(after_s: float, attempt: int = 1, talked: str = "yes") -> CallEvent:
    return event(CallEventKind.AGENT_LEFT, after_s, f"agent_left#{attempt}", attempt=str(attempt), talked=talked)


def ended(after_s: float) -> CallEvent:
    return event(CallEventKind.ENDED, after_s)


def queued(after_s: float = 8) -> CallEvent:
    return event(CallEventKind.QUEUED, after_s)


def left_queue(after_s: float, result: str) -> CallEvent:
    return event(CallEventKind.LEFT_QUEUE, after_s, result=result)


def call(*events: CallEvent) -> Call:
    return fold(CALL, events)


def seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()


TAKEN_AND_HELD = (
    presented(),
    queued(),
    taken(1, 12),
    released(1, 30),
    taken(2, 31, "a2"),
    answered(35.5, 2),
    left_queue(36, "redirected"),
    event(CallEventKind.COMING_OVER, 36.2, "coming_over#2", attempt="2"),
    connected(37, 2),
    event(CallEventKind.HELD, 60, "held#1"),
    event(CallEventKind.RESUMED, 75, "resumed#1"),
    event(CallEventKind.HELD, 90, "held#2"),
    event(CallEventKind.RECORDING_STARTED, 37, "recording_started#R1", recording="R1"),
    event(CallEventKind.RECORDING_READY, 121, "recording_ready#R1", recording="R1", duration_s="84"),
    event(CallEventKind.RECORDING_STORED, 130, "recording_stored#R1", recording="R1", object_key="k/R1"),
    agent_left(119, 2),
    ended(120),
)
"""A call with everything in it: a first agent's phone that does not answer, two holds, a recording, an agent's leg."""

KINDS = st.sampled_from(CallEventKind)
TELLS_THE_LINE = (CallEventKind.PRESENTED, CallEventKind.TOLD_AFTERWARDS)
ANY_EVENTS = st.lists(
    st.builds(
        lambda kind, number, at, result, agent: CallEvent(
            CALL,
            f"{kind.value}#{number}",
            kind,
            BORN + timedelta(seconds=at),
            {
                "attempt": str(number),
                "agent": agent,
                "agent_name": agent,
                "result": result,
                "recording": f"R{number}",
                "reason": "x",
            },
        ),
        KINDS,
        st.integers(min_value=1, max_value=3),
        st.integers(min_value=0, max_value=20),
        st.sampled_from(["bridged", "hangup", "redirected", "error"]),
        st.sampled_from(["a1", "a2"]),
    ),
    max_size=14,
)


@given(order=st.permutations(TAKEN_AND_HELD), repeated=st.lists(st.sampled_from(TAKEN_AND_HELD), max_size=8))
def test_any_order_and_any_repetition_tell_the_same_call(order: list[CallEvent], repeated: list[CallEvent]) -> None:
    assert call(*order, *repeated) == call(*TAKEN_AND_HELD)


@given(events=ANY_EVENTS, failed=st.booleans(), data=st.data())
def test_a_caller_sent_to_the_landlord_is_out_of_reach_and_answered_by_nobody_of_ours(
    events: list[CallEvent], failed: bool, data: st.DataObject
) -> None:
    sent = left_queue(15, "error") if failed else event(CallEventKind.SENT_TO_FALLBACK, 15)
    unheard = (CallEventKind.CONNECTED, CallEventKind.LEFT_QUEUE, CallEventKind.SENT_TO_FALLBACK)
    told = call(*data.draw(st.permutations([sent, *(e for e in events if e.kind not in unheard)])))
    assert told.is_out_of_reach
    assert (told.answered_at, told.was_rerouted, told.sent_to_fallback_at) == (None, True, sent.at)


def test_a_conversation_before_the_fallback_stays_an_answer_and_one_after_it_shows_as_such() -> None:
    talked = (presented(), queued(), taken(1, 9), answered(12), connected(13))
    sent_after = call(*talked, event(CallEventKind.SENT_TO_FALLBACK, 40))
    assert (sent_after.status, seconds(sent_after.wait)) == (CallStatus.SENT_TO_FALLBACK, 12)
    assert not sent_after.was_rerouted
    brought_back = call(*talked, event(CallEventKind.SENT_TO_FALLBACK, 11))
    assert (brought_back.status, seconds(brought_back.wait)) == (CallStatus.IN_PROGRESS, 12)


AFTERWARDS = event(CallEventKind.TOLD_AFTERWARDS, 0, caller="+33639981247", called="+33353017000")


@pytest.mark.parametrize("order", [1, -1])
def test_a_call_told_of_when_it_was_over_is_no_abandon_it_was_answered_in_our_place(order: int) -> None:
    told = call(*(AFTERWARDS, ended(70))[::order])
    assert (told.status, told.presented_at, told.caller) == (CallStatus.ENDED, BORN, "+33639981247")
    assert (told.was_rerouted, told.answered_at) == (True, None)


def test_it_is_abandoned_after_all_when_its_presentation_was_only_late() -> None:
    told = call(AFTERWARDS, ended(4), presented(0.4))
    assert (told.presented_at, told.was_rerouted) == (presented(0.4).at, False)


@given(events=ANY_EVENTS, data=st.data())
def test_what_is_told_afterwards_adds_nothing_to_a_call_that_is_known(
    events: list[CallEvent], data: st.DataObject
) -> None:
    known = [presented(), *(e for e in events if e.kind is not CallEventKind.TOLD_AFTERWARDS)]
    assert call(*data.draw(st.permutations([*known, AFTERWARDS]))) == call(*known)


def test_a_call_that_was_served_and_of_whose_presentation_the_word_was_lost_is_no_call_sent_away() -> None:
    told = call(queued(), taken(1, 9), answered(12), connected(13), ended(60), AFTERWARDS)
    assert (told.presented_at, seconds(told.wait), told.was_rerouted) == (BORN, 12, False)
    waited = call(queued(), ended(20), AFTERWARDS)
    assert (waited.answered_at, waited.was_rerouted) == (None, False)


@given(events=ANY_EVENTS, line=st.sampled_from(["", "desk", "test", "other"]), data=st.data())
def test_the_presentation_alone_tells_the_line_whatever_else_happens(
    events: list[CallEvent], line: str, data: st.DataObject
) -> None:
    others = [e for e in events if e.kind not in TELLS_THE_LINE]
    on_line = event(CallEventKind.PRESENTED, 0, **({"line": line} if line else {}))
    told = data.draw(st.permutations([*others, on_line]))
    known = call(*told)
    assert (known.on_desk_line, known.is_test) == (line == "desk", line == "test")
    assert known.is_counted is (line not in ("desk", "test"))
    assert call(*others).line is Line.TENANTS


@given(events=ANY_EVENTS, data=st.data())
def test_nobody_of_ours_can_take_a_test_call_whatever_else_happens(
    events: list[CallEvent], data: st.DataObject
) -> None:
    others = [e for e in events if e.kind not in TELLS_THE_LINE]
    test = event(CallEventKind.PRESENTED, 0, line="test")
    assert call(*data.draw(st.permutations([*others, test]))).is_out_of_reach


@pytest.mark.parametrize("order", [1, -1])
def test_a_conversation_is_an_answer_until_the_word_of_the_answer_comes(order: int) -> None:
    talking = (presented(), queued(), taken(1, 9), connected(14))
    without = call(*talking[::order])
    assert (without.status, without.answered_by, seconds(without.wait)) == (CallStatus.IN_PROGRESS, "a1", 14)
    told = call(*(*talking, answered(13.4))[::order])
    assert (told.status, told.answered_by, seconds(told.wait)) == (CallStatus.IN_PROGRESS, "a1", 13.4)


def test_the_word_of_the_answer_counts_though_the_provider_stamps_the_conversation_in_the_second_before() -> None:
    assert seconds(call(presented(), taken(1, 9), connected(13), answered(13.4)).wait) == 13.4


def test_a_conversation_of_a_take_that_was_given_back_is_no_answer() -> None:
    waiting = call(presented(), queued(), taken(1, 9), connected(14), released(1, 20))
    assert (waiting.status, waiting.answered_at, waiting.take) == (CallStatus.WAITING, None, None)
    assert call(presented(), queued(), taken(1, 9), released(1, 20), taken(2, 30)).status is CallStatus.TAKEN


TAKEN_BACK = (presented(), queued(), taken(1, 9), answered(12), connected(14), agent_left(20, talked="no"))
"""A conversation told so late that the caller had been sent back to the queue by then."""


@given(order=st.permutations(TAKEN_BACK))
def test_a_caller_who_has_talked_was_answered_and_can_be_taken_again_where_he_waits(order: list[CallEvent]) -> None:
    waits = call(*order)
    assert (waits.status, seconds(waits.wait), waits.answered_by, waits.take) == (CallStatus.WAITING, 12, "a1", None)
    assert (waits.is_waiting, waits.holder) == (True, None)
    rings = call(*order, taken(2, 30, "a2"))
    assert rings.holder == ("a2", "Agent a2")
    assert (rings.status, rings.answered_by) == (CallStatus.TAKEN, "a1")
    talks = call(*order, taken(2, 30, "a2"), answered(33, 2))
    assert (talks.status, seconds(talks.wait), talks.answered_by) == (CallStatus.IN_PROGRESS, 12, "a2")
    over = call(*order, ended(40))
    assert (over.answered_at, over.holder) == (BORN + timedelta(seconds=12), ("a1", "Agent a1"))


@given(events=ANY_EVENTS, after_s=st.integers(0, 20), data=st.data())
def test_a_conversation_is_an_answer_whatever_is_told_of_the_agents_leg(
    events: list[CallEvent], after_s: int, data: st.DataObject
) -> None:
    other = [e for e in events if e.kind not in (CallEventKind.RELEASED, CallEventKind.ENDED)]
    alive = [e for e in other if e.data["result"] != "hangup"]
    told = call(*data.draw(st.permutations([*alive, connected(after_s)])))
    assert told.answered_at is not None
    assert 1 in told.met


@given(events=ANY_EVENTS, data=st.data())
def test_any_events_whatsoever_tell_one_call_in_every_order(events: list[CallEvent], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(events))
    again = data.draw(st.lists(st.sampled_from(events), max_size=5)) if events else []
    assert call(*shuffled, *again) == call(*events)


@given(events=ANY_EVENTS, data=st.data())
def test_an_ended_call_never_comes_back_to_life(events: list[CallEvent], data: st.DataObject) -> None:
    known: list[CallEvent] = []
    has_ended = False
    for told in data.draw(st.permutations(events)):
        known.append(told)
        is_ended = call(*known).status is CallStatus.ENDED
        assert is_ended or not has_ended
        has_ended = is_ended


def test_a_caller_who_hung_up_in_the_queue_stays_gone_whatever_else_is_told_of_it() -> None:
    assert call(presented(), left_queue(5, "hangup"), left_queue(5, "bridged")).status is CallStatus.ENDED


@given(events=ANY_EVENTS)
def test_no_duration_is_negative(events: list[CallEvent]) -> None:
    told = call(*events)
    durations = [told.hold, told.wait, told.wait_after_welcome, told.talk]
    assert all(duration >= timedelta(0) for duration in durations if duration is not None)


@given(events=ANY_EVENTS)
def test_the_next_attempt_was_never_made(events: list[CallEvent]) -> None:
    made = {told.data["attempt"] for told in events if told.kind in {CallEventKind.TAKEN, CallEventKind.RELEASED}}
    assert str(call(*events).next_attempt) not in made


def test_a_whole_call_reads_as_it_went() -> None:
    told = call(*TAKEN_AND_HELD)
    assert told.status is CallStatus.ENDED
    assert (told.answered_by, told.answered_by_name) == ("a2", "Agent a2")
    assert seconds(told.wait) == 35.5
    assert seconds(told.wait_after_welcome) == 27.5
    assert seconds(told.talk) == 84.5
    assert seconds(told.hold) == 15 + 30
    assert [(one.recording_id, one.object_key, one.duration_s) for one in told.recordings] == [("R1", "k/R1", 84)]


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ((), CallStatus.UNKNOWN),
        ((queued(),), CallStatus.WAITING),
        ((presented(),), CallStatus.PRESENTED),
        ((presented(), queued()), CallStatus.WAITING),
        ((presented(), queued(), taken(1, 9)), CallStatus.TAKEN),
        ((presented(), queued(), taken(1, 9), released(1, 20)), CallStatus.WAITING),
        ((presented(), queued(), taken(1, 9), released(1, 20), taken(2, 21)), CallStatus.TAKEN),
        ((presented(), queued(), taken(1, 9), answered(12)), CallStatus.IN_PROGRESS),
        ((presented(), queued(), taken(1, 9), left_queue(12, "redirected")), CallStatus.TAKEN),
        ((presented(), queued(), left_queue(12, "hangup")), CallStatus.ENDED),
        ((presented(), ended(3)), CallStatus.ENDED),
    ],
)
def test_the_status_is_what_the_facts_say(events: tuple[CallEvent, ...], status: CallStatus) -> None:
    assert call(*events).status is status


def test_a_withheld_number_is_a_normal_case() -> None:
    told = call(event(CallEventKind.PRESENTED, 0, called="+33353017000"))
    assert told.caller is None
    assert told.status is CallStatus.PRESENTED


@pytest.mark.parametrize("wait_s", [0, 39.999, 40, 40.001])
def test_the_wait_is_kept_to_the_millisecond(wait_s: float) -> None:
    told = call(presented(), taken(1, 0), answered(wait_s))
    assert told.wait == timedelta(seconds=wait_s)


def test_the_wait_of_a_call_nobody_answered_is_unknown() -> None:
    told = call(presented(), queued(), taken(1, 9), ended(60))
    assert (told.wait, told.wait_after_welcome, told.talk) == (None, None, None)


def test_an_answer_before_the_end_of_the_welcome_waited_nothing_after_it() -> None:
    assert call(presented(), queued(8), taken(1, 2), answered(5)).wait_after_welcome == timedelta(0)


@pytest.mark.parametrize(("end_s", "counts"), [(36, True), (35, True), (34.6, True), (34.5, False), (30, False)])
def test_a_phone_picked_up_after_the_caller_has_gone_is_no_answer(end_s: float, counts: bool) -> None:
    told = call(presented(), taken(1, 20), answered(35.5), ended(end_s))
    assert (told.wait is not None) is counts
    assert told.status is CallStatus.ENDED


def test_who_hangs_up_while_waiting_has_ended_even_if_the_provider_forgets_to_say_so() -> None:
    told = call(presented(), queued(), left_queue(50, "hangup"))
    assert (told.status, seconds(told.ended_at - BORN if told.ended_at else None)) == (CallStatus.ENDED, 50)
    assert call(presented(), queued(), left_queue(50, "hangup"), ended(49)).ended_at == BORN + timedelta(seconds=49)


def test_of_two_agents_who_take_the_same_attempt_the_first_has_it() -> None:
    told = call(presented(), taken(1, 10, "a2"), taken(1, 9.9, "a1"))
    assert told.take is not None
    assert told.take.agent == "a1"


def test_a_hold_that_nobody_ended_ends_with_the_call() -> None:
    held = event(CallEventKind.HELD, 20, "held#1")
    assert call(presented(), held).on_hold
    told = call(presented(), held, ended(50))
    assert not told.on_hold
    assert told.hold == timedelta(seconds=30)


def test_an_erased_recording_stays_erased_and_an_objection_is_kept() -> None:
    stored = event(CallEventKind.RECORDING_STORED, 50, "recording_stored#R1", recording="R1", object_key="k")
    erased = event(CallEventKind.RECORDING_ERASED, 40, "recording_erased#R1", recording="R1", reason="objection")
    told = call(presented(), event(CallEventKind.OBJECTED, 30), stored, erased)
    assert told.objected
    assert [one.erased for one in told.recordings] == [True]


def test_an_event_of_another_call_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="CA2"):
        fold(CALL, [CallEvent("CA2", "ended", CallEventKind.ENDED, BORN)])
