"""What the provider does not tell, it is asked: nobody waits for a callback that was lost (R10, R42)."""

from datetime import timedelta

import pytest

from permanence.application.dispatch.asking import ASK_AGAIN_ABOUT_A_CALL, AskedCall, ask_about_call
from permanence.application.dispatch.notifying import Sending
from permanence.application.dispatch.receiving import ASK_AFTER, MessageReceipt, receive
from permanence.application.reception.ports import PastRetention, ProviderRefused, ProviderUnavailable, ProviderWord
from permanence.domain.calls.call import Call, CallEvent, CallEventKind, CallStatus
from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import ChannelStatus, StepStatus
from permanence.domain.dispatch.events import Accept
from permanence.domain.dispatch.notices import NoticeRef, NoticeStatus
from permanence.domain.main_courante.log import EntryKind
from tests.application.dispatch.night import MALFUNCTION_ID, SATURDAY_NIGHT, TENANT, Night
from tests.fakes.store import LONGEST_CALL, StoreDown


@pytest.fixture
def night(contract: Contract) -> Night:
    night = Night(contract)
    night.start()
    night.send("s0-sms")
    night.send("s0-voice")
    return night


def word_of_the_call(night: Night, word: ProviderWord | Exception) -> None:
    night.phone.words[night.phone.calls[0].provider_id] = word


def ask(night: Night, key: str = "s0-voice") -> Sending:
    return night.send(key).result


def test_a_silent_provider_is_asked_after_half_a_minute_and_not_before(night: Night) -> None:
    night.now = SATURDAY_NIGHT + ASK_AFTER - timedelta(microseconds=1)
    assert ask(night) is Sending.NOT_OURS
    night.now = SATURDAY_NIGHT + ASK_AFTER
    assert ask(night) is Sending.ASKED
    assert ask(night) is Sending.NOT_OURS
    night.now += ASK_AFTER
    assert ask(night) is Sending.ASKED


def test_a_call_nobody_answered_and_nobody_told_of_moves_on_without_waiting_for_the_cap(night: Night) -> None:
    night.phone.words[night.phone.messages[0].provider_id] = ProviderWord(ChannelStatus.FAILED, "30003")
    word_of_the_call(night, ProviderWord(ChannelStatus.NO_ANSWER))
    night.now += ASK_AFTER
    ask(night, "s0-sms")
    assert night.dispatch.current == 0
    ask(night)
    assert (night.dispatch.current, night.dispatch.steps[0].status) == (1, StepStatus.NO_ANSWER)
    assert {night.notice("s0-sms").status, night.notice("s0-voice").status} == {NoticeStatus.FAILED}


def test_what_the_provider_says_when_asked_is_told_like_its_callback(night: Night) -> None:
    word_of_the_call(night, ProviderWord(ChannelStatus.RINGING))
    night.now += ASK_AFTER
    ask(night)
    assert night.dispatch.steps[0].ringing_at == night.now
    assert [line["status"] for line in night.lines(EntryKind.RECEIPT)] == ["ringing"]


def test_a_picked_up_call_of_which_nothing_was_told_is_no_acceptance(night: Night) -> None:
    word_of_the_call(night, ProviderWord(ChannelStatus.DELIVERED, ended_at=night.now))
    night.now += ASK_AFTER
    ask(night)
    assert night.dispatch.winner is None
    assert night.notice("s0-voice").status is NoticeStatus.DELIVERED


def test_a_call_the_provider_knows_nothing_of_has_reached_nobody(night: Night) -> None:
    word_of_the_call(night, ProviderRefused("20404", "no such call"))
    night.now += ASK_AFTER
    ask(night)
    assert night.dispatch.steps[0].voice is ChannelStatus.FAILED


def test_a_provider_that_is_down_is_asked_again(night: Night) -> None:
    word_of_the_call(night, ProviderUnavailable("503"))
    night.now += ASK_AFTER
    with pytest.raises(ProviderUnavailable):
        ask(night)
    word_of_the_call(night, ProviderWord(ChannelStatus.RINGING))
    assert ask(night) is Sending.ASKED


def test_nobody_is_asked_about_a_step_that_is_over(night: Night) -> None:
    night.happen(Accept(0, "page"))
    night.now += ASK_AFTER
    night.phone.faults = [AssertionError("the provider was asked")]
    assert ask(night) is Sending.NOT_OURS
    assert night.notice("s0-voice").ask_at is None


def test_a_receipt_that_tells_the_end_leaves_nothing_to_ask(night: Night) -> None:
    for key, status in (("s0-voice", ChannelStatus.NO_ANSWER), ("s0-sms", ChannelStatus.DELIVERED)):
        told = MessageReceipt("X", status)
        receive(
            night.malfunctions,
            night.notices,
            NoticeRef(MALFUNCTION_ID, key),
            told,
            night.now,
            dispatching=night.dispatching,
        )
    night.pass_time(minutes=5)
    assert night.due_items.overdue(night.now).notices == ()


def test_a_receipt_that_overtakes_our_record_and_is_the_last_one_does_not_end_the_asking(contract: Contract) -> None:
    night = Night(contract)
    night.start()
    claimed = night.notices.claim(MALFUNCTION_ID, "s0-voice", night.now, 5)
    assert claimed is not None
    receive(
        night.malfunctions,
        night.notices,
        NoticeRef(MALFUNCTION_ID, "s0-voice"),
        MessageReceipt("CA9", ChannelStatus.SENT),
        night.now,
        dispatching=night.dispatching,
    )
    night.notices.sent(claimed, "CA9", night.now)
    assert night.notice("s0-voice").ask_at == SATURDAY_NIGHT + ASK_AFTER


def test_a_worker_that_dies_before_the_answer_is_kept_asks_again(night: Night) -> None:
    word_of_the_call(night, ProviderWord(ChannelStatus.NO_ANSWER))
    night.now += ASK_AFTER
    night.notices.receipt = _dies  # type: ignore[method-assign, assignment]
    with pytest.raises(StoreDown):
        ask(night)
    del night.notices.receipt
    assert ask(night) is Sending.ASKED
    assert [line["status"] for line in night.lines(EntryKind.RECEIPT)] == ["no_answer"]
    assert night.notice("s0-voice").status is NoticeStatus.FAILED


def test_a_malfunction_that_was_purged_meanwhile_is_not_asked_about(night: Night) -> None:
    night.now += ASK_AFTER
    del night.store.malfunctions[MALFUNCTION_ID]
    assert ask(night) is Sending.NOT_OURS
    with pytest.raises(PastRetention):
        night.happen(Accept(0, "page"))


def _dies(*_: object) -> None:
    raise StoreDown


# --- calls whose end never came --------------------------------------------------------------------------------------

PRESENTED = CallEvent(
    "CA1", "presented", CallEventKind.PRESENTED, SATURDAY_NIGHT, {"caller": TENANT, "called": "+33353017000"}
)


@pytest.fixture
def waiting(contract: Contract) -> Night:
    night = Night(contract)
    night.calls.record(PRESENTED, SATURDAY_NIGHT)
    night.now = SATURDAY_NIGHT + LONGEST_CALL
    return night


def ask_call(night: Night) -> AskedCall:
    return ask_about_call("CA1", night.now, calls=night.calls, phones=lambda: night.phone)


def the_call(night: Night) -> Call:
    record = night.calls.get("CA1")
    assert record is not None
    return record.call


def test_a_call_is_asked_about_after_four_hours_and_not_before(waiting: Night) -> None:
    assert waiting.due_items.overdue(waiting.now - timedelta(microseconds=1)).calls == ()
    assert waiting.due_items.overdue(waiting.now).calls == ("CA1",)


def test_a_call_that_ended_without_our_hearing_is_closed_at_its_true_end(waiting: Night) -> None:
    ended = SATURDAY_NIGHT + timedelta(minutes=7)
    waiting.phone.words["CA1"] = ProviderWord(ChannelStatus.DELIVERED, ended_at=ended)
    assert ask_call(waiting) is AskedCall.CLOSED
    assert (the_call(waiting).status, the_call(waiting).ended_at) == (CallStatus.ENDED, ended)
    assert waiting.due_items.overdue(waiting.now).calls == ()


def test_a_call_that_goes_on_is_asked_about_again_later(waiting: Night) -> None:
    waiting.phone.words["CA1"] = ProviderWord(ChannelStatus.DELIVERED)
    assert ask_call(waiting) is AskedCall.GOES_ON
    assert the_call(waiting).ended_at is None
    assert waiting.due_items.overdue(waiting.now).calls == ()
    assert waiting.due_items.overdue(waiting.now + ASK_AGAIN_ABOUT_A_CALL).calls == ("CA1",)


def test_a_call_the_provider_has_forgotten_ends_with_the_last_thing_we_know(waiting: Night) -> None:
    assert ask_call(waiting) is AskedCall.CLOSED
    assert the_call(waiting).ended_at == SATURDAY_NIGHT


def test_a_purged_call_is_not_recreated(waiting: Night) -> None:
    waiting.store.events.clear()
    assert ask_call(waiting) is AskedCall.GONE
    assert waiting.store.events == {}
