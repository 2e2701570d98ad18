"""Who sent files by mail is answered once, when the last of them has been read (R30)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from permanence.application.reports.file_answers import FileAnswer, FileAnswers, FileTold
from permanence.domain.dispatch.notices import NoticeKind
from permanence.domain.reference.imports import Import, ImportState, Origin, received
from permanence.domain.reference.received_mail import MailedFiles
from tests.fakes.imports import FakeImports
from tests.fakes.providers import FakeObjects
from tests.fakes.received_mails import FakeReceivedMails
from tests.fakes.store import FakeNotices

AT = datetime(2026, 11, 30, 8, 5, tzinfo=UTC)
SENDER = "nadia@habitat70.example"


def file(name: str) -> Import:
    return received("", Origin.MAIL, SENDER, name, AT, name.encode(), "mail-1")


class World:
    def __init__(self, *names: str, only_reader: str = "") -> None:
        self.mails, self.imports, self.notices, self.bodies = (
            FakeReceivedMails(),
            FakeImports(),
            FakeNotices(),
            FakeObjects(),
        )
        made = [file(name) for name in names]
        for one in made:
            self.imports.add(one)
        self.mails.add(MailedFiles("mail-1", AT, SENDER, "<1@h>", tuple(one.import_id for one in made)))
        self.written: list[FileAnswer] = []
        self.answers = FileAnswers(
            mails=self.mails,
            imports=self.imports,
            tell=FileTold,
            write=self._write,
            bodies=self.bodies,
            notices=self.notices,
            only_reader=only_reader,
        )

    def _write(self, answer: FileAnswer) -> bytes:
        self.written.append(answer)
        return b"mail"

    def is_read(self, name: str, state: ImportState = ImportState.PROPOSED) -> None:
        self.imports.kept[file(name).import_id] = replace(file(name), state=state)


def test_the_answer_waits_for_the_last_file_and_is_one() -> None:
    here = World("a.xlsx", "b.xlsx")
    here.is_read("a.xlsx")
    assert not here.answers.answer("mail-1", AT)
    here.is_read("b.xlsx", ImportState.TO_CORRECT)
    for _ in range(3):
        assert here.answers.answer("mail-1", AT + timedelta(minutes=2))
    (notice,) = here.notices.store.notices.values()
    assert (notice.kind, notice.to, notice.body_key) == (NoticeKind.MAIL, SENDER, "mails/courriel/mail-1.eml")
    assert here.bodies.objects["mails/courriel/mail-1.eml"] == (b"mail", "message/rfc822")
    assert notice.extra["oldest"] == "2026-11-30T08:05:00.000000Z"
    assert [told.file.file_name for told in here.written[0].files] == ["a.xlsx", "b.xlsx"]


def test_a_file_whose_reading_came_to_nothing_does_not_keep_the_others_unanswered() -> None:
    here = World("a.xlsx")
    assert not here.answers.answer("mail-1", AT + timedelta(minutes=5))
    assert here.answers.answer("mail-1", AT + timedelta(minutes=7))


def test_a_mail_without_a_file_is_answered_at_once_and_an_unknown_one_never() -> None:
    here = World()
    assert here.answers.answer("mail-1", AT)
    assert not here.answers.answer("mail-2", AT)


def test_a_stage_beside_production_answers_nobody_but_its_own_reader() -> None:
    here = World(only_reader="recette@permanence.example")
    here.answers.answer("mail-1", AT)
    assert [notice.to for notice in here.notices.store.notices.values()] == ["recette@permanence.example"]
