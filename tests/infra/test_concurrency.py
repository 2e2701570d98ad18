"""Whatever else runs, a webhook finds room: it loses calls when it does not."""

from infra.concurrency import LEFT_TO_THE_OTHERS, MANY, WEBHOOK
from infra.http_api import WEBHOOK as ROUTE
from tests.functions.call_webhook.test_hung import FUNCTION_S
from tests.infra.synthesis import Template, waking_alarms

AN_ANSWER_S = 0.1


def test_room_is_kept_for_the_webhook_and_for_no_other(aws: Template) -> None:
    """What is reserved is also the most that may run."""
    kept = {
        function["FunctionName"]: function["ReservedConcurrentExecutions"]
        for function in aws.of_type("AWS::Lambda::Function").values()
        if "ReservedConcurrentExecutions" in function
    }
    assert kept == {aws.function("call_webhook")["FunctionName"]: WEBHOOK}


def test_what_is_kept_lets_all_in_whom_the_route_lets_in_and_some_while_everything_hangs() -> None:
    assert ROUTE.rate * AN_ANSWER_S * 5 <= WEBHOOK
    assert WEBHOOK / FUNCTION_S > 7  # requests a second, each until the function is stopped


def test_all_queues_at_once_leave_most_of_what_is_sure_to_be_left_to_the_pages(aws: Template) -> None:
    mappings = aws.of_type("AWS::Lambda::EventSourceMapping").values()
    queues = [mapping["ScalingConfig"]["MaximumConcurrency"] for mapping in mappings if "ScalingConfig" in mapping]
    assert len(queues) == 6
    assert sum(queues) * 3 < LEFT_TO_THE_OTHERS
    assert sum(queues) < MANY < LEFT_TO_THE_OTHERS


def test_a_throttled_webhook_wakes_somebody_and_other_throttles_are_told(aws: Template) -> None:
    alarms = {
        name.removeprefix("Alarms")[:-8]: (name, alarm)
        for name, alarm in aws.of_type("AWS::CloudWatch::Alarm").items()
        if alarm.get("Namespace") == "AWS/Lambda" and alarm["MetricName"] != "Errors"
    }
    awake = waking_alarms(aws)
    told = {
        name: (alarm["MetricName"], alarm["Statistic"], alarm["Threshold"], alarm["Period"], logical_id in awake)
        for name, (logical_id, alarm) in alarms.items()
    }
    assert told == {
        "WebhookThrottled": ("Throttles", "Sum", 1, 60, True),
        "FunctionsThrottled": ("Throttles", "Sum", 1, 60, False),
        "ConcurrencyRunsShort": ("UnreservedConcurrentExecutions", "Maximum", MANY, 60, False),
    }
    ((dimension,), *of_the_account) = [alarm.get("Dimensions", []) for _, alarm in alarms.values()]
    assert aws.of_type("AWS::Lambda::Function")[dimension["Value"]["Ref"]] == aws.function("call_webhook")
    assert of_the_account == [[], []]  # all functions of the account and region
