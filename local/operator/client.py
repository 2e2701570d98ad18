"""The control API for demos and tests: synchronous, typed; waits for conditions, never sleeps."""

import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from pydantic import TypeAdapter

from local.operator.faults import Mishap
from local.operator.incoming import MailFromOutside, Rule, SentFile
from local.operator.phones import Answering
from local.operator.views import (
    BehaviourView,
    CallView,
    ClockView,
    EventView,
    FaultsView,
    FaultView,
    MailView,
    MessageView,
    OurNumber,
    PaceView,
    PhoneView,
    RecordingView,
    SendingView,
    WebhookFaultView,
)

T = TypeVar("T")

_LONGEST_POLL_S = 20.0
PATIENCE_S = 60.0
"""Until a condition is given up: on a busy machine the cold start of a function takes its time."""


class OperatorClient:
    """`base_url` is the operator's. What cannot be done raises httpx.HTTPStatusError; a condition that does not come
    true in time (seconds) raises TimeoutError."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=_LONGEST_POLL_S + 10, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def place_call(self, from_: str | None, to: str, forwarded_from: str | None = None) -> CallView:
        """A person calls one of our numbers; None withholds the caller's."""
        body = {"from": from_, "to": to, "forwarded_from": forwarded_from}
        return CallView.model_validate(self._post("/calls", body))

    def answer(self, phone: str) -> CallView:
        return CallView.model_validate(self._post(f"/phones/{phone}/answer"))

    def press(self, phone: str, keys: str, timeout: float = PATIENCE_S) -> CallView:
        """Press keys as soon as a menu of this phone listens."""
        self.wait_for(lambda: self._listening(phone), timeout, f"a menu on {phone}")
        return CallView.model_validate(self._post(f"/phones/{phone}/press", {"keys": keys}))

    def speak(self, phone: str, text: str) -> CallView:
        return CallView.model_validate(self._post(f"/phones/{phone}/speak", {"text": text}))

    def hang_up(self, phone: str) -> CallView:
        return CallView.model_validate(self._post(f"/phones/{phone}/hang-up"))

    def press_on_call(self, sid: str, keys: str) -> CallView:
        """Whether or not a menu listens."""
        return CallView.model_validate(self._post(f"/calls/{sid}/press", {"keys": keys}))

    def hang_up_call(self, sid: str) -> CallView:
        """A call that still rings is declined."""
        return CallView.model_validate(self._post(f"/calls/{sid}/hang-up"))

    def set_behaviour(self, number: str, answering: Answering, **more: Any) -> PhoneView:
        """`more` are the other fields of BehaviourView."""
        behaviour = BehaviourView(answering=answering, **more)
        return PhoneView.model_validate(self._put(f"/phones/{number}/behaviour", behaviour.model_dump(mode="json")))

    def name_phone(self, number: str, name: str) -> PhoneView:
        return PhoneView.model_validate(self._put(f"/phones/{number}/name", {"name": name}))

    def name_numbers(self, names: Mapping[str, str]) -> None:
        """Whose the numbers are, by number in E.164, before any of them rings."""
        self._http.put("/directory", json=dict(names)).raise_for_status()

    def tell_story(self, name: str, *, playing: bool) -> None:
        """What is played here; when it is over, the page offers it again."""
        self._put("/story", {"name": name, "playing": playing})

    def forget_story(self) -> None:
        self._http.delete("/story").raise_for_status()

    def story_is_wanted_again(self) -> bool:
        story = self._get("/story")
        return bool(story and story["again"])

    def phones(self) -> list[PhoneView]:
        return self._list(PhoneView, "/phones")

    def phone(self, phone: str) -> PhoneView | None:
        """None while nobody has spoken of it."""
        found = self._http.get(f"/phones/{phone}")
        if found.status_code == httpx.codes.NOT_FOUND:
            return None
        return PhoneView.model_validate(found.raise_for_status().json())

    def calls(self) -> list[CallView]:
        return self._list(CallView, "/calls")

    def call(self, sid: str) -> CallView:
        return CallView.model_validate(self._get(f"/calls/{sid}"))

    def messages(self) -> list[MessageView]:
        return self._list(MessageView, "/messages")

    def mails(self) -> list[MailView]:
        return self._list(MailView, "/mails")

    def throw_away(self, mail_id: str) -> None:
        """As the reader of a mail does."""
        self._http.delete(f"/mails/{mail_id}").raise_for_status()

    def set_rule(self, rule: Rule) -> None:
        """Where mails from outside are put."""
        self._put("/mails/rule", rule.model_dump())

    def send_from_outside(self, sender: str, *files: tuple[str, bytes], **more: Any) -> None:
        """Somebody sends us a mail with these files, each by its name; `more` are other fields of MailFromOutside."""
        sent = [SentFile(name=name, body=body) for name, body in files]
        mail = MailFromOutside(sender=sender, files=sent, **more)
        self._post("/mails/from-outside", mail.model_dump(mode="json", by_alias=True))

    def attachment(self, url: str) -> bytes:
        """The content of an attachment; `url` as the mail gives it."""
        return self._http.get(url).raise_for_status().content

    def recordings(self) -> list[RecordingView]:
        return self._list(RecordingView, "/recordings")

    def webhooks(self) -> list[SendingView]:
        return self._list(SendingView, "/webhooks")

    def numbers(self) -> list[OurNumber]:
        return self._list(OurNumber, "/numbers")

    def offset(self) -> float:
        return ClockView.model_validate(self._get("/clock")).offset_s

    def set_offset(self, seconds: float) -> None:
        self._put("/clock", {"offset_s": seconds})

    def add_fault(self, match: str, **more: Any) -> None:
        """`more` are the other fields of FaultView."""
        self._post("/faults", FaultView(match=match, **more).model_dump(mode="json"))

    def add_webhook_fault(self, match: str, mishap: Mishap, **more: Any) -> None:
        """`more` are the other fields of WebhookFaultView."""
        self._post("/faults/webhooks", WebhookFaultView(match=match, mishap=mishap, **more).model_dump(mode="json"))

    def faults(self) -> FaultsView:
        """Those still to come."""
        return FaultsView.model_validate(self._get("/faults"))

    def clear_faults(self) -> None:
        self._http.delete("/faults").raise_for_status()

    def pace(self) -> float:
        """Outbound calls a second, 0 when they are not paced."""
        return PaceView.model_validate(self._get("/pace")).calls_per_second

    def set_pace(self, calls_per_second: float) -> None:
        """0 dials at once."""
        self._put("/pace", PaceView(calls_per_second=calls_per_second).model_dump())

    def reset(self) -> None:
        self._http.post("/reset").raise_for_status()

    def version(self) -> int:
        return int(self._get("/state/version")["version"])

    def events(self, after: int = 0) -> list[EventView]:
        """What has happened since, without waiting."""
        found = self._get("/events", {"after": after, "timeout": 0})["events"]
        return TypeAdapter(list[EventView]).validate_python(found)

    def wait_for(self, condition: Callable[[], T | None], timeout: float, what: str) -> T:
        """The first result of `condition` that counts as true, looked at again after each event."""
        deadline = time.monotonic() + timeout
        while True:
            version = self.version()
            found = condition()
            if found:
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"after {timeout} s still no {what}")
            self._get("/state/version", {"after": version, "timeout": min(left, _LONGEST_POLL_S)})

    def wait_for_ringing(self, number: str, timeout: float = PATIENCE_S) -> CallView:
        """The call that rings on a phone."""
        return self.wait_for(lambda: self._ringing(number), timeout, f"ringing on {number}")

    def wait_for_message(self, to: str, contains: str = "", timeout: float = PATIENCE_S) -> MessageView:
        """The first SMS to a number that contains a text."""
        return self.wait_for(lambda: self._message(to, contains), timeout, f"SMS to {to} with “{contains}”")

    def wait_for_mail(self, to: str, contains: str = "", timeout: float = PATIENCE_S) -> MailView:
        """The first mail to an address whose subject or text contains a text."""
        return self.wait_for(lambda: self._mail(to, contains), timeout, f"mail to {to} with “{contains}”")

    def wait_for_call(
        self, sid: str, condition: Callable[[CallView], bool], timeout: float = PATIENCE_S, what: str = "state"
    ) -> CallView:
        """The call, once it is as wanted."""

        def wanted() -> CallView | None:
            call = self.call(sid)
            return call if condition(call) else None

        return self.wait_for(wanted, timeout, f"{what} of call {sid}")

    def wait_for_words(self, sid: str, words: str, timeout: float = PATIENCE_S) -> CallView:
        """The call, once its phone has heard these words."""
        return self.wait_for_call(
            sid, lambda call: any(words in line.text for line in call.transcript), timeout, f"“{words}”"
        )

    def wait_for_end(self, sid: str, timeout: float = PATIENCE_S) -> CallView:
        return self.wait_for_call(sid, lambda call: not call.live, timeout, "end")

    def _listening(self, phone: str) -> bool:
        known = self.phone(phone)
        return known is not None and any(call.listening for call in known.calls)

    def _ringing(self, number: str) -> CallView | None:
        known = self.phone(number)
        if known is None or not known.ringing:
            return None
        return next((c for c in reversed(known.calls) if c.status == "ringing" and c.direction != "inbound"), None)

    def _message(self, to: str, contains: str) -> MessageView | None:
        return next((m for m in self.messages() if m.to == to and contains in m.body), None)

    def _mail(self, to: str, contains: str) -> MailView | None:
        return next((m for m in self.mails() if to in m.to and contains in f"{m.subject}\n{m.text}"), None)

    def _list(self, view: type[T], path: str) -> list[T]:
        return TypeAdapter(list[view]).validate_python(self._get(path))  # type: ignore[valid-type]

    def _get(self, path: str, query: dict[str, float] | None = None) -> Any:
        return self._http.get(path, params=query).raise_for_status().json()

    def _post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._http.post(path, json=body).raise_for_status().json()

    def _put(self, path: str, body: dict[str, Any]) -> Any:
        return self._http.put(path, json=body).raise_for_status().json()
