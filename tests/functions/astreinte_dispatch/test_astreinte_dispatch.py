"""What wakes dispatches: deadlines, the sweep, late events."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from astreinte_dispatch.handler import metrics, wake
from permanence.application.dispatch.sweeping import GRACE
from permanence.application.reception.calls import save_for_later
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from tests.application.dispatch.night import MALFUNCTION_ID, SATURDAY_NIGHT, TENANT, Night
from tests.fakes.providers import FakeQueue
from tests.functions.queue_events import queue_event

PRESENTED = CallEvent(
    "CA1", "presented", CallEventKind.PRESENTED, SATURDAY_NIGHT, {"caller": TENANT, "called": "+33353017000"}
)


@dataclass
class Awake(Night):
    """The night, seen by the function."""

    def wake(self, event: dict[str, Any]) -> list[str]:
        answer = wake(event, self, self.now, None)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] if answer else []


@pytest.fixture
def night(contract: Contract) -> Awake:
    night = Awake(contract)
    night.start()
    return night


def deadline(night: Night) -> dict[str, Any]:
    ((malfunction_id, timer),) = night.store.timers
    return {"malfunction_id": malfunction_id, "step": timer.step, "due": int(timer.due.timestamp())}


def test_a_deadline_calls_the_next_in_line(night: Awake) -> None:
    message = deadline(night)
    night.pass_time(seconds=night.contract.dispatch.cap_from_creation_s)
    assert night.wake(queue_event(message)) == []
    assert night.dispatch.current == 1


def test_a_deadline_of_a_purged_malfunction_is_no_failure(night: Awake) -> None:
    message = deadline(night) | {"malfunction_id": "gone-for-good"}
    night.pass_time(hours=1)
    assert night.wake(queue_event(message)) == []


def test_a_deadline_that_could_not_be_saved_goes_back_alone(night: Awake) -> None:
    message = deadline(night)
    night.pass_time(hours=1)
    night.malfunctions.conflicts = 8
    other = message | {"malfunction_id": "gone-for-good"}
    assert night.wake(queue_event(message, other)) == ["m0"]
    assert night.dispatch.current == 0
    assert night.wake(queue_event(message)) == []
    assert night.dispatch.current == 1


def test_an_event_that_the_table_could_not_take_is_kept_after_all(night: Awake) -> None:
    late = FakeQueue()
    save_for_later(late, PRESENTED, SATURDAY_NIGHT)
    (message,) = late.messages
    night.pass_time(hours=2)
    assert night.wake(queue_event(message.body, message.body)) == []
    record = night.calls.get("CA1")
    assert record is not None
    assert (record.call.presented_at, record.call.caller) == (SATURDAY_NIGHT, TENANT)


def test_a_late_event_past_its_retention_recreates_nothing(night: Awake) -> None:
    late = FakeQueue()
    save_for_later(late, PRESENTED, SATURDAY_NIGHT)
    night.now = SATURDAY_NIGHT + timedelta(days=night.contract.retention.items)
    assert night.wake(queue_event(late.messages[0].body)) == []
    assert night.store.events == {}


def test_the_sweep_runs_at_the_instant_it_is_given(night: Awake) -> None:
    night.wake({"job": "sweep"})
    assert night.outbox.messages == []
    night.wake({"job": "sweep", "at": (SATURDAY_NIGHT + GRACE).isoformat()})
    assert {message.body["key"] for message in night.outbox.messages} == {"s0-sms", "s0-voice"}
    assert {message.body["owner"] for message in night.outbox.messages} == {MALFUNCTION_ID}


def test_the_sweep_proves_that_it_ran(night: Awake, caplog: pytest.LogCaptureFixture) -> None:
    night.wake({"job": "sweep"})
    assert [record.message for record in caplog.records] == ["sweep"]


def test_the_sweep_tells_the_alarms_how_long_the_oldest_has_waited(night: Awake) -> None:
    for late in (timedelta(0), timedelta(seconds=130)):
        metrics.clear_metrics()
        night.now = SATURDAY_NIGHT + late
        night.wake({"job": "sweep"})
        told = metrics.serialize_metric_set()
        assert (told["OldestNoticeAge"], told["OldestDeadlineAge"]) == ([late.total_seconds()], [0])
    metrics.clear_metrics()
    ((_, timer),) = night.store.timers
    night.wake({"job": "sweep", "at": (timer.due + timedelta(seconds=95)).isoformat()})
    assert metrics.serialize_metric_set()["OldestDeadlineAge"] == [95]
    metrics.clear_metrics()


@pytest.mark.parametrize("event", [{}, {"job": "purge"}])
def test_an_unknown_job_fails_loudly(night: Awake, event: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="unknown job"):
        night.wake(event)


@pytest.mark.parametrize("message", ["not json", "{}", '{"malfunction_id": "x"}', '{"call_id": "x", "kind": "y"}'])
def test_a_message_that_says_nothing_ends_in_the_dead_letters(night: Awake, message: str) -> None:
    assert night.wake(queue_event(message)) == ["m0"]
