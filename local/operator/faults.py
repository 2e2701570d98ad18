"""Faults on demand: the one place that decides whether a request or a webhook goes through unharmed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import TypeVar

_numbers = count(1)


class Mishap(StrEnum):
    """What becomes of a webhook."""

    DUPLICATE = "duplicate"  # it arrives three times
    REORDERED = "reordered"  # the next one about the same thing overtakes it
    LOST = "lost"
    SLOW = "slow"
    SIGNATURE = "signature"  # it is signed with another token


@dataclass(slots=True, kw_only=True)
class RequestFault:
    """The next `times` requests of the application that match wait `delay_s` seconds, then are answered by HTTP
    `status` (None: served after all). With `after` the request is obeyed first and only its answer is lost.

    A request matches when each word of `match` is in ``METHOD /path Name=value Name=value``.
    """

    match: str
    times: int
    status: int | None
    delay_s: float
    after: bool
    n: int = field(default_factory=_numbers.__next__)


@dataclass(slots=True, kw_only=True)
class WebhookFault:
    """The next `times` webhooks that match, as requests do but with their whole URL, suffer `mishap`.

    `delay_s` is how late a slow one is, and how long a reordered one waits at most to be overtaken. `token` signs
    instead of the account's.
    """

    match: str
    times: int
    mishap: Mishap
    delay_s: float
    token: str
    n: int = field(default_factory=_numbers.__next__)


Rule = TypeVar("Rule", RequestFault, WebhookFault)


class Faults:
    """Rules in the order they were given; the first that matches is used up by one."""

    def __init__(self) -> None:
        self.of_requests: list[RequestFault] = []
        self.of_webhooks: list[WebhookFault] = []

    def strike_request(self, method: str, path: str, params: Sequence[tuple[str, str]]) -> RequestFault | None:
        """The fault of this request of the application, if it has one."""
        return _strike(self.of_requests, method, path, params)

    def strike_webhook(self, method: str, url: str, params: Sequence[tuple[str, str]]) -> WebhookFault | None:
        """The fault of this webhook, if it has one."""
        return _strike(self.of_webhooks, method, url, params)

    def remove(self, n: int) -> bool:
        """Whether there was such a rule."""
        return _remove(self.of_requests, n) or _remove(self.of_webhooks, n)

    def clear(self) -> None:
        self.of_requests.clear()
        self.of_webhooks.clear()


def _strike(rules: list[Rule], method: str, address: str, params: Sequence[tuple[str, str]]) -> Rule | None:
    told = " ".join([f"{method} {address}", *(f"{name}={value}" for name, value in params)])
    for rule in rules:
        if all(word in told for word in rule.match.split()):
            rule.times -= 1
            if rule.times == 0:
                rules.remove(rule)
            return rule
    return None


def _remove(rules: list[Rule], n: int) -> bool:
    found = next((rule for rule in rules if rule.n == n), None)
    if found is not None:
        rules.remove(found)
    return found is not None
