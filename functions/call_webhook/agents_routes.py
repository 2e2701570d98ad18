"""The agent's leg: picked up, or not."""

from contextlib import suppress

from call_webhook.calls_routes import recordings_url
from call_webhook.routing import NOTHING, Answer, Services, WebhookRequest, speak
from permanence.adapters.twilio import events
from permanence.adapters.twilio.twiml import dial_conference, hang_up, say
from permanence.application.answering import Connection, EventLost, connect, released
from permanence.application.ports import ProviderRefused, ProviderUnavailable
from permanence.domain.calls import CallStatus

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
        events_url=services.urls.conference_events(call_id, born),
        recordings_url=recordings_url(call_id, born, services.calls.get(call_id), services),
    )
    return speak(conference)


def status(request: WebhookRequest, services: Services) -> Answer:
    """A leg that is over without an answer gives the call back to all agents."""
    call_id, born, attempt = request.id("call"), request.born, request.number("attempt")
    reason = events.never_connected(request.form)
    if reason is None and events.is_over(request.form) and not _was_answered(services, call_id):
        reason = "not_connected"
    if reason is not None:
        services.calls.record(released(call_id, attempt, reason, request.now), born)
    if reason == "not_connected":
        # The caller may have been brought over already: alone in the conference, he goes back to the queue.
        with suppress(ProviderRefused, ProviderUnavailable):
            services.phones.redirect_call(call_id, services.urls.caller_joins(call_id, born))
    return NOTHING


def _was_answered(services: Services, call_id: str) -> bool:
    """Also true when it cannot be known now: a conversation that may have taken place is not taken back."""
    call = services.calls.get(call_id)
    return call is None or call.answered_at is not None or call.status is CallStatus.ENDED
