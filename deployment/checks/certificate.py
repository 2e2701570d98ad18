"""The certificate of the one host name."""

from collections.abc import Mapping
from typing import Any

from deployment.finding import AWS, Finding


def certificate_findings(acm: Any, arn: str, host: str) -> list[Finding]:
    """`acm` is a client of the data's region; `arn` and `host` are those of the stage file."""
    try:
        certificate = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    except acm.exceptions.ResourceNotFoundException:
        return [Finding(f"There is no certificate {arn} in this account.", _request(host))]
    findings = []
    if certificate["Status"] == "PENDING_VALIDATION":
        findings.append(
            Finding(f"The certificate of {host} waits for its domain to be proved.", _records(certificate, arn))
        )
    elif certificate["Status"] != "ISSUED":
        findings.append(Finding(f"The certificate of {host} is not valid: {certificate['Status']}.", _request(host)))
    names = certificate.get("SubjectAlternativeNames") or [certificate["DomainName"]]
    if not any(_covers(name, host) for name in names):
        findings.append(Finding(f"The certificate is for {', '.join(names)}, not for {host}.", _request(host)))
    return findings


def _covers(name: str, host: str) -> bool:
    """A star stands for one label, the first."""
    name, host = name.lower(), host.lower()
    return name == host or (name.startswith("*.") and name[1:] == f".{host.partition('.')[2]}")


def _request(host: str) -> str:
    return (
        f"{AWS} acm request-certificate --domain-name {host} --validation-method DNS\n"
        "then put the address it answers into certificate_arn of the stage file"
    )


def _records(certificate: Mapping[str, Any], arn: str) -> str:
    records = [option.get("ResourceRecord") for option in certificate.get("DomainValidationOptions", ())]
    lines = [f"DNS: {record['Name']} {record['Type']} {record['Value']}" for record in records if record]
    return "\n".join(lines or [f"{AWS} acm describe-certificate --certificate-arn {arn}"])
