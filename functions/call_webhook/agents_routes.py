"""The agent's leg: picked up, or not."""

from contextlib import suppress

from call_webhook.calls_routes import recordings_url
from call_webhook.routing import NOTHING, Answer, Services, WebhookRequest, speak
from permanence.adapters.twilio import events
from permanence.adapters.twilio.twiml import dial_conference, hang_up, say
from permanence.application.answering import Connection, EventLost, agent_left, connect, released

_NOT_CONNECTED = {
    Connection.CALLER_GONE: "L'appelant a raccroché.",
    Connection.NOT_YOURS: "Cet appel n'est plus à vous. Il a été repris ou remis en attente.",
    Connection.FAILED: "La mise en relation a échoué. L'appelant est toujours en attente. "
    "Vous pouvez reprendre l'appel depuis votre poste.",
}


def answer(request: WebhookRequest, services: Services) -> Answer:
    """The agent picked up: the caller is brought over, and both are in one conference (R13)."""
    call_id, born, attempt = request.id("call"), request.born, request.number("attempt")
    connection = Connection.CONNECTED
    with suppress(EventLost):
        connection = connect(
            services.calls,
            services.phones,
            services.urls,
            call_id=call_id,
            born=born,
            attempt=attempt,
            now=request.now,
        )
    if connection is not Connection.CONNECTED:
        return speak(say(_NOT_CONNECTED[connection]), hang_up())
    conference = dial_conference(
        call_id,
        starts=True,
        events_url=services.urls.conference_events(call_id, born, attempt),
        recordings_url=recordings_url(call_id, born, services.calls.get(call_id), services),
    )
    return speak(conference)


def status(request: WebhookRequest, services: Services) -> Answer:
    """A leg that is over without an answer gives the call back to all agents; after one, nobody is left alone."""
    call_id, born, attempt = request.id("call"), request.born, request.number("attempt")
    reason = events.never_connected(request.form)
    if reason is not None:
        services.calls.record(released(call_id, attempt, reason, request.now), born)
    elif events.is_over(request.form):
        agent_is_gone(request, services)
    return NOTHING


def agent_is_gone(request: WebhookRequest, services: Services) -> None:
    """The leg of an agent who had picked up is over, as his leg or the conference tells."""
    agent_left(
        services.calls,
        services.phones,
        services.urls,
        call_id=request.id("call"),
        born=request.born,
        attempt=request.number("attempt"),
        at=events.happened_at(request.form, request.now),
    )
