"""What every kind has: its page, its history, each version with its changes, the four decisions on one (R30)."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from decisions import import_words
from decisions.first_day import missing, steps
from decisions.kinds import PARTS, parts_of
from decisions.overview import overview_of
from decisions.room import Room, number_of
from permanence.application.access.members import Member
from permanence.application.extranet.imports import view_imports
from permanence.application.extranet.referentiel import (
    DocumentView,
    view_every_document,
    view_history,
    view_version,
)
from permanence.application.reference.ports import UnknownVersion
from permanence.web.requests import read_query

MOST_RECEIVED = 4

router = Router()  # type: ignore[no-untyped-call]


@router.get("/referentiel")
def every_document() -> Response[str]:
    room = Room(router)
    register, views = _all(room)
    received = view_imports(room.services.files_received, register, room.now, MOST_RECEIVED)
    overview = overview_of(PARTS.values(), views, received, room.deciding.signed, room.now)
    told: dict[str, Any] = {"states": import_words.STATES, "by_mail": import_words.BY_MAIL}
    return room.page("referentiel.html", overview=overview, missing=missing(steps(PARTS, views, register)), **told)


@router.get("/referentiel/premier-jour")
def first_day() -> Response[str]:
    room = Room(router)
    register, views = _all(room)
    every = steps(PARTS, views, register)
    return room.page("first_day.html", steps=every, missing=missing(every))


@router.get("/referentiel/<document>")
def one_document(document: str) -> Response[str]:
    room = Room(router)
    return room.document(parts_of(document), notice=room.done)


@router.get("/referentiel/<document>/versions")
def history(document: str) -> Response[str]:
    """`avant` leads on to the versions before a number."""
    room, parts = Room(router), parts_of(document)
    asked = read_query(room.event, "avant")
    before = number_of(asked) if asked else None
    view = view_history(room.deciding, parts.kind, room.services.members, room.now, before)
    return room.page("versions.html", parts=parts, view=view, before=before, **parts.words, **parts.beside(room, None))


@router.get("/referentiel/<document>/<number>")
def one_version(document: str, number: str) -> Response[str]:
    room, parts, known = Room(router), parts_of(document), number_of(number)
    try:
        row = view_version(room.deciding, parts.kind, known, room.services.members, room.now)
    except UnknownVersion as unknown:
        raise NotFoundError from unknown
    return room.page("version.html", parts=parts, row=row, **parts.words, **parts.beside(room, None))


@router.post("/referentiel/<document>/<number>/approuver")
def approve(document: str, number: str) -> Response[str]:
    room, parts, known = Room(router), parts_of(document), number_of(number)
    return room.decide(parts, lambda: room.deciding.approve(parts.kind, known, room.now), "approuvee")


@router.post("/referentiel/<document>/<number>/retirer")
def withdraw(document: str, number: str) -> Response[str]:
    room, parts, known = Room(router), parts_of(document), number_of(number)
    return room.decide(parts, lambda: room.deciding.withdraw(parts.kind, known, room.now), "retiree")


@router.post("/referentiel/<document>/<number>/comparer")
def compare_again(document: str, number: str) -> Response[str]:
    room, parts, known = Room(router), parts_of(document), number_of(number)
    return room.decide(parts, lambda: room.deciding.compare_again(parts.kind, known, room.now), "comparee")


@router.post("/referentiel/<document>/<number>/revenir")
def roll_back(document: str, number: str) -> Response[str]:
    room, parts, known = Room(router), parts_of(document), number_of(number)
    return room.decide(parts, lambda: room.deciding.roll_back(parts.kind, known, room.now), "revenue")


def _all(room: Room) -> tuple[Sequence[Member], Mapping[str, DocumentView]]:
    """The register, and every document."""
    register = room.services.members.all()
    heavy = {name for name, parts in PARTS.items() if parts.heavy}
    kinds = [parts.kind for parts in PARTS.values()]
    return register, view_every_document(room.deciding, kinds, heavy, register, room.now)
