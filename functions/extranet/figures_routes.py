"""How the reception does: today, and each month (R65)."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from extranet import drawing
from extranet.months_drawing import MONTHS_SHOWN, draw_months
from extranet.room import Room
from permanence.application.extranet.figures import view_month_figures
from permanence.application.extranet.lists import months_kept
from permanence.application.extranet.reports import frozen_reports
from permanence.application.extranet.today import view_today
from permanence.application.timeline.french import spell_days
from permanence.domain.instants import paris_month, to_paris

router = Router()  # type: ignore[no-untyped-call]


@router.get("/extranet")
def today() -> Response[str]:
    room = Room(router)
    services = room.services
    view = view_today(services.calls, services.open_items, services.lookup, services.contract_at(room.now), room.now)
    local = to_paris(room.now)
    return room.page(
        "today.html",
        "today",
        view=view,
        drawing=drawing.draw_day(view.figures.half_hours, view.opening_spans, local.hour * 2 + local.minute / 30),
        threshold_s=services.contract.service_level.answered_within_ms // 1000,
        month=paris_month(room.now),
        period_month=paris_month(view.mail.period.start),
        agencies=services.contract.agencies,
    )


@router.get("/extranet/indicateurs")
def figures() -> Response[str]:
    room = Room(router)
    services = room.services
    view = view_month_figures(services.calls, services.settled_days, services.contract, room.month, room.now)
    missing = spell_days(view.missing) if view.missing else ""
    shown: dict[str, Any] = {"view": view, "missing": missing, "place": drawing.place_on_bullet}
    if room.is_fragment:
        return room.page("figures_part.html", "figures", **shown)
    reports = frozen_reports(services.jobs)
    return room.page(
        "figures.html",
        "figures",
        **shown,
        months=months_kept(room.now),
        frozen=next((report for report in reports if report.month == view.month), None),
        is_running=view.month == paris_month(room.now),
        reports=reports[:MONTHS_SHOWN],
        chart=draw_months(reports, services.contract.service_level.target_percent),
    )
