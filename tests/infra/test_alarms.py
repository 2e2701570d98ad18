"""When an alarm rings and whom it wakes: a threshold that is never reached is silence too."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.infra.synthesis import AWS, Template, composite_alarm

Alarms = dict[str, Mapping[str, Any]]

# Of one of these, one is too many.
LOSSES = (
    "ApproximateNumberOfMessagesVisible",
    "EventLost",
    "ChainExhausted",
    "SupervisorUnreached",
    "ProviderRefusesUs",
)
# Of one of these, too few: how many are owed in how many seconds.
OWED = {"SweepRan": (3, 300), "ReportsRan": (2, 86_400), "PurgeRan": (1, 86_400), "HeldRecordingsRan": (1, 86_400)}


def _on(aws: Template, *metrics: str) -> Alarms:
    """The alarms on these metrics, by logical id."""
    alarms = aws.of_type("AWS::CloudWatch::Alarm")
    found = {name: alarm for name, alarm in alarms.items() if alarm["MetricName"] in metrics}
    assert found
    return found


def _rings_the_first_time(alarm: Mapping[str, Any]) -> bool:
    when = alarm["Threshold"], alarm["ComparisonOperator"], alarm["Period"], alarm["EvaluationPeriods"]
    return when == (1, "GreaterThanOrEqualToThreshold", 60, 1)


@pytest.fixture
def composite(aws: Template) -> Mapping[str, Any]:
    return composite_alarm(aws)


@pytest.mark.parametrize("metric", LOSSES)
def test_what_may_lose_a_call_or_a_dispatch_wakes_somebody_the_first_time(
    metric: str, aws: Template, composite: Mapping[str, Any]
) -> None:
    for name, alarm in _on(aws, metric).items():
        assert _rings_the_first_time(alarm), name
        assert name in json.dumps(composite["AlarmRule"]), name


@pytest.mark.parametrize(("metric", "function"), [("ProviderCopiesOverdue", "retention"), ("MailLost", "notify")])
def test_what_the_provider_keeps_for_too_long_and_a_lost_mail_are_told_the_first_time_and_wake_nobody(
    metric: str, function: str, aws: Template, composite: Mapping[str, Any]
) -> None:
    ((name, alarm),) = _on(aws, metric).items()
    assert _rings_the_first_time(alarm)
    assert alarm["Dimensions"] == [{"Name": "service", "Value": function}]
    assert name not in json.dumps(composite["AlarmRule"])


@pytest.mark.parametrize("metric", OWED)
def test_a_schedule_that_owes_a_run_wakes_somebody(metric: str, aws: Template, composite: Mapping[str, Any]) -> None:
    ((name, alarm),) = _on(aws, metric).items()
    assert (alarm["Threshold"], alarm["Period"]) == OWED[metric]
    assert (alarm["ComparisonOperator"], alarm["Statistic"]) == ("LessThanThreshold", "Sum")
    assert name in json.dumps(composite["AlarmRule"])


def test_a_function_that_raises_is_told_the_first_time_whichever_it_is(aws: Template) -> None:
    alarms = _on(aws, "Errors").values()
    assert all(map(_rings_the_first_time, alarms))
    watched = {dimension["Value"]["Ref"] for alarm in alarms for dimension in alarm["Dimensions"]}
    assert watched == aws.of_type("AWS::Lambda::Function").keys()


def test_an_answer_5xx_is_told_the_first_time(aws: Template) -> None:
    assert all(map(_rings_the_first_time, _on(aws, "5xx").values()))


def test_every_alarm_is_told_when_it_starts_and_when_it_ends(aws: Template, composite: Mapping[str, Any]) -> None:
    (topic,) = aws.of_type("AWS::SNS::Topic")
    for name, alarm in aws.of_type("AWS::CloudWatch::Alarm").items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic}], name
    assert topic in json.dumps(composite["AlarmActions"])


def test_the_address_given_for_alarms_is_subscribed_to_them(aws: Template) -> None:
    (topic,) = aws.of_type("AWS::SNS::Topic")
    (subscribed,) = aws.of_type("AWS::SNS::Subscription").values()
    told = {"Protocol": "email", "TopicArn": {"Ref": topic}, "Endpoint": AWS.alarm_mail}
    assert subscribed == told
