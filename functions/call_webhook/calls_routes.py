"""The caller's leg: welcome, queue, conversation, end."""

from contextlib import suppress
from datetime import datetime

from call_webhook.routing import NOTHING, Answer, Services, UnknownHere, WebhookRequest, speak
from permanence.adapters.twilio import events
from permanence.adapters.twilio.fallback import fall_back
from permanence.adapters.twilio.twiml import Verb, dial_conference, enqueue, hang_up, pause, say
from permanence.application.reception.answering import EventLost, Joining, caller_comes_over
from permanence.application.reception.calls import identify, told_afterwards
from permanence.domain.calls.call import Call, CallEvent
from permanence.domain.contract import Contract
from permanence.domain.instants import paris_day
from permanence.domain.reference.calendar import records_on, service_of_call
from permanence.domain.reference.messages import CallerMessages

_MUSIC_S = 20
_TEST = "Appel d’essai. La permanence téléphonique répond. Au revoir."


def incoming(request: WebhookRequest, services: Services) -> Answer:
    """A call is presented (R10): greet in the words of its service or its line, announce the recording, queue. A test
    call is told that it has come, and is over."""
    _check_called(request, services.contract)
    if _is_test(request, services.contract):
        return _end_test(request, services)
    try:
        call = services.call_log.record(_presented(request, services), request.now)
    except EventLost:
        return sent_away(services, request.now)
    messages = _messages(request, request.now, call, services)
    words, contract = [say(messages.welcome)], services.contract_at(request.now)
    if is_recorded(request.now, contract):
        words.append(say(contract.recording.notice))
    return speak(*words, _wait_in_queue(request.now, services))


def waiting(request: WebhookRequest, services: Services) -> Answer:
    """What a caller hears in the queue; the first request tells that the welcome message is over."""
    call = None
    with suppress(EventLost):
        call = services.call_log.record(events.queued(request.form, request.now), request.born)
    return speak(say(_messages(request, request.born, call, services).waiting), pause(_MUSIC_S))


def left_queue(request: WebhookRequest, services: Services) -> Answer:
    """The wait is over; a caller whom the queue could not keep is sent to the fallback numbers."""
    event = events.left_queue(request.form, request.now)
    with suppress(EventLost):
        services.call_log.record(event, request.born)
    return sent_away(services, request.now) if event.data["result"] == "error" else NOTHING


def joins_conference(request: WebhookRequest, services: Services) -> Answer:
    """The caller comes over to the agent who answered; one whom nobody holds any more goes back to the queue."""
    call_id, born, attempt = request.id("call"), request.born, request.number("attempt")
    joined = caller_comes_over(
        services.call_log,
        services.phones,
        call_id=call_id,
        born=born,
        attempt=attempt,
        agent_is_gone="gone" in request.query,
        now=request.now,
    )
    goodbye = say(_messages(request, born, joined.call, services).closing)
    match joined.where:
        case Joining.QUEUE:
            return speak(_wait_in_queue(born, services))
        case Joining.GOODBYE:
            return speak(goodbye, hang_up())
    conference = dial_conference(
        call_id,
        starts=False,
        events_url=services.urls.conference_events(call_id, born, attempt),
        recordings_url=recordings_url(request, joined.call, services),
    )
    return speak(conference, goodbye, hang_up())


def status(request: WebhookRequest, services: Services) -> Answer:
    """The number's own callback: it carries no birth, so the end less the duration dates the record. A call that is not
    known to have come was answered in our place: it is told of now, or the month would lack it (R60)."""
    _check_called(request, services.contract)
    event = events.ended(request.form, request.now)
    if event is None:
        return NOTHING
    born = events.call_began_at(request.form, request.now)
    request.check_kept(born, services.contract.retention)
    call = services.call_log.record(event, born)
    if call is None or call.presented_at is None:
        told = events.presented(request.form, born)
        services.call_log.record(told_afterwards(told, services.contract_at(request.now)), born)
    return NOTHING


def fallback(request: WebhookRequest, services: Services) -> Answer:
    """The provider got no usable answer from us (R16): the landlord's fallback numbers ring, but for no test."""
    _check_called(request, services.contract)
    if _is_test(request, services.contract):
        return _end_test(request, services)
    with suppress(EventLost):
        services.call_log.record(_presented(request, services), request.now)
        services.call_log.record(events.sent_to_fallback(request.form, request.now), request.now)
    return sent_away(services, request.now)


def fell_back(request: WebhookRequest, services: Services) -> Answer:
    """The landlord's own numbers are called for a caller, by our words or by those the provider keeps for when we
    answer nothing: then this alone tells of it while the call goes on."""
    if not services.contract_at(request.now).numbers.is_fallback(events.called_number(request.form)):
        raise UnknownHere("this is no fallback number")
    services.call_log.record(events.fell_back(request.form, request.now), request.now)
    return NOTHING


def _end_test(request: WebhookRequest, services: Services) -> Answer:
    with suppress(EventLost):
        services.call_log.record(_presented(request, services), request.now)
    return speak(say(_TEST), hang_up())


def sent_away(services: Services, now: datetime) -> Answer:
    """The same for every call: the landlord's fallback numbers ring."""
    return speak(*fall_back(services.contract_at(now).numbers, services.urls.fell_back()))


def recordings_url(request: WebhookRequest, call: Call | None, services: Services) -> str | None:
    """Where recordings of the conversation are told, or None when it is not recorded.

    The day of the presentation decides, since the notice was heard then (R14); no campaign begins on a day on which it
    is approved.
    """
    call_id, born = request.id("call"), request.born
    if (call is not None and call.is_never_recorded_again) or not is_recorded(born, services.contract_at(request.now)):
        return None
    return services.urls.recordings(call_id, born)


def is_recorded(born: datetime, contract: Contract) -> bool:
    """Whether the caller of this call has been told of a recording."""
    return records_on(paris_day(born), contract.recording)


def _wait_in_queue(born: datetime, services: Services) -> Verb:
    return enqueue(services.contract.landlord_id, services.urls.waiting(born), services.urls.left_queue(born))


def _presented(request: WebhookRequest, services: Services) -> CallEvent:
    return identify(events.presented(request.form, request.now), services.contract_at(request.now))


def _messages(request: WebhookRequest, born: datetime, call: Call | None, services: Services) -> CallerMessages:
    """The words of the service that was decided; of a call that cannot be read, those of its birth."""
    contract = services.contract_at(request.now)
    if contract.numbers.is_desk_line(events.called_number(request.form)):
        return contract.desk_line_messages
    service = call.service if call else None
    if service is None:
        service = service_of_call(born, contract.hours, contract.overflow_delays)
    return contract.messages[service]


def _is_test(request: WebhookRequest, contract: Contract) -> bool:
    return contract.numbers.is_test(events.called_number(request.form), events.shown_number(request.form))


def _check_called(request: WebhookRequest, contract: Contract) -> None:
    if not contract.numbers.is_ours(events.called_number(request.form)):
        raise UnknownHere("this number is not ours")
