"""A mail that was received becomes imports, or is kept apart and changes nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from permanence.adapters.mail_reading import read_mail
from permanence.application.reference.importing import Receiving
from permanence.application.reference.receiving_mail import MailRoom
from permanence.domain.reference.imports import Origin
from permanence.domain.reference.received_mail import Apart, AttachmentCode, LeftOut, MailedFiles
from tests.adapters.mails import KNOWN, kept, letter
from tests.fakes.imports import FakeFilesToRead, FakeImportFiles, FakeImports
from tests.fakes.received_mails import FakeReceivedMails
from tests.fakes.registers import FakeAudit

NOW = datetime(2026, 11, 30, 8, 7, tzinfo=UTC)
ARRIVED = datetime(2026, 11, 30, 8, 5, tzinfo=UTC)
KEY = "mails/8i6cr4"


class World:
    """One mail room with all that it writes; `room.take_in(KEY, NOW)` is a delivery of `raw`."""

    def __init__(self, raw: bytes) -> None:
        self.imports, self.files, self.to_read = FakeImports(), FakeImportFiles(), FakeFilesToRead()
        self.mails, self.register = FakeReceivedMails(), FakeAudit()
        receiving = Receiving(self.imports, self.files, self.to_read, self.register)
        self.room = MailRoom({KEY: raw}.__getitem__, read_mail, lambda _: {KNOWN}, self.mails, receiving)

    @property
    def written(self) -> Any:
        return (self.imports.kept, self.to_read.asked, self.register.lines, self.files)


def world(raw: bytes) -> World:
    return World(raw)


def test_each_table_becomes_an_import_received_when_the_mail_was() -> None:
    here = world(kept(letter(files=[("../../Patrimoine.xlsx", b"PK"), ("photo.jpg", b"x"), ("Astreinte.csv", b"a;b")])))
    taken = here.room.take_in(KEY, NOW)
    assert isinstance(taken, MailedFiles)
    assert taken.left_out == (LeftOut("photo.jpg", AttachmentCode.NOT_A_TABLE),)
    made = [here.imports.kept[import_id] for import_id in taken.imports]
    assert [(one.file_name, one.sender, one.origin, one.received_at, one.mail) for one in made] == [
        ("Patrimoine.xlsx", KNOWN, Origin.MAIL, ARRIVED, "8i6cr4"),
        ("Astreinte.csv", KNOWN, Origin.MAIL, ARRIVED, "8i6cr4"),
    ]
    assert [import_id for import_id, _ in here.to_read.asked] == list(taken.imports)
    assert here.mails.get("8i6cr4") == taken
    assert not here.mails.aside


def test_a_mail_delivered_again_is_the_same_mail_and_the_same_imports() -> None:
    here = world(kept(letter()))
    first = here.room.take_in(KEY, NOW)
    lines = len(here.register.lines)
    assert here.room.take_in(KEY, NOW.replace(hour=9)) == first
    assert len(here.imports.kept) == 1
    assert len(here.register.lines) == lines


def test_twice_the_same_file_in_one_mail_is_one_import() -> None:
    here = world(kept(letter(files=[("a.csv", b"a"), ("a.csv", b"a")])))
    taken = here.room.take_in(KEY, NOW)
    assert isinstance(taken, MailedFiles)
    assert list(here.imports.kept) == list(taken.imports)


@pytest.mark.parametrize(
    ("raw", "reason", "sender"),
    [
        (kept(letter(sender="pirate@ailleurs.example")), Apart.UNKNOWN_SENDER, "pirate@ailleurs.example"),
        (kept(letter(), dmarc="fail"), Apart.FORGED, KNOWN),
        (kept(letter(), dmarc="none"), Apart.UNPROTECTED, KNOWN),
        (kept(letter(sender=f"{KNOWN}, a@b.example")), Apart.SEVERAL_SENDERS, ""),
        (letter().as_bytes(), Apart.NOT_CHECKED, KNOWN),
        (kept(letter(Auto_Submitted="auto-replied")), Apart.AUTOMATIC, KNOWN),
        (kept(letter(), virus="FAIL"), Apart.INFECTED, KNOWN),
        (b"Content-Type: message/rfc822\n\n" * 2000, Apart.UNREADABLE, ""),
        (b"\xff\xfe", Apart.SEVERAL_SENDERS, ""),
    ],
)
def test_what_is_kept_apart_is_shown_and_changes_nothing(raw: bytes, reason: Apart, sender: str) -> None:
    here = world(raw)
    assert here.room.take_in(KEY, NOW) is reason
    (shown,) = here.mails.apart(10)
    assert (shown.mail_id, shown.sender, shown.reason) == ("8i6cr4", sender, reason)
    assert here.written == ({}, [], {}, FakeImportFiles())
    assert not here.mails.taken
