"""Entry point of the telephony provider's webhooks."""

import os
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from call_webhook import agents_routes, calls_routes, conference_routes, notices_routes
from call_webhook.live_services import LiveServices
from call_webhook.routing import NOTHING, Answer, Route, Services, UnknownHere, WebhookRequest
from permanence.adapters import clock
from permanence.adapters.twilio import events
from permanence.adapters.twilio.credentials import SecretUnreadable
from permanence.adapters.twilio.form import Malformed, parse_form
from permanence.adapters.twilio.signature import is_genuine
from permanence.application.reception.ports import PastRetention

_FALLBACK = "/telephony/calls/fallback"
ROUTES: Mapping[str, Route] = {
    "/telephony/calls/incoming": calls_routes.incoming,
    "/telephony/calls/waiting": calls_routes.waiting,
    "/telephony/calls/left-queue": calls_routes.left_queue,
    "/telephony/calls/conference": calls_routes.joins_conference,
    "/telephony/calls/status": calls_routes.status,
    _FALLBACK: calls_routes.fallback,
    "/telephony/calls/fell-back": calls_routes.fell_back,
    "/telephony/agents/answer": agents_routes.answer,
    "/telephony/agents/key": agents_routes.key,
    "/telephony/agents/status": agents_routes.status,
    "/telephony/conferences/events": conference_routes.happens,
    "/telephony/conferences/hold": conference_routes.hold,
    "/telephony/recordings": conference_routes.recorded,
    "/telephony/notices/voice": notices_routes.picked_up,
    "/telephony/notices/voice/keys": notices_routes.keys_pressed,
    "/telephony/notices/voice/status": notices_routes.voice_status,
    "/telephony/notices/sms/status": notices_routes.sms_status,
}


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """An HTTP API event (payload 2.0) to its answer."""
    services, logger, metrics = _live()
    try:
        return respond(event, services, clock.now(os.environ), logger, metrics)
    finally:
        metrics.flush_metrics()


def respond(
    event: Mapping[str, Any], services: Services, now: datetime, logger: Logger, metrics: Metrics
) -> dict[str, Any]:
    """200 with TwiML, 204 when there is nothing to say, 400 malformed, 403 not the provider, 404 not ours.

    Anything unforeseen is raised: the provider then calls the fallback address.
    """
    metrics.add_metric("Webhook", MetricUnit.Count, 1)
    services.begin()
    route = event["rawPath"] if event["rawPath"] in ROUTES else "unknown"
    try:
        answer, reason = _answer(event, services, now), ""
    except Malformed as refusal:
        answer, reason = Answer(400), str(refusal)
    except NotGenuine:
        answer, reason = Answer(403), "signature refused"
        metrics.add_metric("WebhookForged", MetricUnit.Count, 1)
    except SecretUnreadable:
        if route != _FALLBACK:
            raise
        # Who asks cannot be told, so nothing is recorded. What is answered is the same for every call, and the
        # landlord's own numbers are public: a caller whom nobody else serves is not dropped for want of a signature.
        answer, reason = calls_routes.sent_away(services, now), "secret unreadable: nothing recorded"
    except UnknownHere as refusal:
        answer, reason = Answer(404), str(refusal)
    except PastRetention:
        answer, reason = NOTHING, "past retention: nothing kept"
    request_id = event.get("requestContext", {}).get("requestId")
    logger.info("webhook", route=route, status=answer.status, reason=reason, request=request_id)
    headers = {"cache-control": "no-store"}
    if answer.body:
        headers["content-type"] = "text/xml; charset=utf-8"
    return {"statusCode": answer.status, "headers": headers, "body": answer.body}


class NotGenuine(Exception):
    """The signature is not the provider's."""


def _answer(event: Mapping[str, Any], services: Services, now: datetime) -> Answer:
    path, query = event["rawPath"], event.get("rawQueryString") or ""
    form = parse_form(event.get("body") or "", bool(event.get("isBase64Encoded")))
    url = services.urls.base + path + (f"?{query}" if query else "")
    signature = event.get("headers", {}).get("x-twilio-signature", "")
    if not is_genuine(signature, services.credentials.tokens, url, form.fields):
        raise NotGenuine
    if events.account(form) != services.credentials.account:
        raise UnknownHere("this account is not ours")
    route = ROUTES.get(path)
    if route is None:
        raise UnknownHere("there is no such address")
    request = WebhookRequest(dict(parse_qsl(query)), form, now)
    if "born" in request.query:
        request.check_kept(request.born, services.contract.retention)
    return route(request, services)


@cache
def _live() -> tuple[Services, Logger, Metrics]:
    logger, metrics = Logger(), Metrics()
    return LiveServices(os.environ, logger, metrics), logger, metrics
