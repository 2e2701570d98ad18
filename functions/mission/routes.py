"""Routes of a mission. A GET changes nothing, whoever opens it (R41); a POST acts once and shows the present state."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from botocore.exceptions import BotoCoreError, ClientError

from mission.pages import REASONS, Pages
from permanence.application.dispatch import mission as missions
from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.mission import ExpiredLink, Mission, MissionView, Screen, UnknownLink
from permanence.application.dispatch.ports import Malfunctions
from permanence.application.reception.ports import PastRetention, VersionConflict
from permanence.domain.dispatch.events import DispatchEvent
from permanence.domain.frozen import dataclass
from permanence.web.frame import HTML, log_failure, security_headers
from permanence.web.requests import Form, MalformedRequest, read_form

OUTAGES = (BotoCoreError, ClientError, VersionConflict)
"""The table is down or slow, or too many act at once: the answer was not recorded."""

_ARRIVAL_ASKED = frozenset({Screen.ARRIVAL, Screen.EN_ROUTE})
_REPORT_ASKED = _ARRIVAL_ASKED | {Screen.REPORT}


@dataclass(frozen=True)
class Services:
    """What the pages need; `public_base_url` is where the link of the SMS leads."""

    malfunctions: Malfunctions
    dispatching: Dispatching
    public_base_url: str
    clock: Callable[[], datetime]


def make_app(services: Services, logger: Logger) -> APIGatewayHttpResolver:
    """All routes of /m."""
    app = APIGatewayHttpResolver()
    pages = Pages(services.dispatching.contract)
    room = _Room(services, pages, logger)

    @app.route("/m/<token>", method=["GET", "HEAD"])
    def show(token: str) -> Response[str]:
        return pages.mission(room.view(room.open(token)), _here(token))

    @app.get("/m/<token>/refuser")
    def ask_refusal(token: str) -> Response[str]:
        view = room.view(room.open(token))
        return pages.decline(view, _here(token)) if view.screen is Screen.ANSWER else pages.mission(view, _here(token))

    @app.get("/m/<token>/retard")
    def ask_new_arrival(token: str) -> Response[str]:
        view = room.view(room.open(token))
        is_en_route = view.screen is Screen.EN_ROUTE
        return pages.new_arrival(view, _here(token)) if is_en_route else pages.mission(view, _here(token))

    @app.get("/m/<token>/compte-rendu")
    def ask_report(token: str) -> Response[str]:
        view = room.view(room.open(token))
        is_en_route = view.screen in _ARRIVAL_ASKED
        return pages.early_report(view, _here(token)) if is_en_route else pages.mission(view, _here(token))

    @app.post("/m/<token>/accepter")
    def accept(token: str) -> Response[str]:
        return room.act(token, lambda mission, _: missions.accept(mission), app.current_event.raw_event)

    @app.post("/m/<token>/refuser")
    def decline(token: str) -> Response[str]:
        return room.act(token, _decline, app.current_event.raw_event)

    @app.post("/m/<token>/arrivee")
    def announce(token: str) -> Response[str]:
        return room.act(token, _announce, app.current_event.raw_event)

    @app.post("/m/<token>/sur-place")
    def arrive(token: str) -> Response[str]:
        return room.act(token, lambda mission, _: missions.arrive(mission), app.current_event.raw_event)

    @app.post("/m/<token>/compte-rendu")
    def report(token: str) -> Response[str]:
        return room.act(token, _report, app.current_event.raw_event)

    app.not_found(lambda _: pages.unknown())
    app.exception_handler([UnknownLink, PastRetention])(lambda _: pages.unknown())
    app.exception_handler(ExpiredLink)(lambda _: pages.expired())
    app.exception_handler(MalformedRequest)(lambda _: pages.malformed())
    app.exception_handler(Exception)(room.failed)
    return app


class ArrivalMissing(Exception):
    """No delay was chosen, or one that the page does not offer."""


class ResultMissing(Exception):
    """No result was chosen; `typed` is the text to keep."""

    def __init__(self, typed: str) -> None:
        super().__init__()
        self.typed = typed


def _decline(mission: Mission, form: Form) -> DispatchEvent:
    reason = form.one("raison")
    return missions.decline(mission, reason if reason in REASONS else "")


def _announce(mission: Mission, form: Form) -> DispatchEvent:
    try:
        return missions.announce_arrival(mission, int(form.one("minutes")))
    except ValueError as refused:
        raise ArrivalMissing from refused


def _report(mission: Mission, form: Form) -> DispatchEvent:
    typed = form.one("texte")
    try:
        return missions.report(mission, form.one("resultat"), typed)
    except ValueError as refused:
        raise ResultMissing(typed) from refused


class _Room:
    """What the routes share."""

    def __init__(self, services: Services, pages: Pages, logger: Logger) -> None:
        self._services = services
        self._pages = pages
        self._logger = logger

    def open(self, token: str) -> Mission:
        return missions.open_mission(self._services.malfunctions, token, self._services.clock())

    def view(self, mission: Mission) -> MissionView:
        motif = self._services.dispatching.contract.motifs.get(mission.malfunction.motif)
        return missions.view_mission(
            mission, life_threatening=motif is not None and motif.life_threatening, now=self._services.clock()
        )

    def act(
        self, token: str, event_of: Callable[[Mission, Form], DispatchEvent], request: Mapping[str, Any]
    ) -> Response[str]:
        if not _is_same_origin(request, self._services.public_base_url):
            return self._pages.foreign()
        form = read_form(request)
        mission = self.open(token)
        try:
            event = event_of(mission, form)
        except ArrivalMissing:
            return self._ask_again(mission, token, _ARRIVAL_ASKED, self._pages.arrival_missing)
        except ResultMissing as missing:
            page = partial(self._pages.result_missing, typed=missing.typed)
            return self._ask_again(mission, token, _REPORT_ASKED, page)
        try:
            acted = act_on_dispatch(
                self._services.malfunctions,
                mission.malfunction.malfunction_id,
                event,
                self._services.clock(),
                self._services.dispatching,
            )
        except OUTAGES as outage:
            return self._not_recorded(token, mission, event, outage)
        self._logger.info(
            "answered on the page",
            malfunction=mission.malfunction.malfunction_id,
            step=mission.step_index,
            answer=type(event).__name__,
            outcome=acted.outcome.value,
        )
        return _show_state(token)

    def failed(self, failure: Exception) -> Response[str]:
        """Whatever happened, the desk's number is on the page."""
        log_failure(self._logger, failure)
        return self._pages.failed()

    def _ask_again(
        self, mission: Mission, token: str, asked: frozenset[Screen], page: Callable[[MissionView, str], Response[str]]
    ) -> Response[str]:
        """What is missing is asked for as long as it is wanted: the mission may be over, or somebody else's."""
        view = self.view(mission)
        return page(view, _here(token)) if view.screen in asked else _show_state(token)

    def _not_recorded(self, token: str, mission: Mission, event: DispatchEvent, outage: Exception) -> Response[str]:
        self._logger.error(
            "an answer could not be recorded",
            malfunction=mission.malfunction.malfunction_id,
            answer=type(event).__name__,
            failure=type(outage).__name__,
        )
        return self._pages.not_recorded(_here(token))


def _here(token: str) -> str:
    """The page of the mission; only a token that opened a mission comes here."""
    return f"/m/{token}"


def _show_state(token: str) -> Response[str]:
    headers = {**security_headers(), "Referrer-Policy": "no-referrer", "Location": _here(token)}
    return Response(int(HTTPStatus.SEE_OTHER), HTML, "", headers)


def _is_same_origin(request: Mapping[str, Any], public_base_url: str) -> bool:
    """Whether our own page sent this form. `Origin` is ``null`` under our own Referrer-Policy, so `Sec-Fetch-Site`
    decides where the browser sends it; the token in the address is the key in any case."""
    headers = {name.lower(): value for name, value in (request.get("headers") or {}).items()}
    site = headers.get("sec-fetch-site")
    if site is not None:
        return bool(site == "same-origin")
    origin = headers.get("origin")
    return origin is None or origin == "null" or bool(origin == public_base_url.rstrip("/"))
