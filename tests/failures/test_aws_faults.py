"""What AWS refuses as AWS refuses it: not yet, too much at once, not with this key (R41, R48, R50)."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mission import routes as mission
from permanence.adapters.dynamodb.notices import notice_of
from permanence.adapters.ses import SesMailer
from permanence.adapters.twilio.credentials import ProviderSecret, SecretUnreadable
from permanence.application.reception.recordings import RecordingToImport, ask_import, object_key
from permanence.application.timeline.mail_states import REFUSED, TAKEN, TOO_LATE, WAITING, mail_state
from permanence.domain.calls.call import CallStatus
from permanence.domain.contract import Contract
from permanence.domain.dispatch.notices import Notice, NoticeKind
from permanence.domain.main_courante.log import EntryKind
from tests.application.dispatch.night import DAVAL_MOBILE, SATURDAY_NIGHT, TENANT
from tests.failures.house import House, new_house
from tests.failures.test_call_faults import post
from tests.functions.http_events import http_event
from tests.functions.telephony import BASE_URL, CALL_ID, CALLER

JOB, LIST = "job:end_of_period:2026-11-23", "mail-vesoul"


def refused(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "SendEmail")


NOT_VERIFIED = refused("MessageRejected", "Email address is not verified. The following identities failed the check")


@dataclass
class Ses:
    """The mail service; `says` is what it refuses every mail with, None once it takes them."""

    says: ClientError | None
    taken: list[dict[str, Any]] = field(default_factory=list)

    def send_email(self, **mail: Any) -> dict[str, str]:
        if self.says is not None:
            raise self.says
        self.taken.append(mail)
        return {"MessageId": f"m{len(self.taken)}"}


def a_period_is_over(house: House, ses: Ses) -> None:
    """Its mail is written and told to the outbox, as the job does."""
    mailer = SesMailer(ses)
    house.notify.providers = replace(house.notify.providers, mailer=lambda: mailer)
    house.reports.put("mails/vesoul.eml", b"Subject: nuit", "message/rfc822")
    mail = Notice(JOB, LIST, NoticeKind.MAIL, "a@h.example", house.now, body_key="mails/vesoul.eml")
    house.notices.put_job_notices([mail])


def mail_of(house: House) -> Notice:
    (item,) = [item for item in house.items() if item["sk"] == f"N#{LIST}"]
    return notice_of(item)


@pytest.mark.parametrize(
    "says",
    [
        NOT_VERIFIED,
        refused("MailFromDomainNotVerifiedException"),
        refused("SendingPausedException"),
        refused("AccountSuspendedException"),
        refused("AccessDeniedException"),
        refused("TooManyRequestsException"),
    ],
    ids=lambda says: says.response["Error"]["Code"],
)
def test_a_mail_that_the_mail_service_does_not_take_yet_waits_and_leaves_once(contract: Contract, says: Any) -> None:
    with new_house(contract) as house:
        ses = Ses(says)
        a_period_is_over(house, ses)
        house.run(seconds=70)
        assert mail_state(mail_of(house)) is WAITING

        house.sleep(hours=23)
        ses.says = None
        house.run(seconds=130)

        assert len(ses.taken) == 1
        assert mail_state(mail_of(house)) is TAKEN


def test_a_mail_that_the_mail_service_does_not_take_for_a_day_is_given_up_and_said_so(contract: Contract) -> None:
    with new_house(contract) as house:
        ses = Ses(NOT_VERIFIED)
        a_period_is_over(house, ses)
        house.run(seconds=70)
        house.sleep(hours=24)
        ses.says = None
        house.run(seconds=130)
        assert ses.taken == []
        assert mail_state(mail_of(house)) is TOO_LATE


@pytest.mark.parametrize("code", ["BadRequestException", "MessageRejected"])
def test_a_mail_refused_for_itself_is_refused_at_once_with_the_reason(contract: Contract, code: str) -> None:
    with new_house(contract) as house:
        a_period_is_over(house, Ses(refused(code, "Illegal address")))
        house.run(seconds=2)
        assert mail_state(mail_of(house)) is REFUSED
        assert mail_of(house).error == code


# --- a service that refuses everything for some minutes --------------------------------------------------------------

TABLE = (
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "TransactionConflictException",
    "AccessDeniedException",  # a right, or the key
)
ONE_OF_EACH = ("ProvisionedThroughputExceededException", "TransactionConflictException", "AccessDeniedException")
QUEUE = ("RequestThrottled", "OverLimit", "KMS.AccessDeniedException", "KMS.ThrottlingException")
BUCKET = ("SlowDown", "AccessDenied", "KMS.DisabledException")
OUTAGE_S = 100


@pytest.mark.parametrize("code", TABLE)
def test_a_table_that_refuses_everything_loses_no_call_and_silences_no_caller(contract: Contract, code: str) -> None:
    with new_house(contract) as house:
        with house.faults.refused_by("dynamodb", code):
            heard = post(house, "/telephony/calls/incoming")
            house.run(seconds=OUTAGE_S)
        assert heard[-1].tag == "Enqueue"
        house.run(seconds=60)
        call = house.call(CALL_ID)
        assert (call.caller, call.presented_at, call.status) == (CALLER, SATURDAY_NIGHT, CallStatus.PRESENTED)


@pytest.mark.parametrize("code", QUEUE)
def test_with_the_queue_refused_too_the_fallback_numbers_ring(contract: Contract, code: str) -> None:
    with new_house(contract) as house:
        with house.faults.refused_by("dynamodb", TABLE[0]), house.faults.refused_by("sqs", code):
            heard = post(house, "/telephony/calls/incoming")
        assert heard[-1].tag == "Dial"
        assert [number.text for number in heard.iter("Number")] == list(contract.numbers.fallback)


@pytest.mark.parametrize(
    ("service", "code"), [*(("dynamodb", code) for code in ONE_OF_EACH), *(("sqs", code) for code in QUEUE)]
)
def test_a_dispatch_goes_on_once_what_refused_takes_again_and_calls_each_once(
    contract: Contract, service: str, code: str
) -> None:
    with new_house(contract) as house:
        house.start()
        with house.faults.refused_by(service, code):
            house.run(seconds=OUTAGE_S)
            assert house.phone.messages == [] == house.phone.calls
        house.run(seconds=90)
        assert (len(house.texts_to(DAVAL_MOBILE)), house.rings(DAVAL_MOBILE)) == (1, 1)
        assert len(house.lines(EntryKind.DISPATCH_STARTED)) == 1


@pytest.mark.parametrize("code", ONE_OF_EACH)
def test_an_acceptance_that_the_table_refuses_is_told_as_no_acceptance_and_wins_when_said_again(
    contract: Contract, code: str
) -> None:
    with new_house(contract) as house:
        house.start()
        house.run(seconds=2)
        with house.faults.refused_by("dynamodb", code):
            page = accept_on_the_page(house)
        assert (page["statusCode"], "La page n’a pas pu être préparée" in page["body"]) == (500, True)
        assert house.dispatch().winner is None
        assert accept_on_the_page(house)["statusCode"] == 303
        assert house.dispatch().winner == 0
        house.run(seconds=2)
        assert len(house.texts_to(TENANT)) == 1


def accept_on_the_page(house: House) -> dict[str, Any]:
    """By the link of the first SMS."""
    services = mission.Services(house.malfunctions, house.dispatching, BASE_URL, lambda: house.now)
    event = http_event("POST", "/m/TOKEN00001/accepter", form={})
    answer: dict[str, Any] = mission.make_app(services, house.logger).resolve(event, None)
    return answer


@pytest.mark.parametrize("code", BUCKET)
def test_a_bucket_that_refuses_a_recording_leaves_it_at_the_provider_until_it_takes_it(
    contract: Contract, code: str
) -> None:
    with new_house(contract) as house:
        post(house, "/telephony/calls/incoming")
        house.phone.recordings["RE1"] = b"voice"
        recording = RecordingToImport(CALL_ID, "RE1", house.now)
        ask_import(house.imports, recording)
        with house.faults.refused_by("s3", code):
            house.run(seconds=OUTAGE_S)
            assert house.phone.recordings == {"RE1": b"voice"}
            assert house.call(CALL_ID).recordings == ()
        house.run(seconds=60)
        assert (house.phone.recordings, house.objects("recordings")) == ({}, [object_key(recording)])


@pytest.mark.parametrize("code", BUCKET)
def test_a_mail_whose_body_may_not_be_read_waits_and_leaves_once(contract: Contract, code: str) -> None:
    with new_house(contract) as house:
        ses = Ses(None)
        a_period_is_over(house, ses)
        with house.faults.refused_by("s3", code):
            house.run(seconds=OUTAGE_S)
            assert (ses.taken, mail_state(mail_of(house))) == ([], WAITING)
        house.run(seconds=130)
        assert len(ses.taken) == 1


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException", "DecryptionFailure"])
def test_a_secret_that_is_refused_is_no_wrong_signature(contract: Contract, code: str) -> None:
    """A cold start: nothing was read before. The provider then asks the fallback address, which needs no secret."""

    class Store:
        def get_secret_value(self, **_: Any) -> Any:
            raise refused(code)

    secret = ProviderSecret(Store(), "provider", lambda: 0.0)
    with pytest.raises(SecretUnreadable):
        secret.read()
