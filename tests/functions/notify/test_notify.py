"""The outbox queue's consumer: each message by itself."""

import pytest
from botocore.exceptions import ClientError

from notify.handler import metrics, send_all
from permanence.application.dispatch.ports import MailUnavailable
from permanence.application.reception.ports import ProviderRefused, ProviderUnavailable
from permanence.domain.contract import Contract
from permanence.domain.dispatch.notices import Notice, NoticeKind, NoticeStatus
from tests.application.dispatch.night import MALFUNCTION_ID, Night
from tests.functions.queue_events import queue_event

SMS = {"owner": MALFUNCTION_ID, "key": "s0-sms"}
VOICE = {"owner": MALFUNCTION_ID, "key": "s0-voice"}


@pytest.fixture
def night(contract: Contract) -> Night:
    night = Night(contract)
    night.start()
    return night


def failures(night: Night, *messages: dict[str, str] | str) -> list[str]:
    answer = send_all(queue_event(*messages), night, night.now, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_a_batch_sends_each_notice(night: Night) -> None:
    assert failures(night, SMS, VOICE) == []
    assert (len(night.phone.messages), len(night.phone.calls)) == (1, 1)


def test_only_what_the_provider_could_not_take_goes_back_to_the_queue(night: Night) -> None:
    night.phone.faults = [ProviderUnavailable("503")]
    assert failures(night, SMS, VOICE) == ["m0"]
    assert night.notice("s0-voice").status is NoticeStatus.SENT


def test_when_everything_fails_every_message_goes_back_by_name(night: Night) -> None:
    night.phone.faults = [ProviderUnavailable("503")] * 2
    assert failures(night, SMS, VOICE) == ["m0", "m1"]


def test_the_same_message_twice_in_a_batch_sends_once(night: Night) -> None:
    assert failures(night, SMS, SMS) == []
    assert len(night.phone.messages) == 1


def test_a_refusal_is_an_answer_and_no_failure_of_ours(night: Night) -> None:
    night.phone.faults = [ProviderRefused("21610", "opted out")]
    assert failures(night, SMS) == []
    assert night.notice("s0-sms").status is NoticeStatus.FAILED


@pytest.mark.parametrize(("refused", "waited", "rings"), [(True, 0, True), (False, 24, True), (False, 0, False)])
def test_a_mail_that_nobody_will_receive_rings(night: Night, refused: bool, waited: int, rings: bool) -> None:
    mail = Notice("job:end_of_period:x", "mail-default", NoticeKind.MAIL, "a@h.example", night.now, body_key="x.eml")
    night.notices.put_job_notices([mail])
    night.bodies.put("x.eml", b"...", "message/rfc822")
    night.mailer.refused = {"a@h.example"} if refused else set()
    night.pass_time(hours=waited)
    metrics.clear_metrics()
    assert failures(night, {"owner": mail.owner, "key": mail.key}) == []
    assert ("MailLost" in metrics.serialize_metric_set()) is rings


def test_a_message_of_a_mission_that_is_refused_is_no_lost_mail(night: Night) -> None:
    night.phone.faults = [ProviderRefused("21610", "opted out")]
    metrics.clear_metrics()
    failures(night, SMS)
    assert "MailLost" not in metrics.serialize_metric_set()


@pytest.mark.parametrize(
    ("refusal", "rings"),
    [
        (ProviderRefused("21606", "this sender is not yours"), True),
        (ProviderRefused("403", ""), True),
        (ProviderRefused("21610", "opted out", is_of_the_number=True), False),
        (ProviderUnavailable("503"), False),
    ],
)
def test_a_provider_that_refuses_us_rings_and_one_that_refuses_a_number_does_not(
    night: Night, refusal: Exception, rings: bool
) -> None:
    night.phone.faults = [refusal]
    metrics.clear_metrics()
    failures(night, SMS)
    assert ("ProviderRefusesUs" in metrics.serialize_metric_set()) is rings


@pytest.mark.parametrize(
    ("outage", "kind", "reason"),
    [
        (MailUnavailable("MessageRejected: not verified"), "MailUnavailable", "MessageRejected: not verified"),
        (
            ClientError({"Error": {"Code": "KMS.DisabledException", "Message": "+33"}}, "X"),
            "ClientError",
            "KMS.Disabled",
        ),
        (ValueError("a mail of Mme Baron"), "ValueError", ""),
    ],
)
def test_why_a_message_goes_back_stands_in_the_log_by_its_name(
    night: Night, caplog: pytest.LogCaptureFixture, outage: Exception, kind: str, reason: str
) -> None:
    night.phone.faults = [outage]
    assert failures(night, SMS) == ["m0"]
    (record,) = [vars(record) for record in caplog.records if record.levelname == "WARNING"]
    assert (record["owner"], record["key"], record["failure"]) == (MALFUNCTION_ID, "s0-sms", kind)
    assert record["reason"].startswith(reason)
    assert not any(personal in str(record["reason"]) for personal in ("+33", "Baron"))


@pytest.mark.parametrize("message", ["not json", "{}", '{"owner": "x"}'])
def test_a_message_that_says_nothing_ends_in_the_dead_letters(night: Night, message: str) -> None:
    assert failures(night, message, SMS) == ["m0"]
    assert len(night.phone.messages) == 1


def test_nothing_personal_is_logged(night: Night, caplog: pytest.LogCaptureFixture) -> None:
    night.phone.faults = [ProviderRefused("21610", "opted out"), ProviderUnavailable("503")]
    failures(night, SMS, VOICE)
    failures(night, VOICE)
    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert "s0-sms" in logged
    assert not any(secret in logged for secret in ("+33", "Jeannin", "Daval", "Baron", "TOKEN"))
