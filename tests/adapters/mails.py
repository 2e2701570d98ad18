"""Mails as SES keeps them: its own headers on top of what came (seen on stored messages of other people's)."""

from collections.abc import Iterable
from email.message import EmailMessage
from email.policy import SMTP

KNOWN = "patrimoine@habitat70.example"
ADDRESS = "referentiel@fichiers.permanence.example"
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
    return (
        f"Return-Path: <{KNOWN}>\r\n"
        "Received: from smtp.habitat70.example (smtp.habitat70.example [192.0.2.1])\r\n"
        f" by inbound-smtp.eu-west-3.amazonaws.com with SMTP id 8i6cr4 for {ADDRESS};\r\n"
        " Mon, 30 Nov 2026 08:05:00 +0000 (UTC)\r\n"
        f"X-SES-Spam-Verdict: PASS\r\nX-SES-Virus-Verdict: {virus}\r\n"
        "Received-SPF: pass (spfCheck: domain of habitat70.example designates 192.0.2.1 as permitted sender)\r\n"
        "Authentication-Results: amazonses.com;\r\n"
        " spf=pass (spfCheck: domain of habitat70.example designates 192.0.2.1 as permitted sender)"
        f" client-ip=192.0.2.1; envelope-from={KNOWN}; helo=smtp.habitat70.example;\r\n"
        " dkim=pass header.i=@habitat70.example;\r\n"
        f" dmarc={dmarc} header.from={domain};\r\n"
        "X-SES-RECEIPT: AEFBQUFB\r\nX-SES-DKIM-SIGNATURE: a=rsa-sha256; b=iiE5\r\n"
    ).encode() + body
