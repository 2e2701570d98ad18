"""What a dispatch needs from outside: malfunctions, the outbox, timers, mail."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from permanence.domain.calls.call import Call
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.dispatch.notices import Notice
from permanence.domain.frozen import dataclass
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.main_courante.log import Entry


@dataclass(frozen=True)
class OpenWork:
    """Everything that is not finished: one query of the open index."""

    calls: tuple[Call, ...]
    forms: tuple[CallForm, ...]
    malfunctions: tuple[Malfunction, ...]


@dataclass(frozen=True)
class Timer:
    """Wakes a dispatch: `step` of the chain at `due` (UTC)."""

    step: int
    due: datetime


@dataclass(frozen=True)
class MissionLink:
    """A one-time link (R41a): `token_hash` is what `key_of_token` makes of what the SMS carries."""

    token_hash: str
    malfunction_id: str
    step: int
    expires_at: datetime


@dataclass(frozen=True)
class Decision:
    """What one transaction saves: the new state (its version already incremented), everything it caused, and the
    timers it obeyed, which are forgotten with it."""

    malfunction: Malfunction
    entries: tuple[Entry, ...]
    notices: tuple[Notice, ...] = ()
    timers: tuple[Timer, ...] = ()
    links: tuple[MissionLink, ...] = ()
    linked_calls: tuple[str, ...] = ()
    obeyed: tuple[Timer, ...] = ()


@dataclass(frozen=True)
class MalfunctionLog:
    """One malfunction with its whole log and its notices."""

    malfunction: Malfunction
    entries: tuple[Entry, ...]
    notices: tuple[Notice, ...]


class Malfunctions(Protocol):
    def next_number(self, year: int) -> str:
        """``2026-1187``; a number may be lost, never given twice: 1 request."""

    def add(self, decision: Decision) -> None:
        """The first save. Raises AlreadyExists: 1 request."""

    def get(self, malfunction_id: str) -> Malfunction | None:
        """1 request."""

    def get_many(self, malfunction_ids: Sequence[str]) -> Sequence[Malfunction]:
        """Those that exist, in no order: 1 request for each 100."""

    def save(self, decision: Decision) -> None:
        """One transaction, conditioned on version - 1. Raises VersionConflict: 1 request."""

    def log(self, malfunction_id: str) -> MalfunctionLog | None:
        """1 request (one page)."""

    def link(self, token_hash: str) -> MissionLink | None:
        """1 request."""

    def of_month(self, month: str, descending: bool = False) -> Iterator[Malfunction]:
        """Those opened in a Paris-local month, in that order: 1 request a page."""

    def page_of_month(
        self, month: str, limit: int, cursor: str | None, wanted: Callable[[Malfunction], bool] | None = None
    ) -> tuple[tuple[Malfunction, ...], str | None]:
        """The newest first, one page: 1 request; the cursor leads to the next page. With `wanted`, one megabyte is
        looked through: a page may be short, or empty, though a cursor leads on."""

    def opened_between(self, start: datetime, end: datetime) -> Iterator[Malfunction]:
        """Malfunctions opened in [start, end), UTC."""

    def finish_timer(self, malfunction_id: str, timer: Timer) -> None:
        """Forget a timer that has been obeyed: 1 request."""


class OpenItems(Protocol):
    def open_work(self) -> OpenWork:
        """1 request."""


class Notices(Protocol):
    def claim(self, owner: str, key: str, now: datetime, lease_s: int) -> Notice | None:
        """Take the notice for sending, or None when it is sent or another worker holds the lease: 1 request."""

    def sent(self, notice: Notice, provider_id: str, now: datetime, ask_at: datetime | None = None) -> None:
        """The provider took it; the sweep brings it back at `ask_at` unless its end is told before: 1 request."""

    def failed(self, notice: Notice, error: str, now: datetime) -> None:
        """A definite failure: 1 request."""

    def receipt(
        self,
        owner: str,
        key: str,
        provider_id: str,
        status: str,
        code: str,
        now: datetime,
        ask_at: datetime | None = None,
    ) -> bool:
        """What the provider tells of a notice, as a `ChannelStatus` value; a status never regresses, and a notice that
        is gone stays gone. `ask_at` as for `sent`. True when it told something new: 1 request."""

    def unheard(self, owner: str, key: str, now: datetime) -> Notice | None:
        """The notice, when it was sent, its `ask_at` has come, and its end has not been told: 1 request."""

    def ask_again(self, notice: Notice, ask_at: datetime | None) -> None:
        """Have the sweep bring it back at that instant, or no more (None): 1 request."""

    def put_job_notices(self, notices: Sequence[Notice]) -> None:
        """Notices that belong to no malfunction (mails of a job); a repeat changes nothing."""


@dataclass(frozen=True)
class OverdueWork:
    """What a queue should have brought long ago: timers with their malfunction, notices as (owner, key). And whose end
    nobody has told: notices again, and calls by their id. `rota_updates` should be in force by now, by import and
    version. `notices_since` is when the oldest of the notices was due."""

    timers: tuple[tuple[str, Timer], ...]
    notices: tuple[tuple[str, str], ...]
    calls: tuple[str, ...] = ()
    notices_since: datetime | None = None
    rota_updates: tuple[tuple[str, int], ...] = ()


class DueItems(Protocol):
    def overdue(self, before: datetime) -> OverdueWork:
        """Timers due, pending notices written, and what the provider must be asked about, at or before an instant:
        4 requests (the sweep)."""


@dataclass(frozen=True)
class RotaUpdate:
    """The import that brought it, the version that it has become, and when it was received (UTC)."""

    import_id: str
    version: int
    received_at: datetime


class RotaUpdates(Protocol):
    """Updates of the rota that are to be in force within the hour (R30)."""

    def watch(self, update: RotaUpdate, due: datetime) -> None:
        """Have the sweep look at `due` (UTC) whether it is: 1 request; a repeat changes nothing."""

    def waits(self, version: int) -> bool:
        """Whether this version of the rota, or a newer one, still waits for approval: 1 request."""

    def forget(self, import_id: str, version: int) -> None:
        """1 request."""


class MailRefused(Exception):
    """A definite refusal of a mail: its address, its size, its content; `code` is the mail service's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MailUnavailable(Exception):
    """The outcome is unknown, or may be better later: an account or a sender that is not ready yet included."""


class Mailer(Protocol):
    def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> str:
        """A complete MIME message; the provider's id. Raises MailRefused or MailUnavailable."""
