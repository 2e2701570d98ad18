"""The calendrier, typed entry by entry: first what it changes, then the proposal (R2, R4, R6, R83)."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from decisions.announced import typed_peak, typed_works
from decisions.calendrier_parts import PARTS, Typed, forms
from decisions.exceptional import typed_opening, typed_takeover
from decisions.place_words import unknown_place
from decisions.room import Room
from decisions.typed import typed_closure
from permanence.domain.reference.calendrier import Calendrier
from permanence.domain.reference.in_force import SEED
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.patrimoine_kind import PATRIMOINE
from permanence.web.requests import Form

router = Router()  # type: ignore[no-untyped-call]


@router.post("/referentiel/calendrier/fermeture")
def close() -> Response[str]:
    room = Room(router)
    return _entered(room, typed_closure(room.form), Calendrier.with_closure)


@router.post("/referentiel/calendrier/ouverture")
def reopen() -> Response[str]:
    room = Room(router)
    return _taken_out(room, lambda calendrier: calendrier.without_closure(_start(room.form)))


@router.post("/referentiel/calendrier/pic")
def announce_peak() -> Response[str]:
    room = Room(router)
    return _entered(room, typed_peak(room.form), Calendrier.with_peak)


@router.post("/referentiel/calendrier/pic-enleve")
def take_out_peak() -> Response[str]:
    room = Room(router)
    return _taken_out(room, lambda calendrier: calendrier.without_peak(_start(room.form), room.form.one("what")))


@router.post("/referentiel/calendrier/travaux")
def announce_works() -> Response[str]:
    """1 or 2 requests more than the others: for the patrimoine, which must know the place."""
    room = Room(router)
    typed = typed_works(room.form)
    works, _ = typed.read()
    _, patrimoine = room.deciding.in_force(PATRIMOINE, room.now) if works else (SEED, Patrimoine())
    if works and (said := unknown_place(works.where, works.place, patrimoine)):
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return room.document(PARTS, status, mistakes=("works_place",), unknown_place=said, **forms(typed))
    return _entered(room, typed, Calendrier.with_works)


@router.post("/referentiel/calendrier/travaux-enleves")
def take_out_works() -> Response[str]:
    room = Room(router)
    return _taken_out(room, lambda calendrier: calendrier.without_works((_start(room.form), room.form.one("key"))))


@router.post("/referentiel/calendrier/ouverture-exceptionnelle")
def open_exceptionally() -> Response[str]:
    room = Room(router)
    return _entered(room, typed_opening(room.form), Calendrier.with_opening)


@router.post("/referentiel/calendrier/ouverture-enlevee")
def take_out_opening() -> Response[str]:
    room = Room(router)
    return _taken_out(room, lambda calendrier: calendrier.without_opening(_start(room.form), room.form.one("key")))


@router.post("/referentiel/calendrier/prise-en-charge")
def take_over() -> Response[str]:
    room = Room(router)
    return _entered(room, typed_takeover(room.form, room.now), Calendrier.with_takeover)


@router.post("/referentiel/calendrier/prise-en-charge-finie")
def hand_back() -> Response[str]:
    room = Room(router)
    return _taken_out(room, lambda calendrier: calendrier.without_takeover(_start(room.form)))


def _entered(room: Room, typed: Typed, how: Callable[[Calendrier, Any], Calendrier]) -> Response[str]:
    """Nothing is kept until « Proposer »."""
    entry, mistakes = typed.read()
    if entry is None:
        return room.document(PARTS, HTTPStatus.UNPROCESSABLE_ENTITY, mistakes=mistakes, **forms(typed))
    body = how(room.in_force(PARTS), entry)
    preview = room.deciding.preview(PARTS.kind, body, room.now)
    if preview.is_blocked or room.form.one("deed") != "proposer":
        status = HTTPStatus.UNPROCESSABLE_ENTITY if preview.is_blocked else HTTPStatus.OK
        return room.document(PARTS, status, preview=preview, **forms(typed))
    return room.propose(PARTS, body)


def _taken_out(room: Room, how: Callable[[Calendrier], Calendrier]) -> Response[str]:
    """What goes on would end at the proposal."""
    try:
        body = how(room.in_force(PARTS))
    except (ValueError, KeyError):
        return room.document(PARTS, HTTPStatus.CONFLICT, notice="gone")
    return room.propose(PARTS, body)


def _start(form: Form) -> datetime:
    """Raises ValueError."""
    return datetime.fromisoformat(form.one("start"))
