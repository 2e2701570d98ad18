"""The extranet: parse, one use case, answer. Every page with a name in it leaves a line in the register (R74)."""

import os
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from extranet import drawing, recording_routes, register_routes, report_routes
from extranet.months_drawing import MONTHS_SHOWN, draw_months
from extranet.room import Room, checked_id
from extranet.services import LiveServices, Services
from permanence.adapters.clock import now as clock_now
from permanence.application.access.reading import note_export, note_reading
from permanence.application.extranet.exports import calls_sheet, malfunctions_sheet, timeline_sheet
from permanence.application.extranet.figures import view_month_figures
from permanence.application.extranet.listening import REASONS
from permanence.application.extranet.lists import (
    MalfunctionFilter,
    calls_of_month,
    malfunctions_of_month,
    months_kept,
    page_of_calls,
    page_of_malfunctions,
)
from permanence.application.extranet.main_courante import MainCourante, view_main_courante
from permanence.application.extranet.reports import frozen_reports
from permanence.application.extranet.today import view_today
from permanence.application.timeline.french import spell_days
from permanence.application.timeline.lines import Family
from permanence.application.timeline.sheets import Sheet
from permanence.domain.instants import paris_month, to_paris
from permanence.web.counting import count_page
from permanence.web.frame import answer, security_headers, site
from permanence.web.session import LANDLORD, require

READERS = LANDLORD | {"superviseur"}
FAMILY_WORDS: Mapping[Family, tuple[str, str]] = {
    Family.INCOMING: ("Appels reçus", "phone-incoming"),
    Family.OUTGOING: ("Appels émis", "phone-outgoing"),
    Family.MESSAGE: ("Messages", "message-square"),
    Family.INTERVENTION: ("Intervention", "wrench"),
}
ALL_FAMILIES = frozenset(Family)
ALWAYS_SHOWN = frozenset({Family.FILE})

logger = Logger()
metrics = Metrics()
app = site(logger)
app.use([require(READERS)])


@app.get("/extranet")
def today() -> Response[str]:
    room = Room(app)
    services = room.services
    view = view_today(services.calls, services.open_items, services.lookup, services.contract, room.now)
    local = to_paris(room.now)
    return room.page(
        "today.html",
        "today",
        view=view,
        drawing=drawing.draw_day(view.figures.half_hours, view.opening_spans, local.hour * 2 + local.minute / 30),
        threshold_s=services.contract.service_level.answered_within_ms // 1000,
        month=paris_month(room.now),
        period_month=paris_month(view.mail.period.start),
    )


@app.get("/extranet/indicateurs")
def figures() -> Response[str]:
    room = Room(app)
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


@app.get("/extranet/appels")
def calls() -> Response[str]:
    room = Room(app)
    month, cursor = room.month, room.query("suite") or None
    try:
        page = page_of_calls(room.services.calls, room.services.contract, month, cursor)
    except ValueError as refused:
        raise NotFoundError from refused
    note_reading(room.services.audit, room.session, f"calls:{month}", room.now)
    return room.page("calls.html", "calls", page=page, is_first=cursor is None, months=months_kept(room.now))


@app.get("/extranet/appels.xlsx")
def calls_file() -> Response[bytes]:
    room = Room(app)
    month = room.month
    rows = calls_of_month(room.services.calls, room.services.contract, month)
    return _excel(room, calls_sheet(month, rows), f"calls:{month}", f"appels-{month}.xlsx")


@app.get("/extranet/mains-courantes")
def malfunctions() -> Response[str]:
    room = Room(app)
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


@app.get("/extranet/mains-courantes.xlsx")
def malfunctions_file() -> Response[bytes]:
    room = Room(app)
    wanted = _filter(room)
    rows = malfunctions_of_month(room.services.malfunctions, room.services.contract, wanted)
    what, filename = f"mains-courantes:{wanted.month}", f"mains-courantes-{wanted.month}.xlsx"
    return _excel(room, malfunctions_sheet(wanted.month, rows), what, filename)


@app.get("/extranet/mains-courantes/<malfunction_id>")
def main_courante(malfunction_id: str) -> Response[str]:
    room = Room(app)
    families = _families(room)
    view = _main_courante(room, malfunction_id, families)
    note_reading(room.services.audit, room.session, f"main-courante:{malfunction_id}", room.now)
    asked = [("a", family.value) for family in Family if family in families]
    return room.page(
        "main_courante.html",
        "malfunctions",
        view=view,
        families=families,
        family_words=FAMILY_WORDS,
        query="" if families == ALL_FAMILIES else urlencode(asked),
        reasons=REASONS,
        missing=False,
        now=room.now,
    )


@app.get("/extranet/mains-courantes/<malfunction_id>/lignes.xlsx")
def main_courante_file(malfunction_id: str) -> Response[bytes]:
    room = Room(app)
    view = _main_courante(room, malfunction_id, _families(room))
    what, filename = f"main-courante:{malfunction_id}", f"main-courante-{view.number}.xlsx"
    return _excel(room, timeline_sheet(view.number, view.lines), what, filename)


app.include_router(recording_routes.router)
app.include_router(report_routes.router)
app.include_router(register_routes.router)


def _main_courante(room: Room, malfunction_id: str, families: frozenset[Family]) -> MainCourante:
    services = room.services
    view = view_main_courante(
        services.malfunctions, services.lookup, services.contract, checked_id(malfunction_id), families
    )
    if view is None:
        raise NotFoundError
    return view


def _excel(room: Room, sheet: Sheet, what: str, filename: str) -> Response[bytes]:
    from permanence.adapters.excel.lists import MEDIA_TYPE, write_list  # noqa: PLC0415  (of no page: too slow for every cold start)

    body = write_list(sheet, written_at=room.now)
    note_export(room.services.audit, room.session, what, room.now)
    headers = {**security_headers(), "Content-Disposition": f'attachment; filename="{filename}"'}
    return Response(int(HTTPStatus.OK), MEDIA_TYPE, body, headers)


def _filter(room: Room) -> MalfunctionFilter:
    agency = room.query("agence")
    known = agency if agency in room.services.contract.agencies else ""
    return MalfunctionFilter(room.month, known, only_open=room.query("etat") == "ouvertes")


def _query_of(wanted: MalfunctionFilter) -> str:
    """The same question again, for the Excel of what is shown."""
    asked = {"mois": wanted.month, "agence": wanted.agency, "etat": "ouvertes" if wanted.only_open else ""}
    return urlencode({name: value for name, value in asked.items() if value})


def _families(room: Room) -> frozenset[Family]:
    """The lines asked for; all of them when none was named."""
    known = {family.value: family for family in Family}
    asked = frozenset(known[name] for name in room.queries("a") if name in known)
    return asked | ALWAYS_SHOWN if asked else ALL_FAMILIES


@lru_cache(maxsize=1)
def _services() -> Services:
    return LiveServices(os.environ)


def handle(event: dict[str, Any], context: Any, services: Services, now: datetime) -> dict[str, Any]:
    """One HTTP API event to one answer, with these services."""
    rooms = {"frame": services.frame, "sessions": services.sessions, "services": services, "now": now}
    return answer(app, event, context, logger, **rooms)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One HTTP API event (payload 2.0) to one answer."""
    answered = handle(event, context, _services(), clock_now(os.environ))
    count_page(metrics, answered)
    return answered
