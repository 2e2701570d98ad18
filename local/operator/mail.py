"""A sink for the mail service's API (SESv2): keeps each message whole, attachments included."""

import base64
import binascii
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Annotated
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """`recipients` are those of the envelope, hidden copies included."""

    at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    raw: bytes
    id: str = field(default_factory=lambda: str(uuid4()))


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Destination(_Given):
    to: Annotated[list[str], Field(alias="ToAddresses")] = []
    cc: Annotated[list[str], Field(alias="CcAddresses")] = []
    bcc: Annotated[list[str], Field(alias="BccAddresses")] = []


class Data(_Given):
    data: Annotated[str, Field(alias="Data")]
    charset: Annotated[str, Field(alias="Charset")] = "UTF-8"


class Body(_Given):
    text: Annotated[Data | None, Field(alias="Text")] = None
    html: Annotated[Data | None, Field(alias="Html")] = None


class Simple(_Given):
    subject: Annotated[Data, Field(alias="Subject")]
    body: Annotated[Body, Field(alias="Body")]


class Raw(_Given):
    data: Annotated[str, Field(alias="Data")]


class Content(_Given):
    raw: Annotated[Raw | None, Field(alias="Raw")] = None
    simple: Annotated[Simple | None, Field(alias="Simple")] = None


class Tag(_Given):
    name: Annotated[str, Field(alias="Name")]
    value: Annotated[str, Field(alias="Value")]


class OutboundEmail(_Given):
    """What SESv2's SendEmail carries, as far as this sink knows it."""

    sender: Annotated[str, Field(alias="FromEmailAddress")] = ""
    destination: Annotated[Destination, Field(alias="Destination")] = Destination()
    reply_to: Annotated[list[str], Field(alias="ReplyToAddresses")] = []
    configuration_set: Annotated[str, Field(alias="ConfigurationSetName")] = ""
    tags: Annotated[list[Tag], Field(alias="EmailTags")] = []
    content: Annotated[Content, Field(alias="Content")]


class MailRefused(Exception):
    """The message cannot be sent as it is."""


class Mailbox:
    """In order of arrival."""

    def __init__(self) -> None:
        self.all: list[Mail] = []

    def receive(self, email: OutboundEmail, at: datetime) -> Mail:
        """Raises MailRefused on a message without recipient, or with both or neither content."""
        raw, simple = email.content.raw, email.content.simple
        if (raw is None) == (simple is None):
            raise MailRefused("exactly one of Content.Raw and Content.Simple")
        message = _parsed(raw) if raw else _composed(simple, email)  # type: ignore[arg-type]
        envelope = [*email.destination.to, *email.destination.cc, *email.destination.bcc]
        recipients = tuple(envelope or _addresses(message))
        if not recipients:
            raise MailRefused("no recipient")
        mail = Mail(
            at=at,
            sender=email.sender or str(message.get("From", "")),
            recipients=recipients,
            subject=str(message.get("Subject", "")),
            text=_part(message, "plain"),
            html=_part(message, "html"),
            attachments=tuple(_attachment(part) for part in message.iter_attachments()),
            raw=bytes(message),
        )
        self.all.append(mail)
        return mail

    def find(self, mail_id: str) -> Mail | None:
        return next((mail for mail in self.all if mail.id == mail_id), None)


def _parsed(raw: Raw) -> EmailMessage:
    try:
        return message_from_bytes(base64.b64decode(raw.data, validate=True), policy=policy.default)
    except binascii.Error as problem:
        raise MailRefused("Content.Raw.Data is not base64") from problem


def _composed(simple: Simple, email: OutboundEmail) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = email.sender, ", ".join(email.destination.to)
    message["Subject"] = simple.subject.data
    message.set_content(simple.body.text.data if simple.body.text else "")
    if simple.body.html:
        message.add_alternative(simple.body.html.data, subtype="html")
    return message


def _addresses(message: EmailMessage) -> list[str]:
    return [a.addr_spec for header in ("To", "Cc", "Bcc") if message[header] for a in message[header].addresses]


def _part(message: EmailMessage, subtype: str) -> str:
    part = message.get_body(preferencelist=(subtype,))
    return str(part.get_content()) if part else ""


def _attachment(part: EmailMessage) -> Attachment:
    content = part.get_content()
    body = content if isinstance(content, bytes) else str(content).encode()
    return Attachment(part.get_filename() or "sans-nom", part.get_content_type(), body)
