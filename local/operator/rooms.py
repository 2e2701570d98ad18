"""What happens in conferences: entering, leaving, holding, ending, and what the application is told of it."""

from local.operator.calls import Call, Instruction
from local.operator.clock import rfc2822
from local.operator.conferences import Conference, ConferenceCallback, Participant
from local.operator.exchange import Exchange
from local.operator.recordings import RecordingCallback
from local.operator.twiml import Verb

PARTICIPANT_HUNG_UP = "participant_hung_up"
PARTICIPANT_UPDATED = "participant_updated_via_api"
MODERATOR_ENDED = "moderator_ended_conference"
ENDED_BY_API = "conference_ended_via_api"

_SUBSCRIPTION = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
}


def recording_callback(verb: Verb) -> RecordingCallback | None:
    url = verb.get("recordingStatusCallback")
    if not url:
        return None
    events = frozenset(verb.get("recordingStatusCallbackEvent", "completed").split())
    return RecordingCallback(url, verb.get("recordingStatusCallbackMethod", "POST"), events)


def enter(exchange: Exchange, call: Call, noun: Verb) -> tuple[Conference, Participant]:
    """The call joins the live conference of this name, or opens it."""
    conference = exchange.live_conference(noun.text)
    if conference is None:
        conference = _opened(exchange, noun)
    participant = Participant(
        call=call,
        label=noun.get("participantLabel"),
        muted=noun.flag("muted", default=False),
        start_on_enter=noun.flag("startConferenceOnEnter", default=True),
        end_on_exit=noun.flag("endConferenceOnExit", default=False),
    )
    conference.participants[call.sid] = participant
    call.conference = conference.name
    if noun.get("beep", "true") in {"true", "onEnter"}:
        exchange.note(call, "played", "Bip d’entrée en conférence")
    _tell(exchange, conference, "participant-join", participant)
    if conference.ready:
        _start(exchange, conference)
    return conference, participant


def _opened(exchange: Exchange, noun: Verb) -> Conference:
    url = noun.get("statusCallback")
    events = frozenset(noun.get("statusCallbackEvent", "").split())
    conference = Conference(
        name=noun.text,
        created_at=exchange.clock.now(),
        callback=ConferenceCallback(url, noun.get("statusCallbackMethod", "POST"), events) if url else None,
        record=noun.get("record") == "record-from-start",
        recording_callback=recording_callback(noun),
    )
    exchange.conferences[conference.sid] = conference
    return conference


def _start(exchange: Exchange, conference: Conference) -> None:
    conference.status = "in-progress"
    _tell(exchange, conference, "conference-start")
    if conference.record:
        conference.recording = exchange.recordings.begin(
            "Conference", exchange.clock.now(), conference.recording_callback, conference_sid=conference.sid
        )
        exchange.tell_recording(conference.recording, "in-progress")
    for participant in conference.participants.values():
        exchange.note(participant.call, "note", "La conférence commence")
        participant.changed.set()


def leave(exchange: Exchange, conference: Conference, participant: Participant, reason: str) -> None:
    """The participant is out; whoever must not stay without them goes too."""
    if participant.call.sid not in conference.participants:
        return
    del conference.participants[participant.call.sid]
    participant.call.conference = None
    _tell(exchange, conference, "participant-leave", participant, reason)
    if conference.status == "completed":
        return
    if participant.end_on_exit:
        end(exchange, conference, "participant-with-end-conference-on-exit-left", MODERATOR_ENDED, participant.call.sid)
    elif not conference.participants:
        end(exchange, conference, "last-participant-left", "", participant.call.sid)


def end(exchange: Exchange, conference: Conference, reason: str, reason_left: str, by: str = "") -> None:
    """Everybody goes; the recording is finished, and the application told."""
    conference.status = "completed"
    conference.reason_ended, conference.ended_by = reason, by
    for participant in list(conference.participants.values()):
        participant.out = reason_left
        participant.changed.set()
        leave(exchange, conference, participant, reason_left)
    _tell(exchange, conference, "conference-end")
    if conference.recording is not None:
        exchange.end_recording(conference.recording)


def remove(exchange: Exchange, conference: Conference, participant: Participant) -> None:
    """Put one participant out (REST DELETE)."""
    participant.out = PARTICIPANT_UPDATED
    participant.changed.set()
    leave(exchange, conference, participant, PARTICIPANT_UPDATED)


def set_muted(exchange: Exchange, conference: Conference, participant: Participant, muted: bool) -> None:
    if participant.muted != muted:
        participant.muted = muted
        _tell(exchange, conference, "participant-mute" if muted else "participant-unmute", participant)


def set_hold(
    exchange: Exchange, conference: Conference, participant: Participant, hold: bool, music: Instruction | None
) -> None:
    if participant.hold != hold:
        participant.hold, participant.hold_music = hold, music
        exchange.note(participant.call, "note", "Mise en attente" if hold else "Reprise de la conversation")
        _tell(exchange, conference, "participant-hold" if hold else "participant-unhold", participant)
        participant.changed.set()


def set_end_on_exit(exchange: Exchange, conference: Conference, participant: Participant, end_on_exit: bool) -> None:
    participant.end_on_exit = end_on_exit
    _tell(exchange, conference, "participant-modify", participant)


def _tell(
    exchange: Exchange, conference: Conference, event: str, participant: Participant | None = None, reason: str = ""
) -> None:
    exchange.events.tell(
        f"conference.{event}", conference.sid, name=conference.name, call=participant.call.sid if participant else ""
    )
    conference.sequence += 1
    callback = conference.callback
    if callback is None or _SUBSCRIPTION[event] not in callback.events:
        return
    params = {
        "AccountSid": exchange.settings.account_sid,
        "ConferenceSid": conference.sid,
        "FriendlyName": conference.name,
        "StatusCallbackEvent": event,
        "SequenceNumber": str(conference.sequence),
        "Timestamp": rfc2822(exchange.clock.now()) or "",
    }
    if participant is not None:
        params |= {
            "CallSid": participant.call.sid,
            "Muted": _word(participant.muted),
            "Hold": _word(participant.hold),
            "Coaching": "false",
            "StartConferenceOnEnter": _word(participant.start_on_enter),
            "EndConferenceOnExit": _word(participant.end_on_exit),
        }
        if participant.label:
            params["ParticipantLabel"] = participant.label
    if event == "participant-leave":
        params["ReasonParticipantLeft"] = reason or PARTICIPANT_HUNG_UP
    if event == "conference-end":
        params["ReasonConferenceEnded"] = conference.reason_ended
        if conference.ended_by:
            params["CallSidEndingConference"] = conference.ended_by
    exchange.webhooks.notify(conference.sid, callback.url, callback.method, params)


def _word(flag: bool) -> str:
    return "true" if flag else "false"
