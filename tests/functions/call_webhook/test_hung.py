"""Everything we ask accepts and never answers: the time-outs of the real clients, summed up, leave the provider waiting
for less than it does and for less than our function lives."""

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode
from urllib.request import OpenerDirector, Request

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session
from urllib3.util import Timeout

from call_webhook.handler import respond
from call_webhook.live_services import LiveServices
from permanence.adapters import aws
from permanence.adapters.contract_file import load_contract
from permanence.adapters.twilio import credentials
from permanence.adapters.twilio.credentials import SecretUnreadable
from permanence.adapters.twilio.signature import sign
from permanence.application.reception.ports import ProviderUnavailable
from permanence.application.reception.telephony_urls import TelephonyUrls
from tests.functions.telephony import ACCOUNT, BASE_URL, CALL_ID, CALLER, SATURDAY_NIGHT, TOKEN, http_event

FUNCTION_S = 13
"""`infra/functions.py`; `tests/infra/test_template.py` holds the two together."""

LONGEST_PAUSE_S = 1.0
"""Of botocore before its second try; it draws how long."""

URLS = TelephonyUrls(BASE_URL)
ENVIRONMENT = {
    "AWS_REGION": "eu-west-3",
    "TABLE_NAME": "permanence",
    "PUBLIC_BASE_URL": BASE_URL,
    "PROVIDER_SECRET_ID": "provider",
    "LATE_EVENTS_QUEUE_URL": "https://sqs.eu-west-3.amazonaws.com/1/late-events",
    "RECORDINGS_QUEUE_URL": "https://sqs.eu-west-3.amazonaws.com/1/recordings",
}


class World:
    """What waits adds up; `spent_s` is the longest a request can have taken, in seconds. `hangs` is how many requests
    of AWS get no answer before those that do; all of them while `is_hung`."""

    def __init__(self) -> None:
        self.is_hung = False
        self.hangs = 0
        self.spent_s = 0.0
        self.redirected: list[str] = []
        self.services = LiveServices(ENVIRONMENT, Logger(service="silent", level="CRITICAL"), self.metrics)

    @property
    def metrics(self) -> EphemeralMetrics:
        return EphemeralMetrics(namespace="tests", service="call_webhook")

    def aws_asked(self, timeout: Timeout, request: AWSPreparedRequest) -> AWSResponse:
        if self.is_hung or self.hangs:
            self.hangs = max(0, self.hangs - 1)
            self.spent_s += timeout.connect_timeout + timeout.read_timeout
            raise ReadTimeoutError(endpoint_url=request.url)
        assert "secretsmanager" in request.url
        told = json.dumps({"account_sid": ACCOUNT, "auth_tokens": [TOKEN]})
        body = json.dumps({"SecretString": told}).encode()
        return HeldResponse(request.url, body)

    def provider_asked(self, request: Request, timeout: float) -> Any:
        self.spent_s += timeout
        self.redirected.append(request.full_url)
        raise TimeoutError

    def post(self, address: str, fields: dict[str, str]) -> dict[str, Any]:
        url = address if address.startswith("https:") else BASE_URL + address
        pairs = [("AccountSid", ACCOUNT), ("CallSid", CALL_ID), *fields.items()]
        event = http_event(url, urlencode(pairs), sign(TOKEN, url, pairs))
        return respond(event, self.services, SATURDAY_NIGHT, Logger(service="silent", level="CRITICAL"), self.metrics)


class HeldResponse(AWSResponse):
    """An answer whose body is there already."""

    def __init__(self, url: str, body: bytes) -> None:
        super().__init__(url, 200, {}, None)
        self._content = body


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A function that has just started: nothing was read."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    world = World()

    def paused(_seconds: float) -> None:
        world.spent_s += LONGEST_PAUSE_S

    def send(session: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        return world.aws_asked(session._timeout, request)

    def open_(_opener: OpenerDirector, request: Request, timeout: float) -> Any:
        return world.provider_asked(request, timeout)

    aws._client.cache_clear()
    monkeypatch.setattr(URLLib3Session, "send", send)
    monkeypatch.setattr(OpenerDirector, "open", open_)
    monkeypatch.setattr(time, "sleep", paused)
    yield world
    aws._client.cache_clear()


@pytest.fixture
def world(cold: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The secret was read once; by the next request it is to be read again, and by then nothing answers any more."""
    monkeypatch.setattr(credentials, "_KEPT_S", 0)
    assert cold.services.credentials.account == ACCOUNT
    cold.is_hung = True
    return cold


def leg(status: str, lasted: timedelta) -> dict[str, str]:
    seconds = str(int(lasted.total_seconds()))
    return {"CallStatus": status, "CallDuration": seconds, "Timestamp": format_datetime(SATURDAY_NIGHT)}


def addresses(born: datetime) -> dict[str, tuple[str, dict[str, str]]]:
    called = {"To": load_contract().numbers.inbound, "From": CALLER}
    return {
        "incoming": ("/telephony/calls/incoming", called),
        "fallback": ("/telephony/calls/fallback", called),
        "waiting": (URLS.waiting(born), called),
        "left queue": (URLS.left_queue(born), {"QueueResult": "redirected"}),
        "caller joins": (URLS.caller_joins(CALL_ID, born, 1), called),
        "caller leaves": (URLS.caller_leaves(CALL_ID, born, 1), called),
        "agent answers": (URLS.agent_answers(CALL_ID, born, 1), {}),
        "agent presses": (URLS.agent_key(CALL_ID, born, 1), {"Digits": "1"}),
        "agent is silent": (URLS.agent_key(CALL_ID, born, 1), {}),
    }


@pytest.mark.parametrize("name", list(addresses(SATURDAY_NIGHT)))
def test_who_is_at_the_telephone_is_answered_before_our_function_dies_though_nothing_answers_us(
    world: World, name: str
) -> None:
    address, fields = addresses(SATURDAY_NIGHT)[name]

    answer = world.post(address, fields)

    assert answer["statusCode"] in (200, 204)
    assert world.spent_s < FUNCTION_S


def test_a_caller_who_may_sit_alone_is_fetched_before_our_function_dies(world: World) -> None:
    told = leg("completed", timedelta(seconds=20))

    with pytest.raises(ProviderUnavailable):
        world.post(URLS.agent_status(CALL_ID, SATURDAY_NIGHT, 1), told)

    assert len(world.redirected) == 1
    assert world.spent_s < FUNCTION_S


def test_a_secret_that_is_slow_to_be_read_at_a_cold_start_is_asked_for_twice(cold: World) -> None:
    cold.hangs = 1

    answer = cold.post("/telephony/conferences/hold", {})

    assert answer["statusCode"] == 200
    assert cold.spent_s < FUNCTION_S


def test_a_secret_that_never_comes_at_a_cold_start_rings_the_landlords_numbers_in_time(cold: World) -> None:
    cold.is_hung = True

    with pytest.raises(SecretUnreadable):
        cold.post("/telephony/conferences/hold", {})
    answer = cold.post("/telephony/calls/fallback", {"To": load_contract().numbers.inbound, "From": CALLER})

    assert load_contract().numbers.fallback[0] in answer["body"]
    assert cold.spent_s < FUNCTION_S
