"""From the table's stream to the queues, by keys alone."""

import json
from datetime import timedelta

import pytest

from outbox_relay.handler import relay
from permanence.application.reception.ports import QueueMessage, QueueRefused
from tests.application.dispatch.night import SATURDAY_NIGHT
from tests.fakes.providers import FakeQueue
from tests.functions.queue_events import stream_record

MC = "habitat70#MC#0b5a7c1e"
NOW_S = int(SATURDAY_NIGHT.timestamp())


@pytest.fixture
def outbox() -> FakeQueue:
    return FakeQueue()


@pytest.fixture
def deadlines() -> FakeQueue:
    return FakeQueue()


def test_a_new_notice_goes_to_the_outbox_by_its_ids(outbox: FakeQueue, deadlines: FakeQueue) -> None:
    job = "habitat70#JOB#end_of_period#2026-11-23T0830"
    records = [stream_record(MC, "N#s0-sms"), stream_record(job, "N#mail-vesoul")]
    relay(records, outbox, deadlines, SATURDAY_NIGHT)
    assert outbox.messages == [
        QueueMessage({"owner": "0b5a7c1e", "key": "s0-sms"}),
        QueueMessage({"owner": "job:end_of_period:2026-11-23T0830", "key": "mail-vesoul"}),
    ]
    assert deadlines.messages == []


@pytest.mark.parametrize(
    ("due_in_s", "delay_s"), [(-60, 0), (0, 0), (1, 1), (600, 600), (900, 900), (901, 900), (7200, 900)]
)
def test_a_new_timer_comes_back_when_it_is_due(
    outbox: FakeQueue, deadlines: FakeQueue, due_in_s: int, delay_s: int
) -> None:
    relay([stream_record(MC, f"T#03#{NOW_S + due_in_s}")], outbox, deadlines, SATURDAY_NIGHT)
    told = {"malfunction_id": "0b5a7c1e", "step": 3, "due": NOW_S + due_in_s}
    assert deadlines.messages == [QueueMessage(told, delay_s)]
    assert outbox.messages == []


def test_what_changed_or_went_or_is_none_of_ours_is_left_alone(outbox: FakeQueue, deadlines: FakeQueue) -> None:
    records = [
        stream_record(MC, "N#s0-sms", "MODIFY"),
        stream_record(MC, f"T#03#{NOW_S}", "REMOVE"),
        stream_record(MC, "META"),
        stream_record("habitat70#CALL#CA1", "CALL"),
        stream_record("strange", "E#000001#00"),
    ]
    relay(records, outbox, deadlines, SATURDAY_NIGHT + timedelta(seconds=1))
    assert (outbox.messages, deadlines.messages) == ([], [])


def test_a_queue_that_refuses_brings_the_whole_batch_again(outbox: FakeQueue, deadlines: FakeQueue) -> None:
    deadlines.faults = [QueueRefused("1 of 1")]
    with pytest.raises(QueueRefused):
        relay([stream_record(MC, "N#s0-sms"), stream_record(MC, f"T#00#{NOW_S}")], outbox, deadlines, SATURDAY_NIGHT)


def told_metrics(printed: str) -> list[str]:
    """The names of what was told as embedded metrics."""
    told = [json.loads(line) for line in printed.splitlines() if "_aws" in line]
    return [metric["Name"] for line in told for one in line["_aws"]["CloudWatchMetrics"] for metric in one["Metrics"]]


@pytest.mark.parametrize(
    ("attempt", "metrics"),
    [(1, ["ChainExhausted"]), (2, []), (4, []), (5, ["SupervisorUnreached"]), (6, []), (15, [])],
)
def test_nobody_who_accepts_and_a_supervisor_who_does_not_answer_are_told_once_each(
    outbox: FakeQueue, deadlines: FakeQueue, capsys: pytest.CaptureFixture[str], attempt: int, metrics: list[str]
) -> None:
    relay([stream_record(MC, f"N#supervisor-voice-{attempt}")], outbox, deadlines, SATURDAY_NIGHT)
    assert told_metrics(capsys.readouterr().out) == metrics
    assert [message.body["key"] for message in outbox.messages] == [f"supervisor-voice-{attempt}"]
