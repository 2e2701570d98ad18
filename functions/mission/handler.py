"""Entry point of the mission function: environment to services, one event to one answer."""

import os
from functools import lru_cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from mission.routes import Services, make_app
from permanence.adapters import clock
from permanence.live.dispatches import LiveDispatches
from permanence.web.counting import count_page

logger = Logger()
metrics = Metrics()


@lru_cache(maxsize=1)
def _app() -> APIGatewayHttpResolver:
    live = LiveDispatches(os.environ)
    services = Services(live.malfunctions, live.dispatching, live.public_url, lambda: clock.now(os.environ))
    return make_app(services, logger)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One HTTP API event (payload 2.0) to one answer. The path holds the token: it is never logged."""
    answered: dict[str, Any] = _app().resolve(event, context)
    logger.info("answered", method=event["requestContext"]["http"]["method"], status=answered["statusCode"])
    count_page(metrics, answered)
    return answered
