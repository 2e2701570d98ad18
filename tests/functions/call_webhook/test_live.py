"""The webhook with its real adapters: the table, the secret and the queues on moto, and a table nobody can reach."""

import json
import os
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from moto import mock_aws

from call_webhook import handler as webhook
from permanence.adapters import aws
from permanence.adapters.contract_file import load_contract
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.twilio.credentials import SecretUnreadable
from permanence.adapters.twilio.signature import sign
from permanence.application.reception.calls import read_late_event
from permanence.domain.calls.call import CallEventKind, CallStatus
from tests.fakes.table import create_table, make_client
from tests.functions.telephony import ACCOUNT, BASE_URL, CALL_ID, CALLER, TOKEN, http_event


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    with mock_aws():
        secrets, queues = make_client("secretsmanager"), make_client("sqs")
        secret = {"account_sid": ACCOUNT, "auth_tokens": [TOKEN]}
        secrets.create_secret(Name="provider", SecretString=json.dumps(secret))
        environment = {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "eu-west-3",
            "TABLE_NAME": "permanence",
            "POWERTOOLS_METRICS_NAMESPACE": "Permanence",
            "POWERTOOLS_SERVICE_NAME": "call_webhook",
            "PUBLIC_BASE_URL": BASE_URL,
            "PROVIDER_SECRET_ID": "provider",
            "LATE_EVENTS_QUEUE_URL": queues.create_queue(QueueName="late-events")["QueueUrl"],
            "RECORDINGS_QUEUE_URL": queues.create_queue(QueueName="recordings")["QueueUrl"],
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        forget_clients()
        yield create_table(make_client("dynamodb"))
        forget_clients()


def forget_clients() -> None:
    aws._client.cache_clear()
    webhook._live.cache_clear()


def ring() -> dict[str, Any]:
    return post("/telephony/calls/incoming")


def post(path: str) -> dict[str, Any]:
    url = BASE_URL + path
    fields = [("AccountSid", ACCOUNT), ("CallSid", CALL_ID), ("From", CALLER), ("To", load_contract().numbers.inbound)]
    return webhook.handler(http_event(url, urlencode(fields), sign(TOKEN, url, fields)), None)


def queued(queue: str) -> list[dict[str, Any]]:
    answer = make_client("sqs").receive_message(QueueUrl=os.environ[queue], MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", ())]


def test_a_phone_that_rings_is_one_item_of_the_table(table: Table) -> None:
    answers = [ring(), ring()]

    assert [answer["statusCode"] for answer in answers] == [200, 200]
    record = DynamoCalls(table).get(CALL_ID)
    assert record is not None
    assert (record.call.status, record.call.caller) == (CallStatus.PRESENTED, CALLER)
    assert queued("LATE_EVENTS_QUEUE_URL") == []


def test_a_caller_is_not_dropped_at_the_fallback_address_while_the_secret_cannot_be_read(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVIDER_SECRET_ID", "elsewhere")
    with pytest.raises(SecretUnreadable):
        post("/telephony/calls/incoming")

    answer = post("/telephony/calls/fallback")

    assert answer["statusCode"] == 200
    numbers = ElementTree.fromstring(answer["body"]).iter("Number")  # noqa: S314 our own answer
    assert [number.text for number in numbers] == list(load_contract().numbers.fallback)
    assert DynamoCalls(table).get(CALL_ID) is None
    assert queued("LATE_EVENTS_QUEUE_URL") == []


def test_a_table_that_cannot_be_reached_silences_no_caller_and_loses_no_call(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{closed.getsockname()[1]}")

    answer = ring()

    assert answer["statusCode"] == 200
    assert ElementTree.fromstring(answer["body"])[-1].tag == "Enqueue"  # noqa: S314 our own answer
    (late,) = queued("LATE_EVENTS_QUEUE_URL")
    event, _ = read_late_event(late)
    assert (event.call_id, event.kind, event.data["caller"]) == (CALL_ID, CallEventKind.PRESENTED, CALLER)
