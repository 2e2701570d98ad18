"""A month is frozen once, whatever is learnt afterwards (R51, R65)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from permanence.application.monthly import Monthly, freeze_ended_months, report_key
from permanence.domain.calls import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.reporting import MonthlyReport
from tests.application.night import PATRIMOINE
from tests.fakes.providers import FakeObjects
from tests.fakes.registers import FakeJobs, FakeReferenceData
from tests.fakes.store import FakeCalls, FakeMalfunctions, FakeNotices, FakeStore

FIRST_OF_DECEMBER = datetime(2026, 12, 1, 5, tzinfo=UTC)


@dataclass
class Month:
    contract: Contract
    store: FakeStore = field(default_factory=FakeStore)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    bucket: FakeObjects = field(default_factory=FakeObjects)
    reports: list[MonthlyReport] = field(default_factory=list)

    def call(self, call_id: str, at: datetime) -> None:
        told = CallEvent(call_id, "presented", CallEventKind.PRESENTED, at, {"caller": "+33639980102"})
        FakeCalls(self.store).record(told, at)

    def freeze(self, now: datetime = FIRST_OF_DECEMBER) -> list[str]:
        """Run the job; the months it froze."""
        job = Monthly(
            contract=self.contract,
            calls=FakeCalls(self.store),
            malfunctions=FakeMalfunctions(self.store),
            reference=FakeReferenceData(PATRIMOINE),
            notices=FakeNotices(self.store),
            jobs=self.jobs,
            reports=self.bucket,
            write_workbook=self._write,
            write_mail=lambda report, workbook, at: b"mail with " + workbook,
        )
        return [run.period for run in freeze_ended_months(job, now)]

    def _write(self, report: MonthlyReport, at: datetime) -> bytes:
        self.reports.append(report)
        return f"N={report.n}".encode()


@pytest.fixture
def month(contract: Contract) -> Month:
    return Month(contract)


def test_the_month_that_has_ended_is_frozen_and_mailed(month: Month) -> None:
    month.call("CA1", datetime(2026, 11, 3, 9, tzinfo=UTC))
    assert month.freeze() == ["2026-11"]
    assert month.bucket.get(report_key("2026-11")) == b"N=1"
    notice = month.store.notices["job:monthly:2026-11", "mail-default"]
    assert notice.to == ",".join(month.contract.default_mailing_list)
    assert month.bucket.get(notice.body_key or "") == b"mail with N=1"
    assert month.jobs.runs["monthly", "2026-11"].counts == {"n": 1, "n40": 0, "nr": 0}


def test_the_months_are_those_of_paris(month: Month) -> None:
    month.call("CA1", datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC))
    month.call("CA2", datetime(2026, 10, 31, 23, 0, 0, tzinfo=UTC))
    month.call("CA3", datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC))
    month.call("CA4", datetime(2026, 11, 30, 23, 0, 0, tzinfo=UTC))
    month.freeze()
    assert month.reports[0].n == 2


def test_a_late_event_does_not_move_a_frozen_month(month: Month) -> None:
    month.freeze()
    month.call("CA1", datetime(2026, 11, 3, 9, tzinfo=UTC))
    assert month.freeze(FIRST_OF_DECEMBER + timedelta(hours=1)) == []
    month.jobs.runs.clear()
    month.freeze(FIRST_OF_DECEMBER + timedelta(hours=2))
    assert month.bucket.get(report_key("2026-11")) == b"N=0"
    assert month.bucket.get("mails/monthly/2026-11.eml") == b"mail with N=0"
    assert len(month.store.notices) == 1


def test_missed_months_are_made_up_for_over_the_new_year(month: Month) -> None:
    month.freeze()
    assert month.freeze(datetime(2027, 3, 1, 5, tzinfo=UTC)) == ["2026-12", "2027-01", "2027-02"]


def test_the_first_run_ever_freezes_the_last_month_only(month: Month) -> None:
    assert month.freeze(datetime(2027, 1, 1, 5, tzinfo=UTC)) == ["2026-12"]


def test_the_report_names_nobody(month: Month) -> None:
    month.call("CA1", datetime(2026, 11, 3, 9, tzinfo=UTC))
    month.freeze()
    assert "639980102" not in repr(month.reports[0].calls)
