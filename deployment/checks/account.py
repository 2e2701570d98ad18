"""Whose credentials are at hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NotConnected

from deployment.finding import Finding

OUT_OF_REACH = (NotConnected, HTTPClientError)
"""What botocore raises when no answer came: it says nothing of the credentials."""


@dataclass(frozen=True, slots=True)
class Caller:
    account: str
    arn: str


class NoCredentials(Exception):
    """Nobody is signed in; the message says why."""


def read_caller(client: Callable[[str], Any]) -> Caller:
    """`client` makes one of a service. Raises NoCredentials: nothing else can be asked then. Lets OUT_OF_REACH pass."""
    try:
        told = client("sts").get_caller_identity()
    except ClientError as error:
        raise NoCredentials(f"AWS refuses the credentials at hand ({error.response['Error']['Code']})") from error
    except OUT_OF_REACH:
        raise
    except BotoCoreError as error:
        raise NoCredentials(str(error).rstrip(".")) from error
    return Caller(told["Account"], told["Arn"])


def account_findings(caller: Caller, wanted: str | None, stage_file: str) -> list[Finding]:
    """`wanted` is the account that the stage file names, if it names one."""
    if wanted in (None, caller.account):
        return []
    return [
        Finding(
            f"The credentials at hand are of the account {caller.account}, and {stage_file} names {wanted}.",
            f"export AWS_PROFILE=…    (a profile of the account {wanted})",
        )
    ]
