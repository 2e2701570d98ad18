"""A kind as files: how to prepare one, a template to fill, what is in force in the form in which it is sent (R30)."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from decisions.kinds import PARTS, parts_of
from decisions.preparing import COMMON, FILES, keys_of
from decisions.room import Room
from permanence.application.access.reading import note_export
from permanence.application.reference.file_forms import FORMS
from permanence.domain.reference.documents import Circumstances
from permanence.domain.reference.table_forms import FileForm
from permanence.web.frame import security_headers

router = Router()  # type: ignore[no-untyped-call]


@router.get("/referentiel/<document>/preparer")
def preparing(document: str) -> Response[str]:
    """Its columns are the same whatever is in force: no request."""
    room = Room(router)
    if document not in FORMS:
        raise NotFoundError
    form = FORMS[document](Circumstances(room.now, room.now, room.deciding.signed))
    sheets = [(sheet, keys_of(sheet)) for sheet in form.sheets]
    return room.page("preparing.html", form=form, told=FILES[document], common=COMMON, sheets=sheets)


@router.get("/referentiel/<document>/modele.xlsx")
def template(document: str) -> Response[bytes]:
    """An empty file with one row of example; what it may name is what is in force now."""
    from permanence.adapters.excel.forms import write_template  # noqa: PLC0415  (of no page: too slow for every cold start)

    room = Room(router)
    _, form = _in_force(room, document)
    return _file(write_template(form, room.now), f"modele-{document}.xlsx")


@router.get("/referentiel/<document>/en-vigueur.xlsx")
def export(document: str) -> Response[bytes]:
    """The same file comes out as went in; where no file comes in, a list. It leaves its line in the register."""
    from permanence.adapters.excel.forms import write_body  # noqa: PLC0415
    from permanence.adapters.excel.lists import write_list  # noqa: PLC0415

    room, parts = Room(router), parts_of(document)
    if document in FORMS:
        body, form = _in_force(room, document)
        written = write_body(form, body, room.now)
    elif parts.sheets is None:
        raise NotFoundError
    else:
        written = write_list(*parts.sheets(room.in_force(parts), room.deciding.signed), written_at=room.now)
    note_export(room.services.audit, room.session, f"document:{document}", room.now)
    return _file(written, f"{document}.xlsx")


def _in_force(room: Room, document: str) -> tuple[Any, FileForm[Any]]:
    """The body in force, and the form of its files: 2 requests. Raises NotFoundError where no file comes."""
    if document not in FORMS or document not in PARTS:
        raise NotFoundError
    _, body, circumstances = room.deciding.looked_at(PARTS[document].kind, room.now)
    return body, FORMS[document](circumstances)


def _file(body: bytes, name: str) -> Response[bytes]:
    from permanence.adapters.excel.lists import MEDIA_TYPE  # noqa: PLC0415

    headers = {**security_headers(), "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(int(HTTPStatus.OK), MEDIA_TYPE, body, headers)
