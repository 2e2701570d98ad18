"""<Dial>: joins a leg with other phones, or with a conference."""

import asyncio
from typing import Any
from urllib.parse import urljoin

from local.operator import inbound, legs, rooms
from local.operator.calls import Call, CallStatus, HungUp, Instruction, Redirected, StatusCallback, drop
from local.operator.conferences import Conference, Participant
from local.operator.errors import DocumentFailed
from local.operator.numbers import IncomingNumber
from local.operator.playing import Playing
from local.operator.twiml import WHILE_HELD, Verb

LONGEST_S = 14_400


async def dial(script: Playing, verb: Verb) -> Instruction | None:
    """Until the other side is gone; then the action, or the next verb."""
    if verb.children and verb.children[0].name == "Conference":
        told = await _in_conference(script, verb.children[0], verb.number("timeLimit", LONGEST_S))
    else:
        told = await _Ringing(script, verb).until_over()
    return script.instruction(verb, **told) if verb.get("action") else None


async def _in_conference(script: Playing, noun: Verb, limit_s: int) -> dict[str, str]:
    exchange, call = script.exchange, script.call
    noun = _with_whole_addresses(script, noun)
    conference, participant = rooms.enter(exchange, call, noun)
    began_s = asyncio.get_running_loop().time()
    reason = rooms.PARTICIPANT_HUNG_UP
    try:
        async with asyncio.timeout(limit_s):
            await _attend(script, conference, participant, noun)
    except Redirected:
        reason = rooms.PARTICIPANT_UPDATED
        raise
    except TimeoutError:
        exchange.note(call, "note", "Durée maximale atteinte")
    finally:
        rooms.leave(exchange, conference, participant, reason)
    lasted_s = round(asyncio.get_running_loop().time() - began_s)
    return {"DialCallStatus": "answered", "DialCallDuration": str(lasted_s)}


def _with_whole_addresses(script: Playing, noun: Verb) -> Verb:
    attributes = {
        name: urljoin(script.call.document_url, value) if value and name.endswith(("Url", "Callback")) else value
        for name, value in noun.attributes.items()
    }
    return Verb(noun.name, noun.text, attributes, noun.children)


async def _attend(script: Playing, conference: Conference, participant: Participant, noun: Verb) -> None:
    """Hear the waiting music until the conference starts, the hold music while on hold, the others otherwise."""
    waiting = Instruction(noun.get("waitUrl"), noun.get("waitMethod", "POST")) if "waitUrl" in noun.attributes else None
    while not participant.out:
        participant.changed.clear()
        if participant.hold:
            await _hear(script, participant, participant.hold_music)
        elif conference.status == "init":
            await _hear(script, participant, waiting)
        else:
            await script.call.during(participant.changed.wait())


async def _hear(script: Playing, participant: Participant, music: Instruction | None) -> None:
    """Music until something changes for this participant; an empty address is silence."""
    changed = asyncio.ensure_future(participant.changed.wait())
    playing = asyncio.ensure_future(_music(script, music))
    try:
        await script.call.during(asyncio.wait({changed, playing}, return_when=asyncio.FIRST_COMPLETED))
    finally:
        drop(changed)
        drop(playing)


async def _music(script: Playing, music: Instruction | None) -> None:
    if music is None:
        script.exchange.note(script.call, "played", "Musique d’attente")
    elif music.url:
        try:
            await script.loop(music, WHILE_HELD)
        except DocumentFailed as failure:
            script.exchange.fail(script.call, failure.code, failure.message, failure.url)
    await asyncio.Event().wait()


class _Ringing:
    """Several phones ring; the first to answer talks with the caller."""

    def __init__(self, script: Playing, verb: Verb) -> None:
        self._script = script
        self._exchange = script.exchange
        self._verb = verb
        self._answered: asyncio.Future[Call] = asyncio.get_running_loop().create_future()
        self._outcomes: list[CallStatus] = []

    async def until_over(self) -> dict[str, str]:
        nouns = self._verb.children or (Verb("Number", self._verb.text, {}),)
        pairs = [(noun, self._leg(noun)) for noun in nouns]
        for noun, leg in pairs:
            ours = self._exchange.numbers.find(noun.text)
            rings = self._number_of_ours(ours, leg) if ours and ours.voice_url else self._one(noun, leg)
            self._exchange.spawn(rings)
        legs_over = asyncio.gather(*(leg.over.wait() for _, leg in pairs))
        try:
            ends: list[asyncio.Future[Any]] = [self._answered, legs_over]
            await self._script.call.during(asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED))
            if not self._answered.done():
                return {"DialCallStatus": self._outcomes[-1].value, "DialCallSid": pairs[-1][1].sid}
            return await self._talk(self._answered.result())
        finally:
            drop(legs_over)
            for _, leg in pairs:
                self._exchange.hang_up(leg)

    def _leg(self, noun: Verb) -> Call:
        caller = self._script.call
        caller_id = self._verb.get("callerId") or (caller.from_ if caller.inbound else caller.to)
        phone = self._exchange.phones.of(noun.text)
        leg = Call("outbound-dial", caller_id, noun.text, phone.id, self._exchange.clock.now())
        leg.parent_sid = caller.sid
        if noun.get("statusCallback"):
            url = urljoin(caller.document_url, noun.get("statusCallback"))
            events = frozenset(noun.get("statusCallbackEvent", "completed").split())
            leg.status_callback = StatusCallback(url, noun.get("statusCallbackMethod", "POST"), events)
        return leg

    async def _one(self, noun: Verb, leg: Call) -> None:
        status = CallStatus.CANCELED
        try:
            behaviour = legs.begin(self._exchange, leg)
            how = await legs.ring(self._exchange, leg, behaviour, self._verb.number("timeout", 30))
            if how in legs.UNANSWERED:
                status = legs.UNANSWERED[how]
                return
            legs.answer(self._exchange, leg)
            status = CallStatus.COMPLETED
            if noun.get("url"):
                address = urljoin(self._script.call.document_url, noun.get("url"))
                await self._script.beside(leg).run(Instruction(address, noun.get("method", "POST")))
            if not self._answered.done():
                self._answered.set_result(leg)
                await leg.during(asyncio.Event().wait())
        except HungUp:
            pass
        except DocumentFailed:
            status = CallStatus.FAILED
        finally:
            self._outcomes.append(status)
            legs.finish(self._exchange, leg, status)

    async def _number_of_ours(self, number: IncomingNumber, leg: Call) -> None:
        """The application that is asked to dial is called in turn: a new call reaches it, from the number shown."""
        exchange = self._exchange
        call = inbound.reach(exchange, leg.from_, number)
        leg.other_end, call.other_end = call, leg
        exchange.spawn(inbound.play(self._script.beside(call)))
        status = CallStatus.CANCELED
        try:
            exchange.calls[leg.sid] = leg
            await legs.ring_through(exchange, leg, call, self._verb.number("timeout", 30))
            if call.answered_s is None:
                status = call.status if call.over.is_set() else CallStatus.NO_ANSWER
                return
            legs.answer(exchange, leg)
            status = CallStatus.COMPLETED
            if not self._answered.done():
                self._answered.set_result(leg)
                await leg.during(call.over.wait())
        except HungUp:
            pass
        finally:
            exchange.hang_up(call)
            self._outcomes.append(status)
            legs.finish(exchange, leg, status)

    async def _talk(self, leg: Call) -> dict[str, str]:
        caller, exchange = self._script.call, self._exchange
        caller.peer, leg.peer = leg, caller
        recording = None
        if self._verb.get("record", "do-not-record") != "do-not-record":
            callback = rooms.recording_callback(_with_whole_addresses(self._script, self._verb))
            recording = exchange.recordings.begin("DialVerb", exchange.clock.now(), callback, call_sid=caller.sid)
        try:
            await caller.during(asyncio.wait_for(leg.over.wait(), self._verb.number("timeLimit", LONGEST_S)))
        except TimeoutError:
            exchange.note(caller, "note", "Durée maximale atteinte")
        finally:
            caller.peer = leg.peer = None
            if recording is not None:
                exchange.end_recording(recording)
        told = {
            "DialCallStatus": "completed",
            "DialCallSid": leg.sid,
            "DialCallDuration": str(leg.duration_s),
            "DialBridged": "true",
        }
        if recording is not None:
            told["RecordingUrl"] = exchange.recording_url(recording)
        return told
