"""Mails through SES, as complete messages."""

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as Unreachable

from permanence.application.dispatch.ports import MailRefused, MailUnavailable

_OF_THE_MAIL = frozenset({"BadRequestException", "MessageRejected"})
"""What SES would say of the same mail tomorrow: a malformed address, too large a message, a virus. All else it says
speaks of the account, its identity, our rights or the moment, which somebody can mend while the mail waits: paused,
suspended, over its quota, throttled, no such identity, access denied."""

_NOT_VERIFIED = "not verified"
"""How it rejects a message for its sender, or in the sandbox for its readers: mended by whoever verifies them."""


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
        except (Unreachable, HTTPClientError) as error:
            raise MailUnavailable(type(error).__name__) from error
        except ClientError as error:
            raise _meaning(error) from error
        return str(answer["MessageId"])


def _meaning(error: ClientError) -> MailRefused | MailUnavailable:
    # The service's own sentence names addresses: it goes no further.
    code = error.response["Error"]["Code"]
    if _NOT_VERIFIED in error.response["Error"].get("Message", ""):
        return MailUnavailable(f"{code}: {_NOT_VERIFIED}")
    return MailRefused(code) if code in _OF_THE_MAIL else MailUnavailable(code)
