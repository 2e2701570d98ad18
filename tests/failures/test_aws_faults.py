"""What AWS refuses as AWS refuses it: not yet, too much at once, not with this key (R41, R48, R50)."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from permanence.adapters.dynamodb.notices import notice_of
from permanence.adapters.ses import SesMailer
from permanence.application.timeline.mail_states import REFUSED, TAKEN, TOO_LATE, WAITING, mail_state
from permanence.domain.contract import Contract
from permanence.domain.dispatch.notices import Notice, NoticeKind
from tests.failures.house import House, new_house

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
