"""Mails that were received, on the table."""

from datetime import UTC, datetime, timedelta

from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.received_mails import DynamoReceivedMails
from permanence.domain.reference.received_mail import Apart, AttachmentCode, LeftOut, MailApart, MailedFiles
from tests.fakes.table import counted_requests

AT = datetime(2026, 11, 30, 8, 5, tzinfo=UTC)


def test_what_was_kept_apart_comes_back_newest_first_in_one_request(table: Table) -> None:
    mails = DynamoReceivedMails(table)
    first = MailApart("one", AT, "a@b.example", Apart.UNKNOWN_SENDER)
    second = MailApart("two", AT + timedelta(hours=1), "", Apart.SEVERAL_SENDERS)
    for mail in (first, second, first):
        mails.keep_apart(mail)
    with counted_requests(table.client) as requests:
        assert mails.apart(10) == [second, first]
    assert mails.apart(1) == [second]
    assert requests == ["Query"]


def test_a_mail_is_kept_as_it_was_first_taken_and_erased_with_its_age(table: Table) -> None:
    mails = DynamoReceivedMails(table)
    taken = MailedFiles(
        "one", AT, "a@b.example", "<1@b>", ("i1", "i2"), (LeftOut("x.jpg", AttachmentCode.NOT_A_TABLE),)
    )
    mails.add(taken)
    mails.add(MailedFiles("one", AT, "other", "", ()))
    assert mails.get("one") == taken
    assert mails.get("two") is None
    item = table.client.get_item(
        TableName=table.name, Key={"pk": {"S": f"{table.landlord}#MAIL"}, "sk": {"S": "FILES#one"}}
    )["Item"]
    assert item["purge_pk"]["S"] == f"{table.landlord}#P#2027-05-20"
