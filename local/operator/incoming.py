"""Mails from outside, as the mail service of AWS receives them: its own headers on top, the whole as one object."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Annotated
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field


class Rule(BaseModel):
    """What is sent to `address` is put below `folder` of a bucket of the engine, in the name of `account`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str
    engine_url: str
    region: str
    account: str
    bucket: str
    folder: str


class SentFile(BaseModel):
    model_config = ConfigDict(extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")

    name: str
    body: bytes


class MailFromOutside(BaseModel):
    """Somebody writes to us; `dmarc` is what the service finds of his domain."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    sender: Annotated[str, Field(alias="from")]
    subject: str = "Fichiers"
    text: str = "Bonjour, voici le fichier."
    files: list[SentFile] = []
    dmarc: Annotated[str, Field(pattern=r"^[a-z]+$")] = "pass"


def composed(mail: MailFromOutside, address: str, at: datetime) -> bytes:
    """What the sender's own server sends."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = mail.sender, address, mail.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=_domain(mail.sender))
    message.set_content(mail.text)
    for file in mail.files:
        message.add_attachment(file.body, "application", "octet-stream", filename=file.name)
    return message.as_bytes()


@dataclass(frozen=True, slots=True)
class Found:
    """What the service finds of a mail: whose domain it is, whether that stands by it, and whether it does harm."""

    domain: str
    dmarc: str = "pass"
    virus: str = "PASS"


def as_received(message: bytes, address: str, at: datetime, found: Found, envelope: str) -> bytes:
    """The object that SES writes of what `envelope` sent to `address`: headers and their order are those of messages
    that it received for others."""
    domain = found.domain
    server = f"smtp.{domain}"
    checked = f"(spfCheck: domain of {domain} designates 192.0.2.1 as permitted sender) client-ip=192.0.2.1;"
    headers = (
        f"Return-Path: <{envelope}>",
        f"Received: from {server} ({server} [192.0.2.1])",
        f" by inbound-smtp.eu-west-3.amazonaws.com with SMTP id {uuid4().hex} for {address};",
        f" {format_datetime(at)}",
        "X-SES-Spam-Verdict: PASS",
        f"X-SES-Virus-Verdict: {found.virus}",
        f"Received-SPF: pass {checked} envelope-from={envelope}; helo={server};",
        "Authentication-Results: amazonses.com;",
        f" spf=pass {checked} envelope-from={envelope}; helo={server};",
        f" dkim=pass header.i=@{domain};",
        f" dmarc={found.dmarc} header.from={domain};",
        "X-SES-RECEIPT: AEFBQUFB",
        "X-SES-DKIM-SIGNATURE: a=rsa-sha256; q=dns/txt; b=iiE5",
    )
    return "".join(f"{line}\r\n" for line in headers).encode() + message


def received(mail: MailFromOutside, rule: Rule, at: datetime) -> tuple[str, bytes]:
    """The key of the object, and what it holds."""
    sender = parseaddr(mail.sender)[1]
    message = composed(mail, rule.address, at)
    whole = as_received(message, rule.address, at, Found(_domain(mail.sender), mail.dmarc), sender)
    return f"{rule.folder}{uuid4().hex}", whole


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "ailleurs.example"
