"""The register of who was trained on the GRC, when and by whom, as Habitat 70 takes it away (R74, R92)."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from decisions.annuaire_parts import PARTS, register_sheet
from decisions.room import Room
from permanence.application.access.reading import note_export
from permanence.web.frame import security_headers

router = Router()  # type: ignore[no-untyped-call]


@router.get("/referentiel/annuaire/registre.xlsx")
def register() -> Response[bytes]:
    """It leaves its line in the register of exports."""
    from permanence.adapters.excel.lists import MEDIA_TYPE, write_list  # noqa: PLC0415  (of no page: too slow for every cold start)

    room = Room(router)
    written = write_list(register_sheet(room.in_force(PARTS)), written_at=room.now)
    note_export(room.services.audit, room.session, "document:annuaire:registre", room.now)
    headers = {**security_headers(), "Content-Disposition": 'attachment; filename="registre-formations-grc.xlsx"'}
    return Response(int(HTTPStatus.OK), MEDIA_TYPE, written, headers)
