"""The purge function: one job, its counts, and nothing swallowed."""

from datetime import UTC, datetime

import pytest

from permanence.application.purging import COUNTED, Purge
from permanence.domain.contract import Contract
from retention.handler import run_job
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
        index=FakePurgeIndex(),
        facts=FakeFacts(),
        calls=FakeCalls(),
        malfunctions=FakeMalfunctions(),
        reference=FakeReferenceData(),
        provider=FakeProviderLog(),
        recordings=FakeObjects(),
        reports=FakeObjects(),
        jobs=jobs,
    )


def test_the_schedule_gets_the_counts_of_the_day(purge: Purge) -> None:
    answer = run_job({"job": "purge"}, purge, NIGHT)
    assert answer["period"] == "2026-11-23"
    assert answer["counts"] == dict.fromkeys(COUNTED, 0)


def test_an_instant_in_the_event_wins_over_the_clock(purge: Purge) -> None:
    answer = run_job({"job": "purge", "at": "2027-06-20T03:00:00+02:00"}, purge, NIGHT)
    assert answer["period"] == "2027-06-20"


def test_another_job_is_refused(purge: Purge) -> None:
    with pytest.raises(ValueError, match="unknown job 'sweep'"):
        run_job({"job": "sweep"}, purge, NIGHT)


def test_a_heartbeat_that_cannot_be_written_reaches_the_alarm(contract: Contract) -> None:
    with pytest.raises(OSError, match="heartbeat"):
        run_job({"job": "purge"}, make_purge(contract, RefusingJobs()), NIGHT)
