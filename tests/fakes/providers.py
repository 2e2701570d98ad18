"""The world outside in memory: telephony, mail, objects, queues."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from permanence.application.dispatch.ports import MailRefused
from permanence.application.privacy.ports import LogLine
from permanence.application.reception.ports import (
    LONG_RING_S,
    HeldRecording,
    ObjectKept,
    ProviderRefused,
    ProviderUnavailable,
    ProviderWord,
    QueueMessage,
)
from permanence.domain.dispatch.dispatch import ChannelStatus


@dataclass(frozen=True)
class SentSms:
    provider_id: str
    to: str
    text: str
    callback_url: str
    at: datetime


@dataclass(frozen=True)
class PlacedCall:
    provider_id: str
    to: str
    url: str
    status_url: str
    detect_machine: bool
    at: datetime
    ring_s: int = LONG_RING_S


@dataclass
class FakePhone:
    """A telephony provider. Put faults into `faults`: each is used by the next request, in turn.

    A `ProviderRefused` or `ProviderUnavailable` is raised and nothing happens; `took_it_then_timed_out` does the work
    and then raises ProviderUnavailable; None works. `words` is what it says of a call or a message when asked: by
    default that it took what it took. `meetings` is what it says of a conference: by default that it cannot say.
    `made` is what it tells of its recordings as long as it holds them.
    """

    clock: Callable[[], datetime]
    faults: list[Exception | None] = field(default_factory=list)
    messages: list[SentSms] = field(default_factory=list)
    calls: list[PlacedCall] = field(default_factory=list)
    redirects: list[tuple[str, str]] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)
    holds: list[tuple[str, str, bool, str]] = field(default_factory=list)
    recordings: dict[str, bytes] = field(default_factory=dict)
    made: list[HeldRecording] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    words: dict[str, ProviderWord | Exception] = field(default_factory=dict)
    meetings: dict[str, bool] = field(default_factory=dict)

    def send_sms(self, to: str, text: str, callback_url: str) -> str:
        sent = SentSms(f"SM{len(self.messages) + 1:032x}", to, text, callback_url, self.clock())
        self._do(lambda: self.messages.append(sent))
        return sent.provider_id

    def place_call(self, to: str, url: str, status_url: str, detect_machine: bool, ring_s: int = LONG_RING_S) -> str:
        placed = PlacedCall(f"CA{len(self.calls) + 1:032x}", to, url, status_url, detect_machine, self.clock(), ring_s)
        self._do(lambda: self.calls.append(placed))
        return placed.provider_id

    def redirect_call(self, call_id: str, url: str) -> None:
        self._do(lambda: self.redirects.append((call_id, url)))

    def hang_up(self, call_id: str) -> None:
        self._do(lambda: self.hung_up.append(call_id))

    def set_hold(self, conference: str, call_id: str, on_hold: bool, hold_url: str) -> None:
        self._do(lambda: self.holds.append((conference, call_id, on_hold, hold_url)))

    def stop_recording(self, conference: str) -> None:
        self._do(lambda: self.stopped.append(conference))

    def have_met(self, conference: str, call_id: str, since: datetime) -> bool | None:
        self._do(lambda: None)
        return self.meetings.get(conference)

    def find_sms(self, to: str, text: str, since: datetime) -> Sequence[str]:
        return [sent.provider_id for sent in self.messages if (sent.to, sent.text) == (to, text) and sent.at >= since]

    def find_calls(self, to: str, since: datetime) -> Sequence[str]:
        return [placed.provider_id for placed in self.calls if placed.to == to and placed.at >= since]

    def status_of_sms(self, message_id: str) -> ProviderWord:
        return self._word(message_id, [sent.provider_id for sent in self.messages])

    def status_of_call(self, call_id: str) -> ProviderWord:
        return self._word(call_id, [placed.provider_id for placed in self.calls])

    def _word(self, asked: str, known: list[str]) -> ProviderWord:
        self._do(lambda: None)
        word = self.words.get(asked)
        if isinstance(word, Exception) or (word is None and asked not in known):
            raise word or ProviderRefused("20404", "no such thing")
        return word or ProviderWord(ChannelStatus.SENT)

    def held_recordings(self, since: datetime) -> Sequence[HeldRecording]:
        self._do(lambda: None)
        return [one for one in self.made if one.recording_id in self.recordings and one.made_at >= since]

    def fetch_recording(self, recording_id: str) -> bytes:
        self._do(lambda: None)
        if recording_id not in self.recordings:
            raise ProviderRefused("20404", "no such recording")
        return self.recordings[recording_id]

    def delete_recording(self, recording_id: str) -> None:
        self._do(lambda: self.recordings.pop(recording_id, None))

    def _do(self, work: Callable[[], object]) -> None:
        fault = self.faults.pop(0) if self.faults else None
        if fault is None or fault is TOOK_IT_THEN_TIMED_OUT:
            work()
        if fault is not None:
            raise fault


TOOK_IT_THEN_TIMED_OUT = ProviderUnavailable("timed out after the request had been taken")


@dataclass(frozen=True)
class SentMail:
    provider_id: str
    message: bytes
    sender: str
    recipients: tuple[str, ...]


@dataclass
class FakeProviderLog:
    """What the provider keeps by itself; `recordings_of` may be the recordings of a `FakePhone`. Ids in `refuses` are
    not deleted yet (20009). `faults` as in FakePhone. `erased` are the deeds in their order."""

    kept: list[LogLine] = field(default_factory=list)
    recordings_of: dict[str, bytes] = field(default_factory=dict)
    refuses: set[str] = field(default_factory=set)
    faults: list[Exception | None] = field(default_factory=list)
    erased: list[tuple[str, str]] = field(default_factory=list)

    def lines(self) -> Sequence[LogLine]:
        self._may_fail()
        return tuple(self.kept)

    def recordings(self) -> frozenset[str]:
        self._may_fail()
        return frozenset(self.recordings_of)

    def redact(self, messages: Sequence[LogLine]) -> frozenset[str]:
        self._may_fail()
        gone = self._done("redact", [message.provider_id for message in messages])
        self.kept = [replace(one, has_text=False) if one.provider_id in gone else one for one in self.kept]
        return frozenset(message.provider_id for message in messages) - gone

    def delete(self, lines: Sequence[LogLine]) -> frozenset[str]:
        self._may_fail()
        gone = self._done("delete", [line.provider_id for line in lines])
        self.kept = [one for one in self.kept if one.provider_id not in gone]
        return frozenset(line.provider_id for line in lines) - gone

    def delete_recordings(self, recording_ids: Sequence[str]) -> frozenset[str]:
        self._may_fail()
        gone = self._done("delete", recording_ids)
        for one in gone:
            self.recordings_of.pop(one, None)
        return frozenset(recording_ids) - gone

    def _done(self, deed: str, ids: Sequence[str]) -> frozenset[str]:
        gone = [one for one in ids if one not in self.refuses]
        self.erased += [(deed, one) for one in gone]
        return frozenset(gone)

    def _may_fail(self) -> None:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault


@dataclass
class FakeMailer:
    """`faults` as in FakePhone; addresses in `refused` bounce at once."""

    faults: list[Exception | None] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    mails: list[SentMail] = field(default_factory=list)

    def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> str:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        if self.refused & set(recipients):
            raise MailRefused("address rejected")
        sent = SentMail(f"mail-{len(self.mails) + 1}", message, sender, tuple(recipients))
        self.mails.append(sent)
        return sent.provider_id


@dataclass
class FakeObjects:
    """A bucket; keys in `refuses_deletion` cannot be deleted."""

    objects: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    refuses_deletion: set[str] = field(default_factory=set)

    def put(self, key: str, body: bytes, content_type: str) -> None:
        self.objects[key] = (body, content_type)

    def put_once(self, key: str, body: bytes, content_type: str) -> bool:
        if key in self.objects:
            return False
        self.put(key, body, content_type)
        return True

    def get(self, key: str) -> bytes:
        return self.objects[key][0]

    def has(self, key: str) -> bool:
        return key in self.objects

    def url(self, key: str, valid_s: int, content_type: str) -> str:
        return f"https://objects.example/{key}?valid_s={valid_s}&type={content_type}"

    def keys_below(self, prefix: str) -> frozenset[str]:
        return frozenset(key for key in self.objects if key.startswith(prefix))

    def delete_all_versions(self, key: str) -> None:
        if key in self.refuses_deletion:
            raise ObjectKept(f"{key} cannot be deleted")
        self.objects.pop(key, None)

    def delete_all_versions_of(self, keys: Collection[str]) -> frozenset[str]:
        kept = self.refuses_deletion.intersection(keys)
        for key in set(keys) - kept:
            self.delete_all_versions(key)
        return frozenset(kept)


@dataclass
class FakeQueue:
    """`faults` as in FakePhone."""

    messages: list[QueueMessage] = field(default_factory=list)
    faults: list[Exception | None] = field(default_factory=list)

    def send(self, messages: Sequence[QueueMessage]) -> None:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        self.messages.extend(messages)
