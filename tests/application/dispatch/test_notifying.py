"""Sending what the outbox holds: once, whoever dies in between (R47, R48)."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permanence.application.dispatch.notifying import LEASE_S, WORTH_SENDING, Sending
from permanence.application.dispatch.ports import MailUnavailable
from permanence.application.dispatch.receiving import MessageReceipt, receive
from permanence.application.reception.ports import ProviderRefused, ProviderUnavailable
from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import ChannelStatus, DispatchStatus, StepStatus
from permanence.domain.dispatch.events import Accept, CallNext, Cancel, Decline, DispatchEvent
from permanence.domain.dispatch.notices import Notice, NoticeKind, NoticeRef, NoticeStatus
from permanence.domain.main_courante.log import EntryKind
from tests.application.dispatch.night import (
    DAVAL_LANDLINE,
    DAVAL_MOBILE,
    MALFUNCTION_ID,
    SATURDAY_NIGHT,
    TENANT,
    Night,
    burst_pipe,
)
from tests.fakes.providers import TOOK_IT_THEN_TIMED_OUT
from tests.fakes.store import StoreDown

JOB = "job:end_of_period:2026-11-23"
MAIL = Notice(JOB, "vesoul", NoticeKind.MAIL, "a@h.example, b@h.example", SATURDAY_NIGHT, body_key="mails/vesoul.eml")


@pytest.fixture
def night(contract: Contract) -> Night:
    night = Night(contract)
    night.start()
    return night


def test_an_sms_leaves_once_with_a_callback_that_names_it(night: Night) -> None:
    assert night.send("s0-sms").result is Sending.SENT
    assert night.send("s0-sms").result is Sending.NOT_OURS
    (sms,) = night.phone.messages
    assert (sms.to, sms.text) == (DAVAL_MOBILE, night.notice("s0-sms").text)
    assert f"notice={MALFUNCTION_ID}.s0-sms" in sms.callback_url
    assert DAVAL_MOBILE.removeprefix("+") not in sms.callback_url
    kept = night.notice("s0-sms")
    assert (kept.status, kept.provider_id) == (NoticeStatus.SENT, sms.provider_id)


def test_a_voice_call_listens_for_answering_machines(night: Night) -> None:
    assert night.send("s0-voice").result is Sending.SENT
    (call,) = night.phone.calls
    assert (call.to, call.detect_machine) == (DAVAL_MOBILE, True)
    assert f"notice={MALFUNCTION_ID}.s0-voice" in call.url
    assert f"notice={MALFUNCTION_ID}.s0-voice" in call.status_url


def test_a_mail_leaves_as_it_was_rendered(night: Night) -> None:
    night.bodies.put("mails/vesoul.eml", b"Subject: nuit", "message/rfc822")
    night.notices.put_job_notices([MAIL])
    assert night.send("vesoul", JOB).result is Sending.SENT
    (mail,) = night.mailer.mails
    assert (mail.message, mail.recipients) == (b"Subject: nuit", ("a@h.example", "b@h.example"))
    assert mail.sender == night.providers.mail_sender


def test_sending_costs_two_requests_and_one_more_when_somebody_may_not_be_needed_any_more(night: Night) -> None:
    before = night.store.requests
    night.send("s0-sms")
    assert night.store.requests - before == 3
    night.notices.put_job_notices([MAIL])
    night.bodies.put("mails/vesoul.eml", b"Subject: nuit", "message/rfc822")
    before = night.store.requests
    night.send("vesoul", JOB)
    assert night.store.requests - before == 2


# --- what nobody needs any more --------------------------------------------------------------------------------------


@pytest.mark.parametrize("over", [Accept(0, "page"), Cancel("doublon"), Decline(0, "page"), CallNext(0)])
@pytest.mark.parametrize("key", ["s0-sms", "s0-voice"])
def test_who_is_not_the_one_being_called_any_more_is_not_called(night: Night, over: DispatchEvent, key: str) -> None:
    night.happen(over)
    dispatch = night.dispatch
    assert night.send(key).result is Sending.NOT_NEEDED
    assert (night.phone.messages, night.phone.calls) == ([], [])
    assert night.notice(key).status is NoticeStatus.FAILED
    assert night.dispatch == dispatch
    assert night.send(key).result is Sending.NOT_OURS


def test_who_comes_next_is_called_although_the_one_before_was_settled(night: Night) -> None:
    night.happen(Decline(0, "page"))
    assert night.send("s1-voice").result is Sending.SENT


def test_what_had_left_before_it_was_not_needed_is_known_as_sent(night: Night) -> None:
    night.phone.faults = [TOOK_IT_THEN_TIMED_OUT]
    with pytest.raises(ProviderUnavailable):
        night.send("s0-voice")
    night.happen(Accept(0, "page"))
    night.pass_time(seconds=LEASE_S)
    assert night.send("s0-voice").result is Sending.FOUND
    assert night.notice("s0-voice").status is NoticeStatus.SENT


def test_who_accepted_is_still_told_of_a_cancellation(night: Night) -> None:
    night.happen(Accept(0, "page"))
    night.happen(Cancel("doublon"))
    assert night.send("told-0-cancelled").result is Sending.SENT


# --- deaths and outages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["s0-sms", "s0-voice"])
def test_what_the_provider_could_not_take_is_tried_again_after_the_lease(night: Night, key: str) -> None:
    night.phone.faults = [ProviderUnavailable("429")]
    with pytest.raises(ProviderUnavailable):
        night.send(key)
    assert night.send(key).result is Sending.NOT_OURS
    night.pass_time(seconds=LEASE_S)
    sent = night.send(key)
    assert (sent.result, sent.was_unclear) == (Sending.SENT, True)
    assert len(night.phone.messages) + len(night.phone.calls) == 1


@pytest.mark.parametrize("key", ["s0-sms", "s0-voice"])
def test_what_the_provider_took_before_it_timed_out_is_not_sent_twice(night: Night, key: str) -> None:
    night.phone.faults = [TOOK_IT_THEN_TIMED_OUT]
    with pytest.raises(ProviderUnavailable):
        night.send(key)
    night.pass_time(seconds=LEASE_S)
    assert night.send(key).result is Sending.FOUND
    assert len(night.phone.messages) + len(night.phone.calls) == 1
    assert night.notice(key).status is NoticeStatus.SENT


def test_a_worker_that_dies_after_sending_is_followed_by_one_that_asks(night: Night) -> None:
    claimed = night.notices.claim(MALFUNCTION_ID, "s0-sms", night.now, LEASE_S)
    assert claimed is not None
    night.phone.send_sms(claimed.to, claimed.text, "https://permanence.example")
    night.pass_time(seconds=LEASE_S)
    assert night.send("s0-sms").result is Sending.FOUND
    assert len(night.phone.messages) == 1


def test_a_worker_that_dies_before_sending_is_followed_by_one_that_sends(night: Night) -> None:
    night.notices.claim(MALFUNCTION_ID, "s0-sms", night.now, LEASE_S)
    night.pass_time(seconds=LEASE_S)
    assert night.send("s0-sms").result is Sending.SENT
    assert len(night.phone.messages) == 1


def test_a_receipt_that_overtakes_the_record_stops_the_resend(night: Night) -> None:
    night.phone.faults = [TOOK_IT_THEN_TIMED_OUT]
    with pytest.raises(ProviderUnavailable):
        night.send("s0-voice")
    ringing = MessageReceipt("CA1", ChannelStatus.RINGING)
    receive(
        night.malfunctions,
        night.notices,
        NoticeRef(MALFUNCTION_ID, "s0-voice"),
        ringing,
        night.now,
        dispatching=night.dispatching,
    )
    night.pass_time(seconds=LEASE_S)
    assert night.send("s0-voice").result is Sending.NOT_OURS
    assert len(night.phone.calls) == 1


def test_another_mission_to_the_same_phone_proves_nothing_about_this_sms(night: Night) -> None:
    night.notices.claim(MALFUNCTION_ID, "s0-sms", night.now, LEASE_S)
    night.phone.send_sms(DAVAL_MOBILE, "Habitat 70 astreinte 111-222: ...", "https://permanence.example")
    night.pass_time(seconds=LEASE_S)
    assert night.send("s0-sms").result is Sending.SENT


def test_several_calls_to_one_number_prove_nothing_and_it_rings_twice_rather_than_never(night: Night) -> None:
    night.notices.claim(MALFUNCTION_ID, "s0-voice", night.now, LEASE_S)
    for _ in range(2):
        night.phone.place_call(DAVAL_MOBILE, "https://elsewhere", "https://elsewhere", detect_machine=True)
    night.pass_time(seconds=LEASE_S)
    sent = night.send("s0-voice")
    assert (sent.result, sent.was_unclear) == (Sending.SENT, True)


def test_what_was_sent_but_could_not_be_recorded_is_found_at_the_provider(night: Night) -> None:
    original = night.phone.send_sms

    def send_then_lose_the_table(to: str, text: str, callback_url: str) -> str:
        night.store.is_down = True
        return original(to, text, callback_url)

    night.phone.send_sms = send_then_lose_the_table  # type: ignore[method-assign]
    with pytest.raises(StoreDown):
        night.send("s0-sms")
    night.store.is_down = False
    night.pass_time(seconds=LEASE_S)
    assert night.send("s0-sms").result is Sending.FOUND
    assert len(night.phone.messages) == 1


# --- refusals --------------------------------------------------------------------------------------------------------


def test_a_refused_call_on_the_last_channel_calls_the_next_in_line_at_once(night: Night) -> None:
    night.phone.faults = [ProviderRefused("21610", "opted out"), ProviderRefused("21211", "invalid number")]
    assert night.send("s0-sms").result is Sending.REFUSED
    assert night.dispatch.current == 0
    refused = night.send("s0-voice")
    assert (refused.result, refused.code) == (Sending.REFUSED, "21211")
    assert night.dispatch.steps[0].status is StepStatus.FAILED
    assert night.dispatch.current == 1
    assert night.notice("s1-voice").to == DAVAL_LANDLINE
    assert [line["code"] for line in night.lines(EntryKind.RECEIPT)] == ["21610", "21211"]
    assert night.notice("s0-voice").status is NoticeStatus.FAILED


def test_a_worker_that_dies_after_telling_a_refusal_is_followed_by_one_that_finishes(night: Night) -> None:
    night.phone.faults = [ProviderRefused("21211", "invalid number")] * 2
    night.notices.failed = _dies  # type: ignore[method-assign, assignment]
    with pytest.raises(StoreDown):
        night.send("s0-sms")
    del night.notices.failed
    night.pass_time(seconds=LEASE_S)
    assert night.send("s0-sms").result is Sending.REFUSED
    assert night.notice("s0-sms").status is NoticeStatus.FAILED
    assert len(night.lines(EntryKind.RECEIPT)) == 1


def _dies(*_: object) -> None:
    raise StoreDown


def test_a_tenant_whose_number_is_refused_is_a_line_of_the_main_courante(night: Night) -> None:
    night.happen(Accept(0, "page"))
    (key,) = [key for key in night.store.notices_of(MALFUNCTION_ID) if key.startswith("tenant")]
    night.phone.faults = [ProviderRefused("21614", "landline")]
    assert night.send(key).result is Sending.REFUSED
    assert night.notice(key).to == TENANT
    assert [line["status"] for line in night.lines(EntryKind.NOTICE_DELIVERED)] == ["failed"]


def test_a_refused_mail_is_failed_and_told_by_its_result(night: Night) -> None:
    night.bodies.put("mails/vesoul.eml", b"...", "message/rfc822")
    night.mailer.refused = {"b@h.example"}
    night.notices.put_job_notices([MAIL])
    assert night.send("vesoul", JOB).result is Sending.REFUSED
    assert night.notice("vesoul", JOB).status is NoticeStatus.FAILED


def test_a_mail_that_cannot_leave_now_goes_back_to_the_queue(night: Night) -> None:
    night.bodies.put("mails/vesoul.eml", b"...", "message/rfc822")
    night.mailer.faults = [MailUnavailable("throttled")]
    night.notices.put_job_notices([MAIL])
    with pytest.raises(MailUnavailable):
        night.send("vesoul", JOB)
    night.pass_time(seconds=LEASE_S)
    assert night.send("vesoul", JOB).result is Sending.SENT


# --- age -------------------------------------------------------------------------------------------------------------


def test_a_call_for_help_that_is_too_old_is_not_sent_and_the_dispatch_knows(night: Night) -> None:
    cap = timedelta(seconds=night.contract.dispatch.cap_from_creation_s)
    night.now = SATURDAY_NIGHT + cap - timedelta(microseconds=1)
    assert night.send("s0-sms").result is Sending.SENT
    night.now = SATURDAY_NIGHT + cap
    assert night.send("s0-voice").result is Sending.OUT_OF_DATE
    assert night.phone.calls == []
    assert night.notice("s0-voice").status is NoticeStatus.FAILED
    assert night.dispatch.steps[0].voice is ChannelStatus.FAILED


def test_news_for_the_tenant_is_worth_an_hour(night: Night) -> None:
    night.happen(Accept(0, "page"))
    (key,) = [key for key in night.store.notices_of(MALFUNCTION_ID) if key.startswith("tenant")]
    night.now += WORTH_SENDING[NoticeKind.SMS]
    assert night.send(key).result is Sending.OUT_OF_DATE
    assert night.phone.messages == []
    assert night.dispatch.status is DispatchStatus.ACCEPTED


def test_a_notice_of_a_purged_malfunction_recreates_nothing(night: Night) -> None:
    night.phone.faults = [ProviderRefused("21211", "invalid number")]
    del night.store.malfunctions[MALFUNCTION_ID]
    assert night.send("s0-sms").result is Sending.NOT_NEEDED
    assert night.store.malfunctions == {}


# --- whatever the provider does --------------------------------------------------------------------------------------

MOODS = st.lists(
    st.sampled_from([None, ProviderUnavailable("429"), ProviderUnavailable("503"), TOOK_IT_THEN_TIMED_OUT]), max_size=12
)


@given(MOODS, st.sampled_from(["s0-sms", "s0-voice"]))
@settings(deadline=None)
def test_through_any_outage_a_message_leaves_exactly_once(
    contract: Contract, moods: list[Exception | None], key: str
) -> None:
    night = Night(contract)
    night.start()
    night.phone.faults = list(moods)
    while night.notice(key).status is not NoticeStatus.SENT:
        with suppress(ProviderUnavailable):
            night.send(key)
        night.pass_time(seconds=LEASE_S)
    assert len(night.phone.messages) + len(night.phone.calls) == 1


@given(st.lists(st.integers(0, 199), min_size=200, max_size=600), st.data())
@settings(max_examples=10, deadline=None)
def test_in_a_storm_every_mission_is_sent_once_however_often_its_message_comes(
    contract: Contract, deliveries: list[int], data: st.DataObject
) -> None:
    night = Night(contract)
    for number in range(200):
        night.start(burst_pipe(f"malfunction-{number:03}"))
    throttled = data.draw(st.sets(st.integers(0, len(deliveries) - 1), max_size=50))
    for turn, number in enumerate((*deliveries, *range(200))):
        night.phone.faults = [ProviderUnavailable("429")] if turn in throttled else []
        with suppress(ProviderUnavailable):
            night.send("s0-sms", f"malfunction-{number:03}")
    night.phone.faults = []
    night.pass_time(seconds=LEASE_S)
    for number in range(200):
        night.send("s0-sms", f"malfunction-{number:03}")
    texts = [message.text for message in night.phone.messages]
    assert len(texts) == len(set(texts)) == 200
