"""The messages, typed section by section: first what it changes, then the proposal (R11, R12)."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from decisions.messages_parts import PARTS, sections
from decisions.messages_typed import typed_texts
from decisions.room import Room
from permanence.web.requests import MalformedRequest

router = Router()  # type: ignore[no-untyped-call]


@router.post("/referentiel/messages/textes")
def write() -> Response[str]:
    """Nothing is kept until « Proposer »."""
    room = Room(router)
    in_force = room.in_force(PARTS)
    typed = typed_texts(room.form, in_force)
    if typed is None:
        raise MalformedRequest("no such section")
    body, mistakes = typed.read(in_force)
    told = sections(in_force, typed)
    if body is None:
        return room.document(PARTS, HTTPStatus.UNPROCESSABLE_ENTITY, mistakes=mistakes, **told)
    preview = room.deciding.preview(PARTS.kind, body, room.now)
    if preview.is_blocked or room.form.one("deed") != "proposer":
        status = HTTPStatus.UNPROCESSABLE_ENTITY if preview.is_blocked else HTTPStatus.OK
        return room.document(PARTS, status, preview=preview, **told)
    return room.propose(PARTS, body)
