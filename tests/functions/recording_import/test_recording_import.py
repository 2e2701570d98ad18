"""The recordings queue: each message by itself, and what cannot be done now goes back."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from permanence.adapters.contract_file import load_contract
from permanence.application.reception.ports import HeldRecording, ProviderUnavailable
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import RetentionTerms
from recording_import.handler import import_all, metrics, run_job
from tests.fakes.providers import FakeObjects, FakePhone, FakeQueue
from tests.fakes.store import FakeCalls
from tests.functions.queue_events import queue_event
from tests.functions.telephony import SATURDAY_NIGHT

NOW = SATURDAY_NIGHT + timedelta(minutes=5)


@dataclass
class Services:
    calls: FakeCalls = field(default_factory=FakeCalls)
    recordings: FakeObjects = field(default_factory=FakeObjects)
    phones: FakePhone = field(default_factory=lambda: FakePhone(lambda: NOW, recordings={"RE1": b"a", "RE2": b"b"}))
    imports: FakeQueue = field(default_factory=FakeQueue)
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

    assert sorted(services.recordings.objects) == ["2026-11/CA1/RE1.wav", "2026-11/CA1/RE2.wav"]
    assert not services.phones.recordings


def test_one_that_cannot_be_fetched_now_goes_back_alone(services: Services) -> None:
    services.phones.faults.append(ProviderUnavailable("time-out"))

    assert run(services, told("RE1"), told("RE2")) == ["m0"]
    assert list(services.recordings.objects) == ["2026-11/CA1/RE2.wav"]
    assert run(services, told("RE1")) == []


@pytest.mark.parametrize("body", ["not JSON", "{}", '{"call": "CA1", "recording": "RE1", "born": "soon"}'])
def test_a_message_that_is_none_reaches_the_dead_letters(services: Services, body: str) -> None:
    assert run(services, body, told("RE2")) == ["m0"]


def test_the_log_of_an_import_holds_ids_only(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    run(services, told("RE1"))

    assert "+33" not in caplog.text


def holds(services: Services, recording: str, conference: str, made_at: datetime = SATURDAY_NIGHT) -> None:
    services.phones.made.append(HeldRecording(recording, conference, 42, made_at))


def test_what_the_provider_still_holds_is_imported_by_the_same_queue(services: Services) -> None:
    services.calls.record(CallEvent("CA1", "presented", CallEventKind.PRESENTED, SATURDAY_NIGHT), SATURDAY_NIGHT)
    holds(services, "RE1", "CA1")
    run_job({"job": "held_recordings"}, services, NOW)
    (asked,) = services.imports.messages

    assert run(services, json.dumps(dict(asked.body))) == []
    assert list(services.recordings.objects) == ["2026-11/CA1/RE1.wav"]
    assert "RE1" not in services.phones.recordings


def test_recordings_of_no_call_we_know_are_counted_each_night_and_the_run_counts_as_one_that_went_well(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    holds(services, "RE1", "CA-unknown")
    holds(services, "RE2", "")
    for day in range(2):
        metrics.clear_metrics()
        caplog.clear()
        run_job({"job": "held_recordings", "at": (NOW + timedelta(days=day)).isoformat()}, services, NOW)

        told = metrics.serialize_metric_set()
        assert (told["RecordingsOfNoCall"], told["HeldRecordingsRan"]) == ([2], [1])
        alarming = [record for record in caplog.records if record.levelname == "ERROR"]
        assert [record.recording for record in alarming] == ["RE1", "RE2"]  # type: ignore[attr-defined]
    metrics.clear_metrics()


def test_a_night_that_finds_no_such_recording_says_so_which_ends_the_alarm(services: Services) -> None:
    metrics.clear_metrics()
    run_job({"job": "held_recordings"}, services, NOW)
    assert metrics.serialize_metric_set()["RecordingsOfNoCall"] == [0]
    metrics.clear_metrics()


def test_a_night_on_which_the_provider_does_not_answer_is_no_run_that_went_well(services: Services) -> None:
    metrics.clear_metrics()
    services.phones.faults.append(ProviderUnavailable("time-out"))
    with pytest.raises(ProviderUnavailable):
        run_job({"job": "held_recordings"}, services, NOW)
    assert not metrics.metric_set


def test_an_unknown_job_fails_loudly(services: Services) -> None:
    with pytest.raises(ValueError, match="unknown job"):
        run_job({"job": "purge"}, services, NOW)
