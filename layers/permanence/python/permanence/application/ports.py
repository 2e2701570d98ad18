"""What the use cases need from the outside world: small Protocols, each with an adapter and a fake.

A fake holds state and is asserted by state. Every method says how many DynamoDB requests it costs.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from permanence.domain.calls import Call, CallEvent
from permanence.domain.dispatch import ChannelStatus
from permanence.domain.facts import CallFact
from permanence.domain.frozen import dataclass
from permanence.domain.frozen_months import FrozenFigures, FrozenMonth
from permanence.domain.main_courante import CallForm, Entry, Malfunction
from permanence.domain.notices import Notice
from permanence.domain.patrimoine import Patrimoine
from permanence.domain.rota import Duty
from permanence.domain.settled_days import SettledDay


class VersionConflict(Exception):
    """Somebody else saved this malfunction or this form first; load it again and decide again."""


class AlreadyExists(Exception):
    """An item with this client-made id exists: the request is a repeat."""


class PastRetention(Exception):
    """The record this speaks of has been purged; nothing may be recreated (answer 2xx, keep nothing)."""


@dataclass(frozen=True)
class CallRecord:
    """A call with its form, when an agent has opened one."""

    call: Call
    form: CallForm | None


@dataclass(frozen=True)
class OpenWork:
    """Everything that is not finished: one query of the open index."""

    calls: tuple[Call, ...]
    forms: tuple[CallForm, ...]
    malfunctions: tuple[Malfunction, ...]


class Calls(Protocol):
    def record(self, event: CallEvent, born: datetime) -> Call:
        """Keep one event and return the whole fold: 1 request. `born` (UTC) is when the call began for us; it dates
        the record. Telling the same event again changes nothing."""

    def get(self, call_id: str) -> CallRecord | None:
        """1 request."""

    def get_many(self, call_ids: Sequence[str]) -> tuple[CallRecord, ...]:
        """Those that exist, in the order asked for: 1 request for up to 50."""

    def save_form(self, form: CallForm, born: datetime) -> CallForm:
        """The form as it is kept now, one version on; open until `closed_at` is set: 1 request. Raises VersionConflict
        when what is kept is not the version that `form` was read at, so that no decision is ever undone."""

    def save_fields(self, call_id: str, fields: Mapping[str, str]) -> None:
        """What was typed so far, and nothing else, so that it never undoes a decision saved meanwhile: one version on,
        1 request. Changes nothing when there is no open form."""

    def of_month(self, month: str, descending: bool = False, since: datetime | None = None) -> Iterator[CallRecord]:
        """The calls of a Paris-local month (``2026-11``) by time of presentation, only those at or after `since` (UTC)
        when it is given; 1 request a page."""

    def page_of_month(self, month: str, limit: int, cursor: str | None) -> tuple[tuple[CallRecord, ...], str | None]:
        """The newest calls first, one page: 1 request; the cursor leads to the next page."""

    def ask_again(self, call_id: str, ask_at: datetime) -> None:
        """Have the sweep bring back, at that instant, a call whose end is still awaited: 1 request."""


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
    nobody has told: notices again, and calls by their id. `notices_since` is when the oldest of the notices was due."""

    timers: tuple[tuple[str, Timer], ...]
    notices: tuple[tuple[str, str], ...]
    calls: tuple[str, ...] = ()
    notices_since: datetime | None = None


class DueItems(Protocol):
    def overdue(self, before: datetime) -> OverdueWork:
        """Timers due, pending notices written, and what the provider must be asked about, at or before an instant:
        4 requests (the sweep)."""


@dataclass(frozen=True)
class QueueMessage:
    """`body` holds ids only; `delay_s` at most 900."""

    body: Mapping[str, Any]
    delay_s: int = 0


class Queue(Protocol):
    def send(self, messages: Sequence[QueueMessage]) -> None:
        """All of them, in as many batches as it takes; raises QueueRefused when any was refused."""


class QueueRefused(Exception):
    """The queue did not take every message: the whole batch must be told again."""


@dataclass(frozen=True)
class ProviderWord:
    """How far a message or a call got, as the provider says when it is asked.

    `status` is None for a word that says nothing; `ended_at` (UTC) is when a call was over, None while it goes on.
    """

    status: ChannelStatus | None
    code: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True)
class HeldRecording:
    """A finished recording at the provider, begun at `made_at` (UTC); `conference` names where, empty when unknown."""

    recording_id: str
    conference: str
    duration_s: int
    made_at: datetime


LONG_RING_S = 45
"""As long as a network lets a phone ring: who sleeps beside it needs the time to find it."""


class PhoneProvider(Protocol):
    """The telephony provider's outbound side. Every call raises ProviderRefused on a definite refusal,
    ProviderUnavailable when the outcome is unknown or may be better later."""

    def send_sms(self, to: str, text: str, callback_url: str) -> str:
        """The provider's id of the message."""

    def place_call(self, to: str, url: str, status_url: str, detect_machine: bool, ring_s: int = LONG_RING_S) -> str:
        """Ring a number for so many seconds; when it answers, the provider asks `url` what to do. Its call id."""

    def redirect_call(self, call_id: str, url: str) -> None:
        """Send a live call to new instructions."""

    def hang_up(self, call_id: str) -> None: ...

    def set_hold(self, conference: str, call_id: str, on_hold: bool, hold_url: str) -> None: ...

    def stop_recording(self, conference: str) -> None:
        """Stop what is recorded of a live conference; what exists stays until it is deleted."""

    def have_met(self, conference: str, call_id: str, since: datetime) -> bool | None:
        """Whether a call was in conversation in a conference of this name that was made since an instant: True also
        while it is, False also when somebody waits there alone, None when it cannot say. 1 request, 1 more for the one
        that goes on or for each that is over."""

    def find_sms(self, to: str, text: str, since: datetime) -> Sequence[str]:
        """Ids of the messages with this very text sent to a number since an instant: asked before a resend."""

    def find_calls(self, to: str, since: datetime) -> Sequence[str]:
        """Ids of the calls placed to a number since an instant, those that still wait for their turn included."""

    def status_of_sms(self, message_id: str) -> ProviderWord:
        """Asked when no callback comes; ProviderRefused when it knows no such message."""

    def status_of_call(self, call_id: str) -> ProviderWord:
        """Asked when no callback comes; ProviderRefused when it knows no such call."""

    def held_recordings(self, since: datetime) -> Sequence[HeldRecording]:
        """The finished recordings made on that day (UTC) or later that it still holds: 1 request a page, 1 for each."""

    def fetch_recording(self, recording_id: str) -> bytes: ...

    def delete_recording(self, recording_id: str) -> None:
        """Deleting what is gone succeeds."""


class Logged(StrEnum):
    """What the provider keeps a line of by itself."""

    CALL = "call"
    MESSAGE = "message"


@dataclass(frozen=True)
class LogLine:
    """One call, or one leg of it, or one message in the provider's own log; instants in UTC, None when it does not say.

    `is_over`: nothing more will come of it. `ended_at` is when it was last heard of.
    """

    kind: Logged
    provider_id: str
    made_at: datetime | None
    is_over: bool
    ended_at: datetime | None
    has_text: bool = False


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


class ProviderRefused(Exception):
    """A definite refusal; `code` is the provider's error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class ProviderUnavailable(Exception):
    """The outcome is unknown, or the provider asks to try later."""


class MailRefused(Exception):
    """A definite refusal of a mail: its address, its size, its sender."""


class MailUnavailable(Exception):
    """The outcome is unknown, or may be better later."""


class Mailer(Protocol):
    def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> str:
        """A complete MIME message; the provider's id. Raises MailRefused or MailUnavailable."""


class ObjectStore(Protocol):
    """One bucket."""

    def put(self, key: str, body: bytes, content_type: str) -> None: ...

    def put_once(self, key: str, body: bytes, content_type: str) -> bool:
        """Keep an object that must never change; False, and nothing changes, when there is one."""

    def get(self, key: str) -> bytes:
        """Raises KeyError when there is none."""

    def url(self, key: str, valid_s: int, content_type: str) -> str:
        """A fresh short-lived address."""

    def delete_all_versions(self, key: str) -> None:
        """Deleting what is gone succeeds; raises ObjectKept when a version of it stays."""

    def delete_all_versions_of(self, keys: Collection[str]) -> frozenset[str]:
        """The same for many: those of which a version stays. 1 request for each 1,000 versions in the folders they lie
        in (or 1 for each key, when they are few), and 1 for each 1,000 deleted."""


class ObjectKept(Exception):
    """The store refuses to delete an object."""


class ReferenceData(Protocol):
    def patrimoine(self) -> Patrimoine:
        """The version in force."""

    def duties(self, month: str) -> Sequence[Duty]:
        """On-call duties that touch a Paris-local month."""

    def load(self, patrimoine: Patrimoine, duties: Sequence[Duty]) -> None:
        """Put a version in force."""


class AuditLog(Protocol):
    def record(self, at: datetime, who: str, action: str, what: str, detail: Mapping[str, str]) -> str:
        """One line that stays until its stamp; returns its id: 1 request."""

    def record_once(self, at: datetime, key: str, who: str, action: str, what: str) -> None:
        """The same, once for an instant and a key: a repeat changes nothing: 1 request."""

    def get(self, at: datetime, audit_id: str) -> Mapping[str, str] | None: ...


@dataclass(frozen=True)
class JobRun:
    """A scheduled job ran for a period; `counts` hold no names."""

    job: str
    period: str
    finished_at: datetime
    counts: Mapping[str, int]


class Jobs(Protocol):
    def done(self, job: str, period: str) -> JobRun | None:
        """1 request."""

    def finish(self, run: JobRun) -> None:
        """1 request."""

    def latest(self, job: str, limit: int) -> Sequence[JobRun]: ...


@dataclass(frozen=True)
class SettledMonth:
    """The days of a month that are settled, in order, and its frozen figures once it has been frozen."""

    days: tuple[SettledDay, ...]
    frozen: FrozenFigures | None = None


class FrozenMonths(Protocol):
    def keep(self, frozen: FrozenMonth) -> FrozenMonth:
        """The month as it is frozen from now on: the one that was kept first, whatever is learnt later."""


class SettledDays(Protocol):
    """The figures of days that are over and of frozen months, without a stamp: they hold nothing of anybody."""

    def of_month(self, month: str) -> SettledMonth:
        """What is known of a Paris-local month: 1 request."""

    def freeze(self, figures: FrozenFigures) -> None:
        """Beside the days of their month: 1 request."""

    def settle(self, day: SettledDay) -> None:
        """In the place of what was settled before: 1 request."""


@dataclass(frozen=True)
class StampedItem:
    """An item of the table with a purge stamp: its key, and what must go before it or with it.

    `record` is given with the item of a call (its form may be gone already), `objects` are keys in the reports bucket:
    the body of a mail (`Notice.body_key`) and the keys of ``Notice.extra["objects"]``, separated by spaces.
    """

    key: tuple[str, str]
    record: CallRecord | None = None
    objects: tuple[str, ...] = ()


class PurgeIndex(Protocol):
    """Independent requests are made several at a time."""

    def due(self, days: Sequence[date]) -> Mapping[date, Sequence[tuple[str, str]]]:
        """The keys of what is stamped for these Paris-local days, those of calls first, without the days that have
        none: 1 request a day, 1 more for each further page."""

    def load(self, keys: Sequence[tuple[str, str]]) -> Sequence[StampedItem]:
        """Each with what must go before it: 1 request for 50 calls, 1 for 100 mails, none for anything else."""

    def delete(self, items: Sequence[StampedItem]) -> None:
        """1 request for 25; deleting what is gone succeeds."""


class Facts(Protocol):
    def settle(self, facts: Sequence[CallFact]) -> None:
        """Keep what stays of calls (R71); a fact that is already kept does not change: 1 request for each 100, and 1
        for each 25 of those that were not kept yet. Only the purge may write them."""
