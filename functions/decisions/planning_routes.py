"""The planning, mended and updated on its page: first what it changes, then the proposal (R30, R31)."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from decisions.planning_parts import PARTS
from decisions.planning_typed import typed_replacement
from decisions.room import Room, number_of
from permanence.domain.instants import parse_instant
from permanence.domain.reference.documents import Version
from permanence.domain.reference.planning import PlannedDuty, Planning
from permanence.domain.reference.rota import OnCallRole
from permanence.web.requests import Form

router = Router()  # type: ignore[no-untyped-call]


@router.post("/referentiel/planning/remplacer")
def replace_somebody() -> Response[str]:
    """Nothing is kept until « Proposer »."""
    room = Room(router)
    typed = typed_replacement(room.form)
    duty, mistakes = typed.read()
    if duty is None:
        return room.document(PARTS, HTTPStatus.UNPROCESSABLE_ENTITY, typed=typed, mistakes=mistakes)
    body = room.in_force(PARTS).with_duties([duty])
    preview = room.deciding.preview(PARTS.kind, body, room.now)
    if preview.is_blocked or room.form.one("deed") != "proposer":
        status = HTTPStatus.UNPROCESSABLE_ENTITY if preview.is_blocked else HTTPStatus.OK
        return room.document(PARTS, status, typed=typed, preview=preview)
    return room.propose(PARTS, body)


@router.post("/referentiel/planning/<number>/corriger")
def mend(number: str) -> Response[str]:
    """One name for a hole, or for a span that two people had."""
    room, known = Room(router), number_of(number)
    duty = _duty(room.form)
    if duty is None:
        return room.document(PARTS, HTTPStatus.CONFLICT, notice="gone")

    def mended(planning: Planning) -> Planning:
        return planning.with_duties([duty])

    def act() -> Version:
        return room.deciding.mend(PARTS.kind, known, mended, room.now)

    return room.decide(PARTS, act, "corrigee", shows_it=True)


def _duty(form: Form) -> PlannedDuty | None:
    """As the page sends it back; None when it cannot have sent it."""
    role, _, sector = form.one("cell").partition(" ")
    try:
        start, end = (parse_instant(form.one(name)) for name in ("start", "end"))
        duty = PlannedDuty(sector, OnCallRole(role), form.one("person"), start, end)
    except ValueError:
        return None
    return duty if sector and duty.person_id and start < end else None
