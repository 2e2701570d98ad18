"""What every kind of living document has: its page, its history, and the four decisions on a version (R2, R11)."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from decisions.kinds import PARTS, parts_of
from decisions.room import Room, number_of

MOST_OF_THE_HISTORY = 50

router = Router()  # type: ignore[no-untyped-call]


@router.get("/referentiel")
def every_document() -> Response[str]:
    room = Room(router)
    views = [(parts, room.view(parts)) for parts in PARTS.values()]
    rows = [(parts, view, parts.row(view, room.deciding.signed)) for parts, view in views]
    return room.page("referentiel.html", rows=rows)


@router.get("/referentiel/<document>")
def one_document(document: str) -> Response[str]:
    room = Room(router)
    return room.document(parts_of(document), notice=room.done)


@router.get("/referentiel/<document>/versions")
def history(document: str) -> Response[str]:
    room, parts = Room(router), parts_of(document)
    view = room.view(parts, limit=MOST_OF_THE_HISTORY)
    return room.page("versions.html", parts=parts, view=view, **parts.words)


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
