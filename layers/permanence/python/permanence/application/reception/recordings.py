"""A recording moves from the provider to our encrypted bucket, and goes when the caller objects (R14, R70)."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from permanence.application.reception.calls import record_event
from permanence.application.reception.ports import Calls, ObjectStore, PastRetention, PhoneProvider, Queue, QueueMessage
from permanence.domain.calls.call import Call, CallEvent, CallEventKind, Recording
from permanence.domain.contract import RetentionTerms
from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_month
from permanence.domain.privacy.retention import purge_stamp

_MEDIA_TYPE = "audio/wav"


@dataclass(frozen=True)
class RecordingToImport:
    """A finished recording that the provider still holds; `born` (UTC) dates the record of its call."""

    call_id: str
    recording_id: str
    born: datetime


def ask_import(queue: Queue, recording: RecordingToImport) -> None:
    """Have a recording imported, with as many attempts as it takes."""
    born = int(recording.born.timestamp())
    queue.send([QueueMessage({"call": recording.call_id, "recording": recording.recording_id, "born": born})])


def read_import(message: Mapping[str, Any]) -> RecordingToImport:
    """What `ask_import` told; raises KeyError, TypeError or ValueError on anything else."""
    born = datetime.fromtimestamp(int(message["born"]), UTC)
    return RecordingToImport(str(message["call"]), str(message["recording"]), born)


@dataclass(frozen=True)
class Held:
    """Ids of the recordings that the provider still held: those that are imported now, those of no call we know."""

    asked: tuple[str, ...]
    of_no_call: tuple[str, ...]


def ask_for_held(calls: Calls, phones: PhoneProvider, queue: Queue, *, terms: RetentionTerms, now: datetime) -> Held:
    """Do what the callbacks of a recording should have done, for each that the provider still holds (R14): 2 requests
    for each of a call we know, none in a calm night, since an import deletes what is listed here.

    Told first, queued second: what dies in between is still held the next night. One that is on its way already is
    asked for twice, and imported once. Raises ProviderUnavailable and QueueRefused.
    """
    asked, of_no_call = [], []
    for held in phones.held_recordings(now - timedelta(days=terms.items)):
        record = calls.get(held.conference) if held.conference else None
        if record is None:
            of_no_call.append(held.recording_id)
            continue
        born = record.call.presented_at or held.made_at
        recording = RecordingToImport(record.call.call_id, held.recording_id, born)
        ready = _told(recording, CallEventKind.RECORDING_READY, now, duration_s=str(held.duration_s))
        with suppress(PastRetention):
            record_event(calls, ready, born, now, terms)
        ask_import(queue, recording)
        asked.append(held.recording_id)
    return Held(tuple(asked), tuple(of_no_call))


class Import(StrEnum):
    STORED = "stored"
    ERASED = "erased"  # the caller objected
    PAST_RETENTION = "past_retention"


def import_recording(
    calls: Calls,
    phones: PhoneProvider,
    store: ObjectStore,
    recording: RecordingToImport,
    *,
    terms: RetentionTerms,
    now: datetime,
) -> Import:
    """Copy, tell, then delete at the provider; whatever step it died at, a repeat finishes it.

    Raises ProviderUnavailable, and ProviderRefused when the provider has lost it.
    """
    if purge_stamp(recording.born, terms).is_due(now):
        store.delete_all_versions(object_key(recording))
        phones.delete_recording(recording.recording_id)
        return Import.PAST_RETENTION
    record = calls.get(recording.call_id)
    known = _known(record.call, recording.recording_id) if record else None
    if (record and record.call.objected) or (known and known.erased):
        _erase(calls, phones, store, recording, now=now)
        return Import.ERASED
    if known is None or known.object_key is None:
        key = object_key(recording)
        store.put(key, phones.fetch_recording(recording.recording_id), _MEDIA_TYPE)
        call = calls.record(_told(recording, CallEventKind.RECORDING_STORED, now, object_key=key), recording.born)
        if call.objected:
            _erase(calls, phones, store, recording, now=now)
            return Import.ERASED
    phones.delete_recording(recording.recording_id)
    return Import.STORED


def object_key(recording: RecordingToImport) -> str:
    """Where the bucket keeps it: by Paris-local month, then by ids that tell nothing of the caller. Known from the ids
    alone, so that a copy is found again of which a dying worker could not tell."""
    return f"{paris_month(recording.born)}/{recording.call_id}/{recording.recording_id}.wav"


def _erase(
    calls: Calls,
    phones: PhoneProvider,
    store: ObjectStore,
    recording: RecordingToImport,
    *,
    now: datetime,
) -> None:
    # Whatever the call says: a worker may have died between the copy and its word of it.
    store.delete_all_versions(object_key(recording))
    phones.delete_recording(recording.recording_id)
    calls.record(_told(recording, CallEventKind.RECORDING_ERASED, now, reason="objected"), recording.born)


def _known(call: Call, recording_id: str) -> Recording | None:
    return next((known for known in call.recordings if known.recording_id == recording_id), None)


def _told(recording: RecordingToImport, kind: CallEventKind, at: datetime, **data: str) -> CallEvent:
    key = f"{kind.value}#{recording.recording_id}"
    return CallEvent(recording.call_id, key, kind, at, {"recording": recording.recording_id, **data})
