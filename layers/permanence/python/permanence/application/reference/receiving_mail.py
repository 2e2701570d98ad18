"""Mails that bring files: kept apart, or taken to pieces that are read (R30)."""

from collections.abc import Callable, Collection
from datetime import datetime

from permanence.application.reference.file_ports import ReceivedMails
from permanence.application.reference.importing import Receiving
from permanence.domain.frozen import dataclass
from permanence.domain.reference.imports import Origin
from permanence.domain.reference.received_mail import (
    Apart,
    MailApart,
    MailedFiles,
    ReceivedMail,
    mailed_files,
    sent_files,
    set_apart,
)

FOLDER = "mails/"
"""Where the mail service puts what it receives."""

OF_THE_SERVICE = "AMAZON_SES_SETUP_NOTIFICATION"
"""What it writes there itself, to try whether it may."""


class UnreadableMail(Exception):
    """Not a message that can be taken apart: nested or cut into pieces beyond all use."""


@dataclass(frozen=True)
class MailRoom:
    """`letters` gives a message as it came; `read` raises UnreadableMail; `known_senders` are the addresses that
    files are accepted from at an instant."""

    letters: Callable[[str], bytes]
    read: Callable[[bytes], ReceivedMail]
    known_senders: Callable[[datetime], Collection[str]]
    mails: ReceivedMails
    receiving: Receiving

    def take_in(self, key: str, now: datetime) -> MailedFiles | Apart:
        """What became of the mail that lies at `key`. Delivered again it is the same mail, and the same imports: 2
        requests, and 4 for each file that is read; 2 for a mail that is kept apart."""
        mail_id = key.rpartition("/")[2]
        try:
            mail = self.read(self.letters(key))
        except UnreadableMail:
            return self._keep_apart(MailApart(mail_id, now, "", Apart.UNREADABLE))
        received_at = mail.arrived_at or now
        reason = set_apart(mail, self.known_senders(now))
        if reason is not None:
            return self._keep_apart(MailApart(mail_id, received_at, mail.sender, reason))
        files = sent_files(mail.attachments)
        taken = mailed_files(mail_id, mail, files, received_at)
        # Before its files: the first that has been read looks for it.
        self.mails.add(taken)
        for file in files:
            if file.code is None:
                self.receiving.receive(file.body, file.name, mail.sender, Origin.MAIL, received_at, mail=mail_id)
        return taken

    def _keep_apart(self, mail: MailApart) -> Apart:
        self.mails.keep_apart(mail)
        return mail.reason
