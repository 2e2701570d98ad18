"""A call to one of our numbers, from a phone or from another number of ours."""

from local.operator import legs
from local.operator.calls import WITHHELD, Call, CallStatus, HungUp, Instruction, Rejected, StatusCallback
from local.operator.errors import DocumentFailed
from local.operator.exchange import Exchange
from local.operator.numbers import IncomingNumber
from local.operator.playing import Playing

_COMPLETED = frozenset({"completed"})


def reach(exchange: Exchange, caller: str | None, number: IncomingNumber, forwarded_from: str | None = None) -> Call:
    """The number rings; `caller` None withholds its number. What is told of it, `play` does."""
    phone = exchange.phones.of(caller) if caller else exchange.phones.withheld()
    call = Call("inbound", caller or WITHHELD, number.phone_number, phone.id, exchange.clock.now())
    call.forwarded_from = forwarded_from
    call.start = Instruction(number.voice_url, number.voice_method)
    if number.voice_fallback_url:
        call.fallback = Instruction(number.voice_fallback_url, number.voice_fallback_method)
    if number.status_callback:
        call.status_callback = StatusCallback(number.status_callback, number.status_callback_method, _COMPLETED)
    legs.begin(exchange, call)
    call.status = CallStatus.RINGING
    call.started_at = call.created_at
    exchange.events.tell("call.placed", call.sid, phone=call.phone, to=call.to)
    return call


async def play(script: Playing) -> None:
    """From the first document of the number to the end of the call."""
    exchange, call = script.exchange, script.call
    status = CallStatus.FAILED
    try:
        await script.run(call.start)
        status = CallStatus.COMPLETED
    except HungUp:
        status = CallStatus.COMPLETED if call.answered_s is not None else CallStatus.CANCELED
    except Rejected as refusal:
        status = refusal.status
    except DocumentFailed:
        exchange.note(call, "note", "Une erreur de l’application a mis fin à l’appel")
    finally:
        legs.finish(exchange, call, status)
