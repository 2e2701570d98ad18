"""The desk: parse, one use case, answer. Each POST saves what was typed first, so that nothing is ever lost."""

import os
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import Response

from desk import by_phone_routes, line_routes, mission_routes, pages
from desk.room import Room
from desk.services import LiveServices, Services
from permanence.adapters.clock import now as clock_now
from permanence.application.desk.guide import take_back_answer
from permanence.application.desk.post import own_call
from permanence.web.counting import count_page
from permanence.web.frame import answer, pass_on, redirect, site
from permanence.web.requests import is_fragment, read_query
from permanence.web.session import AGENTS, require

logger = Logger()
metrics = Metrics()
app = site(logger)
app.use([require(AGENTS)])


@app.get("/desk")
def post() -> Response[str]:
    return pages.post_page(Room(app))


@app.get("/desk/direct")
def post_refresh() -> Response[str]:
    """An open page is an agent at work, even in a night without calls: its refreshes keep the session alive."""
    return pages.post_refresh(Room(app), _seen())


@app.post("/desk/quitter")
def leave() -> Response[str]:
    """« Quitter » in the middle of a call says so first; the call itself goes on at the telephone."""
    room = Room(app)
    if own_call(room.services.open_items.open_work().calls, room.reader) is None:
        return pass_on("/deconnexion")
    return pages.post_page(room, notice="still_on_call", status=HTTPStatus.CONFLICT)


@app.get("/desk/appels/<call_id>")
def call(call_id: str) -> Response[str]:
    room = Room(app)
    record = room.record(call_id)
    asked = read_query(app.current_event.raw_event, "avis")
    return pages.call_page(room, record, room.form_of(record), shows_problems=asked == "manque", notice=asked)


@app.get("/desk/appels/<call_id>/direct")
def call_refresh(call_id: str) -> Response[str]:
    return pages.call_refresh(Room(app), call_id, _seen())


@app.post("/desk/appels/<call_id>/fiche")
def keep(call_id: str) -> Response[str]:
    Room(app).keep_draft(call_id)
    return redirect(f"/desk/appels/{call_id}")


@app.post("/desk/appels/<call_id>/reponse")
def answer_guide(call_id: str) -> Response[str]:
    Room(app).keep_draft(call_id, answers=True)
    return redirect(f"/desk/appels/{call_id}")


@app.post("/desk/appels/<call_id>/brouillon")
def keep_by_itself(call_id: str) -> Response[str]:
    """What the page sends when a field has changed."""
    room = Room(app)
    room.keep_typed(call_id)
    return pages.draft_part(room)


@app.post("/desk/appels/<call_id>/revenir")
def take_back(call_id: str) -> Response[str]:
    room = Room(app)
    record, _ = room.keep_draft(call_id)
    room.change(record, lambda form: take_back_answer(room.services.contract.guide, form))
    return redirect(f"/desk/appels/{call_id}")


@app.post("/desk/appels/<call_id>/logements")
def find_dwellings(call_id: str) -> Response[str]:
    """As one types: the dwellings alone. Without script: the whole page, what was typed kept; Enter in any field of
    the page comes here, and without a search only keeps."""
    room = Room(app)
    query = room.form.one("q")
    if is_fragment(app.current_event.raw_event):
        record = room.record(call_id)
        return pages.hits_part(room, room.form_of(record), query)
    record, form = room.keep_draft(call_id)
    return pages.call_page(room, record, form, query=query) if query else redirect(f"/desk/appels/{call_id}")


@app.post("/desk/appels/<call_id>/logement")
def choose_dwelling(call_id: str) -> Response[str]:
    room = Room(app)
    record, form = room.keep_draft(call_id)
    if is_fragment(app.current_event.raw_event):
        return pages.place_part(room, record, form)
    return redirect(f"/desk/appels/{call_id}")


def _seen() -> str:
    return read_query(app.current_event.raw_event, "vu")


app.include_router(line_routes.router)
app.include_router(mission_routes.router)
app.include_router(by_phone_routes.router)


@lru_cache(maxsize=1)
def _services() -> Services:
    return LiveServices(os.environ)


def handle(event: dict[str, Any], context: Any, services: Services, now: Any) -> dict[str, Any]:
    """One HTTP API event to one answer, with these services."""
    rooms = {"frame": services.frame, "sessions": services.sessions, "services": services, "now": now}
    return answer(app, event, context, logger, **rooms)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One HTTP API event (payload 2.0) to one answer."""
    answered = handle(event, context, _services(), clock_now(os.environ))
    count_page(metrics, answered)
    return answered
