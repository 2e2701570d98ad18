"""What happened, numbered: tests and the page await the next event instead of sleeping."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from local.operator.clock import Clock

KEPT = 5000


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` is dotted (``call.ringing``), `subject` the id of what it happened to."""

    n: int
    at: datetime
    kind: str
    subject: str
    detail: Mapping[str, str]


class EventLog:
    """Numbers never restart while the operator lives, not even after a reset."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._events: deque[Event] = deque(maxlen=KEPT)
        self._news = asyncio.Event()
        self.version = 0

    def tell(self, kind: str, subject: str, **detail: str) -> None:
        self.version += 1
        self._events.append(Event(self.version, self._clock.now(), kind, subject, detail))
        self._news.set()
        self._news = asyncio.Event()

    def forget(self, subject: str) -> None:
        """Nothing is told any more of what happened to it; the numbers of the others stay."""
        self._events = deque((event for event in self._events if event.subject != subject), maxlen=KEPT)

    async def after(self, n: int, timeout_s: float) -> list[Event]:
        """The events later than number `n`, waiting up to `timeout_s` seconds for the first one."""
        if self.version <= n:
            try:
                await asyncio.wait_for(self._news.wait(), timeout_s)
            except TimeoutError:
                return []
        return [event for event in self._events if event.n > n]
