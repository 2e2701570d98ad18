"""The agent's leg: picked up, by a human or not, or not at all."""

from contextlib import suppress

from call_webhook.calls_routes import recordings_url
from call_webhook.routing import NOTHING, Answer, Services, WebhookRequest, speak
from permanence.adapters.twilio import events
from permanence.adapters.twilio.twiml import dial_conference, gather, hang_up, say
from permanence.application.reception.answering import Connection, EventLost, agent_left, connect, no_key, released

_PRESS = "Appel pour la Permanence. Appuyez sur 1 pour prendre l'appel."
_NO_KEY = "Sans réponse de votre part, l'appel reste en attente."
_KEY_S = 6
_NOT_CONNECTED = {
    Connection.CALLER_GONE: "L'appelant a raccroché.",
    Connection.SENT_AWAY: "L'appelant a été renvoyé vers les numéros d'Habitat 70.",
    Connection.NOT_YOURS: "Cet appel n'est plus à vous. Il a été repris ou remis en attente.",
    Connection.FAILED: "La mise en relation a échoué. L'appelant est toujours en attente. "
    "Vous pouvez reprendre l'appel depuis votre poste.",
}


def answer(request: WebhookRequest, services: Services) -> Answer:
    """The agent's phone was picked up: a mailbox presses no key, so a human must before anybody is brought over.
    Nothing is read for that: no table makes an agent wait."""
    url = services.urls.agent_key(request.id("call"), request.born, request.number("attempt"))
    return speak(gather(url, say(_PRESS), digits=1, timeout_s=_KEY_S, tells_silence=True))


def key(request: WebhookRequest, services: Services) -> Answer:
    """Any key: the caller is brought over, and both are in one conference (R13). None: the call can be taken again."""
    call_id, born, attempt = request.id("call"), request.born, request.number("attempt")
    if not events.keys(request.form):
        with suppress(EventLost):
            no_key(services.call_log, call_id=call_id, born=born, attempt=attempt, now=request.now)
        return speak(say(_NO_KEY), hang_up())
    connected = connect(
        services.call_log,
        services.phones,
        services.urls,
        call_id=call_id,
        born=born,
        attempt=attempt,
        now=request.now,
    )
    if connected.result is not Connection.CONNECTED:
        return speak(say(_NOT_CONNECTED[connected.result]), hang_up())
    conference = dial_conference(
        call_id,
        starts=True,
        events_url=services.urls.conference_events(call_id, born, attempt),
        recordings_url=recordings_url(request, connected.call, services),
    )
    return speak(conference)


def status(request: WebhookRequest, services: Services) -> Answer:
    """A leg that is over without an answer gives the call back to all agents; after one, nobody is left alone."""
    call_id, born, attempt = request.id("call"), request.born, request.number("attempt")
    reason = events.never_connected(request.form)
    if reason is not None:
        services.call_log.record(released(call_id, attempt, reason, request.now), born)
    elif events.is_over(request.form):
        agent_is_gone(request, services)
    return NOTHING


def agent_is_gone(request: WebhookRequest, services: Services) -> None:
    """The leg of an agent who had picked up is over, as his leg or the conference tells."""
    agent_left(
        services.call_log,
        services.phones,
        services.urls,
        call_id=request.id("call"),
        born=request.born,
        attempt=request.number("attempt"),
        at=events.happened_at(request.form, request.now),
        lasted=events.leg_duration(request.form),
    )
