"""Mails as SES keeps them: its own headers on top of what came."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from local.operator.incoming import Found, as_received

KNOWN = "patrimoine@habitat70.example"
ADDRESS = "referentiel@fichiers.permanence.example"
ARRIVED = datetime(2026, 11, 30, 8, 5, tzinfo=UTC)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def letter(
    sender: str = KNOWN, files: Iterable[tuple[str, bytes]] = (("Patrimoine.xlsx", b"PK"),), **headers: str
) -> EmailMessage:
    """What the sender's own server sends."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, ADDRESS, "Le patrimoine"
    for name, value in {"Message-ID": "<1@habitat70.example>", **headers}.items():
        message[name.replace("_", "-")] = value
    message.set_content("Bonjour, voici le fichier.")
    for name, body in files:
        message.add_attachment(body, *XLSX.split("/"), filename=name)
    return message


def kept(
    sent: EmailMessage | bytes, dmarc: str = "pass", domain: str = "habitat70.example", virus: str = "PASS"
) -> bytes:
    """The object that SES writes: `dmarc` and `domain` are what it found."""
    body = sent if isinstance(sent, bytes) else sent.as_bytes()
    return as_received(body, ADDRESS, ARRIVED, Found(domain, dmarc, virus), KNOWN)
