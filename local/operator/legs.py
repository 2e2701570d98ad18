"""The life of a leg: it rings, is answered, and ends."""

import asyncio
from contextlib import suppress

from local.operator.calls import Call, CallStatus, Pickup
from local.operator.exchange import Exchange
from local.operator.phones import Answering, Behaviour

_ENDS_RINGING = {
    Answering.ANSWER: Pickup.HUMAN,
    Answering.VOICEMAIL: Pickup.MACHINE,
    Answering.BUSY: Pickup.BUSY,
    Answering.NO_ANSWER: Pickup.NO_ANSWER,
    Answering.UNREACHABLE: Pickup.FAILED,
}
_NEVER_RINGS = frozenset({Answering.BUSY, Answering.UNREACHABLE})
UNANSWERED = {
    Pickup.BUSY: CallStatus.BUSY,
    Pickup.NO_ANSWER: CallStatus.NO_ANSWER,
    Pickup.FAILED: CallStatus.FAILED,
}


def begin(exchange: Exchange, call: Call) -> Behaviour:
    """The call reaches its phone; what that phone was told to do."""
    phone = exchange.phones.all[call.phone]
    phone.calls.append(call)
    exchange.calls[call.sid] = call
    if phone.behaviour.answering is not Answering.VOICEMAIL:
        call.menus_left = list(phone.behaviour.keys)
    return phone.behaviour


async def ring(exchange: Exchange, call: Call, behaviour: Behaviour, timeout_s: float) -> Pickup:
    """Ring a phone until it ends one way or the other. Raises HungUp when the call is cancelled."""
    call.started_at = exchange.clock.now()
    exchange.tell_status(call, "initiated")
    if behaviour.answering not in _NEVER_RINGS:
        call.status = CallStatus.RINGING
        exchange.tell_status(call, "ringing")
    end = _ENDS_RINGING.get(behaviour.answering)
    cue = asyncio.get_running_loop().call_later(behaviour.after_s, call.pick_up, end) if end else None
    try:
        return await call.during(asyncio.wait_for(asyncio.shield(call.pickup), timeout_s))
    except TimeoutError:
        return Pickup.NO_ANSWER
    finally:
        if cue is not None:
            cue.cancel()


async def ring_through(exchange: Exchange, leg: Call, call: Call, timeout_s: float) -> None:
    """Ring until the call that reaches another number of ours is answered or over, or nobody answers in time."""
    leg.started_at = exchange.clock.now()
    exchange.tell_status(leg, "initiated")
    leg.status = CallStatus.RINGING
    exchange.tell_status(leg, "ringing")
    with suppress(TimeoutError):
        await leg.during(asyncio.wait_for(asyncio.shield(call.pickup), timeout_s))


def answer(exchange: Exchange, call: Call) -> None:
    """Somebody, or something, is on the line."""
    loop = asyncio.get_running_loop()
    call.status = CallStatus.IN_PROGRESS
    call.started_at = call.started_at or call.created_at
    call.answered_s = loop.time()
    call.pick_up(Pickup.HUMAN)
    exchange.tell_status(call, "answered")
    patience_s = exchange.phones.all[call.phone].behaviour.hang_up_after_s
    if patience_s is not None:
        loop.call_later(patience_s, exchange.hang_up, call)


def finish(exchange: Exchange, call: Call, status: CallStatus) -> None:
    """The leg is over. An inbound call lasts from its first ring, an outbound one from its answer."""
    now_s = asyncio.get_running_loop().time()
    since_s = call.began_s if call.inbound else call.answered_s
    if call.answered_s is not None and since_s is not None:
        call.duration_s = max(1, round(now_s - since_s))
    call.status = status
    call.ended_at = exchange.clock.now()
    call.menu = None
    call.pick_up(Pickup.NO_ANSWER)
    call.over.set()
    exchange.tell_status(call, "completed")
