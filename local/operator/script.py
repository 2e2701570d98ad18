"""One leg plays its documents: fetches them, speaks, listens to keys, waits in queues, dials."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Self
from urllib.parse import urljoin

from local.operator import dialling, legs
from local.operator.calls import Call, CallStatus, HungUp, Instruction, Menu, Redirected, Rejected, drop
from local.operator.errors import NOT_XML, SCHEMA_FAILED, DocumentFailed
from local.operator.exchange import Exchange
from local.operator.rooms import recording_callback
from local.operator.twiml import EVERYWHERE, WHILE_QUEUED, Verb, parse

MUSIC_S = 5.0
SHORTEST_LOOP_S = 2.0
MOST_DOCUMENTS = 250
_SOUND = Verb("Play", "", {})


class LeftQueue(Exception):
    """The waiting document said <Leave/>."""


class Script:
    """Plays what the application wants on one call."""

    def __init__(self, exchange: Exchange, call: Call) -> None:
        self.exchange = exchange
        self.call = call
        self._fetched = 0
        self._verbs: dict[str, Callable[[Verb], Awaitable[Instruction | None]]] = {
            "Say": self._say,
            "Play": self._play,
            "Pause": self._pause,
            "Gather": self._gather,
            "Enqueue": self._enqueue,
            "Dial": lambda verb: dialling.dial(self, verb),
            "Redirect": self._redirect,
            "Record": self._record,
            "Hangup": self._hangup,
            "Reject": self._reject,
            "Leave": self._leave,
        }

    async def run(self, first: Instruction) -> None:
        """Until the documents end, whatever the redirections. A document that fails is replaced by the fallback, once.

        Raises HungUp, Rejected or DocumentFailed.
        """
        step = first
        while True:
            try:
                await self.perform(step)
            except Redirected:
                step = self.call.resume()
            except DocumentFailed as failure:
                self.exchange.fail(self.call, failure.code, failure.message, failure.url)
                fallback, self.call.fallback = self.call.fallback, None
                if fallback is None:
                    raise
                told = {"ErrorCode": str(failure.code), "ErrorUrl": failure.url}
                step = Instruction(fallback.url, fallback.method, params=told)
            else:
                return

    async def perform(
        self,
        step: Instruction | None,
        allowed: frozenset[str] = EVERYWHERE,
        told: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """Play a document and those it leads to; `told` adds to what each is asked with."""
        while step is not None:
            step = await self._one_document(step, allowed, told())

    async def loop(
        self,
        step: Instruction,
        allowed: frozenset[str],
        told: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """Play a document for ever, at most once in two seconds."""
        clock = asyncio.get_running_loop()
        while True:
            began_s = clock.time()
            self._fetched = 0
            await self.perform(step, allowed, told)
            await self.call.pause(SHORTEST_LOOP_S - (clock.time() - began_s))

    def beside(self, leg: Call) -> Self:
        """A script for another leg of the same exchange."""
        return type(self)(self.exchange, leg)

    def instruction(self, verb: Verb, attribute: str = "action", method: str = "method", **told: str) -> Instruction:
        """Where an attribute of a verb leads, seen from the present document."""
        url = urljoin(self.call.document_url, verb.get(attribute))
        return Instruction(url, verb.get(method, "POST"), params=told)

    async def _one_document(
        self, step: Instruction, allowed: frozenset[str], told: Mapping[str, str]
    ) -> Instruction | None:
        verbs = await self._fetch(step, allowed, told)
        if self.call.inbound and self.call.status is CallStatus.RINGING and (not verbs or verbs[0].name != "Reject"):
            legs.answer(self.exchange, self.call)
        for verb in verbs:
            following = await self._verbs[verb.name](verb)
            if following is not None:
                return following
        return None

    async def _fetch(self, step: Instruction, allowed: frozenset[str], told: Mapping[str, str]) -> tuple[Verb, ...]:
        if step.twiml is not None:
            return parse(step.twiml, "(Twiml)", allowed)
        self._fetched += 1
        if self._fetched > MOST_DOCUMENTS:
            raise DocumentFailed(SCHEMA_FAILED, "the documents lead to each other without end", step.url)
        params = {**self.exchange.voice_params(self.call), **told, **step.params}
        answer = await self.call.during(self.exchange.webhooks.ask(step.url, step.method, params))
        self.call.document_url = step.url
        if answer.content_type.startswith("audio/"):
            return (_SOUND,)
        if not answer.body.strip() and answer.status == 204:
            return ()
        if not answer.content_type.startswith(("text/xml", "application/xml")):
            raise DocumentFailed(NOT_XML, f"content type {answer.content_type or 'missing'}", step.url)
        return parse(answer.body, step.url, allowed)

    async def _say(self, verb: Verb) -> None:
        self.exchange.note(self.call, "said", verb.text)
        await self.call.pause(self.exchange.spoken_s(verb.text) * (verb.number("loop", 1) or 1000))

    async def _play(self, verb: Verb) -> None:
        if "digits" in verb.attributes:
            self.exchange.note(self.call, "played", f"Touches {verb.get('digits')}")
            return
        url = urljoin(self.call.document_url, verb.text)
        if verb.text:
            try:
                await self.call.during(self.exchange.webhooks.ask(url, "GET", {}))
            except DocumentFailed as failure:
                self.exchange.fail(self.call, failure.code, f"sound: {failure.message}", url)
        self.exchange.note(self.call, "played", f"Son {url}")
        await self.call.pause(self.exchange.played_s(MUSIC_S) * (verb.number("loop", 1) or 1000))

    async def _pause(self, verb: Verb) -> None:
        await self.call.pause(self.exchange.played_s(verb.number("length", 1)))

    async def _redirect(self, verb: Verb) -> Instruction:
        return Instruction(urljoin(self.call.document_url, verb.text), verb.get("method", "POST"))

    async def _hangup(self, _: Verb) -> None:
        raise HungUp

    async def _reject(self, verb: Verb) -> None:
        if self.call.status is CallStatus.RINGING:
            raise Rejected(CallStatus.BUSY if verb.get("reason") == "busy" else CallStatus.NO_ANSWER)
        raise HungUp

    async def _leave(self, _: Verb) -> None:
        raise LeftQueue

    async def _gather(self, verb: Verb) -> Instruction | None:
        wanted = verb.number("numDigits", 0) or None
        menu = self.call.menu = Menu(wanted, verb.get("finishOnKey", "#"))
        self.exchange.events.tell("call.menu", self.call.sid, phone=self.call.phone)
        try:
            await self._prompt_until_pressed(verb, menu)
            if not menu.digits and self.call.menus_left:
                self.exchange.press(self.call, self.call.menus_left.pop(0))
            await self._keys(menu, verb.number("timeout", 5))
        finally:
            self.call.menu = None
        if not menu.digits and not verb.flag("actionOnEmptyResult", default=False):
            return None
        return self.instruction(verb, Digits=menu.digits, FinishedOnKey=menu.finished_on, msg="Gather End")

    async def _prompt_until_pressed(self, verb: Verb, menu: Menu) -> None:
        pressed = asyncio.ensure_future(menu.next_press())
        prompts = asyncio.ensure_future(self._prompts(verb))
        try:
            await self.call.during(asyncio.wait({pressed, prompts}, return_when=asyncio.FIRST_COMPLETED))
        finally:
            drop(pressed)
            drop(prompts)

    async def _prompts(self, verb: Verb) -> None:
        for prompt in verb.children:
            await self._verbs[prompt.name](prompt)

    async def _keys(self, menu: Menu, timeout_s: float) -> None:
        while not menu.finished:
            try:
                await self.call.during(asyncio.wait_for(menu.next_press(), timeout_s))
            except TimeoutError:
                menu.finished = True

    async def _record(self, verb: Verb) -> Instruction | None:
        """A voice message: until a key, the longest time, or `timeout` seconds without a key."""
        if verb.flag("playBeep", default=True):
            self.exchange.note(self.call, "played", "Bip")
        recording = self.exchange.recordings.begin(
            "RecordVerb", self.exchange.clock.now(), recording_callback(verb), call_sid=self.call.sid
        )
        menu = self.call.menu = Menu(None, verb.get("finishOnKey", "1234567890*#"))
        try:
            await self._keys(menu, min(verb.number("timeout", 5), verb.number("maxLength", 3600)))
        finally:
            self.call.menu = None
            self.exchange.end_recording(recording)
        return self.instruction(
            verb,
            RecordingSid=recording.sid,
            RecordingUrl=self.exchange.recording_url(recording),
            RecordingDuration=str(recording.duration_s),
            Digits=menu.finished_on,
        )

    async def _enqueue(self, verb: Verb) -> Instruction | None:
        queue = self.exchange.queues.of(verb.text)
        if len(queue.members) >= verb.number("maxQueueSize", 100):
            return self._after_queue(verb, {"QueueResult": "queue-full"})
        member = queue.join(self.call)
        self.exchange.events.tell("call.queued", self.call.sid, queue=queue.name)
        result = "error"
        asked_from = self.call.document_url
        try:
            if verb.get("waitUrl"):
                wait = self.instruction(verb, "waitUrl", "waitUrlMethod")
                await self.loop(wait, WHILE_QUEUED, lambda: queue.wait_params(member))
            else:
                self.exchange.note(self.call, "played", "Musique d’attente")
                await self.call.during(asyncio.Event().wait())
        except LeftQueue:
            result = "leave"
        except Redirected:
            result = "redirected"
            raise
        except HungUp:
            result = "hangup"
            raise
        except DocumentFailed as failure:
            self.exchange.fail(self.call, failure.code, failure.message, failure.url)
        finally:
            self.call.document_url = asked_from
            told = {"QueueResult": result, "QueueSid": queue.sid, "QueueTime": str(queue.leave(member))}
            self.exchange.events.tell("call.left_queue", self.call.sid, result=result)
            if result in {"redirected", "hangup"} and verb.get("action"):
                action = self.instruction(verb, **told)
                params = {**self.exchange.voice_params(self.call), **told}
                self.exchange.webhooks.notify(self.call.sid, action.url, action.method, params)
        return self._after_queue(verb, told)

    def _after_queue(self, verb: Verb, told: Mapping[str, str]) -> Instruction | None:
        return self.instruction(verb, **told) if verb.get("action") else None
