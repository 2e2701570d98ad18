"""One mail, from the sender of the stage to those whom alarms reach."""

from typing import Any

from botocore.exceptions import ClientError

from deployment.asking import DENIED
from deployment.finding import Finding

_SUBJECT = "Message d’essai de la permanence téléphonique"


def mail_findings(ses: Any, sender: str, address: str, prefix: str) -> list[Finding]:
    """Sends it. That the service takes it is all that can be asked: whether it came, its reader knows."""
    text = (
        f"Ce message d’essai suit un déploiement de {prefix}. Il montre que les courriels de {sender} partent.\n"
        "Aucune réponse n’est attendue."
    )
    try:
        ses.send_email(
            FromEmailAddress=sender,
            Destination={"ToAddresses": [address]},
            Content={
                "Simple": {
                    "Subject": {"Data": _SUBJECT, "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
                }
            },
        )
    except ClientError as error:
        told = error.response["Error"]
        if told["Code"] in DENIED:
            raise
        says = f"The mail service refused a mail from {sender} to {address}: {told['Code']}, {told.get('Message', '')}"
        return [Finding(says, "make preflight STAGE=…    (it asks for identity and sandbox)")]
    return []
