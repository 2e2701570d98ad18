"""What was approved is obeyed at the next call, by the version in force when it was presented (R2, R5)."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics
from moto import mock_aws

from call_webhook.handler import respond
from call_webhook.live_services import LiveServices
from permanence.adapters import aws
from permanence.adapters.contract_file import load_contract
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.documents import DynamoDocuments
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.twilio.signature import sign
from permanence.application.reference import in_force
from permanence.application.reference.deciding import Decider, Deciding
from permanence.application.reference.signed import seeds_of, signed_of
from permanence.domain.calls.call import Call
from permanence.domain.reference.calendar import OverflowDelay, Service
from permanence.domain.reference.calendrier import CALENDRIER, Account, Calendrier, PlannedClosure
from permanence.domain.reference.documents import Kind
from permanence.domain.reference.exceptional import Opening, Takeover
from permanence.domain.reference.in_force import SEED
from permanence.domain.reference.listes import Listes
from permanence.domain.reference.listes_kind import LISTES
from permanence.domain.reference.messages import Messages
from permanence.domain.reference.messages_kind import MESSAGES, Text, with_text
from tests.domain.reference.test_calendar import paris
from tests.fakes.documents import closed
from tests.fakes.providers import FakeObjects
from tests.fakes.registers import FakeAudit
from tests.fakes.table import counted_requests, create_table, make_client
from tests.functions.telephony import ACCOUNT, BASE_URL, CALLER, TOKEN, World, http_event

TWO_O_CLOCK = paris(2026, 11, 30, 14)
"""A Monday in opening hours."""

MEETING = PlannedClosure(Account.MEETING, TWO_O_CLOCK, paris(2026, 11, 30, 15), "réunion de service")
SILENT = Logger(service="silent", level="CRITICAL")


class Webhook:
    """A warm function with its real adapters."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.services = LiveServices(os.environ, SILENT, EphemeralMetrics(namespace="tests", service="call_webhook"))
        claire = Decider("claire", ("habitat70",))
        documents, contract = DynamoDocuments(table, FakeObjects()), load_contract()
        self.deciding = Deciding(documents, FakeAudit(), signed_of(contract), seeds_of(contract), claire)

    def ring(self, call_id: str, at: datetime) -> str:
        """What a caller hears."""
        url, called = f"{BASE_URL}/telephony/calls/incoming", load_contract().numbers.inbound
        fields = [("AccountSid", ACCOUNT), ("CallSid", call_id), ("From", CALLER), ("To", called)]
        event = http_event(url, urlencode(fields), sign(TOKEN, url, fields))
        metrics = EphemeralMetrics(namespace="tests", service="call_webhook")
        return str(respond(event, self.services, at, SILENT, metrics)["body"])

    def call(self, call_id: str) -> Call:
        record = DynamoCalls(self.table).get(call_id)
        assert record is not None
        return record.call

    def approve(self, body: Any, at: datetime, kind: Kind[Any] = CALENDRIER) -> None:
        self.deciding.approve(kind, self.deciding.propose(kind, body, at).number, at)


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    with mock_aws():
        secret = json.dumps({"account_sid": ACCOUNT, "auth_tokens": [TOKEN]})
        make_client("secretsmanager").create_secret(Name="provider", SecretString=secret)
        environment = {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "eu-west-3",
            "TABLE_NAME": "permanence",
            "PUBLIC_BASE_URL": BASE_URL,
            "PROVIDER_SECRET_ID": "provider",
            "LATE_EVENTS_QUEUE_URL": make_client("sqs").create_queue(QueueName="late-events")["QueueUrl"],
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        aws._client.cache_clear()
        yield Webhook(create_table(make_client("dynamodb")))
        aws._client.cache_clear()


def test_a_closure_typed_at_14_00_makes_the_call_of_14_02_astreinte_in_a_warm_function(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages, version = load_contract().messages, load_contract().version
    before = webhook.ring("CA1", TWO_O_CLOCK - timedelta(minutes=1))
    webhook.approve(Calendrier((MEETING,)), TWO_O_CLOCK)
    monkeypatch.setattr(in_force, "KEPT_S", 0)  # half a minute passes

    after = webhook.ring("CA2", TWO_O_CLOCK + timedelta(minutes=2))

    assert messages[Service.DEBORDEMENT].welcome in before
    assert messages[Service.ASTREINTE].welcome in after
    told = [(call.service, call.hours_version) for call in (webhook.call("CA1"), webhook.call("CA2"))]
    assert told == [(Service.DEBORDEMENT, version), (Service.ASTREINTE, f"{version}, calendrier 1")]


def test_a_call_keeps_what_it_was_decided_by_when_the_closure_is_rolled_back(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_force, "KEPT_S", 0)
    webhook.approve(Calendrier((MEETING,)), TWO_O_CLOCK)
    webhook.ring("CA1", TWO_O_CLOCK + timedelta(minutes=2))
    webhook.deciding.roll_back(CALENDRIER, SEED, TWO_O_CLOCK + timedelta(minutes=3))

    webhook.ring("CA1", TWO_O_CLOCK + timedelta(minutes=6))
    webhook.ring("CA2", TWO_O_CLOCK + timedelta(minutes=6))

    services = [webhook.call(call_id).service for call_id in ("CA1", "CA2")]
    assert services == [Service.ASTREINTE, Service.DEBORDEMENT]
    assert str(webhook.call("CA1").hours_version).endswith("calendrier 1")


def test_the_overflow_delay_counts_before_a_closure_as_before_noon(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who began to wait before the closure is still débordement (R5)."""
    webhook.approve(Calendrier((MEETING,)), TWO_O_CLOCK - timedelta(minutes=10))
    webhook.ring("CA1", TWO_O_CLOCK + timedelta(seconds=20))

    assert webhook.call("CA1").service is Service.DEBORDEMENT


def test_a_warm_function_asks_one_request_an_event_and_one_more_every_30_s(webhook: Webhook) -> None:
    client = aws.make_client("dynamodb", os.environ, LiveServices.table_timeouts)
    with counted_requests(client) as first:
        webhook.ring("CA1", TWO_O_CLOCK)
    with counted_requests(client) as next_ones:
        webhook.ring("CA2", TWO_O_CLOCK)
        webhook.ring("CA3", TWO_O_CLOCK)

    assert first == ["GetItem", "UpdateItem"]
    assert next_ones == ["UpdateItem", "UpdateItem"]


def test_a_table_that_does_not_tell_its_timetable_is_not_asked_again_in_the_request(webhook: Webhook) -> None:
    client = aws.make_client("dynamodb", os.environ, LiveServices.table_timeouts)
    make_client("dynamodb").delete_table(TableName="permanence")
    with counted_requests(client) as asked:
        heard = webhook.ring("CA1", TWO_O_CLOCK)

    assert asked == ["GetItem"]
    assert load_contract().messages[Service.DEBORDEMENT].welcome in heard


def test_the_closure_read_last_is_obeyed_however_long_the_table_is_out(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_force, "KEPT_S", 0)
    webhook.approve(Calendrier((MEETING,)), TWO_O_CLOCK)
    webhook.ring("CA1", TWO_O_CLOCK + timedelta(minutes=2))
    make_client("dynamodb").delete_table(TableName="permanence")

    heard = webhook.ring("CA2", TWO_O_CLOCK + timedelta(minutes=50))

    assert load_contract().messages[Service.ASTREINTE].welcome in heard


def test_a_message_approved_at_14_00_is_heard_by_the_call_of_14_02(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The welcome of its service, that of the contractors' line, the notice before a recording (R11, R14)."""
    monkeypatch.setattr(in_force, "KEPT_S", 0)
    seed: Messages = seeds_of(load_contract())["messages"]
    told = with_text(seed, Text(Service.DEBORDEMENT, "welcome", "Bienvenue, et bonne année."))
    told = with_text(told, Text("recording", "notice", "Cet appel peut être enregistré."))
    webhook.approve(told, TWO_O_CLOCK, MESSAGES)

    heard = webhook.ring("CA1", TWO_O_CLOCK + timedelta(minutes=2))

    assert heard.index("Bienvenue, et bonne année.") < heard.index("Cet appel peut être enregistré.")
    assert seed.recording_notice not in heard


def test_a_caller_whom_nothing_can_note_is_sent_to_the_numbers_in_force(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the provider's own file still knows those of the folder (R16)."""
    seed: Listes = seeds_of(load_contract())["listes"]
    webhook.approve(replace(seed, fallback=("+33384000001",)), TWO_O_CLOCK, LISTES)
    webhook.ring("CA1", TWO_O_CLOCK + timedelta(minutes=2))
    make_client("dynamodb").delete_table(TableName="permanence")
    make_client("sqs").delete_queue(QueueUrl=os.environ["LATE_EVENTS_QUEUE_URL"])
    monkeypatch.setattr(in_force, "KEPT_S", 0)

    heard = webhook.ring("CA2", TWO_O_CLOCK + timedelta(minutes=3))

    numbers = webhook.services.contract_at(TWO_O_CLOCK + timedelta(minutes=3)).numbers
    assert "+33384000001" in heard
    assert not [number for number in seed.fallback if number in heard]
    assert all(numbers.is_fallback(number) for number in ("+33384000001", *seed.fallback))
    assert numbers.caller_of("+33384000001", None) is None


def test_the_overflow_delay_in_force_decides_of_a_call(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty seconds after the closure began: with a delay of ten, its caller began to wait in it (R5)."""
    monkeypatch.setattr(in_force, "KEPT_S", 0)
    seed: Listes = seeds_of(load_contract())["listes"]
    delays = (*seed.overflow_delays, OverflowDelay(TWO_O_CLOCK.date(), 10))
    webhook.approve(Calendrier((MEETING,)), TWO_O_CLOCK - timedelta(minutes=10))
    webhook.approve(replace(seed, overflow_delays=delays), TWO_O_CLOCK - timedelta(minutes=9), LISTES)

    webhook.ring("CA1", TWO_O_CLOCK + timedelta(seconds=20))

    assert webhook.call("CA1").service is Service.ASTREINTE


def test_a_takeover_is_a_service_of_its_own_with_its_words_and_a_call_keeps_it(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the openings; the night stays astreinte (R4)."""
    monkeypatch.setattr(in_force, "KEPT_S", 0)
    takeover = Takeover(TWO_O_CLOCK, paris(2026, 12, 18, 18), "crise sanitaire")
    webhook.approve(Calendrier(takeovers=(takeover,)), TWO_O_CLOCK)
    heard = webhook.ring("CA1", TWO_O_CLOCK + timedelta(minutes=2))
    webhook.ring("CA2", paris(2026, 11, 30, 22))
    webhook.approve(Calendrier(), paris(2026, 12, 1, 9))
    webhook.ring("CA3", paris(2026, 12, 1, 9, 2))

    assert load_contract().messages[Service.TAKEOVER].welcome in heard
    services = [webhook.call(call_id).service for call_id in ("CA1", "CA2", "CA3")]
    assert services == [Service.TAKEOVER, Service.ASTREINTE, Service.DEBORDEMENT]


def test_an_opening_out_of_the_ordinary_takes_its_calls_from_the_astreinte(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Saturday, and Christmas too; that of one agency changes no call (R30)."""
    monkeypatch.setattr(in_force, "KEPT_S", 0)
    openings = tuple(
        Opening(paris(2026, 12, day, 9), paris(2026, 12, day, 12), "portes ouvertes", agency)
        for day, agency in ((5, ""), (12, "gray"), (25, ""))
    )
    webhook.approve(Calendrier(openings=openings), TWO_O_CLOCK)
    for day in (5, 12, 25):
        webhook.ring(f"CA{day}", paris(2026, 12, day, 10))

    services = [webhook.call(f"CA{day}").service for day in (5, 12, 25)]
    assert services == [Service.DEBORDEMENT, Service.ASTREINTE, Service.DEBORDEMENT]


def test_every_word_of_a_call_is_of_the_service_decided_by_its_closure() -> None:
    """The queue's words too, of a call that cannot be read."""
    world = World(now=TWO_O_CLOCK + timedelta(minutes=2), part=closed(MEETING.start, MEETING.end))
    world.store.is_down = True

    assert world.contract.messages[Service.ASTREINTE].waiting in world.post(world.urls.waiting(world.now)).words
