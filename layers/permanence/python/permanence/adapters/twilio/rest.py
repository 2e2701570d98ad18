"""The provider's REST API: messages, calls, conferences, recordings."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
)

from permanence.adapters.twilio import events
from permanence.adapters.twilio.credentials import Credentials
from permanence.adapters.twilio.retries import told_again
from permanence.application.ports import (
    LONG_RING_S,
    HeldRecording,
    ProviderRefused,
    ProviderUnavailable,
    ProviderWord,
)
from permanence.domain.contract import Numbers

IRELAND = "https://api.dublin.ie1.twilio.com"
"""Where the account's data stays in the Union (R73)."""

_LATER = frozenset({401, 408, 425, 429})
"""401 speaks of our secret, never of whom we call: as a refusal it would run through a whole chain in seconds."""

_GONE = frozenset({"404", "20404"})
_LATEST = 50


class TwilioPhones:
    """The `PhoneProvider` port. Calls show the landlord's caller id, messages its name.

    `credentials` is asked at each request, since secrets rotate; `timeout_s` bounds one request, in seconds.
    """

    def __init__(
        self, base_url: str, credentials: Callable[[], Credentials], numbers: Numbers, timeout_s: float
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._credentials = credentials
        self._numbers = numbers
        self._timeout_s = timeout_s
        self._opener = _plain_opener()

    def send_sms(self, to: str, text: str, callback_url: str) -> str:
        fields = [
            ("To", to),
            ("From", self._numbers.sms_sender),
            ("Body", text),
            ("StatusCallback", told_again(callback_url)),
        ]
        return _sid(self._post("Messages", fields))

    def place_call(self, to: str, url: str, status_url: str, detect_machine: bool, ring_s: int = LONG_RING_S) -> str:
        fields = [
            ("To", to),
            ("From", self._numbers.caller_id),
            ("Url", url),
            ("Method", "POST"),
            ("Timeout", str(ring_s)),
            ("StatusCallback", told_again(status_url)),
            ("StatusCallbackMethod", "POST"),
            *(("StatusCallbackEvent", event) for event in ("initiated", "ringing", "answered", "completed")),
        ]
        if detect_machine:
            fields.append(("MachineDetection", "DetectMessageEnd"))
        return _sid(self._post("Calls", fields))

    def redirect_call(self, call_id: str, url: str) -> None:
        self._post(f"Calls/{_segment(call_id)}", [("Url", url), ("Method", "POST")])

    def hang_up(self, call_id: str) -> None:
        self._post(f"Calls/{_segment(call_id)}", [("Status", "completed")])

    def set_hold(self, conference: str, call_id: str, on_hold: bool, hold_url: str) -> None:
        room = self._live_conference(conference)
        fields = [("Hold", str(on_hold).lower())]
        if on_hold:
            fields += [("HoldUrl", hold_url), ("HoldMethod", "POST")]
        self._post(f"{room}/Participants/{_segment(call_id)}", fields)

    def stop_recording(self, conference: str) -> None:
        self._post(f"{self._live_conference(conference)}/Recordings/Twilio.CURRENT", [("Status", "stopped")])

    def find_sms(self, to: str, text: str, since: datetime) -> Sequence[str]:
        found = self._created_since("Messages", "messages", to, since)
        return [message["sid"] for message in found if message.get("body") == text]

    def find_calls(self, to: str, since: datetime) -> Sequence[str]:
        return [call["sid"] for call in self._created_since("Calls", "calls", to, since)]

    def status_of_sms(self, message_id: str) -> ProviderWord:
        return events.message_word(self._get(f"Messages/{_segment(message_id)}"))

    def status_of_call(self, call_id: str) -> ProviderWord:
        return events.call_word(self._get(f"Calls/{_segment(call_id)}"))

    def held_recordings(self, since: datetime) -> Sequence[HeldRecording]:
        made_since = {"DateCreated>": since.astimezone(UTC).date().isoformat()}
        held = list(self._list("Recordings", "recordings", made_since))
        return [
            HeldRecording(
                item["sid"],
                self._name_of(item.get("conference_sid")),
                int(item.get("duration") or 0),
                events.told_at(item, "date_created", "start_time") or since,
            )
            for item in held
            if item.get("status") == "completed" and item.get("sid")
        ]

    def fetch_recording(self, recording_id: str) -> bytes:
        return self._request("GET", f"Recordings/{_segment(recording_id)}.wav")

    def delete_recording(self, recording_id: str) -> None:
        try:
            self._request("DELETE", f"Recordings/{_segment(recording_id)}.json")
        except ProviderRefused as refusal:
            if refusal.code not in _GONE:
                raise

    def _live_conference(self, name: str) -> str:
        found = self._get("Conferences", {"FriendlyName": name, "Status": "in-progress"})["conferences"]
        sid = found[0].get("sid") if found else None
        if not sid:
            raise ProviderRefused("20404", "no such conference")
        return f"Conferences/{_segment(sid)}"

    def _name_of(self, conference_id: str | None) -> str:
        if not conference_id:
            return ""
        try:
            return str(self._get(f"Conferences/{_segment(conference_id)}").get("friendly_name") or "")
        except ProviderRefused as refusal:
            if refusal.code not in _GONE:
                raise
            return ""

    def _list(self, resource: str, member: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        page = self._get(resource, query)
        yield from page[member]
        while next_page := page.get("next_page_uri"):
            # Of its address we take the query alone: our secret goes where it always goes.
            page = self._get(resource, dict(parse_qsl(urlsplit(next_page).query)))
            yield from page[member]

    def _created_since(self, resource: str, member: str, to: str, since: datetime) -> list[dict[str, Any]]:
        # Filtered here, since the provider's own date filters leave out what is still queued there: that has no date.
        found = self._get(resource, {"To": to, "PageSize": str(_LATEST)})[member]
        return [item for item in found if item.get("sid") and _is_since(item, since)]

    def _get(self, resource: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        return _decoded(self._request("GET", f"{resource}.json{'?' + urlencode(query) if query else ''}"))

    def _post(self, resource: str, fields: Sequence[tuple[str, str]]) -> dict[str, Any]:
        return _decoded(self._request("POST", f"{resource}.json", urlencode(fields).encode()))

    def _request(self, method: str, path: str, body: bytes | None = None) -> bytes:
        credentials = self._credentials()
        url = f"{self.base_url}/2010-04-01/Accounts/{_segment(credentials.account)}/{path}"
        request = Request(url, body, method=method)  # noqa: S310 the address is configuration
        pair = b64encode(f"{credentials.account}:{credentials.tokens[0]}".encode()).decode()
        request.add_header("Authorization", f"Basic {pair}")
        try:
            with self._opener.open(request, timeout=self._timeout_s) as answer:
                return bytes(answer.read())
        except HTTPError as error:
            with error:
                raise _refusal(error) from error
        except (OSError, HTTPException) as error:
            raise ProviderUnavailable(type(error).__name__) from error


def _plain_opener() -> OpenerDirector:
    """No proxy of the environment, and no redirection: it would carry our secret elsewhere."""
    opener = OpenerDirector()
    for handler in (HTTPHandler(), HTTPSHandler(), HTTPDefaultErrorHandler(), HTTPErrorProcessor()):
        opener.add_handler(handler)
    return opener


def _refusal(error: HTTPError) -> Exception:
    if error.code in _LATER or error.code >= 500:
        return ProviderUnavailable(f"HTTP {error.code}")
    try:
        told = json.loads(error.read())
        return ProviderRefused(str(told["code"]), str(told.get("message", "")))
    except (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError):
        return ProviderRefused(str(error.code), "")


def _decoded(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError as error:
        raise ProviderUnavailable("the answer is not JSON") from error
    if not isinstance(told, dict):
        raise ProviderUnavailable("the answer is not an object")
    return told


def _is_since(item: Mapping[str, Any], since: datetime) -> bool:
    made_at = events.told_at(item, "date_created")
    return made_at is None or made_at >= since.replace(microsecond=0)


def _sid(made: Mapping[str, Any]) -> str:
    if not made.get("sid"):
        raise ProviderUnavailable("the answer names nothing")
    return str(made["sid"])


def _segment(text: str) -> str:
    return quote(text, safe="")
