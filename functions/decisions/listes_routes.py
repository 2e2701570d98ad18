"""Lists, numbers and delays, typed section by section: first what it changes, then the proposal (R5, R14, R42)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from decisions.listes_parts import PARTS, typed_into
from decisions.listes_typed import typed_listes
from decisions.room import Room
from permanence.domain.reference.listes import Listes
from permanence.web.requests import MalformedRequest

router = Router()  # type: ignore[no-untyped-call]


@router.post("/referentiel/listes/lignes")
def write() -> Response[str]:
    """Nothing is kept until « Proposer »."""
    room = Room(router)
    signed, in_force = room.deciding.signed, room.in_force(PARTS)
    typed = typed_listes(room.form, signed)
    if typed is None:
        raise MalformedRequest("no such section")
    body, mistakes = typed.read(in_force)
    told = typed_into(in_force, signed, typed)
    if body is None:
        return room.document(PARTS, HTTPStatus.UNPROCESSABLE_ENTITY, mistakes=mistakes, **told)
    preview = room.deciding.preview(PARTS.kind, body, room.now)
    if preview.is_blocked or room.form.one("deed") != "proposer":
        status = HTTPStatus.UNPROCESSABLE_ENTITY if preview.is_blocked else HTTPStatus.OK
        return room.document(PARTS, status, preview=preview, **told)
    return room.propose(PARTS, body)


@router.post("/referentiel/listes/delai-enleve")
def take_out_delay() -> Response[str]:
    return _taken_out(_without_delay)


@router.post("/referentiel/listes/campagne-enlevee")
def take_out_campaign() -> Response[str]:
    return _taken_out(_without_campaign)


def _taken_out(how: Callable[[Listes, date], Listes]) -> Response[str]:
    room = Room(router)
    in_force = room.in_force(PARTS)
    try:
        body = how(in_force, date.fromisoformat(room.form.one("day")))
    except ValueError:
        return room.document(PARTS, HTTPStatus.CONFLICT, notice="gone")
    if body == in_force:
        return room.document(PARTS, HTTPStatus.CONFLICT, notice="gone")
    return room.propose(PARTS, body)


def _without_delay(listes: Listes, day: date) -> Listes:
    return replace(listes, overflow_delays=tuple(one for one in listes.overflow_delays if one.from_day != day))


def _without_campaign(listes: Listes, day: date) -> Listes:
    return replace(listes, campaigns=tuple(one for one in listes.campaigns if one.starts_on != day))
