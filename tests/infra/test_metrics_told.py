"""An alarm on a figure of our own watches one that its function tells under that namespace, service and name."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics

from astreinte_dispatch import handler as astreinte_dispatch
from call_webhook.call_log import EventLost, TolerantCallLog
from notify import handler as notify
from outbox_relay.handler import ALARMS, relay
from permanence.application.reception.ports import ProviderRefused, QueueRefused
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.dispatch.notices import Notice, NoticeKind
from recording_import import handler as recording_import
from reports import handler as reports
from retention import handler as retention
from tests.application.dispatch.night import MALFUNCTION_ID, SATURDAY_NIGHT, Night
from tests.fakes.documents import FakeReceptionTimetable
from tests.fakes.providers import FakeQueue
from tests.fakes.registers import FakeJobs
from tests.fakes.store import FakeCalls, FakeStore, StoreDown
from tests.functions.queue_events import queue_event, stream_record
from tests.functions.recording_import.test_recording_import import Services as RecordingServices
from tests.functions.reports.test_reports import Desk
from tests.functions.retention.test_retention import NIGHT, make_purge
from tests.infra.cloudwatch import metric_of
from tests.infra.synthesis import PREFIX, Template

Told = set[tuple[str, str, str]]


@contextmanager
def counting(module: Any, environment: Mapping[str, str]) -> Iterator[None]:
    """Metrics of the module as the environment of the deployed function names them."""
    metrics = _metrics(environment)
    with patch.object(module, "metrics", metrics):
        yield
    metrics.flush_metrics()


def _metrics(environment: Mapping[str, str]) -> EphemeralMetrics:
    return EphemeralMetrics(
        namespace=environment["POWERTOOLS_METRICS_NAMESPACE"], service=environment["POWERTOOLS_SERVICE_NAME"]
    )


def printed(lines: str) -> Told:
    """What CloudWatch makes of embedded metrics: namespace, service, name; nothing under any other dimensions."""
    told = set()
    for line in (json.loads(line) for line in lines.splitlines() if '"_aws"' in line):
        for one in line["_aws"]["CloudWatchMetrics"]:
            assert one["Dimensions"] == [["service"]]
            told |= {(one["Namespace"], line["service"], metric["Name"]) for metric in one["Metrics"]}
    return told


def play(contract: Contract, environments: Mapping[str, Mapping[str, str]]) -> None:
    """A run of each scheduled job, and what is told when something is lost or nobody comes."""
    night = Night(contract)
    night.start()
    with counting(astreinte_dispatch, environments["astreinte_dispatch"]):
        astreinte_dispatch.wake({"job": "sweep"}, night, night.now, None)
    with counting(reports, environments["reports"]):
        desk = Desk(contract)
        for run in ("morning", "lunch"):
            desk.run("end_of_period", run=run)
    with counting(retention, environments["retention"]):
        retention.run_job({"job": "purge"}, make_purge(contract, FakeJobs()), NIGHT)
    with counting(recording_import, environments["recording_import"]):
        recording_import.run_job({"job": "held_recordings"}, RecordingServices(), SATURDAY_NIGHT)
    with counting(notify, environments["notify"]):
        mail = Notice("job:end_of_period:x", "mail", NoticeKind.MAIL, "a@h.example", night.now, body_key="x.eml")
        night.notices.put_job_notices([mail])
        night.bodies.put("x.eml", b"...", "message/rfc822")
        night.phone.faults = [ProviderRefused("21606", "this sender is not yours")]
        notify.send_all(queue_event({"owner": MALFUNCTION_ID, "key": "s0-sms"}), night, night.now, None)
        night.pass_time(hours=24)
        notify.send_all(queue_event({"owner": mail.owner, "key": mail.key}), night, night.now, None)
    with patch.dict("os.environ", environments["outbox_relay"]):
        relay([stream_record("habitat70#MC#1", key) for key in ALARMS], FakeQueue(), FakeQueue(), SATURDAY_NIGHT)
    _lose_an_event(_metrics(environments["call_webhook"]))


def _lose_an_event(metrics: EphemeralMetrics) -> None:
    """With the table out, and the queue too; what is in force cannot be read either."""
    store, queue = FakeStore(is_down=True), FakeQueue(faults=[QueueRefused("1 of 1")])
    log = TolerantCallLog(FakeCalls(store), queue, Logger(service="silent"), metrics, outages=(StoreDown, QueueRefused))
    with pytest.raises(EventLost):
        log.record(CallEvent("CA1", "ended", CallEventKind.ENDED, SATURDAY_NIGHT, {}), SATURDAY_NIGHT)
    log.begin()
    log.read_if_it_can(FakeReceptionTimetable(is_down=True).read)
    metrics.flush_metrics()


def test_each_alarm_on_a_figure_of_ours_watches_one_that_is_really_told(
    aws: Template, contract: Contract, capsys: pytest.CaptureFixture[str]
) -> None:
    environments = {
        function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]: {
            name: value for name, value in function["Environment"]["Variables"].items() if name.startswith("POWERTOOLS")
        }
        for function in aws.of_type("AWS::Lambda::Function").values()
    }
    play(contract, environments)
    told = printed(capsys.readouterr().out)
    watched = set()
    for alarm in map(metric_of, aws.of_type("AWS::CloudWatch::Alarm").values()):
        if alarm["Namespace"] == PREFIX:
            (dimension,) = alarm["Dimensions"]
            assert dimension["Name"] == "service"
            watched.add((PREFIX, dimension["Value"], alarm["MetricName"]))
    assert len(watched) == 17
    assert watched - told == set()
