"""The frozen monthly reports: a list, and each file by a fresh short-lived address, noted in the register."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from extranet.room import Room
from permanence.application.extranet.reports import NoSuchReport, frozen_reports, open_report
from permanence.web.frame import security_headers

router = Router()  # type: ignore[no-untyped-call]


@router.get("/extranet/rapports")
def reports() -> Response[str]:
    room = Room(router)
    return room.page(
        "reports.html",
        "reports",
        reports=frozen_reports(room.services.jobs),
        freeze=room.services.contract.freeze,
        first_at=room.services.contract.freeze.next(room.now),
    )


@router.get("/extranet/rapports/<filename>")
def report_file(filename: str) -> Response[str]:
    room = Room(router)
    services, month = room.services, filename.removesuffix(".xlsx")
    try:
        address = open_report(services.jobs, services.audit, services.reports, room.session, month, room.now)
    except NoSuchReport as refused:
        raise NotFoundError from refused
    return Response(int(HTTPStatus.FOUND), "text/plain", "", {**security_headers(), "Location": address})
