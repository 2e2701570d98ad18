"""Hearing a recording: a reason first, then the sound, and every play in the register (R14, R74)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from permanence.application.access.ports import AuditLog
from permanence.application.reception.ports import Calls, ObjectStore
from permanence.application.reception.recordings_kept import listenable
from permanence.domain.frozen import dataclass
from permanence.domain.instants import format_instant, parse_instant

REASONS: Mapping[str, str] = {
    "qualite": "Contrôle qualité",
    "reclamation": "Réclamation",
    "demande": "Demande de la personne",
    "litige": "Litige avec un prestataire",
}


LISTEN_WITHIN = timedelta(minutes=15)


SHORTEST_VALID_S, LONGEST_VALID_S = 60, 3600


MEDIA_TYPE = "audio/wav"


_ASKED, _PLAYED = "recording_listening", "recording_play"


_BETWEEN = "~"


class ReasonMissing(Exception):
    """No reason was chosen, or none of ours."""


class NotListenable(Exception):
    """No such recording, or it is not home yet, or its caller objected, or it has been erased, or has expired."""


class ListeningOver(Exception):
    """No reason of this person for this recording stands in the register, or not any more: choose one again."""


@dataclass(frozen=True)
class FoundRecording:
    """Where the sound is and how long it lasts (seconds, None while unknown), and when its call was presented (UTC)."""

    object_key: str
    duration_s: int | None
    presented_at: datetime | None


@dataclass(frozen=True)
class Listening:
    """A reason in the register. `ticket` names it in the address of the sound."""

    ticket: str
    at: datetime
    listener: str
    reason: str


def find_recording(calls: Calls, call_id: str, recording_id: str) -> FoundRecording:
    """A recording that may be heard: 1 request. Raises NotListenable."""
    record = calls.get(call_id)
    for recording in listenable(record.call) if record else ():
        if record and recording.recording_id == recording_id and recording.object_key:
            return FoundRecording(recording.object_key, recording.duration_s, record.call.presented_at)
    raise NotListenable


def find_sound(calls: Calls, recordings: ObjectStore, call_id: str, recording_id: str) -> FoundRecording:
    """A recording that may be heard and is there: 2 requests. Raises NotListenable."""
    found = find_recording(calls, call_id, recording_id)
    if not recordings.has(found.object_key):
        raise NotListenable
    return found


def ask_listening(
    audit: AuditLog, *, who: str, name: str, call_id: str, recording_id: str, reason: str, now: datetime
) -> Listening:
    """Put the reason in the register: 1 request. Raises ReasonMissing."""
    if reason not in REASONS:
        raise ReasonMissing
    told = {"reason": reason, "name": name}
    audit_id = audit.record(now, who, _ASKED, _what(call_id, recording_id), told)
    return Listening(f"{format_instant(now)}{_BETWEEN}{audit_id}", now, name, REASONS[reason])


def open_listening(
    audit: AuditLog, *, who: str, call_id: str, recording_id: str, ticket: str, now: datetime
) -> Listening:
    """The reason behind a ticket, of the same person and recording, less than 15 minutes old: 1 request.

    Raises ListeningOver.
    """
    instant, _, audit_id = ticket.partition(_BETWEEN)
    try:
        at = parse_instant(instant)
    except ValueError as refused:
        raise ListeningOver from refused
    if not timedelta(0) <= now - at < LISTEN_WITHIN:
        raise ListeningOver
    line = audit.get(at, audit_id)
    expected = (who, _ASKED, _what(call_id, recording_id))
    if line is None or (line.get("who"), line.get("action"), line.get("what")) != expected:
        raise ListeningOver
    return Listening(ticket, at, line.get("name", ""), REASONS.get(line.get("reason", ""), ""))


def play(
    calls: Calls,
    audit: AuditLog,
    recordings: ObjectStore,
    *,
    who: str,
    call_id: str,
    recording_id: str,
    ticket: str,
    now: datetime,
) -> str:
    """A fresh address of the sound, after one more line in the register: 4 requests. It ends with `address_valid_s`.

    Raises ListeningOver, NotListenable.
    """
    listening = open_listening(audit, who=who, call_id=call_id, recording_id=recording_id, ticket=ticket, now=now)
    found = find_sound(calls, recordings, call_id, recording_id)
    told = {"reason": listening.reason, "name": listening.listener}
    audit.record(now, who, _PLAYED, _what(call_id, recording_id), told)
    return recordings.url(found.object_key, address_valid_s(found.duration_s), MEDIA_TYPE)


def address_valid_s(duration_s: int | None) -> int:
    """How long the address of a sound is good for, in seconds: twice as long as it lasts, from a minute to an hour.

    A browser asks for more of a long sound as it plays and at each jump, and goes on at the address that ours has led
    it to. Whoever has the address needs no session: it ends when the sound can have been heard. Unknown: as long as a
    reason stands.
    """
    wanted = int(LISTEN_WITHIN.total_seconds()) if duration_s is None else 2 * duration_s
    return min(max(wanted, SHORTEST_VALID_S), LONGEST_VALID_S)


def _what(call_id: str, recording_id: str) -> str:
    return f"recording:{call_id}:{recording_id}"
