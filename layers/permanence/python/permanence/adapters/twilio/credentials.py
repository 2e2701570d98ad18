"""The account and its secrets, read from Secrets Manager and kept five minutes."""

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from permanence.domain.frozen import dataclass

_KEPT_S = 300
_TRIED_AGAIN_AFTER_S = 30


class SecretUnreadable(Exception):
    """The store does not answer, and nothing was read before."""


@dataclass(frozen=True)
class Credentials:
    """`tokens` holds the current secret first, then the previous one while it is being replaced."""

    account: str
    tokens: tuple[str, ...]


class ProviderSecret:
    """Reads ``{"account_sid": …, "auth_tokens": [current, previous…]}``; `clock` counts seconds and never goes back."""

    def __init__(self, client: Any, secret_id: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._secret_id = secret_id
        self._clock = clock
        self._kept: Credentials | None = None
        self._read_again_at = 0.0

    def read(self) -> Credentials:
        """When a refresh fails, what was read before still holds, and the store is left alone for half a minute: a
        caller is waiting. Raises SecretUnreadable."""
        if self._kept is not None and self._clock() < self._read_again_at:
            return self._kept
        try:
            text = self._client.get_secret_value(SecretId=self._secret_id)["SecretString"]
        except (BotoCoreError, ClientError) as error:
            if self._kept is None:
                raise SecretUnreadable from error
            self._read_again_at = self._clock() + _TRIED_AGAIN_AFTER_S
            return self._kept
        told = json.loads(text)
        self._kept = Credentials(told["account_sid"], tuple(told["auth_tokens"]))
        self._read_again_at = self._clock() + _KEPT_S
        return self._kept
