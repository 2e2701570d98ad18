"""Mails through SES, as complete messages."""

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError, HTTPClientError

from permanence.application.dispatch.ports import MailRefused, MailUnavailable

REFUSALS = frozenset({"BadRequestException", "MessageRejected", "MailFromDomainNotVerifiedException"})


class SesMailer:
    """The `Mailer` port on SESv2."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> str:
        try:
            answer = self._client.send_email(
                FromEmailAddress=sender,
                Destination={"ToAddresses": list(recipients)},
                Content={"Raw": {"Data": message}},
            )
        except HTTPClientError as error:
            raise MailUnavailable(type(error).__name__) from error
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise (MailRefused if code in REFUSALS else MailUnavailable)(code) from error
        return str(answer["MessageId"])
