"""The conversation: who is on hold, what was recorded."""

from call_webhook.agents_routes import agent_is_gone
from call_webhook.routing import NOTHING, Answer, Services, WebhookRequest, speak
from permanence.adapters.twilio import events
from permanence.adapters.twilio.twiml import pause, say
from permanence.application.reception.recordings import RecordingToImport, ask_import
from permanence.domain.calls.call import CallEventKind

_MUSIC_S = 20
_ON_HOLD = "Vous êtes en attente. Votre téléconseiller revient vers vous."


def happens(request: WebhookRequest, services: Services) -> Answer:
    """What happens in the conference: its beginning and the holds of the caller make facts of the call (R13)."""
    call_id = request.id("call")
    event = events.conference_change(request.form, call_id, request.number("attempt"), request.now)
    if event is not None:
        services.call_log.record(event, request.born)
    elif events.has_left_conference(request.form) not in (None, call_id):
        agent_is_gone(request, services)
    return NOTHING


def hold(_request: WebhookRequest, _services: Services) -> Answer:
    """What a caller on hold hears, again and again."""
    return speak(say(_ON_HOLD), pause(_MUSIC_S))


def recorded(request: WebhookRequest, services: Services) -> Answer:
    """A recording started, or is ready: then it is queued for import (R14).

    Queued first, told second: an import of what is not told yet does no harm, a recording told and never imported would
    stay at the provider.
    """
    call_id, born = request.id("call"), request.born
    event = events.recording_change(request.form, call_id, request.now)
    if event is None:
        return NOTHING
    if event.kind is CallEventKind.RECORDING_READY:
        ask_import(services.imports, RecordingToImport(call_id, event.data["recording"], born))
    services.call_log.record(event, born)
    return NOTHING
