"""Days that are over are settled anew as long as something late can come, and never when their calls are erased."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permanence.application.extranet.figures import ALL_SERVICES, MonthFigures, Since, view_month_figures
from permanence.application.reception.calls import decide_service
from permanence.application.reports.settling_days import DaysRun, SettlingDays, settle_days
from permanence.application.timeline.call_facts import facts_of
from permanence.application.timeline.french import spell_days
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.instants import midnight
from permanence.domain.service_level.figures import Count, Rate, Value
from permanence.domain.service_level.frozen_months import FrozenMonth, frozen_figures
from permanence.domain.service_level.indicators import indicators
from tests.fakes.registers import FakeSettledDays
from tests.fakes.store import FakeCalls

MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)  # 8 h 30 in Paris
TODAY = date(2026, 11, 23)
DAYS_KEPT = 169  # whose calls no purge has touched


@dataclass
class Reception:
    contract: Contract
    calls: FakeCalls = field(default_factory=FakeCalls)
    days: FakeSettledDays = field(default_factory=FakeSettledDays)

    def call(self, at: datetime, wait_s: float | None = 10, line: str = "") -> str:
        call_id = f"CA{len(self.calls.store.events)}"
        self.happen(call_id, CallEventKind.PRESENTED, at, 0, line=line)
        self.happen(call_id, CallEventKind.ENDED, at, 200)
        if wait_s is not None:
            self.happen(call_id, CallEventKind.ANSWERED, at, wait_s)
        return call_id

    def happen(self, call_id: str, kind: CallEventKind, at: datetime, after_s: float, **data: str) -> None:
        event = CallEvent(call_id, kind.value, kind, at + timedelta(seconds=after_s), data)
        is_presentation = kind is CallEventKind.PRESENTED
        self.calls.record(decide_service(event, self.contract) if is_presentation else event, at)

    def settle(self, now: datetime = MONDAY) -> DaysRun:
        return settle_days(SettlingDays(self.contract, self.calls, self.days), now)

    def settle_all(self, now: datetime = MONDAY) -> None:
        while self.settle(now).left:
            pass

    def freeze_november(self) -> None:
        """On the 3rd of December at 6 h."""
        facts = tuple(facts_of(self.calls.of_month("2026-11")))
        frozen = FrozenMonth("2026-11", third_of_december(), self.contract.rules, facts)
        self.days.freeze(frozen_figures(frozen))

    def figures(self, month: str = "2026-11", now: datetime = MONDAY) -> MonthFigures:
        return view_month_figures(self.calls, self.days, self.contract, month, now)

    def presented(self, month: str = "2026-11", now: datetime = MONDAY) -> int | None:
        return next(row.figures[0].count for row in self.figures(month, now).rows if row.name == "Appels présentés")


LINES = st.sampled_from(["desk", "test"])


@settings(max_examples=20)
@given(calls=st.lists(st.tuples(st.integers(0, 40_000), st.none() | st.floats(0, 190), LINES), max_size=8))
def test_calls_on_the_contractors_line_and_tests_move_no_figure(
    calls: list[tuple[int, float | None, str]], contract: Contract
) -> None:
    """R60: they are no calls of tenants."""
    with_them, without = Reception(contract), Reception(contract)
    for reception in (with_them, without):
        reception.call(noon(21))
    for after_s, wait_s, line in calls:
        with_them.call(noon(21) + timedelta(seconds=after_s), wait_s, line=line)
    assert with_them.figures() == without.figures()
    with_them.settle()
    without.settle()
    assert with_them.days.of_month("2026-11") == without.days.of_month("2026-11")


@pytest.fixture
def reception(contract: Contract) -> Reception:
    return Reception(contract)


def third_of_december() -> datetime:
    return datetime(2026, 12, 3, 5, tzinfo=UTC)


def noon(day: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, 11, 30, tzinfo=UTC)


def shown(value: Value) -> tuple[int, int, int | None, timedelta | None]:
    if isinstance(value, Rate):
        return value.numerator, value.denominator, None, None
    return (0, 0, value.calls, None) if isinstance(value, Count) else (0, 0, None, value.length)


CALLS = st.lists(st.tuples(st.floats(0, 22.3 * 86_400), st.none() | st.floats(0, 190)), max_size=25)


@settings(max_examples=40)
@given(told=CALLS, settled_h=st.integers(0, 24))
def test_settled_days_and_the_day_in_course_give_the_figures_of_all_calls(
    contract: Contract, told: list[tuple[float, float | None]], settled_h: int
) -> None:
    """Settled in the morning, or not since the day before: the page is the same."""
    reception = Reception(contract)
    for seconds, wait_s in told:
        reception.call(midnight(date(2026, 11, 1)) + timedelta(seconds=seconds), wait_s)
    reception.settle(MONDAY - timedelta(hours=settled_h))
    facts = list(facts_of(reception.calls.of_month("2026-11")))
    directly = {
        (m.indicator.label, m.formula.text, m.service or ALL_SERVICES): shown(m.value)
        for m in indicators(facts, contract.service_level)
    }
    page = reception.figures()
    assert page.missing == ()
    assert directly == {
        (f.name, f.formula, f.scope): (f.numerator, f.denominator, f.count, f.duration)
        for row in page.rows
        for f in row.figures
    }


def test_a_call_whose_presentation_was_never_told_moves_no_figure_and_stops_no_run(reception: Reception) -> None:
    reception.call(noon(21))
    before = reception.figures()
    reception.happen("CA-late", CallEventKind.ENDED, noon(21), 60)
    assert reception.figures() == before
    reception.settle()
    assert reception.presented() == 1


def test_a_month_asks_for_its_days_and_for_the_calls_of_the_open_ones(reception: Reception) -> None:
    for day in range(1, 24):
        reception.call(noon(day) if day < 23 else MONDAY)
    reception.settle()
    reception.days.requests = reception.calls.store.requests = 0
    assert reception.presented() == 23
    assert (reception.days.requests, reception.calls.store.requests) == (1, 1)


def test_a_month_that_is_settled_asks_for_no_call(reception: Reception) -> None:
    reception.call(noon(31, month=10))
    reception.settle_all()
    reception.calls.store.requests = 0
    assert reception.presented("2026-10") == 1
    assert reception.calls.store.requests == 0


@pytest.mark.parametrize(("hour", "is_missing"), [(23, False), (25, True)])
def test_a_day_that_no_run_has_settled_is_told_rather_than_counted_as_zero(
    reception: Reception, hour: int, is_missing: bool
) -> None:
    """Yesterday's calls are read; the day before yesterday is told to be missing."""
    reception.call(noon(22))
    reception.settle(noon(22))
    page_at = midnight(TODAY) + timedelta(hours=hour)
    assert reception.presented(now=page_at) == (0 if is_missing else 1)
    assert reception.figures(now=page_at).missing == ((date(2026, 11, 22),) if is_missing else ())


def test_on_the_first_of_the_month_the_last_evening_is_read_until_it_is_settled(reception: Reception) -> None:
    reception.call(noon(30))
    reception.settle(noon(30))
    first = midnight(date(2026, 12, 1)) + timedelta(hours=1)
    assert reception.figures(now=first).missing == ()
    assert reception.presented(now=first) == 1
    assert reception.presented("2026-12", first) == 0


def test_days_to_come_are_not_missing(reception: Reception) -> None:
    assert reception.figures("2026-12").missing == ()
    assert reception.presented("2026-12") == 0


def test_a_second_run_writes_nothing(reception: Reception) -> None:
    reception.call(noon(20))
    first, second = reception.settle(), reception.settle()
    assert (first.counted, first.written) == (77, 77)
    reception.settle_all()
    assert (second.counted, reception.settle().written) == (77, 0)


def test_a_run_makes_up_for_what_others_missed_the_newest_days_first(reception: Reception) -> None:
    lefts = [reception.settle().left for _ in range(4)]
    assert lefts == [DAYS_KEPT - 15 - 62, DAYS_KEPT - 15 - 124, 0, 0]
    assert sorted(reception.days.days) == [TODAY - timedelta(days=ago) for ago in range(DAYS_KEPT, 0, -1)]
    assert min(reception.days.writes[:77]) == TODAY - timedelta(days=77)


@pytest.mark.parametrize(("ago", "is_counted"), [(1, True), (15, True), (16, False)])
def test_what_comes_late_counts_as_long_as_a_dead_letter_may_hold_it(
    reception: Reception, ago: int, is_counted: bool
) -> None:
    at = noon(23) - timedelta(days=ago)
    call_id = reception.call(at, wait_s=None)
    reception.settle_all()
    reception.happen(call_id, CallEventKind.ANSWERED, at, 12)
    assert reception.settle().written == int(is_counted)


def test_a_call_in_course_at_midnight_is_whole_in_a_later_run(reception: Reception) -> None:
    at = midnight(TODAY) - timedelta(minutes=1)
    reception.happen("CA1", CallEventKind.PRESENTED, at, 0)
    reception.settle(midnight(TODAY))
    before = reception.days.days[date(2026, 11, 22)]
    reception.happen("CA1", CallEventKind.ENDED, at, 90)
    reception.settle()
    assert reception.days.days[date(2026, 11, 22)].counts["astreinte abandons_on_welcome"] == (1,)
    assert before.counts["astreinte abandons_on_welcome"] == (0,)


def test_other_rules_are_counted_anew_while_the_calls_are_kept_and_told_meanwhile(reception: Reception) -> None:
    reception.call(noon(2), wait_s=15)
    reception.settle_all()
    terms = replace(reception.contract.service_level, answered_within_ms=12_000)
    reception.contract = replace(reception.contract, version="2026-11-24", service_level=terms)
    assert reception.figures().other_rules == ("2026-11-23",)
    reception.settle_all()
    assert reception.figures().other_rules == ()
    assert reception.days.days[date(2026, 11, 2)].counts["astreinte qs1 presentation"] == (0, 1)


def test_a_version_put_in_force_later_moves_nothing_of_a_frozen_month(reception: Reception) -> None:
    """« Mois figé » shows the figures of its workbook, whatever is counted anew."""
    reception.call(noon(30), wait_s=15)
    reception.settle_all(third_of_december())
    reception.freeze_november()
    before = reception.figures(now=third_of_december())
    terms = replace(reception.contract.service_level, answered_within_ms=12_000)
    reception.contract = replace(reception.contract, version="2026-12-05", service_level=terms)
    later = third_of_december() + timedelta(days=3)
    reception.settle_all(later)
    after = reception.figures(now=later)
    assert (after.rows, after.judged) == (before.rows, before.judged)
    assert next(figure.numerator for figure in after.judged) == 1
    assert after.since == Since(0, ())
    assert reception.days.days[date(2026, 12, 4)].rules == "2026-12-05"


def test_what_comes_after_the_freeze_is_a_difference_with_its_reason(reception: Reception) -> None:
    reception.call(noon(30))
    reception.settle_all(third_of_december())
    reception.freeze_november()
    reception.call(noon(30), wait_s=None)
    later = third_of_december() + timedelta(hours=3)
    reception.settle_all(later)
    page = reception.figures(now=later)
    assert next(figure.denominator for figure in page.judged) == 1
    assert page.since is not None
    assert page.since.late_calls == 1
    differing = {frozen.name: (frozen.denominator, now.denominator) for frozen, now in page.since.figures}
    assert differing["QS1, taux de qualité de service"] == (1, 2)
    assert "Durée moyenne de communication" not in differing


def test_an_answer_that_is_learnt_after_the_freeze_adds_no_call(reception: Reception) -> None:
    call_id = reception.call(noon(30), wait_s=None)
    reception.settle_all(third_of_december())
    reception.freeze_november()
    reception.happen(call_id, CallEventKind.ANSWERED, noon(30), 12)
    reception.settle_all(third_of_december() + timedelta(hours=3))
    since = reception.figures(now=third_of_december() + timedelta(hours=3)).since
    assert since is not None
    assert since.late_calls == 0
    assert "QS2, taux de décroché" in {frozen.name for frozen, _ in since.figures}


def test_a_frozen_month_says_nothing_of_what_came_since_while_a_day_of_it_is_not_counted(reception: Reception) -> None:
    reception.settle_all(third_of_december())
    reception.freeze_november()
    del reception.days.days[date(2026, 11, 12)]
    page = reception.figures(now=third_of_december())
    assert (page.missing, page.since) == ((), None)


def test_a_formula_that_was_added_since_is_not_told_of_a_frozen_month(reception: Reception) -> None:
    reception.settle_all(third_of_december())
    reception.freeze_november()
    frozen = reception.days.frozen["2026-11"]
    older = {key: numbers for key, numbers in frozen.counts.items() if "mean_talk" not in key}
    reception.days.freeze(replace(frozen, counts=older))
    names = {row.name for row in reception.figures(now=third_of_december()).rows}
    assert "Durée moyenne de communication" not in names
    assert "Attente moyenne" in names


def test_no_day_is_settled_anew_once_the_purge_may_have_begun_on_it(reception: Reception) -> None:
    reception.call(noon(2))
    reception.settle_all()
    reception.calls.store.events.clear()
    for days in range(20, 200, 15):
        reception.settle(MONDAY + timedelta(days=days))
    reception.contract = replace(reception.contract, version="2027-06-01")
    much_later = MONDAY + timedelta(days=200)
    reception.settle_all(much_later)
    assert reception.presented(now=much_later) == 1


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((3,), "le 3"),
        ((1,), "le 1er"),
        ((1, 2), "du 1er au 2"),
        ((1, 3), "le 1er et le 3"),
        ((*range(1, 21), 23, 25, 26), "du 1er au 20, le 23 et du 25 au 26"),
    ],
)
def test_days_are_spelled_as_one_says_them(days: tuple[int, ...], words: str) -> None:
    assert spell_days([date(2026, 11, day) for day in days]).replace("\u00a0", " ") == words
