"""What the purge finds and what it leaves."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from permanence.application.reception.ports import CallRecord
from permanence.domain.calls.call import CallEvent
from permanence.domain.frozen import dataclass
from permanence.domain.service_level.facts import CallFact


class Logged(StrEnum):
    """What the provider keeps a line of by itself."""

    CALL = "call"
    MESSAGE = "message"


@dataclass(frozen=True)
class LogLine:
    """One call, or one leg of it, or one message in the provider's own log; instants in UTC, None when it does not say.

    `is_over`: nothing more will come of it. `ended_at` is when it was last heard of. `presented` is how a caller's own
    leg reached a number of the account.
    """

    kind: Logged
    provider_id: str
    made_at: datetime | None
    is_over: bool
    ended_at: datetime | None
    has_text: bool = False
    presented: CallEvent | None = None


class ProviderLog(Protocol):
    """What the provider keeps by itself of what we have it do, numbers and texts with it.

    What is deleted or redacted in one go is asked in parallel: 1 request for each. Each answers with the ids of what
    stays, and raises ProviderUnavailable only when none of them was answered.
    """

    def lines(self) -> Sequence[LogLine]:
        """All that it still tells: 1 request for 1,000. Raises as `PhoneProvider`."""

    def recordings(self) -> frozenset[str]:
        """The ids of all recordings it still holds, finished or not: 1 request for 1,000. Raises as `lines`."""

    def redact(self, messages: Sequence[LogLine]) -> frozenset[str]:
        """Take the text out of messages."""

    def delete(self, lines: Sequence[LogLine]) -> frozenset[str]:
        """Forget calls and messages; what is gone already succeeds."""

    def delete_recordings(self, recording_ids: Sequence[str]) -> frozenset[str]:
        """Forget recordings; what is gone already succeeds."""


@dataclass(frozen=True)
class StampedItem:
    """An item of the table with a purge stamp: its key, and what must go before it or with it.

    `record` is given with the item of a call (its form may be gone already), `objects` are keys in the reports bucket:
    the body of a mail (`Notice.body_key`) and the keys of ``Notice.extra["objects"]``, separated by spaces.
    `files` are keys in the bucket of imports, all that may be kept of a file that was sent.
    """

    key: tuple[str, str]
    record: CallRecord | None = None
    objects: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class PurgeIndex(Protocol):
    """Independent requests are made several at a time."""

    def due(self, days: Sequence[date]) -> Mapping[date, Sequence[tuple[str, str]]]:
        """The keys of what is stamped for these Paris-local days, those of calls first, without the days that have
        none: 1 request a day, 1 more for each further page."""

    def load(self, keys: Sequence[tuple[str, str]]) -> Sequence[StampedItem]:
        """Each with what must go before it: 1 request for 50 calls, 1 for 100 mails or imports, none for others."""

    def delete(self, items: Sequence[StampedItem]) -> None:
        """1 request for 25; deleting what is gone succeeds."""


class Facts(Protocol):
    def settle(self, facts: Sequence[CallFact]) -> None:
        """Keep what stays of calls (R71); a fact that is already kept does not change: 1 request for each 100, and 1
        for each 25 of those that were not kept yet. Only the purge may write them."""
