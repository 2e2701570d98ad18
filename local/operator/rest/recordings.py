"""Recordings: what was kept, its sound, its end."""

import re
from typing import Any

from fastapi import APIRouter, Request, Response

from local.operator.clock import rfc2822
from local.operator.errors import Refused, not_found
from local.operator.exchange import API_VERSION, Exchange
from local.operator.recordings import Recording, silent_mp3, tone_wav
from local.operator.rest.form import Account, asked, listed, path

router = APIRouter()

_NAME = re.compile(r"(RE[0-9a-f]{32})(\.json|\.wav|\.mp3)?")
_STILL_RECORDING = 20409


def recording_json(exchange: Exchange, recording: Recording) -> dict[str, Any]:
    done = recording.status != "in-progress"
    return {
        "sid": recording.sid,
        "account_sid": exchange.settings.account_sid,
        "api_version": API_VERSION,
        "call_sid": recording.call_sid,
        "conference_sid": recording.conference_sid,
        "channels": 1,
        "source": recording.source,
        "status": "completed" if done else "processing",
        "error_code": None,
        "duration": str(recording.duration_s) if done else "-1",
        "start_time": rfc2822(recording.started_at),
        "date_created": rfc2822(recording.started_at),
        "date_updated": rfc2822(recording.started_at),
        "media_url": exchange.recording_url(recording),
        "uri": path(exchange, "Recordings", f"{recording.sid}.json"),
    }


def _find(exchange: Exchange, sid: str) -> Recording:
    recording = exchange.recordings.all.get(sid)
    if recording is None:
        raise not_found(f"/Recordings/{sid}")
    return recording


@router.get("/Recordings.json")
async def list_recordings(request: Request, exchange: Account) -> Any:
    form = asked(request, "CallSid", "ConferenceSid", "DateCreated", "DateCreated>", "DateCreated<")
    created = form.period("DateCreated")
    found = [
        r
        for r in reversed(exchange.recordings.all.values())
        if form.text("CallSid") in {"", r.call_sid}
        and form.text("ConferenceSid") in {"", r.conference_sid}
        and created(r.started_at)
    ]
    return listed(request, form, "recordings", found, lambda r: recording_json(exchange, r))


@router.get("/Recordings/{name}", response_model=None)
async def get_recording(name: str, exchange: Account) -> Response | dict[str, Any]:
    """The sound (WAV, or MP3 when asked for), or its description."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise not_found(f"/Recordings/{name}")
    recording = _find(exchange, match[1])
    if match[2] == ".json":
        return recording_json(exchange, recording)
    if recording.status == "in-progress":
        raise not_found(f"/Recordings/{name}")
    if match[2] == ".mp3":
        return Response(silent_mp3(recording.duration_s), media_type="audio/mpeg")
    return Response(tone_wav(recording.duration_s), media_type="audio/x-wav")


@router.delete("/Recordings/{name}", status_code=204)
async def delete_recording(name: str, exchange: Account) -> None:
    match = _NAME.fullmatch(name)
    recording = _find(exchange, match[1] if match else name)
    if recording.status == "in-progress":
        raise Refused(409, _STILL_RECORDING, "The recording is still in progress")
    del exchange.recordings.all[recording.sid]
    exchange.events.tell("recording.deleted", recording.sid)
