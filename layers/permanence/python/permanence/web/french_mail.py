"""How our mails are made: their parts, their templates, French type that every mail reader shows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from functools import cache
from pathlib import Path
from textwrap import fill

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from permanence.application.timeline.french import NBSP, clock, number, telephone
from permanence.application.timeline.lines import Line
from permanence.domain.french_dates import DAYS
from permanence.domain.french_names import of_name, of_place
from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_day, to_paris
from permanence.web.formats import THIN, day, plural, typography

LINE = 72
"""Characters of a line of plain text; longer ones are broken by readers wherever they like."""

TONES: Mapping[str, tuple[str, str]] = {
    "ok": ("#dcefe2", "#12633a"),
    "info": ("#e1e9f6", "#28477a"),
    "wait": ("#fcedc8", "#754700"),
    "bad": ("#f9e0dd", "#9d1c1a"),
    "": ("#e6ebe8", "#13201c"),
}
"""Ground and ink of a state, by the tone of `timeline.State`."""


@dataclass(frozen=True)
class MailAddresses:
    """`sender` is also where a reader may write about a mistake; `extranet` is the address of the extranet."""

    sender: str
    extranet: str


@dataclass(frozen=True)
class Attachment:
    filename: str
    media_type: str
    body: bytes


@dataclass(frozen=True)
class Letter:
    """What one mail says; `template` leads to a pair of templates, ``…/period`` to `period.html` and `period.txt`.
    `answers` is the Message-ID of the mail that it answers; what is answered to it goes to `reply_to`, to the sender
    without one."""

    subject: str
    landlord: str
    recipients: Sequence[str]
    written_at: datetime
    template: Path
    known: Mapping[str, object]
    attachment: Attachment | None = None
    answers: str = ""
    reply_to: str = ""


def write_message(letter: Letter, addresses: MailAddresses) -> bytes:
    """The complete MIME message: HTML, the same in plain text, and the attachment if there is one."""
    known = {**letter.known, "subject": letter.subject, "landlord": letter.landlord, "addresses": addresses}
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Permanence {letter.landlord} <{addresses.sender}>"
    message["To"] = ", ".join(letter.recipients)
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = make_msgid(domain=addresses.sender.rpartition("@")[2])
    message["Content-Language"] = "fr"
    message["Auto-Submitted"] = "auto-replied" if letter.answers else "auto-generated"
    if letter.answers:
        message["In-Reply-To"] = message["References"] = letter.answers
    message.set_content(_render(letter.template, ".txt", known))
    message.add_alternative(_render(letter.template, ".html", known), subtype="html")
    if letter.attachment is not None:
        maintype, _, subtype = letter.attachment.media_type.partition("/")
        message.add_attachment(
            letter.attachment.body, maintype=maintype, subtype=subtype, filename=letter.attachment.filename
        )
    # EmailMessage loses spaces where it folds a long subject with accents; the older Header does not.
    subject = Header(letter.subject, "utf-8", header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {subject}\r\n".encode("ascii") + message.as_bytes()


def _render(template: Path, ending: str, known: Mapping[str, object]) -> str:
    """In French type; `*.html` is escaped."""
    return set_type(_templates(template.parent).get_template(f"{template.name}{ending}").render(known))


def set_type(text: str) -> str:
    """U+00A0 everywhere: the Word engine of some mail readers does not know the narrow space."""
    return typography(text).replace(THIN, NBSP)


def wrapped(text: str, indent: int = 0) -> str:
    """A paragraph of plain text on lines of `LINE` characters, what follows the first under its `indent`."""
    return fill(set_type(text), LINE, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)


def weekday_clock(at: datetime) -> str:
    """sam. 22 h 49"""
    return f"{DAYS[to_paris(at).weekday()][:3]}.{NBSP}{clock(at)}"


def column(at: datetime) -> str:
    """``dim.  0 h 48  ``: the time as the first column of plain text, fourteen characters wide."""
    local = to_paris(at)
    hour = f"{local.hour:2}".replace(" ", NBSP)
    return f"{DAYS[local.weekday()][:3]}.{NBSP}{hour}{NBSP}h{NBSP}{local.minute:02}{NBSP}{NBSP}"


def dated_lines(lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """(time, text) of each line; the first of a day names the day."""
    previous = None
    for line in lines:
        local = paris_day(line.at)
        yield clock(line.at) if local == previous else weekday_clock(line.at), line.text
        previous = local


@cache
def _templates(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([folder, Path(__file__).parent / "mail_templates"]),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        clock=clock,
        column=column,
        dated_lines=dated_lines,
        day=day,
        of_name=of_name,
        number=number,
        of_place=of_place,
        phone=telephone,
        plural=plural,
        weekday_clock=weekday_clock,
        wrapped=wrapped,
    )
    environment.globals["tones"] = TONES
    return environment
