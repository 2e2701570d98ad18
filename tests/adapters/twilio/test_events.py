"""The provider's words become neutral facts; what says nothing becomes none."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.adapters.twilio import events
from permanence.adapters.twilio.form import Form, Malformed, parse_form
from permanence.domain.calls.call import CallEvent, CallEventKind, fold

AT = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)


def form(**fields: str) -> Form:
    return Form({"AccountSid": "AC1", "CallSid": "CA1", **fields}.items())


@pytest.mark.parametrize(
    "number", ["anonymous", "Anonymous", "+266696687", "restricted", "+7378742833", "unavailable", "", "unknown"]
)
def test_a_number_that_is_withheld_in_any_of_its_writings_is_none(number: str) -> None:
    assert "caller" not in events.presented(form(From=number, To="+33353017000"), AT).data


def test_the_number_a_pbx_forwards_for_is_kept() -> None:
    told = events.presented(form(From="+33384961370", To="+33353017000", ForwardedFrom="+33639982105"), AT)

    assert told.data == {"caller": "+33384961370", "called": "+33353017000", "forwarded_from": "+33639982105"}


def test_the_time_that_the_provider_tells_counts_not_the_time_we_heard_of_it() -> None:
    told = form(CallStatus="completed", Timestamp="Sat, 21 Nov 2026 22:11:30 +0000", CallDuration="30")

    ended = events.ended(told, AT)
    assert ended is not None
    assert ended.at == AT - timedelta(seconds=30)
    assert events.call_began_at(told, AT) == AT - timedelta(seconds=60)


def test_a_time_in_another_zone_is_the_same_instant() -> None:
    paris = AT.astimezone(timezone(timedelta(hours=1))).strftime("%a, %d %b %Y %H:%M:%S +0100")

    assert events.happened_at(form(Timestamp=paris), AT + timedelta(days=1)) == AT


@pytest.mark.parametrize(
    "stamp", ["yesterday", "Fri, 31 Dec 9999 23:59:59 +0000", "2026-11-21T22:12:00Z", "31 Foo 2026"]
)
def test_a_time_that_is_none_is_malformed(stamp: str) -> None:
    with pytest.raises(Malformed):
        events.happened_at(form(Timestamp=stamp), AT)


@pytest.mark.parametrize("status", ["queued", "initiated", "ringing", "in-progress", "", "new-word"])
def test_a_call_that_goes_on_has_not_ended(status: str) -> None:
    assert events.ended(form(CallStatus=status), AT) is None
    assert events.never_connected(form(CallStatus=status)) is None


def test_a_leg_that_was_picked_up_was_connected() -> None:
    assert events.never_connected(form(CallStatus="completed")) is None
    assert events.never_connected(form(CallStatus="no-answer")) == "no_answer"


def test_only_the_callers_own_hold_is_a_hold_of_the_call() -> None:
    held = {"StatusCallbackEvent": "participant-hold", "ConferenceSid": "CF1", "SequenceNumber": "4"}

    mine = events.conference_change(form(**held), "CA1", 1, AT)
    assert mine is not None
    assert (mine.kind, mine.key) == (CallEventKind.HELD, "held#CF1#4")
    assert events.conference_change(form(**held), "CA2", 1, AT) is None
    assert events.conference_change(form(**held | {"StatusCallbackEvent": "participant-join"}), "CA1", 1, AT) is None


def test_holds_told_in_any_order_and_twice_add_up_to_one_time() -> None:
    def conference_event(name: str, sequence: int, seconds: int) -> CallEvent:
        at = AT + timedelta(seconds=seconds)
        told = events.conference_change(
            form(
                StatusCallbackEvent=name,
                ConferenceSid="CF1",
                SequenceNumber=str(sequence),
                Timestamp=at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
            ),
            "CA1",
            1,
            AT + timedelta(hours=1),
        )
        assert told is not None
        return told

    held = conference_event("participant-hold", 4, 10)
    resumed = conference_event("participant-unhold", 5, 25)

    assert fold("CA1", [resumed, held, resumed]).hold == timedelta(seconds=15)


def test_a_recording_tells_its_start_and_its_length_and_an_absent_one_nothing() -> None:
    ready = events.recording_change(
        form(RecordingSid="RE1", RecordingStatus="completed", RecordingDuration="42"), "CA1", AT
    )
    started = events.recording_change(form(RecordingSid="RE1", RecordingStatus="in-progress"), "CA1", AT)
    assert ready is not None
    assert started is not None
    assert (ready.kind, ready.data) == (CallEventKind.RECORDING_READY, {"recording": "RE1", "duration_s": "42"})
    assert started.kind is CallEventKind.RECORDING_STARTED
    assert events.recording_change(form(RecordingSid="RE1", RecordingStatus="absent"), "CA1", AT) is None


text = st.text(max_size=20)


@given(status=text, queue_result=text, event=text, recording=text, message=text, answered_by=text, code=text)
def test_every_payload_has_a_translation_or_none(
    status: str, queue_result: str, event: str, recording: str, message: str, answered_by: str, code: str
) -> None:
    told = form(
        CallStatus=status,
        QueueResult=queue_result,
        StatusCallbackEvent=event,
        RecordingSid="RE1",
        RecordingStatus=recording,
        ConferenceSid="CF1",
        MessageSid="SM1",
        MessageStatus=message,
        AnsweredBy=answered_by,
        ErrorCode=code,
    )
    kinds = {
        event.kind
        for event in (
            events.presented(told, AT),
            events.queued(told, AT),
            events.left_queue(told, AT),
            events.ended(told, AT),
            events.conference_change(told, "CA1", 1, AT),
            events.recording_change(told, "CA1", AT),
        )
        if event is not None
    }
    assert {CallEventKind.PRESENTED, CallEventKind.QUEUED, CallEventKind.LEFT_QUEUE} <= kinds
    assert events.left_queue(told, AT).data["result"] in {"bridged", "hangup", "redirected", "error"}
    events.message_receipt(told)
    events.voice_receipt(told)


@given(st.binary(max_size=300), st.booleans())
def test_any_body_is_a_form_or_malformed(body: bytes, base64_encoded: bool) -> None:
    try:
        parsed = parse_form(body.decode("latin-1"), base64_encoded)
    except Malformed:
        return
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in parsed.fields)


def test_a_field_that_comes_twice_reads_as_its_first_value_and_keeps_both() -> None:
    parsed = parse_form("a=1&b=&a=2", base64_encoded=False)

    assert (parsed.get("a"), parsed.get("b"), parsed.fields) == ("1", None, (("a", "1"), ("b", ""), ("a", "2")))
