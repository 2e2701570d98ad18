"""The provider's REST API: messages, calls, conferences, recordings."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from permanence.adapters.twilio import events
from permanence.adapters.twilio.api import TwilioApi, is_gone, segment
from permanence.adapters.twilio.credentials import Credentials
from permanence.adapters.twilio.retries import told_again
from permanence.application.reception.ports import (
    LONG_RING_S,
    HeldRecording,
    ProviderRefused,
    ProviderUnavailable,
    ProviderWord,
)
from permanence.domain.contract import Numbers

_LATEST = 50


class TwilioPhones(TwilioApi):
    """The `PhoneProvider` port. Calls show the landlord's caller id, messages its name.

    `credentials` and `timeout_s` as for `TwilioApi`.
    """

    def __init__(
        self, base_url: str, credentials: Callable[[], Credentials], numbers: Numbers, timeout_s: float
    ) -> None:
        super().__init__(base_url, credentials, timeout_s)
        self._numbers = numbers

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
        self._post(f"Calls/{segment(call_id)}", [("Url", url), ("Method", "POST")])

    def hang_up(self, call_id: str) -> None:
        self._post(f"Calls/{segment(call_id)}", [("Status", "completed")])

    def set_hold(self, conference: str, call_id: str, on_hold: bool, hold_url: str) -> None:
        room = self._live_conference(conference)
        fields = [("Hold", str(on_hold).lower())]
        if on_hold:
            fields += [("HoldUrl", hold_url), ("HoldMethod", "POST")]
        self._post(f"{room}/Participants/{segment(call_id)}", fields)

    def stop_recording(self, conference: str) -> None:
        self._post(f"{self._live_conference(conference)}/Recordings/Twilio.CURRENT", [("Status", "stopped")])

    def have_met(self, conference: str, call_id: str, since: datetime) -> bool | None:
        # It lists who is in a conference, not who was in one that is over: there only a recording proves that it had
        # begun, which takes two.
        named = self._get("Conferences", {"FriendlyName": conference})["conferences"]
        found = [item for item in named if _is_since(item, since)]
        if not found or any(item.get("status") == "init" for item in found):
            return False
        return True if any(self._met_in(item, call_id) for item in found) else None

    def find_sms(self, to: str, text: str, since: datetime) -> Sequence[str]:
        found = self._created_since("Messages", "messages", to, since)
        return [message["sid"] for message in found if message.get("body") == text]

    def find_calls(self, to: str, since: datetime) -> Sequence[str]:
        return [call["sid"] for call in self._created_since("Calls", "calls", to, since)]

    def status_of_sms(self, message_id: str) -> ProviderWord:
        return events.message_word(self._get(f"Messages/{segment(message_id)}"))

    def status_of_call(self, call_id: str) -> ProviderWord:
        return events.call_word(self._get(f"Calls/{segment(call_id)}"))

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
        return self._request("GET", f"Recordings/{segment(recording_id)}.wav")

    def delete_recording(self, recording_id: str) -> None:
        self._delete(f"Recordings/{segment(recording_id)}")

    def _live_conference(self, name: str) -> str:
        found = self._get("Conferences", {"FriendlyName": name, "Status": "in-progress"})["conferences"]
        sid = found[0].get("sid") if found else None
        if not sid:
            raise ProviderRefused("20404", "no such conference")
        return f"Conferences/{segment(sid)}"

    def _met_in(self, conference: Mapping[str, Any], call_id: str) -> bool:
        sid = conference.get("sid")
        if not sid:
            return False
        if conference.get("status") == "completed":
            return bool(self._get("Recordings", {"ConferenceSid": sid})["recordings"])
        return self._find(f"Conferences/{segment(sid)}/Participants/{segment(call_id)}") is not None

    def _name_of(self, conference_id: str | None) -> str:
        found = self._find(f"Conferences/{segment(conference_id)}") if conference_id else None
        return str((found or {}).get("friendly_name") or "")

    def _find(self, resource: str) -> dict[str, Any] | None:
        """None when there is no such thing, or no more."""
        try:
            return self._get(resource)
        except ProviderRefused as refusal:
            if not is_gone(refusal):
                raise
            return None

    def _created_since(self, resource: str, member: str, to: str, since: datetime) -> list[dict[str, Any]]:
        # Filtered here, since the provider's own date filters leave out what is still queued there: that has no date.
        found = self._get(resource, {"To": to, "PageSize": str(_LATEST)})[member]
        return [item for item in found if item.get("sid") and _is_since(item, since)]


def _is_since(item: Mapping[str, Any], since: datetime) -> bool:
    made_at = events.told_at(item, "date_created")
    return made_at is None or made_at >= since.replace(microsecond=0)


def _sid(made: Mapping[str, Any]) -> str:
    if not made.get("sid"):
        raise ProviderUnavailable("the answer names nothing")
    return str(made["sid"])
