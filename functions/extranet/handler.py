"""The extranet: parse, one use case, answer. Every page with a name in it leaves a line in the register (R74)."""

import os
from datetime import datetime
from functools import lru_cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from extranet import (
    figures_routes,
    lists_routes,
    main_courante_routes,
    recording_routes,
    register_routes,
    report_routes,
)
from extranet.services import LiveServices, Services
from permanence.adapters.clock import now as clock_now
from permanence.web.counting import count_page
from permanence.web.frame import answer, site
from permanence.web.session import LANDLORD, require

READERS = LANDLORD | {"superviseur"}

logger = Logger()
metrics = Metrics()
app = site(logger)
app.use([require(READERS)])
app.include_router(figures_routes.router)
app.include_router(lists_routes.router)
app.include_router(main_courante_routes.router)
app.include_router(recording_routes.router)
app.include_router(report_routes.router)
app.include_router(register_routes.router)


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
