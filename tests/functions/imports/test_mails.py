"""A mail at the function of imports: kept apart it changes nothing and gets no answer; taken, it gets one."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.mails import is_of_the_bucket, mails_of
from permanence.domain.dispatch.notices import NoticeKind
from permanence.domain.reference.imports import ImportState
from permanence.domain.reference.received_mail import Apart
from tests.adapters.mails import KNOWN, kept, letter
from tests.functions.imports.fake_mails import SUPERVISOR, MailsWorld

NOW = datetime(2026, 11, 30, 8, 7, tzinfo=UTC)
KEY = "mails/8i6cr4"


class World(MailsWorld):
    """`mails.take_in(KEY, NOW)` is the arrival of `raw`."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(letters={KEY: raw})

    def is_read(self, **changed: Any) -> None:
        """The last word of the function of each file."""
        for import_id, one in list(self.imports.kept.items()):
            self.imports.kept[import_id] = replace(one, **{"state": ImportState.PROPOSED, "version": 3, **changed})
            self.mails.after_reading(self.imports.kept[import_id], NOW)

    @property
    def sent(self) -> list[tuple[NoticeKind, str]]:
        return sorted((notice.kind, notice.to) for notice in self.notices.store.notices.values())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (kept(letter(sender="pirate@ailleurs.example")), Apart.UNKNOWN_SENDER),
        (kept(letter(sender=f"{KNOWN}, pirate@ailleurs.example")), Apart.SEVERAL_SENDERS),
        (kept(letter(), dmarc="fail"), Apart.FORGED),
        (kept(letter(), dmarc="none"), Apart.UNPROTECTED),
        (
            kept(letter(Authentication_Results="amazonses.com; dmarc=pass header.from=habitat70.example"), "fail"),
            Apart.FORGED,
        ),
        (kept(letter(Auto_Submitted="auto-replied")), Apart.AUTOMATIC),
        (kept(b"From: \xff\xfe\r\n\r\n"), Apart.SEVERAL_SENDERS),
    ],
)
def test_what_is_kept_apart_is_shown_answered_to_nobody_and_changes_nothing(raw: bytes, reason: Apart) -> None:
    here = World(raw)
    assert here.mails.take_in(KEY, NOW) is reason
    assert [mail.reason for mail in here.received.apart(9)] == [reason]
    assert (here.imports.kept, here.to_read.asked, here.audit.lines, here.sent) == ({}, [], {}, [])


@settings(max_examples=40)
@given(st.binary(max_size=300), st.sampled_from([b"From", b"Content-Type", b"Content-Disposition", b"Message-ID"]))
def test_no_garbage_in_a_header_stops_the_queue(garbage: bytes, header: bytes) -> None:
    message = letter().as_bytes().replace(b"\r\n\r\n", b"\r\n" + header + b": " + garbage + b"\r\n\r\n", 1)
    World(kept(message)).mails.take_in(KEY, NOW)


def test_the_sender_of_a_file_is_answered_once_it_has_been_read() -> None:
    here = World(kept(letter()))
    for _ in range(2):
        assert here.mails.take_in(KEY, NOW) is None
    assert here.sent == []
    for _ in range(2):
        here.is_read(kind="patrimoine")
    assert here.sent == [(NoticeKind.MAIL, KNOWN)]


def test_the_duty_supervisor_is_rung_for_a_rota_without_a_point_and_for_no_other() -> None:
    here = World(kept(letter()))
    here.mails.take_in(KEY, NOW)
    here.is_read(kind="planning", state=ImportState.TO_CORRECT, version=None, points=2)
    assert here.sent == [(NoticeKind.MAIL, KNOWN)]
    here.is_read(kind="planning")
    supervisor = [(NoticeKind.SMS, SUPERVISOR), (NoticeKind.VOICE, SUPERVISOR)]
    assert here.sent == sorted([(NoticeKind.MAIL, KNOWN), *supervisor])
    assert len(here.updates.watched) == 1


def test_a_mail_without_a_file_is_answered_at_once() -> None:
    here = World(kept(letter(files=())))
    assert here.mails.take_in(KEY, NOW) is None
    assert here.sent == [(NoticeKind.MAIL, KNOWN)]


def test_a_file_from_a_page_is_answered_by_no_mail() -> None:
    here = World(kept(letter()))
    here.mails.take_in(KEY, NOW)
    here.is_read(mail="", kind="planning")
    assert here.sent == []


def test_s3_tells_of_mails_by_their_keys_and_tries_whether_it_may() -> None:
    told = {
        "Records": [
            {"s3": {"object": {"key": key}}} for key in ("mails/a+b%2Bc", "mails/AMAZON_SES_SETUP_NOTIFICATION")
        ]
    }
    assert is_of_the_bucket(told)
    assert list(mails_of(told)) == ["mails/a b+c"]
    tried = json.loads('{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}')
    assert is_of_the_bucket(tried)
    assert list(mails_of(tried)) == []
    assert not is_of_the_bucket({"import": "i", "reading": 1})
