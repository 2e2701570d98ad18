"""What a schedule owes, and after how long a silence its alarm rings: long enough for a late run and for the day of 25
hours, short enough to be told within three hours."""

from dataclasses import dataclass

from aws_cdk import Duration, aws_cloudwatch

FILLED = "FILL(ran, 0)"


@dataclass(frozen=True, slots=True)
class OwedRun:
    """`metric` is what `function` tells at the end of a run that went well: the alarm `<name>DidNotRun` rings when the
    last `periods` all lack it, and not before `warm_up` is over."""

    name: str
    function: str
    metric: str
    period: Duration
    periods: int
    warm_up: Duration


def _daily(name: str, function: str, metric: str) -> OwedRun:
    """CloudWatch evaluates a window over more than a day once an hour, on data up to the last full hour. 25 such hours
    lack a run 26 hours after the beginning of the hour of the last one: of the two hours above a day, one is for the
    run that is late or for the day of 25 hours. 27 hours after its birth an alarm has seen the hour of a run end."""
    return OwedRun(name, function, metric, Duration.hours(1), 25, Duration.hours(27))


OWED_RUNS = (
    OwedRun("AstreinteDispatch", "astreinte_dispatch", "SweepRan", Duration.minutes(5), 1, Duration.minutes(10)),
    _daily("MorningReports", "reports", "MorningReportsRan"),
    _daily("LunchReports", "reports", "LunchReportsRan"),
    _daily("Retention", "retention", "PurgeRan"),
    _daily("RecordingImport", "recording_import", "HeldRecordingsRan"),
)


def filled(metric: aws_cloudwatch.Metric, period: Duration) -> aws_cloudwatch.MathExpression:
    """`metric`, 0 where it has no data point. Unfilled, an alarm looks for older points where the latest are missing,
    and a run of yesterday stands for the one that did not come."""
    return aws_cloudwatch.MathExpression(expression=FILLED, using_metrics={"ran": metric}, period=period)
