"""A telephony provider that posts signed webhooks to the function, and the world behind it in memory."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics

from call_webhook.call_log import TolerantCallLog
from call_webhook.handler import respond
from permanence.adapters.contract_file import load_contract
from permanence.adapters.twilio.credentials import Credentials
from permanence.adapters.twilio.signature import sign
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.reception.answering import (
    Agent,
    Ringing,
    object_to_recording,
    stop_recording,
    take_and_ring,
)
from permanence.application.reception.ports import QueueRefused, VersionConflict
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.domain.calls.call import Call
from permanence.domain.contract import Contract, contract_in_force
from permanence.domain.reference.in_force import ReceptionPart
from tests.fakes.providers import FakePhone, FakeQueue, PlacedCall
from tests.fakes.store import FakeCalls, FakeMalfunctions, FakeNotices, FakeStore, StoreDown

BASE_URL = "https://permanence.example"
ACCOUNT = "AC" + "0" * 32
TOKEN = "current-token"
PREVIOUS_TOKEN = "previous-token"
CALL_ID = "CA" + "1" * 32
CALLER = "+33639982105"
SATURDAY_NIGHT = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
"""Saturday 21 November 2026, 23 h 12 in Paris."""
CAMILLE = Agent("agent-camille", "Camille", "+33639980001")


@dataclass
class Answered:
    """What the function answered; `verbs` are the verbs of its TwiML."""

    status: int
    body: str
    headers: Mapping[str, str]

    @property
    def verbs(self) -> list[str]:
        return [verb.tag for verb in self.twiml]

    @property
    def twiml(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.body)  # noqa: S314 our own answer

    @property
    def words(self) -> str:
        return " ".join(said.text or "" for said in self.twiml.iter("Say"))


@dataclass
class World:
    """`routing.Services` in memory; `now` is the time of the next webhook."""

    now: datetime = SATURDAY_NIGHT
    contract: Contract = field(default_factory=load_contract)
    urls: TelephonyUrls = field(default_factory=lambda: TelephonyUrls(BASE_URL))
    credentials: Credentials = field(default_factory=lambda: Credentials(ACCOUNT, (TOKEN, PREVIOUS_TOKEN)))
    store: FakeStore = field(default_factory=FakeStore)
    late_events: FakeQueue = field(default_factory=FakeQueue)
    imports: FakeQueue = field(default_factory=FakeQueue)
    part: ReceptionPart = field(default_factory=ReceptionPart)
    logger: Logger = field(default_factory=lambda: Logger(service="silent", level="CRITICAL"))

    def __post_init__(self) -> None:
        self.dispatching = Dispatching(self.contract, f"{BASE_URL}/m/")
        self.outages = (StoreDown, VersionConflict)
        self.kept_calls = FakeCalls(self.store)
        self.malfunctions = FakeMalfunctions(self.store)
        self.notices = FakeNotices(self.store)
        self.phones = FakePhone(lambda: self.now)
        self.metrics = EphemeralMetrics(namespace="tests", service="call_webhook")
        self.call_log = TolerantCallLog(
            self.kept_calls, self.late_events, self.logger, self.metrics, outages=(*self.outages, QueueRefused)
        )

    def contract_at(self, now: datetime) -> Contract:
        return contract_in_force(self.contract, self.part, now)

    def begin(self) -> None:
        self.call_log.begin()

    def post(
        self, address: str, fields: Mapping[str, str] | Sequence[tuple[str, str]] = (), token: str = TOKEN
    ) -> Answered:
        """A signed webhook at an address of ours, relative or absolute, with the fields every webhook has."""
        given = list(fields.items()) if isinstance(fields, Mapping) else list(fields)
        usual = {"AccountSid": ACCOUNT, "CallSid": CALL_ID}
        pairs = [pair for pair in usual.items() if pair[0] not in dict(given)] + given
        url = address if address.startswith("https:") else BASE_URL + address
        return self.send(http_event(url, urlencode(pairs), sign(token, url, pairs)))

    def take(self, agent: Agent = CAMILLE) -> PlacedCall:
        """An agent takes the call from the desk; what rings."""
        pickup = take_and_ring(self.kept_calls, self.phones, self.urls, call_id=CALL_ID, agent=agent, now=self.now)
        assert pickup.result is Ringing.RINGING
        return self.phones.calls[-1]

    def picks_up(self, ringing: PlacedCall, key: str = "1", **fields: str) -> Answered:
        """Who picks up what rings presses this key when asked to, or none; what is heard then."""
        prompt = self.post(ringing.url, {"CallSid": ringing.provider_id, "CallStatus": "in-progress", **fields})
        asked = prompt.twiml.find("Gather")
        assert asked is not None
        digits = fields | ({"Digits": key} if key else {})
        return self.post(asked.attrib["action"], {"CallSid": ringing.provider_id, **digits})

    def hangs_up(self, ringing: PlacedCall) -> None:
        """Who had picked up hangs up, two seconds after that."""
        self.post(ringing.status_url, {"CallSid": ringing.provider_id, "CallStatus": "completed", "CallDuration": "2"})

    def send(self, event: dict[str, Any]) -> Answered:
        answer = respond(event, self, self.now, self.logger, self.metrics)
        return Answered(answer["statusCode"], answer["body"], answer["headers"])

    def ring(self, **fields: str) -> Answered:
        """A caller reaches our number."""
        usual = {"From": CALLER, "To": self.contract.numbers.inbound, "CallStatus": "ringing", "Direction": "inbound"}
        return self.post("/telephony/calls/incoming", usual | fields)

    def end(self, duration_s: int) -> Answered:
        """The caller's leg ends now, `duration_s` after it began."""
        fields = {
            "To": self.contract.numbers.inbound,
            "CallStatus": "completed",
            "CallDuration": str(duration_s),
            "Timestamp": format_datetime(self.now),
        }
        return self.post("/telephony/calls/status", fields)

    def raise_objection(self) -> None:
        """The caller may not want to be recorded: the agent presses the button once."""
        stop_recording(self.kept_calls, self.phones, self.call(), self.now)

    def object(self) -> None:
        """The caller does not want to be recorded: the agent has pressed the button twice."""
        object_to_recording(self.kept_calls, self.phones, self.imports, self.call(), self.now)

    def later(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    def call(self, call_id: str = CALL_ID) -> Call:
        record = self.kept_calls.get(call_id)
        assert record is not None
        return record.call


def a_caller_waits() -> World:
    """Who called ten seconds ago."""
    world = World()
    world.ring()
    world.later(10)
    return world


def http_event(url: str, body: str, signature: str) -> dict[str, Any]:
    """What the HTTP API hands to the function."""
    address = urlsplit(url)
    return {
        "rawPath": address.path,
        "rawQueryString": address.query,
        "headers": {"host": "somewhere.internal", "x-twilio-signature": signature},
        "requestContext": {"requestId": "request-1"},
        "body": b64encode(body.encode()).decode(),
        "isBase64Encoded": True,
    }
