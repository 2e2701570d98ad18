"""Addresses that callers gave and the files do not hold: open for Habitat 70 until an import holds them (R28, R86)."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from decisions.room import Room
from permanence.application.access.reading import note_reading
from permanence.domain.reference.patrimoine_kind import PATRIMOINE
from permanence.domain.reference.unknown_addresses import still_unknown

router = Router()  # type: ignore[no-untyped-call]


@router.get("/referentiel/adresses")
def unknown_addresses() -> Response[str]:
    room = Room(router)
    _, known = room.deciding.in_force(PATRIMOINE, room.now)
    note_reading(room.services.audit, room.session, "unknown-addresses", room.now)
    return room.page("addresses.html", addresses=still_unknown(room.services.unknown_addresses.all(), known))
