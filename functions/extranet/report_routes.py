"""The frozen monthly reports: a list, and each file, noted in the register."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from extranet.room import Room
from permanence.application.extranet.reports import NoSuchReport, ReportMissing, frozen_reports, read_report
from permanence.application.timeline.monthly_runs import EXCEL, report_name
from permanence.web.frame import log_failure, security_headers

logger = Logger()
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
def report_file(filename: str) -> Response[Any]:
    room = Room(router)
    services, month = room.services, filename.removesuffix(".xlsx")
    try:
        workbook = read_report(services.jobs, services.audit, services.reports, room.session, month, room.now)
    except NoSuchReport as refused:
        raise NotFoundError from refused
    except ReportMissing as missing:
        log_failure(logger, missing)
        return room.page("report_missing.html", "reports", HTTPStatus.INTERNAL_SERVER_ERROR)
    headers = {**security_headers(), "Content-Disposition": f'attachment; filename="{report_name(month)}"'}
    return Response(int(HTTPStatus.OK), EXCEL, workbook, headers)
