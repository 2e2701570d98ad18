"""The register of the people who work for the landlord, with their signatures (Art. 12: checked at any time)."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from extranet.room import Room
from permanence.application.access.reading import note_reading
from permanence.application.access.register import register_lines

router = Router()  # type: ignore[no-untyped-call]


@router.get("/extranet/registre")
def register() -> Response[str]:
    """3 requests."""
    room = Room(router)
    services = room.services
    lines = register_lines(services.members.all(), services.contract.charter.version)
    note_reading(services.audit, room.session, "register", room.now)
    return room.page("register.html", "register", lines=lines, charter=services.contract.charter, now=room.now)
