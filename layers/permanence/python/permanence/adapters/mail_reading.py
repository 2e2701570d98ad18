"""A mail as SES keeps it, read with the standard library.

Of all headers only those that SES writes above the message are believed. It puts them in this order, newest on top:
``Return-Path``, ``Received`` by its own server, ``X-SES-Spam-Verdict``, ``X-SES-Virus-Verdict``, ``Received-SPF``,
``Authentication-Results: amazonses.com``, ``X-SES-RECEIPT``; what follows came with the message, whatever it claims.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import collapse_rfc2231_value, getaddresses, parsedate_to_datetime

from permanence.application.reference.receiving_mail import UnreadableMail
from permanence.domain.reference.received_mail import Attachment, Authentication, ReceivedMail

SERVER = "amazonses.com"
"""Whose results are believed (RFC 8601, authserv-id)."""

RECEIPT = "x-ses-receipt"
"""The last of what SES writes above every message."""

MOST_PARTS = 300
DEEPEST = 20

_COMMENT = re.compile(r"\([^()]*\)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_DMARC = re.compile(r"dmarc\s*=\s*([a-z]+)\b(.*)", re.IGNORECASE | re.DOTALL)
_DOMAIN = re.compile(r"(?:^|\s)header\.from\s*=\s*([a-z0-9._-]+)(?=\s|$)", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,250}>")
_BULK = frozenset({"auto_reply", "bulk", "junk", "list"})


def read_mail(raw: bytes) -> ReceivedMail:
    """Raises UnreadableMail."""
    try:
        message = message_from_bytes(raw)
        attachments = tuple(_attachments(message))
    except RecursionError as error:
        raise UnreadableMail("nested too deep") from error
    written = _written_by_ses(message)
    return ReceivedMail(
        arrived_at=_arrival(written),
        senders=tuple(_senders(message)),
        authentication=_authentication(written),
        is_infected=any(name == "x-ses-virus-verdict" and value.strip().upper() == "FAIL" for name, value in written),
        is_automatic=_is_automatic(message),
        is_reply="In-Reply-To" in message or "References" in message,
        message_id=_message_id(message),
        attachments=attachments,
    )


def _written_by_ses(message: Message) -> list[tuple[str, str]]:
    """The headers down to the first receipt of SES, by their small names; none when there is no receipt. Of a second
    `Received` none is SES's any more."""
    written: list[tuple[str, str]] = []
    for name, value in message.items():
        known = name.lower()
        if known == RECEIPT:
            return written
        if known == "received" and any(name == "received" for name, _ in written):
            return []
        written.append((known, str(value)))
    return []


def _arrival(written: list[tuple[str, str]]) -> datetime | None:
    """What follows the last semicolon of `Received` (RFC 5321)."""
    said = next((value for name, value in written if name == "received"), "")
    try:
        at = parsedate_to_datetime(said.rpartition(";")[2].strip())
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def _authentication(written: list[tuple[str, str]]) -> Authentication | None:
    """The one result of SES; None when it wrote none, or when there are two."""
    results = [value for name, value in written if name == "authentication-results"]
    if len(results) != 1:
        return None
    server, *clauses = _clauses(results[0])
    found = [match for clause in clauses if (match := _DMARC.fullmatch(clause.strip()))]
    if server.strip().lower() != SERVER or len(found) != 1:
        return None
    domains = _DOMAIN.findall(found[0][2])
    return Authentication(found[0][1].lower(), domains[0].lower()) if len(domains) == 1 else None


def _clauses(value: str) -> list[str]:
    """Comments and quoted texts first: they repeat what the sender chose, semicolons included."""
    value = _QUOTED.sub('""', value)
    while (bare := _COMMENT.sub(" ", value)) != value:
        value = bare
    return value.split(";")


def _senders(message: Message) -> Iterator[str]:
    """One address for each that any `From` names; empty for what is none. Encoded words stay as they are: decoded, a
    name would read as an address."""
    for value in message.get_all("From", ()):
        for _, address in getaddresses([str(value)]) or [("", "")]:
            yield address if _ADDRESS.fullmatch(address) else ""


def _is_automatic(message: Message) -> bool:
    """RFC 3834, and what mail servers said before it."""
    submitted = str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    is_report = message.get_content_type() == "multipart/report"
    has_no_return = str(message.get("Return-Path", "<x>")).strip() == "<>"
    return submitted != "no" or precedence in _BULK or "X-Autoreply" in message or is_report or has_no_return


def _message_id(message: Message) -> str:
    found = _MESSAGE_ID.fullmatch(str(message.get("Message-ID", "")).strip())
    return found[0] if found else ""


def _attachments(message: Message) -> Iterator[Attachment]:
    """Every part with a name or sent as an attachment, mails inside the mail included."""
    for count, part in enumerate(_parts(message, 0)):
        if count >= MOST_PARTS:
            raise UnreadableMail("more parts than anybody attaches")
        name, disposition = _name(part), part.get_content_disposition()
        if not name and disposition != "attachment":
            continue
        content = part.get_payload(decode=True)
        is_inline = disposition == "inline" or (disposition is None and "Content-ID" in part)
        yield Attachment(name, part.get_content_type(), content if isinstance(content, bytes) else b"", is_inline)


def _parts(message: Message, depth: int) -> Iterator[Message]:
    if depth > DEEPEST:
        raise UnreadableMail("nested too deep")
    inside = message.get_payload()
    if not isinstance(inside, list):
        yield message
        return
    for part in inside:
        if isinstance(part, Message):
            yield from _parts(part, depth + 1)


def _name(part: Message) -> str:
    """As RFC 2231 writes it, or as Outlook does, in encoded words."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        try:
            value = part.get_param(parameter, None, header)
            if value:
                return _decoded(collapse_rfc2231_value(value))
        except (LookupError, ValueError):  # continuations that contradict one another
            return "?"
    return ""


def _decoded(value: object) -> str:
    """Encoded words decoded; what is in no charset that exists stays as it came."""
    text = str(value)
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, ValueError, UnicodeError):
        return text
