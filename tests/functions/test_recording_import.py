"""The recordings queue: each message by itself, and what cannot be done now goes back."""

import json
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from permanence.adapters.contract_file import load_contract
from permanence.application.ports import ProviderUnavailable
from permanence.domain.contract import RetentionTerms
from recording_import.handler import import_all
from tests.fakes.providers import FakeObjects, FakePhone
from tests.fakes.store import FakeCalls
from tests.functions.queue_events import queue_event
from tests.functions.telephony import SATURDAY_NIGHT

NOW = SATURDAY_NIGHT + timedelta(minutes=5)


@dataclass
class Services:
    calls: FakeCalls = field(default_factory=FakeCalls)
    store: FakeObjects = field(default_factory=FakeObjects)
    phones: FakePhone = field(default_factory=lambda: FakePhone(lambda: NOW, recordings={"RE1": b"a", "RE2": b"b"}))
    retention: RetentionTerms = field(default_factory=lambda: load_contract().retention)


def told(recording: str) -> str:
    return json.dumps({"call": "CA1", "recording": recording, "born": int(SATURDAY_NIGHT.timestamp())})


@pytest.fixture
def services() -> Services:
    return Services()


def run(services: Services, *bodies: str) -> list[str]:
    """The messages that go back to the queue."""
    answer = import_all(queue_event(*bodies), services, NOW, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_every_recording_of_a_batch_is_kept_and_none_stays_at_the_provider(services: Services) -> None:
    assert run(services, told("RE1"), told("RE2")) == []

    assert sorted(services.store.objects) == ["2026-11/CA1/RE1.wav", "2026-11/CA1/RE2.wav"]
    assert not services.phones.recordings


def test_one_that_cannot_be_fetched_now_goes_back_alone(services: Services) -> None:
    services.phones.faults.append(ProviderUnavailable("time-out"))

    assert run(services, told("RE1"), told("RE2")) == ["m0"]
    assert list(services.store.objects) == ["2026-11/CA1/RE2.wav"]
    assert run(services, told("RE1")) == []


@pytest.mark.parametrize("body", ["not JSON", "{}", '{"call": "CA1", "recording": "RE1", "born": "soon"}'])
def test_a_message_that_is_none_reaches_the_dead_letters(services: Services, body: str) -> None:
    assert run(services, body, told("RE2")) == ["m0"]


def test_the_log_of_an_import_holds_ids_only(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    run(services, told("RE1"))

    assert "+33" not in caplog.text
