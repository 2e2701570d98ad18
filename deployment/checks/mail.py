"""The mail service before the first mail: a mail it refuses is lost to its readers."""

from collections.abc import Mapping
from typing import Any

from deployment.finding import AWS, Finding


def identity_findings(ses: Any, domain: str) -> list[Finding]:
    """`domain` is what mails are sent from."""
    try:
        identity = ses.get_email_identity(EmailIdentity=domain)
    except ses.exceptions.NotFoundException:
        return [
            Finding(
                f"The mail service does not know the domain {domain}.",
                f"{AWS} sesv2 create-email-identity --email-identity {domain}\n"
                "then publish the three records that this check names next",
            )
        ]
    dkim = identity.get("DkimAttributes", {})
    findings = []
    if not identity.get("VerifiedForSendingStatus"):
        findings.append(
            Finding(f"The domain {domain} is not verified: no mail leaves from it.", dkim_records(dkim, domain))
        )
    elif not dkim.get("SigningEnabled") or dkim.get("Status") != "SUCCESS":
        findings.append(
            Finding(
                f"Mails from {domain} are not signed (DKIM): many mailboxes put them aside or refuse them.",
                f"{AWS} sesv2 put-email-identity-dkim-attributes --email-identity {domain} "
                f"--signing-enabled\n{dkim_records(dkim, domain)}",
                stops=False,
            )
        )
    sent_from = identity.get("MailFromAttributes", {})
    if sent_from.get("BehaviorOnMxFailure") == "REJECT_MESSAGE" and sent_from.get("MailFromDomainStatus") != "SUCCESS":
        findings.append(
            Finding(
                f"The domain {sent_from['MailFromDomain']}, which returned mails go to, is not verified, and the mail "
                "service is told to refuse every mail until it is.",
                f"{AWS} sesv2 put-email-identity-mail-from-attributes --email-identity {domain} "
                f"--mail-from-domain {sent_from['MailFromDomain']} --behavior-on-mx-failure USE_DEFAULT_VALUE",
            )
        )
    return findings


def sending_findings(ses: Any, is_production: bool, host: str) -> list[Finding]:
    """In its sandbox the mail service sends to verified addresses only: enough to try, not to serve a landlord."""
    account = ses.get_account()
    findings = []
    if not account.get("ProductionAccessEnabled"):
        review = account.get("Details", {}).get("ReviewDetails", {}).get("Status")
        if review == "PENDING":
            says, mend = "its way out has been asked for and is being looked at", f"{AWS} sesv2 get-account"
        elif is_production:
            says, mend = "mails to the landlord would be refused", _leave_sandbox(host)
        else:
            says = "only verified addresses get mails, at most 200 a day"
            mend = (
                f"{AWS} sesv2 create-email-identity --email-identity <address>    (for each that is to "
                f"get mails)\nor {_leave_sandbox(host)}"
            )
        findings.append(Finding(f"The mail service is in its sandbox: {says}.", mend, stops=is_production))
    if not account.get("SendingEnabled"):
        findings.append(
            Finding(
                f"The mail service sends nothing for this account ({account.get('EnforcementStatus', 'no reason')}).",
                "Answer AWS in the support case it has opened (https://console.aws.amazon.com/support).",
            )
        )
    return findings


def _leave_sandbox(host: str) -> str:
    return (
        f"{AWS} sesv2 put-account-details --production-access-enabled --mail-type TRANSACTIONAL "
        f"--website-url https://{host} --use-case-description '…'"
    )


def dkim_records(dkim: Mapping[str, Any], domain: str) -> str:
    """What verifies a domain, one record a line."""
    zone = dkim.get("SigningHostedZone", "dkim.amazonses.com")
    lines = [f"DNS: {token}._domainkey.{domain} CNAME {token}.{zone}" for token in dkim.get("Tokens", ())]
    return "\n".join(lines or [f"{AWS} sesv2 get-email-identity --email-identity {domain}"])
