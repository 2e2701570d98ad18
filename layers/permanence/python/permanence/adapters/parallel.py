"""Requests that wait for nothing but the network, several at a time."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

AT_ONCE = 8
"""Fewer than the connections a botocore client keeps (10), and than what the provider takes at once."""


def in_parallel(ask: Callable[[Asked], Answer], members: Iterable[Asked]) -> list[Answer]:
    """The answers in the order of the members; without a thread when there is one at a time. What one raises is raised
    once those under way have ended; the others are not asked."""
    waiting = list(members)
    threads = min(AT_ONCE, len(waiting))
    if threads < 2:
        return [ask(member) for member in waiting]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(ask, waiting))
