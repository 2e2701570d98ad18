"""The answer to a mail that brought files: once, when the last of them has been read (R30)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from permanence.application.dispatch.ports import Notices
from permanence.application.reception.ports import ObjectStore
from permanence.application.reference.file_ports import Imports, ReceivedMails
from permanence.domain.dispatch.notices import Notice, NoticeKind
from permanence.domain.frozen import dataclass
from permanence.domain.instants import format_instant
from permanence.domain.reference.imports import Import, ImportState
from permanence.domain.reference.received_mail import LeftOut, MailedFiles

JOB, KEY = "courriel", "reponse"
MOST_POINTS = 10
"""Of one file; all of them are on its page, and come back in the corrected file."""


@dataclass(frozen=True)
class PointTold:
    """One point of a file: where it is, and what is to be said of it, in French."""

    where: str
    said: str


@dataclass(frozen=True)
class FileTold:
    """One file of the mail, with the first of its points; `why` says in French why it cannot be read as a whole."""

    file: Import
    points: tuple[PointTold, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class FileAnswer:
    """What the sender is told."""

    mail: MailedFiles
    written_at: datetime
    files: tuple[FileTold, ...]

    @property
    def left_out(self) -> Sequence[LeftOut]:
        return self.mail.left_out

    def count(self, *states: ImportState) -> int:
        return sum(told.file.state in states for told in self.files)


@dataclass(frozen=True)
class FileAnswers:
    """`tell` gives what is to be said of an import that has been read, `write` a complete MIME message; `bodies` is the
    bucket that mails are sent from. On a stage that writes to nobody else, `only_reader` gets what the sender would."""

    mails: ReceivedMails
    imports: Imports
    tell: Callable[[Import], FileTold]
    write: Callable[[FileAnswer], bytes]
    bodies: ObjectStore
    notices: Notices
    only_reader: str = ""

    def answer(self, mail_id: str, now: datetime) -> bool:
        """Whether the mail is answered now: not before all its files have been read, nor twice, whoever asks again. 1
        request for the mail, 1 a file; 2 more and what `tell` asks when it is answered."""
        mail = self.mails.get(mail_id)
        if mail is None:
            return False
        files = [self.imports.get(import_id) for import_id in mail.imports]
        if any(one.is_awaited and not one.is_lost(now) for one in files):
            return False
        answer = FileAnswer(mail, now, tuple(self.tell(one) for one in files))
        key = f"mails/{JOB}/{mail_id}.eml"
        # What an interrupted worker has kept may have been sent already: it stays as it is.
        self.bodies.put_once(key, self.write(answer), "message/rfc822")
        oldest = {"oldest": format_instant(mail.received_at)}
        to = self.only_reader or mail.sender
        notice = Notice(f"job:{JOB}:{mail_id}", KEY, NoticeKind.MAIL, to, now, body_key=key, extra=oldest)
        self.notices.put_job_notices([notice])
        return True
