"""One leg of telephony between the operator and a phone, and how a step of it is interrupted."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from local.operator.sids import new_sid

T = TypeVar("T")

WITHHELD = "+266696687"  # how the provider writes a caller without number: the keys of ANONYMOUS


class CallStatus(StrEnum):
    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"


LIVE = frozenset({CallStatus.QUEUED, CallStatus.RINGING, CallStatus.IN_PROGRESS})


class Pickup(StrEnum):
    """How ringing ends."""

    HUMAN = "human"
    MACHINE = "machine"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Instruction:
    """Where the next document comes from: an address, or the document itself."""

    url: str = ""
    method: str = "POST"
    twiml: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)


class HungUp(Exception):
    """The leg is over."""


class Redirected(Exception):
    """The leg was sent elsewhere."""

    def __init__(self, target: Instruction) -> None:
        super().__init__(target.url)
        self.target = target


class Rejected(Exception):
    """The call is refused without being answered."""

    def __init__(self, status: CallStatus) -> None:
        super().__init__(status.value)
        self.status = status


def drop(work: asyncio.Future[Any]) -> None:
    """Give up a piece of work, whatever its result would have been."""
    work.cancel()
    work.add_done_callback(lambda done: None if done.cancelled() else done.exception() and None)


@dataclass(frozen=True, slots=True)
class StatusCallback:
    url: str
    method: str
    events: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what a phone heard (`said`, `played`, `voice`), did (`key`) or was told of (`note`)."""

    at: datetime
    kind: str
    text: str


class Menu:
    """Keys being gathered: up to `wanted` (None: any number), or until one of `finishing`."""

    def __init__(self, wanted: int | None, finishing: str) -> None:
        self._wanted = wanted
        self._finishing = finishing
        self._pressed = asyncio.Event()
        self.digits = ""
        self.finished = False
        self.finished_on = ""

    def press(self, key: str) -> None:
        if self.finished:
            return
        if key in self._finishing:
            self.finished, self.finished_on = True, key
        else:
            self.digits += key
            self.finished = self._wanted is not None and len(self.digits) >= self._wanted
        self._pressed.set()

    async def next_press(self) -> None:
        await self._pressed.wait()
        self._pressed.clear()


class Call:
    """`phone` is the id of the phone at the far end. Loop times are monotonic seconds, for durations.

    `other_end` is the same conversation seen from our other number, when one of our numbers called another.
    """

    def __init__(self, direction: str, from_: str, to: str, phone: str, created_at: datetime) -> None:
        self.sid = new_sid("CA")
        self.direction = direction
        self.from_ = from_
        self.to = to
        self.phone = phone
        self.created_at = created_at
        self.status = CallStatus.QUEUED
        self.parent_sid: str | None = None
        self.forwarded_from: str | None = None
        self.answered_by: str | None = None
        self.start: Instruction = Instruction()
        self.fallback: Instruction | None = None
        self.status_callback: StatusCallback | None = None
        self.started_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.began_s = asyncio.get_running_loop().time()
        self.answered_s: float | None = None
        self.duration_s = 0
        self.sequence = 0
        self.document_url = ""
        self.menus_left: list[str] = []
        self.menu: Menu | None = None
        self.peer: Call | None = None
        self.other_end: Call | None = None
        self.queue: str | None = None
        self.conference: str | None = None
        self.transcript: list[Line] = []
        self.errors: list[str] = []
        self.pickup: asyncio.Future[Pickup] = asyncio.get_running_loop().create_future()
        self.over = asyncio.Event()
        self._interruption: HungUp | Redirected | None = None
        self._interrupted = asyncio.Event()

    @property
    def inbound(self) -> bool:
        return self.direction == "inbound"

    @property
    def live(self) -> bool:
        return self.status in LIVE

    def interrupt(self, interruption: HungUp | Redirected) -> None:
        """End the present step; a hang-up is never replaced by a redirection."""
        if not isinstance(self._interruption, HungUp):
            self._interruption = interruption
            self._interrupted.set()

    def resume(self) -> Instruction:
        """Where the leg was redirected to; raises HungUp when it was hung up meanwhile."""
        interruption = self._interruption
        if not isinstance(interruption, Redirected):
            raise interruption or HungUp
        self._interruption = None
        self._interrupted.clear()
        return interruption.target

    async def during(self, step: Coroutine[Any, Any, T]) -> T:
        """The result of a step, unless the leg is hung up or redirected before its end: then the step is dropped and
        HungUp or Redirected raised."""
        work = asyncio.ensure_future(step)
        alarm = asyncio.ensure_future(self._interrupted.wait())
        try:
            await asyncio.wait({work, alarm}, return_when=asyncio.FIRST_COMPLETED)
            if self._interruption is not None:
                raise self._interruption
            return work.result()
        finally:
            drop(work)
            drop(alarm)

    async def pause(self, seconds: float) -> None:
        await self.during(asyncio.sleep(max(0.0, seconds)))

    def pick_up(self, how: Pickup) -> None:
        """Ringing ends; the first end counts."""
        if not self.pickup.done():
            self.pickup.set_result(how)

    @property
    def listening(self) -> bool:
        """Whether a key pressed now would be heard."""
        return self.menu is not None and not self.menu.finished

    def note(self, at: datetime, kind: str, text: str) -> None:
        self.transcript.append(Line(at, kind, text))
