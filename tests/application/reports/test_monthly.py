"""A month is frozen once, on the 3rd at 6 h, whatever is learnt or put in force afterwards (R51, R65)."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from permanence.adapters.frozen_months import FrozenMonthsInBucket
from permanence.application.reports.monthly import Monthly, freeze_ended_months
from permanence.application.timeline.monthly_runs import report_key
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.reference.calendar import Service
from permanence.domain.service_level.monthly_report import MonthlyReport
from tests.application.dispatch.night import PATRIMOINE
from tests.fakes.providers import FakeObjects
from tests.fakes.registers import FakeJobs, FakeReferenceData, FakeSettledDays
from tests.fakes.store import FakeCalls, FakeMalfunctions, FakeNotices, FakeStore

THIRD_OF_DECEMBER = datetime(2026, 12, 3, 5, tzinfo=UTC)  # 6 h in Paris


class Stopped(Exception):
    """A run that ends in the middle."""


@dataclass
class Month:
    contract: Contract
    store: FakeStore = field(default_factory=FakeStore)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    bucket: FakeObjects = field(default_factory=FakeObjects)
    days: FakeSettledDays = field(default_factory=FakeSettledDays)
    reports: list[MonthlyReport] = field(default_factory=list)
    mailed: list[MonthlyReport] = field(default_factory=list)
    stops_at: str = ""

    def call(self, call_id: str, at: datetime) -> None:
        told = CallEvent(call_id, "presented", CallEventKind.PRESENTED, at, {"caller": "+33639980102"})
        FakeCalls(self.store).record(told, at)

    def freeze(self, now: datetime = THIRD_OF_DECEMBER) -> list[str]:
        """Run the job; the months it froze."""
        job = Monthly(
            contract=self.contract,
            calls=FakeCalls(self.store),
            malfunctions=FakeMalfunctions(self.store),
            reference=FakeReferenceData(PATRIMOINE),
            notices=FakeNotices(self.store),
            jobs=self.jobs,
            frozen_months=FrozenMonthsInBucket(self.bucket),
            settled_days=self.days,
            reports=self.bucket,
            write_workbook=self._write,
            write_mail=self._write_mail,
        )
        return [run.period for run in freeze_ended_months(job, now)]

    def stop(self, where: str) -> None:
        if self.stops_at == where:
            raise Stopped

    def _write_mail(self, report: MonthlyReport, workbook: bytes, at: datetime) -> bytes:
        self.stop("before the mail")
        self.mailed.append(report)
        return b"mail with " + workbook

    def _write(self, report: MonthlyReport, at: datetime) -> bytes:
        self.stop("before the workbook")
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
    assert month.jobs.runs["monthly", "2026-11"].counts == {
        "n": 1,
        "n40": 0,
        "nr": 0,
        "target_percent": 85,
    }


def test_the_months_are_those_of_paris(month: Month) -> None:
    month.call("CA1", datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC))
    month.call("CA2", datetime(2026, 10, 31, 23, 0, 0, tzinfo=UTC))
    month.call("CA3", datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC))
    month.call("CA4", datetime(2026, 11, 30, 23, 0, 0, tzinfo=UTC))
    month.freeze()
    assert month.reports[0].n == 2


def requests_of_a_month_with_calls_about(malfunctions: int, contract: Contract) -> int:
    month = Month(contract)
    for number in range(malfunctions):
        at = datetime(2026, 11, 3, 9, number, tzinfo=UTC)
        month.call(f"CA{number}", at)
        form = CallForm(f"CA{number}", "camille", "Camille", at, malfunction_id=f"M{number}")
        FakeCalls(month.store).save_form(form, at)
    before = month.store.requests
    month.freeze()
    assert month.reports[0].n == malfunctions
    return month.store.requests - before


def test_the_malfunctions_that_the_calls_of_a_month_are_about_are_asked_for_together(contract: Contract) -> None:
    few, many = (requests_of_a_month_with_calls_about(malfunctions, contract) for malfunctions in (1, 40))
    assert few == many


def test_a_late_event_does_not_move_a_frozen_month(month: Month) -> None:
    month.freeze()
    month.call("CA1", datetime(2026, 11, 3, 9, tzinfo=UTC))
    assert month.freeze(THIRD_OF_DECEMBER + timedelta(hours=1)) == []
    month.jobs.runs.clear()
    month.freeze(THIRD_OF_DECEMBER + timedelta(hours=2))
    assert month.bucket.get(report_key("2026-11")) == b"N=0"
    assert month.bucket.get("mails/monthly/2026-11.eml") == b"mail with N=0"
    assert len(month.store.notices) == 1


@pytest.mark.parametrize("where", ["before the workbook", "before the mail", "before the notice", "before the end"])
def test_a_freeze_interrupted_anywhere_tells_one_figure(
    month: Month, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has come between the two runs, or been put in force, is in neither workbook, mail, page nor list."""
    month.call("CA1", datetime(2026, 11, 3, 9, tzinfo=UTC))
    month.stops_at = where
    with monkeypatch.context() as interrupted:
        interrupted.setattr(FakeNotices, "put_job_notices", lambda *_: month.stop("before the notice"))
        interrupted.setattr(FakeJobs, "finish", lambda *_: month.stop("before the end"))
        with pytest.raises(Stopped):
            month.freeze()
    month.stops_at = ""
    month.call("CA2", datetime(2026, 11, 4, 9, tzinfo=UTC))
    month.contract = replace(month.contract, version="2026-12-03")
    month.freeze(THIRD_OF_DECEMBER + timedelta(minutes=5))
    assert month.bucket.get(report_key("2026-11")) == b"N=1"
    assert month.bucket.get("mails/monthly/2026-11.eml") == b"mail with N=1"
    assert {(report.n, report.rules) for report in (*month.reports, *month.mailed)} == {(1, "2026-11-23")}
    run, frozen = month.jobs.runs["monthly", "2026-11"], month.days.frozen["2026-11"]
    assert (run.counts["n"], run.finished_at) == (1, THIRD_OF_DECEMBER)
    assert sum(frozen.counts[f"{one} presented"][0] for one in (Service.DEBORDEMENT, Service.ASTREINTE)) == 1
    assert (frozen.frozen_at, frozen.rules) == (THIRD_OF_DECEMBER, replace(month.contract, version="2026-11-23").rules)


def test_a_month_is_not_frozen_before_the_day_and_hour_of_the_contract(month: Month) -> None:
    assert month.freeze(THIRD_OF_DECEMBER - timedelta(seconds=1)) == ["2026-10"]
    assert month.freeze() == ["2026-11"]
    assert month.contract.freeze.of("2026-12") == datetime(2027, 1, 3, 5, tzinfo=UTC)
    assert month.contract.freeze.of("2027-06") == datetime(2027, 7, 3, 4, tzinfo=UTC)


def test_missed_months_are_made_up_for_over_the_new_year(month: Month) -> None:
    month.freeze()
    assert month.freeze(datetime(2027, 3, 3, 5, tzinfo=UTC)) == ["2026-12", "2027-01", "2027-02"]


def test_the_first_run_ever_freezes_the_last_month_only(month: Month) -> None:
    assert month.freeze(datetime(2027, 1, 3, 5, tzinfo=UTC)) == ["2026-12"]


def test_the_report_names_nobody(month: Month) -> None:
    month.call("CA1", datetime(2026, 11, 3, 9, tzinfo=UTC))
    month.freeze()
    assert "639980102" not in repr(month.reports[0].calls)
