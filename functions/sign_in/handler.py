"""Signing in and out, in French, on our own host (R74, R75); static files."""

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from permanence.adapters.clock import now as clock_now
from permanence.application.access.sign_in_gate import Gate
from permanence.application.access.signing_in import Door
from permanence.live.pages import LivePages
from permanence.live.registers import LiveRegisters
from permanence.live.way_in import LiveWayIn
from permanence.web.counting import count_page
from permanence.web.frame import answer, redirect, site
from permanence.web.requests import read_query
from permanence.web.session import SIGN_IN_PAGE
from sign_in import charter_routes, factor_routes, own_routes, password_routes
from sign_in.room import logger, metrics
from sign_in.static_files import static_file

app = site(logger)


@app.get("/")
def home() -> Response[str]:
    return redirect(SIGN_IN_PAGE)


@app.get("/static/<name>", compress=True)
def serve_static(name: str) -> Response[Any]:
    served = static_file(name, read_query(app.current_event.raw_event, "v"))
    if served is None:
        raise NotFoundError
    return served


app.include_router(password_routes.router)
app.include_router(factor_routes.router)
app.include_router(charter_routes.router)
app.include_router(own_routes.router)


class _Live(LivePages, LiveRegisters, LiveWayIn):
    templates = Path(__file__).parent / "templates"


@lru_cache(maxsize=1)
def _rooms() -> Mapping[str, Any]:
    live = _Live(os.environ)
    charter = live.contract.charter
    return {
        "frame": live.frame,
        "sessions": live.sessions,
        "door": Door(live.identity, live.sessions, live.members, charter.version),
        "gate": Gate(live.tries),
        "audit": live.audit,
        "charter": charter,
    }


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One HTTP API event (payload 2.0) to one answer."""
    answered = answer(app, event, context, logger, now=clock_now(os.environ), **_rooms())
    count_page(metrics, answered)
    return answered
