"""Mails that were received, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

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
