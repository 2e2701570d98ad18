"""The telephone exchange: everything the operator knows, and how it tells the application of it."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from local.operator.calls import Call, CallStatus, HungUp
from local.operator.clock import Clock, rfc2822
from local.operator.conferences import Conference
from local.operator.events import EventLog
from local.operator.incoming import Rule
from local.operator.mail import Mailbox
from local.operator.messages import Message, Messages
from local.operator.numbers import IncomingNumber, IncomingNumbers
from local.operator.phones import Phones
from local.operator.queues import Queues
from local.operator.recordings import Recording, Recordings
from local.operator.settings import Settings
from local.operator.webhooks import Webhooks

CHARACTERS_A_SECOND = 15.0
API_VERSION = "2010-04-01"

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Story:
    """What whoever drives this operator plays on it; `again` once somebody at the page wants to see it again."""

    name: str
    playing: bool
    again: bool = False


class Exchange:
    """State in memory, shared by the REST API, the control API and the scripts of the calls."""

    def __init__(self, settings: Settings, clock: Clock, events: EventLog, webhooks: Webhooks) -> None:
        self.settings = settings
        self.clock = clock
        self.events = events
        self.webhooks = webhooks
        self.calls_per_second = settings.calls_per_second
        self.numbers = IncomingNumbers()
        for number in settings.numbers:
            self.numbers.add(IncomingNumber(number, clock.now()))
        self.assets: dict[str, str] = {}
        self.rule: Rule | None = None
        self.story: Story | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._empty()

    def _empty(self) -> None:
        self.phones = Phones()
        self.queues = Queues()
        self.recordings = Recordings()
        self.messages = Messages()
        self.mailbox = Mailbox()
        self.calls: dict[str, Call] = {}
        self.conferences: dict[str, Conference] = {}
        self._next_dial_s = 0.0

    async def reset(self) -> None:
        """End every call and forget everything but the numbers, their URLs, the static files, where mails from outside
        are put and the story played."""
        ending = list(self._tasks)
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        self.webhooks.silence()
        self.webhooks.journal.clear()
        self.webhooks.faults.clear()
        self.clock.offset_s = 0.0
        self.calls_per_second = self.settings.calls_per_second
        self._empty()
        self.events.tell("operator.reset", "")

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run in the background; a failure is our own bug, shown and logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            log.error("a call's script broke", exc_info=problem)
            self.events.tell("operator.broke", "", problem=repr(problem))

    def spoken_s(self, text: str) -> float:
        """How long a message lasts, in real seconds."""
        return self.played_s(len(text) / CHARACTERS_A_SECOND)

    def played_s(self, life_s: float) -> float:
        return life_s / self.settings.speech_rate

    def turn_to_dial_s(self) -> float:
        """Seconds until the next outbound call may be dialled; asking takes that turn."""
        rate = self.calls_per_second
        if not rate:
            return 0.0
        now_s = asyncio.get_running_loop().time()
        turn_s = max(now_s, self._next_dial_s)
        self._next_dial_s = turn_s + 1 / rate
        return turn_s - now_s

    def live_conference(self, name: str) -> Conference | None:
        return next((c for c in self.conferences.values() if c.name == name and c.status != "completed"), None)

    def note(self, call: Call, kind: str, text: str) -> None:
        """One more line of what this phone hears or does."""
        call.note(self.clock.now(), kind, text)
        self.events.tell(f"call.{kind}", call.sid, text=text)

    def fail(self, call: Call, code: int, message: str, url: str) -> None:
        """Show what went wrong with a call, in the page and the API."""
        call.errors.append(f"{code} {message} ({url})")
        self.events.tell("call.error", call.sid, code=str(code), message=message, url=url)

    def press(self, call: Call, keys: str) -> None:
        """The person at the phone presses keys; without a menu nobody hears them."""
        self.note(call, "key", keys)
        for key in keys:
            if call.menu is not None:
                call.menu.press(key)

    def speak(self, call: Call, text: str) -> None:
        """The person at the phone says something: whoever is connected hears it."""
        self.note(call, "voice", text)
        for listener in self.connected_to(call):
            self.note(listener, "heard", text)

    def connected_to(self, call: Call) -> list[Call]:
        """Who hears this phone now."""
        if call.peer is not None:
            near = [call.peer]
        else:
            conference = self.live_conference(call.conference) if call.conference else None
            near = conference.listeners_of(call) if conference else []
        beyond = [self.connected_to(listener.other_end) for listener in near if listener.other_end is not None]
        return [*near, *(listener for heard in beyond for listener in heard)]

    def hang_up(self, call: Call) -> None:
        if call.live:
            call.interrupt(HungUp())

    def voice_params(self, call: Call) -> dict[str, str]:
        """What every voice request carries."""
        params = {
            "AccountSid": self.settings.account_sid,
            "ApiVersion": API_VERSION,
            "CallSid": call.sid,
            "CallStatus": call.status.value,
            "Direction": call.direction,
            "From": call.from_,
            "To": call.to,
            "Caller": call.from_,
            "Called": call.to,
        }
        for end, number in (("From", call.from_), ("Caller", call.from_), ("To", call.to), ("Called", call.to)):
            params[f"{end}Country"] = "FR" if number.startswith("+33") else ""
            params |= dict.fromkeys((f"{end}City", f"{end}State", f"{end}Zip"), "")
        optional = {
            "ParentCallSid": call.parent_sid,
            "ForwardedFrom": call.forwarded_from,
            "CalledVia": call.forwarded_from,
            "AnsweredBy": call.answered_by,
        }
        return params | {key: value for key, value in optional.items() if value}

    def tell_status(self, call: Call, event: str) -> None:
        """The status callback of one event (initiated, ringing, answered, completed), if it was asked for."""
        self.events.tell(f"call.{event}", call.sid, phone=call.phone, status=call.status.value)
        callback = call.status_callback
        sequence, call.sequence = call.sequence, call.sequence + 1
        if callback is None or event not in callback.events:
            return
        params = self.voice_params(call) | {
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(sequence),
            "Timestamp": rfc2822(self.clock.now()) or "",
        }
        if event == "initiated":
            params["CallStatus"] = "initiated"
        if event == "completed":
            params["CallDuration"] = str(call.duration_s)
            params["Duration"] = str(-(-call.duration_s // 60))
            params["SipResponseCode"] = _SIP_CODES.get(call.status, "200")
        self.webhooks.notify(call.sid, callback.url, callback.method, params)

    def tell_message(self, message: Message, status: str) -> None:
        """An SMS has a new status."""
        message.status = status
        self.events.tell("message.status", message.sid, to=message.to, status=status)
        if message.status_callback is None:
            return
        params = {
            "AccountSid": self.settings.account_sid,
            "ApiVersion": API_VERSION,
            "MessageSid": message.sid,
            "MessageStatus": status,
            "SmsSid": message.sid,
            "SmsStatus": status,
            "From": message.from_,
            "To": message.to,
        }
        if message.error_code is not None:
            params["ErrorCode"] = str(message.error_code)
        self.webhooks.notify(message.sid, message.status_callback.url, message.status_callback.method, params)

    def recording_url(self, recording: Recording) -> str:
        account = f"/{API_VERSION}/Accounts/{self.settings.account_sid}"
        return f"{self.settings.public_url}{account}/Recordings/{recording.sid}"

    def tell_recording(self, recording: Recording, status: str) -> None:
        self.events.tell(f"recording.{status}", recording.sid, duration_s=str(recording.duration_s))
        callback = recording.callback
        if callback is None or status not in callback.events:
            return
        params = {
            "AccountSid": self.settings.account_sid,
            "RecordingSid": recording.sid,
            "RecordingUrl": self.recording_url(recording),
            "RecordingStatus": status,
            "RecordingChannels": "1",
            "RecordingSource": recording.source,
            "RecordingStartTime": rfc2822(recording.started_at) or "",
            "RecordingTrack": "both",
            "ErrorCode": "0",
        }
        if status == "completed":
            params["RecordingDuration"] = str(recording.duration_s)
        if recording.conference_sid:
            params["ConferenceSid"] = recording.conference_sid
        if recording.call_sid:
            params["CallSid"] = recording.call_sid
        self.webhooks.notify(recording.sid, callback.url, callback.method, params)

    def end_recording(self, recording: Recording) -> None:
        if self.recordings.end(recording):
            self.tell_recording(recording, "completed")


_SIP_CODES = {CallStatus.BUSY: "486", CallStatus.NO_ANSWER: "480", CallStatus.CANCELED: "487", CallStatus.FAILED: "404"}
