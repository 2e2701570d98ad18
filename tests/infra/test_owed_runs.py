"""A year of daily runs, played through CloudWatch with what the template says of schedules and of alarms: no false
ring, and a ring within three hours of the run that did not come."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.infra.cloudwatch import ALARM, OK, Leeway, MetricAlarm, Point, read_alarm, transitions
from tests.infra.synthesis import PREFIX, Template

PARIS = ZoneInfo("Europe/Paris")
SWEEP = ("astreinte_dispatch", "SweepRan")
MORNING, LUNCH = ("reports", "MorningReportsRan"), ("reports", "LunchReportsRan")
PURGE = ("retention", "PurgeRan")
# The schedule whose run each metric tells.
DAILY = {
    MORNING: "end-of-period-morning",
    LUNCH: "end-of-period-lunch",
    PURGE: "purge",
    ("recording_import", "HeldRecordingsRan"): "held-recordings",
}
FIRST_DAY = date(2026, 9, 1)
DAYS = 365
LONG_DAY, SHORT_DAY = date(2026, 10, 25), date(2027, 3, 28)
JITTER_S = 120
LATE_S = 70 * 60  # a schedule tries again for an hour, and a purge may take ten minutes
LATE_ON_THE_LONG_DAY_S = 25 * 60
THREE_HOURS = timedelta(hours=3)
HALF_PAST = 30


metrics = st.sampled_from(sorted(DAILY))
leeways = st.builds(
    Leeway,
    extra_periods=st.integers(0, 12),
    minute_of_hour=st.integers(3, 59),
    seen_after_s=st.integers(0, 150),
    fills_nothing=st.booleans(),
)


def day(index: int) -> date:
    return FIRST_DAY + timedelta(days=index)


def index_of(one: date) -> int:
    return (one - FIRST_DAY).days


BOTH_CLOCK_CHANGES = {index_of(LONG_DAY), index_of(SHORT_DAY)}


@dataclass(frozen=True)
class Owed:
    """A daily run and its alarm, as the template has them."""

    alarm: MetricAlarm
    hour: int
    minute: int
    zone: ZoneInfo

    def due(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, self.hour, self.minute, tzinfo=self.zone).astimezone(UTC)

    def states(
        self, late_s: Mapping[int, int], missed: Collection[int], born: datetime, leeway: Leeway, seed: int = 0
    ) -> list[tuple[datetime, str]]:
        """The changes of state within the year, days counted from the first; a run tells 0 to 120 s after its time, as
        `seed` spreads them."""
        runs = [
            Point(self.due(day(index)) + timedelta(seconds=(seed + 47 * index) % (JITTER_S + 1) + late_s.get(index, 0)))
            for index in range(DAYS)
            if index not in missed
        ]
        points = [run for run in runs if run.at >= born]
        return list(transitions(self.alarm, points, born, self.due(day(DAYS - 1)), leeway))


def alarms_by_metric(template: Template) -> dict[tuple[str, str], MetricAlarm]:
    silent = [a for a in template.of_type("AWS::CloudWatch::Alarm").values() if a["TreatMissingData"] == "breaching"]
    return {alarm.metric: alarm for alarm in map(read_alarm, silent)}


@pytest.fixture(scope="session")
def owed(aws: Template) -> dict[tuple[str, str], Owed]:
    schedules = {
        schedule["Name"].removeprefix(f"{PREFIX}-"): schedule
        for schedule in aws.of_type("AWS::Scheduler::Schedule").values()
    }
    return {
        metric: Owed(alarm, *_daily_time(schedules[DAILY[metric]]))
        for metric, alarm in alarms_by_metric(aws).items()
        if metric != SWEEP
    }


@pytest.fixture(scope="session")
def sweep_alarm(aws: Template) -> MetricAlarm:
    return alarms_by_metric(aws)[SWEEP]


def _daily_time(schedule: Mapping[str, Any]) -> tuple[int, int, ZoneInfo]:
    cron = re.fullmatch(r"cron\((\d+) (\d+) \* \* \? \*\)", schedule["ScheduleExpression"])
    assert cron, schedule["ScheduleExpression"]
    return int(cron[2]), int(cron[1]), ZoneInfo(schedule["ScheduleExpressionTimezone"])


def rings(states: Sequence[tuple[datetime, str]]) -> list[datetime]:
    return [at for at, state in states if state == ALARM]


def first_of_each_silence(missed: Collection[int]) -> Iterator[int]:
    return (index for index in sorted(missed) if index - 1 not in missed)


def test_each_daily_schedule_has_an_alarm_of_its_own(owed: dict[tuple[str, str], Owed], aws: Template) -> None:
    assert owed.keys() == DAILY.keys()
    told = {
        schedule["Name"].removeprefix(f"{PREFIX}-"): json.loads(schedule["Target"]["Input"]).get("run")
        for schedule in aws.of_type("AWS::Scheduler::Schedule").values()
    }
    assert (told["end-of-period-morning"], told["end-of-period-lunch"]) == ("morning", "lunch")


@settings(max_examples=12, deadline=None)
@given(
    metric=metrics,
    seed=st.integers(0, JITTER_S),
    born_after_s=st.integers(0, 60 * 86_400),
    late=st.dictionaries(st.integers(0, DAYS - 1), st.integers(0, LATE_S), max_size=30),
    leeway=leeways,
)
@example(metric=PURGE, seed=0, born_after_s=0, late={}, leeway=Leeway())
def test_a_year_of_runs_that_come_rings_never_not_even_on_the_first_day(
    metric: tuple[str, str],
    seed: int,
    born_after_s: int,
    late: dict[int, int],
    leeway: Leeway,
    owed: dict[tuple[str, str], Owed],
) -> None:
    run = owed[metric]
    on_the_long_day = LATE_ON_THE_LONG_DAY_S if run.zone == PARIS else LATE_S
    late = {i: min(s, on_the_long_day) if day(i) == LONG_DAY else s for i, s in late.items()}
    born = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(seconds=born_after_s)
    states = run.states(late, (), born, leeway, seed)
    assert [state for _, state in states] == [OK]


@settings(max_examples=12, deadline=None)
@given(
    metric=metrics,
    seed=st.integers(0, JITTER_S),
    missed=st.sets(st.integers(3, DAYS - 3), min_size=1, max_size=12),
    leeway=leeways,
)
@example(metric=PURGE, seed=0, missed=BOTH_CLOCK_CHANGES, leeway=Leeway())
@example(metric=MORNING, seed=0, missed=BOTH_CLOCK_CHANGES, leeway=Leeway())
@example(metric=LUNCH, seed=0, missed=BOTH_CLOCK_CHANGES, leeway=Leeway(minute_of_hour=59))
def test_each_run_that_does_not_come_rings_once_within_three_hours_and_ends_with_the_next_that_does(
    metric: tuple[str, str], seed: int, missed: set[int], leeway: Leeway, owed: dict[tuple[str, str], Owed]
) -> None:
    run = owed[metric]
    states = run.states({}, missed, run.due(day(0)), leeway, seed)
    silences = list(first_of_each_silence(missed))
    rung = rings(states)
    assert len(rung) == len(silences)
    for index, at in zip(silences, rung, strict=True):
        allowed = THREE_HOURS
        if day(index) == SHORT_DAY and run.zone == PARIS:
            # The one silence that is an hour shorter: an evaluation after half past the hour comes later than that.
            allowed += timedelta(minutes=max(0, leeway.minute_of_hour - HALF_PAST))
        assert timedelta(0) < at - run.due(day(index)) <= allowed, day(index)
    for index in silences:
        comes = next(later for later in range(index, DAYS) if later not in missed)
        ended = next((at for at, state in states if state == OK and at > run.due(day(comes))), None)
        assert ended is not None
        assert ended - run.due(day(comes)) <= timedelta(hours=2)


def sweeps(minutes: Iterable[int], born: datetime) -> list[Point]:
    """One a minute, each at another second of it."""
    return [Point(born + timedelta(minutes=minute, seconds=47 * minute % 60)) for minute in minutes]


@settings(max_examples=20, deadline=None)
@given(leeway=leeways)
def test_sweeps_whose_figures_come_late_ring_never(leeway: Leeway, sweep_alarm: MetricAlarm) -> None:
    born = datetime(2026, 11, 21, 20, tzinfo=UTC)
    states = list(transitions(sweep_alarm, sweeps(range(240), born), born, born + timedelta(hours=4), leeway))
    assert [state for _, state in states] == [OK]


@pytest.mark.parametrize("leeway", [Leeway(), Leeway(extra_periods=0), Leeway(extra_periods=12, fills_nothing=False)])
def test_a_sweep_that_stops_rings_within_six_minutes_and_stays_until_it_sweeps_again(
    leeway: Leeway, sweep_alarm: MetricAlarm
) -> None:
    born = datetime(2026, 11, 21, 20, tzinfo=UTC)
    stops, starts = born + timedelta(hours=1), born + timedelta(hours=3)
    points = sweeps([minute for minute in range(240) if not 60 <= minute < 180], born)
    (_, first), (rang, second), (ended, third) = transitions(
        sweep_alarm, points, born, born + timedelta(hours=4), leeway
    )
    assert (first, second, third) == (OK, ALARM, OK)
    assert rang - stops <= timedelta(minutes=6)
    assert timedelta(0) < ended - starts <= timedelta(minutes=6)
