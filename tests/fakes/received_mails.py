"""Mails that were received, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from permanence.application.dispatch.ports import RotaUpdate
from permanence.domain.reference.received_mail import MailApart, MailedFiles


@dataclass
class FakeReceivedMails:
    aside: dict[str, MailApart] = field(default_factory=dict)
    taken: dict[str, MailedFiles] = field(default_factory=dict)

    def keep_apart(self, mail: MailApart) -> None:
        self.aside.setdefault(mail.mail_id, mail)

    def apart(self, limit: int) -> Sequence[MailApart]:
        return sorted(self.aside.values(), key=lambda mail: mail.received_at, reverse=True)[:limit]

    def add(self, mail: MailedFiles) -> None:
        self.taken.setdefault(mail.mail_id, mail)

    def get(self, mail_id: str) -> MailedFiles | None:
        return self.taken.get(mail_id)


@dataclass
class FakeRotaUpdates:
    """`waiting` are the versions that nobody has decided of."""

    watched: dict[tuple[str, int], datetime] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)

    def watch(self, update: RotaUpdate, due: datetime) -> None:
        self.watched[update.import_id, update.version] = due

    def waits(self, version: int) -> bool:
        return any(one >= version for one in self.waiting)

    def forget(self, import_id: str, version: int) -> None:
        del self.watched[import_id, version]
