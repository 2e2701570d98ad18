"""The mails that bring files: does AWS take them, and by whose rules? Without them the pages still do."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from deployment.checks.mail import dkim_records
from deployment.finding import AWS, Finding
from infra.settings import DATA_REGION

SERVER = f"inbound-smtp.{DATA_REGION}.amazonaws.com"

_NOT_HERE = "InvalidAction"
"""What SES answers where it receives no mails: « Unavailable Operation »."""


def receiving_findings(sesv2: Any, ses: Any, domain: str, rules: str) -> list[Finding]:
    """`domain` is what files are sent to, `rules` the stage's set of rules for received mails, which the service's
    first API alone knows, `ses`."""
    try:
        active = ses.describe_active_receipt_rule_set().get("Metadata", {}).get("Name")
    except ClientError as error:
        if error.response["Error"]["Code"] != _NOT_HERE:
            raise
        return [
            Finding(
                f"The mail service receives no mails in this region, and {domain} is to get some.",
                "Leave import_mail_domain out of the stage file: files then come by the pages alone.",
            )
        ]
    return [*_unverified(sesv2, domain), *_unobeyed(active, domain, rules)]


def _unverified(sesv2: Any, domain: str) -> Iterator[Finding]:
    leads = f"DNS: {domain} MX 10 {SERVER}"
    try:
        identity = sesv2.get_email_identity(EmailIdentity=domain)
    except sesv2.exceptions.NotFoundException:
        made = f"{AWS} sesv2 create-email-identity --email-identity {domain}"
        yield Finding(f"The mail service does not know the domain {domain}.", f"{made}\n{leads}", stops=False)
        return
    if not identity.get("VerifiedForSendingStatus"):
        records = dkim_records(identity.get("DkimAttributes", {}), domain)
        yield Finding(
            f"The domain {domain} is not verified: no mail is taken for it.", f"{records}\n{leads}", stops=False
        )


def _unobeyed(active: str | None, domain: str, rules: str) -> Iterator[Finding]:
    if active != rules:
        says = f"those of {active}" if active else "none"
        yield Finding(
            f"Of the rules for received mails the account obeys {says}: what is sent to {domain} is refused.",
            f"{AWS} ses set-active-receipt-rule-set --rule-set-name {rules}    (once the stack stands)",
            stops=False,
        )
