"""The purge function: one job, its counts, and nothing swallowed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from permanence.application.privacy.ports import Logged, LogLine
from permanence.application.privacy.purging import COUNTED, Purge
from permanence.domain.contract import Contract
from retention.handler import metrics, run_job
from tests.fakes.documents import FakeDocuments
from tests.fakes.providers import FakeObjects, FakeProviderLog
from tests.fakes.registers import FakeFacts, FakeJobs, FakePurgeIndex, FakeReferenceData
from tests.fakes.store import FakeCalls, FakeMalfunctions

NIGHT = datetime(2026, 11, 23, 2, tzinfo=UTC)


class RefusingJobs(FakeJobs):
    def finish(self, run: object) -> None:
        raise OSError("the heartbeat cannot be written")


@pytest.fixture
def purge(contract: Contract) -> Purge:
    return make_purge(contract, FakeJobs())


def make_purge(contract: Contract, jobs: FakeJobs) -> Purge:
    return Purge(
        contract=contract,
        contract_at=lambda _: contract,
        index=FakePurgeIndex(),
        facts=FakeFacts(),
        calls=FakeCalls(),
        malfunctions=FakeMalfunctions(),
        reference=FakeReferenceData(),
        documents=FakeDocuments(),
        provider=FakeProviderLog(),
        recordings=FakeObjects(),
        reports=FakeObjects(),
        imports=FakeObjects(),
        jobs=jobs,
    )


def test_the_schedule_gets_the_counts_of_the_day(purge: Purge) -> None:
    answer = run_job({"job": "purge"}, purge, NIGHT)
    assert answer["period"] == "2026-11-23"
    assert answer["counts"] == dict.fromkeys(COUNTED, 0)


def test_an_instant_in_the_event_wins_over_the_clock(purge: Purge) -> None:
    answer = run_job({"job": "purge", "at": "2027-06-20T03:00:00+02:00"}, purge, NIGHT)
    assert answer["period"] == "2027-06-20"


@pytest.mark.parametrize(("age_days", "overdue"), [(136, 0), (137, 1)])
def test_what_the_provider_keeps_too_long_reaches_its_alarm_and_its_end_too(
    purge: Purge, age_days: int, overdue: int
) -> None:
    made_at = NIGHT - timedelta(days=age_days)
    line = LogLine(Logged.CALL, "CA1", made_at, is_over=True, ended_at=made_at)
    log = FakeProviderLog(kept=[line], refuses={"CA1"})
    metrics.clear_metrics()
    run_job({"job": "purge"}, replace(purge, provider=log), NIGHT)
    assert metrics.serialize_metric_set()["ProviderCopiesOverdue"] == [overdue]
    metrics.clear_metrics()


def test_another_job_is_refused(purge: Purge) -> None:
    with pytest.raises(ValueError, match="unknown job 'sweep'"):
        run_job({"job": "sweep"}, purge, NIGHT)


def test_a_heartbeat_that_cannot_be_written_reaches_the_alarm(contract: Contract) -> None:
    with pytest.raises(OSError, match="heartbeat"):
        run_job({"job": "purge"}, make_purge(contract, RefusingJobs()), NIGHT)
