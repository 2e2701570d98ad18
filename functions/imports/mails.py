"""What mails that bring files add to their reading: they come in and are answered, and the rota rings somebody."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from permanence.application.dispatch.ports import Notices, RotaUpdates
from permanence.application.dispatch.rota_updates import ring_for, rota_update
from permanence.application.reference.file_ports import UnknownImport
from permanence.application.reference.reading_files import ReadingFiles
from permanence.application.reference.receiving_mail import OF_THE_SERVICE, MailRoom
from permanence.application.reports.file_answers import FileAnswers
from permanence.domain.frozen import dataclass
from permanence.domain.reference.imports import Import
from permanence.domain.reference.received_mail import Apart


@dataclass(frozen=True)
class Mails:
    """`supervisor` is the number of the duty supervisor at an instant, in E.164; `page` where he approves the rota."""

    room: MailRoom
    answers: FileAnswers
    notices: Notices
    updates: RotaUpdates
    supervisor: Callable[[datetime], str]
    page: str

    def take_in(self, key: str, now: datetime) -> Apart | None:
        """Why the mail was kept apart, None when its files will be read. One without files is answered at once."""
        taken = self.room.take_in(key, now)
        if isinstance(taken, Apart):
            return taken
        if not taken.imports:
            self.answers.answer(taken.mail_id, now)
        return None

    def after_reading(self, one: Import, now: datetime) -> None:
        """Of an import that has been read, however often this is told: the ring of the rota, the answer."""
        if not one.mail or one.is_awaited:
            return
        update = rota_update(one)
        if update is not None:
            supervisor = self.supervisor(now)
            ring_for(update, now, notices=self.notices, updates=self.updates, supervisor=supervisor, page=self.page)
        self.answers.answer(one.mail, now)


@dataclass(frozen=True)
class Work:
    """What the function of imports works with."""

    reading: ReadingFiles
    mails: Mails

    def after_reading(self, import_id: str, now: datetime) -> None:
        with suppress(UnknownImport):
            self.mails.after_reading(self.reading.imports.get(import_id), now)


def is_of_the_bucket(message: Mapping[str, Any]) -> bool:
    """Whether S3 tells of objects, or tries whether it may."""
    return "Records" in message or message.get("Event") == "s3:TestEvent"


def mails_of(message: Mapping[str, Any]) -> Iterator[str]:
    """The keys of the mails that S3 tells of."""
    for record in message.get("Records", ()):
        key = unquote_plus(record["s3"]["object"]["key"])
        if not key.endswith(OF_THE_SERVICE):
            yield key
