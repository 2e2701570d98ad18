"""What the reception needs from outside: calls, the provider's telephones, queues, recordings."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from permanence.domain.calls.call import Call, CallEvent
from permanence.domain.dispatch.dispatch import ChannelStatus
from permanence.domain.frozen import dataclass
from permanence.domain.main_courante.fiche import CallForm


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

    def of_month(
        self, month: str, descending: bool = False, since: datetime | None = None, fiches: bool = True
    ) -> Iterator[CallRecord]:
        """The calls of a Paris-local month (``2026-11``) by time of presentation, only those at or after `since` (UTC)
        when it is given, and without their fiches for whoever counts calls only; 1 request a page."""

    def page_of_month(self, month: str, limit: int, cursor: str | None) -> tuple[tuple[CallRecord, ...], str | None]:
        """The newest calls first, one page: 1 request; the cursor leads to the next page."""

    def ask_again(self, call_id: str, ask_at: datetime) -> None:
        """Have the sweep bring back, at that instant, a call whose end is still awaited: 1 request."""


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


class ProviderRefused(Exception):
    """A definite refusal; `code` is the provider's error code; `is_of_the_number` when it speaks of the number that was
    to be reached, and not of our account, our sender or our request."""

    def __init__(self, code: str, message: str, *, is_of_the_number: bool = False) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.is_of_the_number = is_of_the_number


class ProviderUnavailable(Exception):
    """The outcome is unknown, or the provider asks to try later."""


class ObjectStore(Protocol):
    """One bucket. What is missing is told only to who may list it; for others it is refused, as what is forbidden."""

    def put(self, key: str, body: bytes, content_type: str) -> None: ...

    def put_once(self, key: str, body: bytes, content_type: str) -> bool:
        """Keep an object that must never change; False, and nothing changes, when there is one."""

    def get(self, key: str) -> bytes:
        """Raises KeyError when there is none."""

    def has(self, key: str) -> bool:
        """Whether there is such an object: 1 request."""

    def url(self, key: str, valid_s: int, content_type: str) -> str:
        """A fresh short-lived address, whatever it leads to: ask `has` before anybody is sent there."""

    def keys_below(self, prefix: str) -> frozenset[str]:
        """Of all objects of which a version is left: 1 request for each 1,000 versions."""

    def delete_all_versions(self, key: str) -> None:
        """Deleting what is gone succeeds; raises ObjectKept when a version of it stays."""

    def delete_all_versions_of(self, keys: Collection[str]) -> frozenset[str]:
        """The same for many: those of which a version stays. 1 request for each 1,000 versions in the folders they lie
        in (or 1 for each key, when they are few), and 1 for each 1,000 deleted."""


class ObjectKept(Exception):
    """The store refuses to delete an object."""
