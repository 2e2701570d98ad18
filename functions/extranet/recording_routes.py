"""Hearing a recording: reason, player, sound; every step is in the register (R14)."""

from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from extranet.room import Room, checked_id
from permanence.application.extranet.listening import (
    REASONS,
    Listening,
    ListeningOver,
    NotListenable,
    ReasonMissing,
    ask_listening,
    find_recording,
    find_sound,
    open_listening,
    play,
)
from permanence.web.frame import redirect, security_headers

router = Router()  # type: ignore[no-untyped-call]


@router.get("/extranet/enregistrements/<call_id>/<recording_id>")
def ask_or_hear(call_id: str, recording_id: str) -> Response[str]:
    """Without a ticket the page asks for a reason; with one, this is the address of the player's sound."""
    room = Room(router)
    ids = {"call_id": checked_id(call_id), "recording_id": checked_id(recording_id)}
    services, ticket = room.services, room.query("ecoute")
    try:
        if not ticket:
            found = find_recording(services.calls, **ids)
            return _reason_page(room, ids, of=found.presented_at)
        who = room.session.person.email
        address = play(services.calls, services.audit, services.recordings, who=who, **ids, ticket=ticket, now=room.now)
    except NotListenable:
        return room.page("not_listenable.html", "calls", HTTPStatus.NOT_FOUND)
    except ListeningOver:
        return _reason_page(room, ids, is_over=True, status=HTTPStatus.FORBIDDEN)
    return Response(int(HTTPStatus.FOUND), "text/plain", "", {**security_headers(), "Location": address})


@router.post("/extranet/enregistrements/<call_id>/<recording_id>")
def ask(call_id: str, recording_id: str) -> Response[str]:
    room = Room(router)
    ids = {"call_id": checked_id(call_id), "recording_id": checked_id(recording_id)}
    back = _back(room.form.one("retour"))
    person = room.session.person
    of = None
    try:
        of = find_sound(room.services.calls, room.services.recordings, **ids).presented_at
        listening = ask_listening(
            room.services.audit,
            who=person.email,
            name=person.name,
            **ids,
            reason=room.form.one("motif"),
            now=room.now,
        )
    except NotListenable:
        return room.page("not_listenable.html", "calls", HTTPStatus.NOT_FOUND)
    except ReasonMissing:
        return _reason_page(room, ids, of=of, back=back, is_missing=True, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if room.is_fragment:
        return _player(room, ids, listening)
    asked = urlencode({"ecoute": listening.ticket, "retour": back})
    return redirect(f"/extranet/ecoutes/{call_id}/{recording_id}?{asked}")


@router.get("/extranet/ecoutes/<call_id>/<recording_id>")
def listen(call_id: str, recording_id: str) -> Response[str]:
    """The player, for browsers without script."""
    room = Room(router)
    ids = {"call_id": checked_id(call_id), "recording_id": checked_id(recording_id)}
    back = _back(room.query("retour"))
    try:
        of = find_sound(room.services.calls, room.services.recordings, **ids).presented_at
    except NotListenable:
        return room.page("not_listenable.html", "calls", HTTPStatus.NOT_FOUND)
    try:
        who = room.session.person.email
        listening = open_listening(room.services.audit, who=who, **ids, ticket=room.query("ecoute"), now=room.now)
    except ListeningOver:
        return _reason_page(room, ids, of=of, back=back, is_over=True)
    return _listening_page(room, ids, of=of, back=back, listening=listening)


def _player(room: Room, ids: dict[str, str], listening: Listening) -> Response[str]:
    values: dict[str, Any] = {**ids, "listening": listening}
    return room.page("player.html", "calls", HTTPStatus.OK, **values)


def _reason_page(
    room: Room,
    ids: dict[str, str],
    *,
    of: datetime | None = None,
    back: str = "",
    is_missing: bool = False,
    is_over: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response[str]:
    if room.is_fragment:
        return room.page("listen_form.html", "calls", **_form_values(ids, back, is_missing))
    return _listening_page(room, ids, of=of, back=back, is_missing=is_missing, is_over=is_over, status=status)


def _listening_page(
    room: Room,
    ids: dict[str, str],
    *,
    of: datetime | None,
    back: str,
    listening: Listening | None = None,
    is_missing: bool = False,
    is_over: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response[str]:
    values = _form_values(ids, back, is_missing)
    shown: dict[str, Any] = {**values, **ids, "of": of, "listening": listening, "is_over": is_over}
    return room.page("listening.html", "calls", status, **shown)


def _form_values(ids: dict[str, str], back: str, is_missing: bool) -> dict[str, Any]:
    return {"sound": ids, "back": back, "reasons": REASONS, "missing": is_missing}


def _back(malfunction_id: str) -> str:
    """The main courante a reader came from, or nothing."""
    return checked_id(malfunction_id) if malfunction_id else ""
