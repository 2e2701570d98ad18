"""What Habitat 70 and supervisors decide: parse, one use case, answer. Each decision leaves its line in the register.

Of its own audience: the extranet reads, and has no right to write what is in force.
"""

import os
from datetime import datetime
from functools import lru_cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from decisions import (
    addresses_routes,
    annuaire_routes,
    calendrier_routes,
    document_routes,
    file_routes,
    import_routes,
    listes_routes,
    mail_routes,
    messages_routes,
    places_routes,
    planning_routes,
)
from decisions.services import LiveServices, Services
from permanence.adapters.clock import now as clock_now
from permanence.web.counting import count_page
from permanence.web.frame import answer, site
from permanence.web.session import LANDLORD, SUPERVISORS, require

logger = Logger()
metrics = Metrics()
app = site(logger)
app.use([require(LANDLORD | SUPERVISORS, uploads=True)])
app.include_router(addresses_routes.router)
app.include_router(calendrier_routes.router)
app.include_router(annuaire_routes.router)
app.include_router(planning_routes.router)
app.include_router(import_routes.router)
app.include_router(file_routes.router)
app.include_router(mail_routes.router)
app.include_router(places_routes.router)
app.include_router(messages_routes.router)
app.include_router(listes_routes.router)
app.include_router(document_routes.router)  # after those of one kind: its addresses are theirs too


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
