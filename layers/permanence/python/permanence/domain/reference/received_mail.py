"""Mails that bring files (Art. 5-2): whose are read, whose are kept apart, and what is made of each attachment (R30).

What is kept apart is shown and answered to nobody: an answer to a forged sender would reach who never wrote.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from permanence.domain.frozen import dataclass
from permanence.domain.reference.imports import Origin, received, safe_name

MOST_FILES = 10
MOST_BYTES = 20 * 1024 * 1024
PASSED = "pass"

_TABLES = (".xlsx", ".csv")
_OTHER_SPREADSHEETS = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers")
_OUTLOOK = frozenset({"winmail.dat"})


class Apart(StrEnum):
    """Why a mail is kept apart. The first that is true is told: who wrote comes before what was written, so that what
    is said to be forged bears the name of somebody we know."""

    UNREADABLE = "unreadable"
    SEVERAL_SENDERS = "several_senders"  # or none
    UNKNOWN_SENDER = "unknown_sender"
    NOT_CHECKED = "not_checked"  # the server that received it found nothing out
    FORGED = "forged"
    UNPROTECTED = "unprotected"  # the domain of the sender does not say which mails are its own
    INFECTED = "infected"
    AUTOMATIC = "automatic"
    NOTHING_ATTACHED = "nothing_attached"


class AttachmentCode(StrEnum):
    """Why an attachment is not read; the others of the same mail are."""

    NOT_A_TABLE = "not_a_table"
    OTHER_SPREADSHEET = "other_spreadsheet"
    OUTLOOK_FORMAT = "outlook_format"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    EMPTY = "empty"


@dataclass(frozen=True)
class Authentication:
    """What the server that received the mail found: the result of DMARC, and the domain of whom it is."""

    dmarc: str
    domain: str


@dataclass(frozen=True)
class Attachment:
    """`name` as it was sent; `is_inline` for what the text shows, a logo in a signature for instance."""

    name: str
    content_type: str
    body: bytes
    is_inline: bool = False


@dataclass(frozen=True)
class ReceivedMail:
    """`arrived_at` (UTC) is when the server took it, None when it did not say so; `senders` are all addresses of all
    `From`; `authentication` is None unless the server wrote one result; `is_reply` when it answers another mail,
    `is_automatic` when no person wrote it; `message_id` is empty or as sent."""

    arrived_at: datetime | None
    senders: tuple[str, ...]
    authentication: Authentication | None
    is_infected: bool
    is_automatic: bool
    is_reply: bool
    message_id: str
    attachments: tuple[Attachment, ...]

    @property
    def sender(self) -> str:
        """Whom it says to be of: small letters, empty when it names nobody or several."""
        return self.senders[0].casefold() if len(self.senders) == 1 else ""


@dataclass(frozen=True)
class MailApart:
    """A mail that was kept apart, by the id of its object; `sender` is whom it says to be of, empty when that is nobody
    or several. Nothing of what it says."""

    mail_id: str
    received_at: datetime
    sender: str
    reason: Apart


@dataclass(frozen=True)
class LeftOut:
    """An attachment that is not read."""

    name: str
    code: AttachmentCode


@dataclass(frozen=True)
class MailedFiles:
    """A mail whose files are read: its sender is answered when the last of its `imports` has been; `left_out` are the
    attachments that made none."""

    mail_id: str
    received_at: datetime
    sender: str
    message_id: str
    imports: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class SentFile:
    """One attachment: what it is called here, and why it is not read (`code`), None when it is."""

    name: str
    body: bytes
    code: AttachmentCode | None = None


def set_apart(mail: ReceivedMail, known_senders: Collection[str]) -> Apart | None:
    """Why the mail is kept apart; None when its files are read and its sender answered.

    `known_senders` are whole addresses. DMARC passes for a domain: it holds for the sender when he is of that very one.
    """
    sender, checked = mail.sender, mail.authentication
    if not sender:
        return Apart.SEVERAL_SENDERS
    if sender not in {known.casefold() for known in known_senders}:
        return Apart.UNKNOWN_SENDER
    if checked is None or checked.dmarc not in (PASSED, "fail", "none"):
        return Apart.NOT_CHECKED
    if checked.dmarc == "fail" or checked.domain.casefold() != sender.rpartition("@")[2]:
        return Apart.FORGED
    if checked.dmarc == "none":
        return Apart.UNPROTECTED
    if mail.is_infected:
        return Apart.INFECTED
    if mail.is_automatic:
        return Apart.AUTOMATIC
    # A word of thanks for our answer, or the answering machine of who got it: to answer would never end.
    if mail.is_reply and not sent_files(mail.attachments):
        return Apart.NOTHING_ATTACHED
    return None


def sent_files(attachments: Iterable[Attachment]) -> tuple[SentFile, ...]:
    """What the sender meant to send, in his order: without what his text shows, and without his signature."""
    meant = [one for one in attachments if not _is_dressing(one)]
    return tuple(_sent_file(one, number) for number, one in enumerate(meant))


def mailed_files(mail_id: str, mail: ReceivedMail, files: Sequence[SentFile], received_at: datetime) -> MailedFiles:
    """What is kept of a mail whose files are read. Delivered twice it is the same, and so are its imports."""
    read = [file for file in files if file.code is None]
    imports = [received("", Origin.MAIL, mail.sender, file.name, received_at, file.body).import_id for file in read]
    return MailedFiles(
        mail_id=mail_id,
        received_at=received_at,
        sender=mail.sender,
        message_id=mail.message_id,
        imports=tuple(dict.fromkeys(imports)),
        left_out=tuple(LeftOut(file.name, file.code) for file in files if file.code is not None),
    )


def _sent_file(attachment: Attachment, number: int) -> SentFile:
    name = safe_name(attachment.name)
    code = _code_of(attachment, name.casefold(), number)
    return SentFile(name, b"" if code else attachment.body, code)


def _code_of(attachment: Attachment, name: str, number: int) -> AttachmentCode | None:
    if name in _OUTLOOK or attachment.content_type == "application/ms-tnef":
        return AttachmentCode.OUTLOOK_FORMAT
    if name.endswith(_OTHER_SPREADSHEETS):
        return AttachmentCode.OTHER_SPREADSHEET
    if not name.endswith(_TABLES):
        return AttachmentCode.NOT_A_TABLE
    if number >= MOST_FILES:
        return AttachmentCode.TOO_MANY
    if not attachment.body:
        return AttachmentCode.EMPTY
    return AttachmentCode.TOO_LARGE if len(attachment.body) > MOST_BYTES else None


def _is_dressing(attachment: Attachment) -> bool:
    kind = attachment.content_type
    is_shown = attachment.is_inline and not safe_name(attachment.name).casefold().endswith(_TABLES)
    return is_shown or kind in ("application/pkcs7-signature", "application/x-pkcs7-signature")
