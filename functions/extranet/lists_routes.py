"""The calls and the mains courantes of a month: page by page, and whole as an Excel file."""

from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from extranet.room import Room
from permanence.application.access.reading import note_reading
from permanence.application.extranet.exports import calls_sheet, malfunctions_sheet
from permanence.application.extranet.lists import (
    MalfunctionFilter,
    calls_of_month,
    malfunctions_of_month,
    months_kept,
    page_of_calls,
    page_of_malfunctions,
)

router = Router()  # type: ignore[no-untyped-call]


@router.get("/extranet/appels")
def calls() -> Response[str]:
    room = Room(router)
    month, cursor = room.month, room.query("suite") or None
    try:
        page = page_of_calls(room.services.calls, room.services.contract, month, cursor)
    except ValueError as refused:
        raise NotFoundError from refused
    note_reading(room.services.audit, room.session, f"calls:{month}", room.now)
    return room.page("calls.html", "calls", page=page, is_first=cursor is None, months=months_kept(room.now))


@router.get("/extranet/appels.xlsx")
def calls_file() -> Response[bytes]:
    room = Room(router)
    month = room.month
    rows = calls_of_month(room.services.calls, room.services.contract, month)
    return room.excel(calls_sheet(month, rows), f"calls:{month}", f"appels-{month}.xlsx")


@router.get("/extranet/mains-courantes")
def malfunctions() -> Response[str]:
    room = Room(router)
    wanted, cursor = _filter(room), room.query("suite") or None
    try:
        page = page_of_malfunctions(room.services.malfunctions, room.services.contract, wanted, cursor)
    except ValueError as refused:
        raise NotFoundError from refused
    note_reading(room.services.audit, room.session, f"mains-courantes:{wanted.month}", room.now)
    return room.page(
        "malfunctions.html",
        "malfunctions",
        page=page,
        wanted=wanted,
        is_first=cursor is None,
        query=_query_of(wanted),
        months=months_kept(room.now),
        agencies=room.services.contract.agencies.values(),
    )


@router.get("/extranet/mains-courantes.xlsx")
def malfunctions_file() -> Response[bytes]:
    room = Room(router)
    wanted = _filter(room)
    rows = malfunctions_of_month(room.services.malfunctions, room.services.contract, wanted)
    what, filename = f"mains-courantes:{wanted.month}", f"mains-courantes-{wanted.month}.xlsx"
    return room.excel(malfunctions_sheet(wanted.month, rows), what, filename)


def _filter(room: Room) -> MalfunctionFilter:
    agency = room.query("agence")
    known = agency if agency in room.services.contract.agencies else ""
    return MalfunctionFilter(room.month, known, only_open=room.query("etat") == "ouvertes")


def _query_of(wanted: MalfunctionFilter) -> str:
    """The same question again, for the Excel of what is shown."""
    asked = {"mois": wanted.month, "agence": wanted.agency, "etat": "ouvertes" if wanted.only_open else ""}
    return urlencode({name: value for name, value in asked.items() if value})
