"""Queues in which callers wait."""

import asyncio
from dataclasses import dataclass, field

from local.operator.calls import Call
from local.operator.sids import new_sid


@dataclass(slots=True)
class Waiting:
    call: Call
    since_s: float


@dataclass(slots=True)
class Queue:
    """Callers in order of arrival; `waits` are the seconds that those who left have waited."""

    name: str
    sid: str = field(default_factory=lambda: new_sid("QU"))
    members: list[Waiting] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def join(self, call: Call) -> Waiting:
        member = Waiting(call, asyncio.get_running_loop().time())
        self.members.append(member)
        call.queue = self.name
        return member

    def leave(self, member: Waiting) -> int:
        """The seconds waited."""
        waited = asyncio.get_running_loop().time() - member.since_s
        self.members.remove(member)
        self.waits.append(waited)
        member.call.queue = None
        return round(waited)

    def wait_params(self, member: Waiting) -> dict[str, str]:
        """What the waiting document is asked with."""
        return {
            "QueueSid": self.sid,
            "QueuePosition": str(self.members.index(member) + 1),
            "QueueTime": str(round(asyncio.get_running_loop().time() - member.since_s)),
            "AvgQueueTime": str(round(sum(self.waits) / len(self.waits)) if self.waits else 0),
            "CurrentQueueSize": str(len(self.members)),
        }


class Queues:
    def __init__(self) -> None:
        self.all: dict[str, Queue] = {}

    def of(self, name: str) -> Queue:
        return self.all.setdefault(name, Queue(name))
