"""Calls begin here: from a phone to one of our numbers, or from the application to a phone."""

import asyncio
from dataclasses import dataclass

from local.operator import inbound, legs
from local.operator.calls import Call, CallStatus, HungUp, Instruction, Pickup, StatusCallback, drop
from local.operator.errors import DocumentFailed
from local.operator.exchange import Exchange
from local.operator.numbers import IncomingNumber
from local.operator.script import Script

_DETECTION_S = 0.2


@dataclass(frozen=True, slots=True)
class Outbound:
    """What the application asks for: `detection` is empty, Enable or DetectMessageEnd."""

    to: str
    from_: str
    start: Instruction
    fallback: Instruction | None
    status_callback: StatusCallback | None
    detection: str
    timeout_s: int


def call_in(exchange: Exchange, caller: str | None, number: IncomingNumber, forwarded_from: str | None) -> Call:
    """A phone calls one of our numbers; `caller` None withholds its number."""
    call = inbound.reach(exchange, caller, number, forwarded_from)
    exchange.spawn(inbound.play(Script(exchange, call)))
    return call


def call_out(exchange: Exchange, wanted: Outbound) -> Call:
    """The application calls a phone, or another number of its own; queued until the pace allows."""
    phone = exchange.phones.of(wanted.to)
    call = Call("outbound-api", wanted.from_, wanted.to, phone.id, exchange.clock.now())
    call.start, call.fallback, call.status_callback = wanted.start, wanted.fallback, wanted.status_callback
    exchange.calls[call.sid] = call
    exchange.events.tell("call.requested", call.sid, phone=call.phone)
    exchange.spawn(_run_outbound(exchange, call, wanted))
    return call


async def _run_outbound(exchange: Exchange, call: Call, wanted: Outbound) -> None:
    status = CallStatus.CANCELED
    try:
        await call.pause(exchange.turn_to_dial_s())
        how = await _ring(exchange, call, wanted)
        if how in legs.UNANSWERED:
            status = legs.UNANSWERED[how]
            return
        legs.answer(exchange, call)
        status = CallStatus.COMPLETED
        if wanted.detection:
            await call.pause(_DETECTION_S)
            call.answered_by = _answered_by(how, wanted.detection)
        await Script(exchange, call).run(call.start)
    except HungUp:
        pass
    except DocumentFailed:
        status = CallStatus.FAILED
        exchange.note(call, "note", "Une erreur de l’application a mis fin à l’appel")
    finally:
        legs.finish(exchange, call, status)


async def _ring(exchange: Exchange, call: Call, wanted: Outbound) -> Pickup:
    ours = exchange.numbers.find(wanted.to)
    if ours is None or not ours.voice_url:
        return await legs.ring(exchange, call, legs.begin(exchange, call), wanted.timeout_s)
    reached = inbound.reach(exchange, wanted.from_, ours)
    exchange.spawn(inbound.play(Script(exchange, reached)))
    exchange.spawn(_end_together(exchange, call, reached))
    await legs.ring_through(exchange, call, reached, wanted.timeout_s)
    return Pickup.NO_ANSWER if reached.answered_s is None else Pickup.HUMAN


async def _end_together(exchange: Exchange, call: Call, reached: Call) -> None:
    """Of two of our numbers that talk, the first to hang up ends both."""
    ends = [asyncio.ensure_future(leg.over.wait()) for leg in (call, reached)]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    for end in ends:
        drop(end)
    exchange.hang_up(reached)
    if call.answered_s is not None:
        exchange.hang_up(call)


def _answered_by(how: Pickup, detection: str) -> str:
    if how is Pickup.HUMAN:
        return "human"
    return "machine_end_beep" if detection == "DetectMessageEnd" else "machine_start"
