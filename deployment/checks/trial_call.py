"""One call from our own number to the tenants' one: declared as a test by that, it disturbs nobody (R60)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import httpx

from deployment.finding import AWS, Finding
from permanence.adapters.twilio.api import TwilioApi, segment
from permanence.application.reception.ports import CallRecord, ProviderRefused, ProviderUnavailable
from permanence.domain.contract import Numbers

_LISTENS = "<Response><Pause length='20'/></Response>"
_ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_EVERY_S = 2.0
_LOOKS = 30


class OwnCalls(TwilioApi):
    """Calls from our caller id to the number of the tenants."""

    def place(self, numbers: Numbers) -> str:
        """The leg that calls hears what the other says, and says nothing itself."""
        fields = [("To", numbers.inbound), ("From", numbers.caller_id), ("Twiml", _LISTENS), ("Timeout", "30")]
        return str(self._post("Calls", fields)["sid"])

    def status(self, call_id: str) -> str:
        return str(self._get(f"Calls/{segment(call_id)}")["status"])

    def arrived(self, numbers: Numbers) -> frozenset[str]:
        """The latest of those that have reached the number."""
        told = self._get("Calls", {"To": numbers.inbound, "From": numbers.caller_id, "PageSize": "50"})
        return frozenset(call["sid"] for call in told["calls"] if call["direction"] == "inbound")


def webhook_findings(http: httpx.Client, base_url: str, prefix: str) -> list[Finding]:
    """Nothing when the webhook refuses what nobody has signed, as it does when it works. Else no call is to be placed:
    the provider would answer it in our place, like any other, and somebody of the landlord's would be called."""
    log = _log(prefix)
    try:
        answer = http.post(f"{base_url}/telephony/calls/incoming")
    except httpx.HTTPError as error:
        return [Finding(f"No test call was placed: {base_url} cannot be reached: {error}.", log)]
    if answer.status_code == HTTPStatus.FORBIDDEN:
        return []
    says = (
        f"No test call was placed: the webhook answers {answer.status_code} to a request of nobody's, which it should "
        "refuse; the call would have rung at the landlord's own numbers."
    )
    return [Finding(says, log)]


def call_findings(
    calls: OwnCalls,
    numbers: Numbers,
    kept: Callable[[str], CallRecord | None],
    wait: Callable[[float], None],
    prefix: str,
) -> list[Finding]:
    """Places the call and follows it to its end, a minute at most. `kept` is what the reception knows of a call; `wait`
    lets a number of seconds pass."""
    log = _log(prefix)
    try:
        before = calls.arrived(numbers)
        placed = calls.place(numbers)
        status = _until(lambda: _ended(calls.status(placed)), wait)
        if status is None:
            return [Finding(f"The test call {placed} has not ended within a minute.", log)]
        if status != "completed":
            return [Finding(f"The test call {placed} to {numbers.inbound} was not answered: {status}.", log)]
        arrived = _until(lambda: calls.arrived(numbers) - before, wait)
    except (ProviderRefused, ProviderUnavailable) as trouble:
        return [Finding(f"The provider placed no test call: {trouble}.", "make check-telephony STAGE=…")]
    if not arrived:
        says = f"The test call {placed} has reached none of our addresses: somebody else answers {numbers.inbound}."
        return [Finding(says, "make check-telephony STAGE=…")]
    (call_id,) = sorted(arrived)[:1]
    record = _until(lambda: kept(call_id), wait)
    if record is None:
        says = f"The reception knows nothing of the test call {call_id}: its webhook did not answer."
        return [Finding(says, log)]
    if not record.call.is_test:
        says = f"The reception took the test call {call_id} for a call of tenants: it counts in the figures of the day."
        return [Finding(says, "caller_id and inbound of contracts/<landlord>/landlord.toml")]
    return []


def _log(prefix: str) -> str:
    return f"{AWS} logs tail /aws/lambda/{prefix}-call-webhook --since 15m"


def _ended(status: str) -> str | None:
    return status if status in _ENDED else None


def _until(look: Callable[[], Any], wait: Callable[[float], None]) -> Any:
    """What a look finds, as soon as it finds something; None after a minute."""
    for _ in range(_LOOKS):
        found = look()
        if found:
            return found
        wait(_EVERY_S)
    return None
