"""A day of the template's schedules, played on the reports: the mail of each period leaves within ten minutes, once."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from permanence.application.timeline.period_runs import period_id
from permanence.domain.contract import Contract, contract_in_force
from permanence.domain.instants import midnight
from permanence.domain.reference.calendar import told_periods_ended
from permanence.domain.reference.calendrier import Calendrier
from permanence.domain.reference.exceptional import Opening, Takeover
from permanence.domain.reference.in_force import ReceptionPart
from tests.fakes.documents import announced, closed
from tests.functions.reports.test_reports import Desk
from tests.infra.synthesis import Template

TEN_MINUTES = timedelta(minutes=10)
PRECISION_S = 59
"""A schedule of 11:01 invokes between 11:01:00 and 11:01:59."""

WEEK = [date(2026, 11, 23) + timedelta(days=n) for n in range(7)]
CLOCK_CHANGES = [date(2026, 10, 25), date(2027, 3, 28)]

Run = tuple[datetime, dict[str, Any]]


def numbers(field: str, below: int) -> list[int]:
    """Those that a field of a cron stands for."""
    if field == "*":
        return list(range(below))
    first, _, step = field.partition("/")
    return list(range(int(first), below, int(step))) if step else [int(first)]


@pytest.fixture(scope="session")
def schedules(aws: Template) -> list[tuple[list[int], list[int], ZoneInfo, dict[str, Any]]]:
    """Minutes, hours, zone and input of each daily schedule of the reports."""
    found = []
    for schedule in aws.of_type("AWS::Scheduler::Schedule").values():
        cron = re.fullmatch(r"cron\((\S+) (\S+) \* \* \? \*\)", schedule["ScheduleExpression"])
        told = json.loads(schedule["Target"]["Input"])
        if cron and told["job"] in {"end_of_period", "ended_periods"}:
            zone = ZoneInfo(schedule["ScheduleExpressionTimezone"])
            found.append((numbers(cron[1], 60), numbers(cron[2], 24), zone, told))
    return found


def runs(schedules: list[Any], day: date, late: timedelta) -> Iterator[Run]:
    """Those of a day of Paris and of the hour after it."""
    start, end = midnight(day), midnight(day + timedelta(days=1)) + timedelta(hours=1)
    for minutes, hours, zone, told in schedules:
        for of_day in (day - timedelta(days=1), day, day + timedelta(days=1)):
            for hour in hours:
                for minute in minutes:
                    at = datetime(of_day.year, of_day.month, of_day.day, hour, minute, tzinfo=zone).astimezone(UTC)
                    if start <= at < end:
                        yield at + late, told


def play(desk: Desk, due: list[Run]) -> Iterator[tuple[str, datetime]]:
    """Each telling of a period, and when."""
    for at, job in due:
        for told in desk.run(**job, at=at)["runs"]:
            yield told["period"], at


def part_of(sort: str, start: datetime, end: datetime, day: date) -> ReceptionPart:
    """A closure, an opening that ends before midnight, or a takeover, in force since long before."""
    if sort == "closure":
        return closed(start, end)
    if sort == "takeover":
        return announced(Calendrier(takeovers=(Takeover(start, end, "crise"),)), since=start - timedelta(days=60))
    last = midnight(day + timedelta(days=1)) - timedelta(minutes=1)
    opening = Opening(start, min(end, last), "portes ouvertes")
    return announced(Calendrier(openings=(opening,)), since=start - timedelta(days=60))


@settings(max_examples=8, deadline=None)
@given(
    sort=st.sampled_from(["closure", "opening", "takeover"]),
    day=st.sampled_from([*WEEK, *CLOCK_CHANGES]),
    starts=st.integers(0, 23 * 60 + 58),
    lasts=st.integers(1, 24 * 60),
    late_s=st.integers(0, PRECISION_S),
    lost=st.integers(0, 400),
)
@example(sort="closure", day=WEEK[0], starts=8 * 60 + 30, lasts=150, late_s=PRECISION_S, lost=-1)
@example(sort="takeover", day=WEEK[4], starts=14 * 60, lasts=62, late_s=PRECISION_S, lost=214)
@example(sort="closure", day=WEEK[3], starts=0, lasts=24 * 60, late_s=0, lost=0)
def test_wherever_a_closure_ends_the_mail_of_its_period_leaves_within_ten_minutes_and_once(
    sort: str, day: date, starts: int, lasts: int, late_s: int, lost: int, schedules: list[Any], contract: Contract
) -> None:
    """R50, of an opening and a takeover too, with any one run lost, in a week of opening days and on both changes of
    the clocks."""
    start = midnight(day) + timedelta(minutes=starts)
    end = min(start + timedelta(minutes=lasts), midnight(day + timedelta(days=1)))
    part = part_of(sort, start, end, day)
    hours = contract_in_force(contract, part, start).hours
    ends = [one.end for one in told_periods_ended(midnight(day), midnight(day + timedelta(days=1)), hours)]

    due = sorted(runs(schedules, day, timedelta(seconds=late_s)), key=lambda run: run[0])
    del due[lost % len(due)]
    tellings = list(play(Desk(contract, part=part), due))

    assert len({period for period, _ in tellings}) == len(tellings)
    told = {period: at for period, at in tellings if period >= period_id(midnight(day))}
    assert told.keys() == {period_id(end) for end in ends}
    assert all(timedelta(0) <= told[period_id(end)] - end <= TEN_MINUTES for end in ends)
