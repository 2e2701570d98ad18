"""How CloudWatch makes the states of an alarm of the template out of data points, by its user guide: « Alarm
evaluation », « Configuring how alarms treat missing data », « Alarm evaluation window », « Alarm warm-up periods ».

Where the guide leaves something open, `Leeway` names it, and a test plays whatever it allows."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import ge, lt
from typing import Any

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"
BREACHES = {"LessThanThreshold": lt, "GreaterThanOrEqualToThreshold": ge}
STATISTICS = {"Sum": sum, "Maximum": max}


@dataclass(frozen=True)
class Point:
    at: datetime
    value: float = 1


@dataclass(frozen=True)
class Leeway:
    """What the guide does not say: how many periods before its window an alarm also retrieves, at which minute of the
    hour an alarm over more than a day is evaluated, how long a data point takes to be seen, and whether FILL makes
    something of a metric of which no point was retrieved."""

    extra_periods: int = 2
    minute_of_hour: int = 3
    seen_after_s: int = 30
    fills_nothing: bool = True


@dataclass(frozen=True)
class MetricAlarm:
    """What decides in the properties of a template's alarm; `metric` is its service and name. Raises AssertionError for
    what CloudWatch refuses, and for what is not modelled here."""

    metric: tuple[str, str]
    period_s: int
    periods: int
    datapoints: int
    threshold: float
    comparison: str
    statistic: str
    missing: str
    filled_with: float | None
    warm_up_s: int

    @property
    def is_multi_day(self) -> bool:
        """« If the number of evaluation periods multiplied by the length of each exceeds one day »."""
        return self.period_s * self.periods > DAY_S


def metric_of(alarm: Mapping[str, Any]) -> Mapping[str, Any]:
    """The metric that an alarm watches, through the expression that fills it or not."""
    if "Metrics" not in alarm:
        return alarm
    (stat,) = [query["MetricStat"] for query in alarm["Metrics"] if "MetricStat" in query]
    return {**stat["Metric"], "Period": stat["Period"], "Statistic": stat["Stat"]}


def read_alarm(alarm: Mapping[str, Any]) -> MetricAlarm:
    watched = metric_of(alarm)
    periods = alarm["EvaluationPeriods"]
    longest_s = 7 * DAY_S if watched["Period"] >= HOUR_S else DAY_S
    assert watched["Period"] % MINUTE_S == 0
    assert watched["Period"] * periods <= longest_s, "PutMetricAlarm refuses so long a window"
    assert alarm["TreatMissingData"] in ("breaching", "notBreaching", "ignore")
    warm_up = alarm.get("WarmUpConfiguration")
    if warm_up:
        # Otherwise the warm-up ends as soon as a point is there for the latest period, and FILL sees to that.
        assert warm_up["OnlyStartEvaluatingAfterWarmUpPeriodEnds"] is True
        assert 1 <= warm_up["WarmUpPeriodDurationInMinutes"] <= 2_880
    return MetricAlarm(
        metric=(watched["Dimensions"][0]["Value"], watched["MetricName"]),
        period_s=watched["Period"],
        periods=periods,
        datapoints=alarm.get("DatapointsToAlarm", periods),
        threshold=alarm["Threshold"],
        comparison=alarm["ComparisonOperator"],
        statistic=watched["Statistic"],
        missing=alarm["TreatMissingData"],
        filled_with=_fill(alarm),
        warm_up_s=warm_up["WarmUpPeriodDurationInMinutes"] * MINUTE_S if warm_up else 0,
    )


def transitions(
    alarm: MetricAlarm, points: Sequence[Point], created: datetime, until: datetime, leeway: Leeway
) -> Iterator[tuple[datetime, str]]:
    """Each change of state, at the evaluation that made it; an alarm begins in INSUFFICIENT_DATA. `points` in order."""
    times = [point.at.timestamp() for point in points]
    values = [point.value for point in points]
    known: dict[int, float | None] = {}

    def data_point(begins_s: int, seen_until_s: float) -> float | None:
        """Of the period that begins then, made of what has been seen."""
        if begins_s in known:
            return known[begins_s]
        first = bisect_left(times, begins_s)
        last = bisect_left(times, min(begins_s + alarm.period_s, seen_until_s), lo=first)
        found = STATISTICS[alarm.statistic](values[first:last]) if first < last else None
        if begins_s + alarm.period_s <= seen_until_s:
            known[begins_s] = found
        return found

    state = INSUFFICIENT
    for now_s in _evaluations(alarm, created, until, leeway):
        end_s = now_s // HOUR_S * HOUR_S if alarm.is_multi_day else now_s // MINUTE_S * MINUTE_S
        oldest_s = end_s - alarm.period_s * (alarm.periods + leeway.extra_periods)
        starts = range(end_s - alarm.period_s, oldest_s - 1, -alarm.period_s)
        new = state_of(alarm, [data_point(start, now_s - leeway.seen_after_s) for start in starts], state, leeway)
        if new != state:
            yield datetime.fromtimestamp(now_s, UTC), new
            state = new


def state_of(alarm: MetricAlarm, retrieved: Sequence[float | None], state: str, leeway: Leeway) -> str:
    """`retrieved`: the latest first, None where no data point is. « CloudWatch uses missing data points only as few
    times as possible »: whatever was retrieved from farther back counts before the treatment of missing data does."""
    if alarm.filled_with is not None and (leeway.fills_nothing or any(value is not None for value in retrieved)):
        retrieved = [alarm.filled_with if value is None else value for value in retrieved]
    existing = [value for value in retrieved if value is not None][: alarm.periods]
    breaching = sum(BREACHES[alarm.comparison](value, alarm.threshold) for value in existing)
    missing = alarm.periods - len(existing)
    if alarm.missing == "ignore" and missing and breaching in (0, len(existing)) and breaching < alarm.datapoints:
        return OK if existing and not breaching else state
    if alarm.missing == "breaching":
        breaching += missing
    return ALARM if breaching >= alarm.datapoints else OK


def _fill(alarm: Mapping[str, Any]) -> float | None:
    """The value that the expression fills a missing period with; None without an expression."""
    expressions = [query for query in alarm.get("Metrics", ()) if "Expression" in query]
    if not expressions:
        return None
    (stat,) = [query for query in alarm["Metrics"] if "MetricStat" in query]
    assert stat["ReturnData"] is False
    (expression,) = expressions
    match = re.fullmatch(r"FILL\((\w+), (\d+)\)", expression["Expression"])
    assert match, expression
    assert match[1] == stat["Id"]
    return float(match[2])


def _evaluations(alarm: MetricAlarm, created: datetime, until: datetime, leeway: Leeway) -> Iterator[int]:
    """« For any period of one minute or longer, an alarm is evaluated every minute »; « multi-day alarms are evaluated
    once per hour »; none during the warm-up."""
    step_s, offset_s = (HOUR_S, leeway.minute_of_hour * MINUTE_S) if alarm.is_multi_day else (MINUTE_S, 0)
    begins_s = int((created + timedelta(seconds=alarm.warm_up_s)).timestamp())
    first_s = begins_s + (offset_s - begins_s) % step_s
    return iter(range(first_s, int(until.timestamp()) + 1, step_s))
