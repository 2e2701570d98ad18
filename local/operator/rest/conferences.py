"""Conferences and their participants."""

from typing import Any

from fastapi import APIRouter, Request

from local.operator import rooms
from local.operator.calls import Instruction
from local.operator.clock import rfc2822
from local.operator.conferences import Conference, Participant
from local.operator.errors import INVALID_VALUE, Refused, not_found
from local.operator.exchange import API_VERSION, Exchange
from local.operator.rest.form import Account, asked, listed, path, posted
from local.operator.rest.recordings import recording_json

router = APIRouter()


def _conference_json(exchange: Exchange, conference: Conference) -> dict[str, Any]:
    return {
        "sid": conference.sid,
        "account_sid": exchange.settings.account_sid,
        "api_version": API_VERSION,
        "friendly_name": conference.name,
        "status": conference.status,
        "region": "ie1",
        "reason_conference_ended": conference.reason_ended or None,
        "call_sid_ending_conference": conference.ended_by or None,
        "date_created": rfc2822(conference.created_at),
        "date_updated": rfc2822(conference.created_at),
        "uri": path(exchange, "Conferences", f"{conference.sid}.json"),
    }


def _participant_json(exchange: Exchange, conference: Conference, participant: Participant) -> dict[str, Any]:
    call = participant.call
    return {
        "account_sid": exchange.settings.account_sid,
        "call_sid": call.sid,
        "conference_sid": conference.sid,
        "label": participant.label or None,
        "muted": participant.muted,
        "hold": participant.hold,
        "coaching": False,
        "call_sid_to_coach": None,
        "start_conference_on_enter": participant.start_on_enter,
        "end_conference_on_exit": participant.end_on_exit,
        "status": "connected",
        "date_created": rfc2822(call.created_at),
        "date_updated": rfc2822(call.created_at),
        "uri": path(exchange, "Conferences", conference.sid, "Participants", f"{call.sid}.json"),
    }


def _find(exchange: Exchange, sid: str) -> Conference:
    conference = exchange.conferences.get(sid)
    if conference is None:
        raise not_found(f"/Conferences/{sid}.json")
    return conference


def _find_participant(exchange: Exchange, sid: str, key: str) -> tuple[Conference, Participant]:
    """By the SID of the call, or by its label."""
    conference = _find(exchange, sid)
    for participant in conference.participants.values():
        if key in {participant.call.sid, participant.label}:
            return conference, participant
    raise not_found(f"/Conferences/{sid}/Participants/{key}.json")


@router.get("/Conferences.json")
async def list_conferences(request: Request, exchange: Account) -> Any:
    form = asked(request, "FriendlyName", "Status", "DateCreated", "DateCreated>", "DateCreated<")
    created = form.period("DateCreated")
    found = [
        c
        for c in reversed(exchange.conferences.values())
        if form.text("FriendlyName") in {"", c.name} and form.text("Status") in {"", c.status} and created(c.created_at)
    ]
    return listed(request, form, "conferences", found, lambda c: _conference_json(exchange, c))


@router.get("/Conferences/{sid}.json")
async def get_conference(sid: str, exchange: Account) -> dict[str, Any]:
    return _conference_json(exchange, _find(exchange, sid))


@router.post("/Conferences/{sid}.json")
async def update_conference(sid: str, request: Request, exchange: Account) -> dict[str, Any]:
    form = await posted(request, "Status")
    conference = _find(exchange, sid)
    if form.one_of("Status", ("completed",)) and conference.status != "completed":
        rooms.end(exchange, conference, "conference-ended-via-api", rooms.ENDED_BY_API)
    return _conference_json(exchange, conference)


@router.get("/Conferences/{sid}/Participants.json")
async def list_participants(sid: str, request: Request, exchange: Account) -> Any:
    form = asked(request, "Muted", "Hold")
    conference = _find(exchange, sid)
    muted, hold = form.flag("Muted"), form.flag("Hold")
    found = [p for p in conference.participants.values() if muted in {None, p.muted} and hold in {None, p.hold}]
    return listed(request, form, "participants", found, lambda p: _participant_json(exchange, conference, p))


@router.get("/Conferences/{sid}/Participants/{key}.json")
async def get_participant(sid: str, key: str, exchange: Account) -> dict[str, Any]:
    return _participant_json(exchange, *_find_participant(exchange, sid, key))


@router.post("/Conferences/{sid}/Participants/{key}.json")
async def update_participant(sid: str, key: str, request: Request, exchange: Account) -> dict[str, Any]:
    form = await posted(request, "Hold", "HoldUrl", "HoldMethod", "Muted", "EndConferenceOnExit")
    conference, participant = _find_participant(exchange, sid, key)
    muted, hold, ends = form.flag("Muted"), form.flag("Hold"), form.flag("EndConferenceOnExit")
    music_url = form.url("HoldUrl")
    if (muted, hold, ends) == (None, None, None):
        raise Refused(400, INVALID_VALUE, "Hold, Muted or EndConferenceOnExit is required")
    if muted is not None:
        rooms.set_muted(exchange, conference, participant, muted)
    if hold is not None:
        music = Instruction(music_url, form.method("HoldMethod")) if music_url else None
        rooms.set_hold(exchange, conference, participant, hold, music)
    if ends is not None:
        rooms.set_end_on_exit(exchange, conference, participant, ends)
    return _participant_json(exchange, conference, participant)


@router.delete("/Conferences/{sid}/Participants/{key}.json", status_code=204)
async def remove_participant(sid: str, key: str, exchange: Account) -> None:
    rooms.remove(exchange, *_find_participant(exchange, sid, key))


@router.post("/Conferences/{sid}/Recordings/{recording_sid}.json")
async def update_recording(sid: str, recording_sid: str, request: Request, exchange: Account) -> dict[str, Any]:
    """Stops a recording; ``Twilio.CURRENT`` is the one under way."""
    form = await posted(request, "Status")
    recording = _find(exchange, sid).recording
    if recording is None or recording_sid not in {"Twilio.CURRENT", recording.sid}:
        raise not_found(f"/Conferences/{sid}/Recordings/{recording_sid}.json")
    if form.one_of("Status", ("stopped",)) != "stopped":
        raise Refused(400, INVALID_VALUE, "Status is stopped")
    exchange.end_recording(recording)
    return recording_json(exchange, recording)
