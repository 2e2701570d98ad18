"""When an alarm rings and whom it wakes: a threshold that is never reached is silence too."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.infra.cloudwatch import Leeway, Point, metric_of, read_alarm, transitions
from tests.infra.synthesis import AWS, Template, waking_alarms

Alarms = dict[str, Mapping[str, Any]]

# Of one of these, one is too many.
LOSSES = (
    "ApproximateNumberOfMessagesVisible",
    "EventLost",
    "ChainExhausted",
    "SupervisorUnreached",
    "ProviderRefusesUs",
)
# What each run of a job tells, and the silence that rings: of how many seconds, how many times.
OWED = {
    "SweepRan": (300, 1),
    "MorningReportsRan": (3_600, 25),
    "LunchReportsRan": (3_600, 25),
    "PurgeRan": (3_600, 25),
    "HeldRecordingsRan": (3_600, 25),
}
# Of these a run tells that there are none, too.
STANDING = (
    "RecordingsOfNoCall",
    "ProviderCopiesOverdue",
    "MonthsNotFrozen",
    "RotaUpdatesLate",
    "OldestNoticeAge",
    "OldestDeadlineAge",
)
QUEUE_HOLDS = "ApproximateNumberOfMessagesVisible"


def _on(aws: Template, *metrics: str) -> Alarms:
    """The alarms on these metrics, by logical id."""
    alarms = aws.of_type("AWS::CloudWatch::Alarm")
    found = {name: alarm for name, alarm in alarms.items() if metric_of(alarm)["MetricName"] in metrics}
    assert found
    return found


def _rings_the_first_time(alarm: Mapping[str, Any]) -> bool:
    when = alarm["Threshold"], alarm["ComparisonOperator"], alarm["Period"], alarm["EvaluationPeriods"]
    return when == (1, "GreaterThanOrEqualToThreshold", 60, 1)


@pytest.fixture
def awake(aws: Template) -> set[str]:
    return waking_alarms(aws)


@pytest.mark.parametrize("metric", LOSSES)
def test_what_may_lose_a_call_or_a_dispatch_wakes_somebody_the_first_time(
    metric: str, aws: Template, awake: set[str]
) -> None:
    for name, alarm in _on(aws, metric).items():
        assert _rings_the_first_time(alarm), name
        assert name in awake, name


@pytest.mark.parametrize(
    ("metric", "function"),
    [
        ("ProviderCopiesOverdue", "retention"),
        ("RecordingsOfNoCall", "recording_import"),
        ("MonthsNotFrozen", "reports"),
        ("MailLost", "notify"),
    ],
)
def test_what_can_wait_for_the_morning_is_told_the_first_time_and_wakes_nobody(
    metric: str, function: str, aws: Template, awake: set[str]
) -> None:
    ((name, alarm),) = _on(aws, metric).items()
    assert _rings_the_first_time(alarm)
    assert alarm["Dimensions"] == [{"Name": "service", "Value": function}]
    assert name not in awake


@pytest.mark.parametrize("metric", OWED)
def test_a_schedule_that_owes_a_run_wakes_somebody(metric: str, aws: Template, awake: set[str]) -> None:
    ((name, alarm),) = _on(aws, metric).items()
    watched = metric_of(alarm)
    assert (watched["Period"], alarm["EvaluationPeriods"]) == OWED[metric]
    assert (alarm["Threshold"], alarm["ComparisonOperator"], watched["Statistic"]) == (1, "LessThanThreshold", "Sum")
    assert name in awake


def test_a_function_that_raises_is_told_the_first_time_whichever_it_is(aws: Template) -> None:
    alarms = _on(aws, "Errors").values()
    assert all(map(_rings_the_first_time, alarms))
    watched = {dimension["Value"]["Ref"] for alarm in alarms for dimension in alarm["Dimensions"]}
    assert watched == aws.of_type("AWS::Lambda::Function").keys()


def test_an_answer_5xx_is_told_the_first_time(aws: Template) -> None:
    assert all(map(_rings_the_first_time, _on(aws, "5xx").values()))


def _topic(aws: Template, name: str, awake: set[str]) -> dict[str, str]:
    """Whom an alarm tells."""
    (topic,) = (one for one in aws.of_type("AWS::SNS::Topic") if one.startswith("AlarmsWakeUp") == (name in awake))
    return {"Ref": topic}


def test_every_alarm_is_told_when_it_starts_whichever_rings_already(aws: Template, awake: set[str]) -> None:
    """By itself: an alarm over several rings for the first of them, and then hides the others."""
    for name, alarm in aws.of_type("AWS::CloudWatch::Alarm").items():
        assert alarm["AlarmActions"] == [_topic(aws, name, awake)], name
    assert aws.of_type("AWS::CloudWatch::CompositeAlarm") == {}


def test_an_end_is_told_only_where_a_metric_says_that_the_matter_is_over(aws: Template, awake: set[str]) -> None:
    """Of what happened once, a minute without more of it is no end; of what stands, a silent metric is none."""
    treatments = {**dict.fromkeys(OWED, "breaching"), **dict.fromkeys((*STANDING, QUEUE_HOLDS), "ignore")}
    seen = set()
    for name, alarm in aws.of_type("AWS::CloudWatch::Alarm").items():
        metric = metric_of(alarm)["MetricName"]
        seen.add(metric)
        assert alarm["TreatMissingData"] == treatments.get(metric, "notBreaching"), name
        assert alarm.get("OKActions", []) == ([_topic(aws, name, awake)] if metric in treatments else []), name
    assert treatments.keys() <= seen


def test_a_dead_letter_that_lies_for_days_does_not_seem_gone_when_its_idle_queue_tells_nothing(aws: Template) -> None:
    for alarm in map(read_alarm, _on(aws, QUEUE_HOLDS).values()):
        born = datetime(2026, 11, 21, 20, tzinfo=UTC)
        lies = [Point(born + timedelta(minutes=minute)) for minute in range(30, 390)]
        emptied = [Point(born + timedelta(days=3, minutes=minute), 0) for minute in range(5)]
        states = list(transitions(alarm, [*lies, *emptied], born, born + timedelta(days=4), Leeway()))
        assert [state for _, state in states] == ["ALARM", "OK"]
        assert states[1][0] > born + timedelta(days=3)


def test_the_address_given_for_alarms_is_subscribed_to_them(aws: Template) -> None:
    topics = aws.of_type("AWS::SNS::Topic")
    told = [{"Protocol": "email", "TopicArn": {"Ref": topic}, "Endpoint": AWS.alarm_mail} for topic in topics]
    assert list(aws.of_type("AWS::SNS::Subscription").values()) == told


def test_a_mail_of_one_that_wakes_somebody_is_known_by_its_senders_name(aws: Template) -> None:
    names = sorted(topic["DisplayName"] for topic in aws.of_type("AWS::SNS::Topic").values())
    assert names == [AWS.prefix, f"{AWS.prefix} in danger"]
