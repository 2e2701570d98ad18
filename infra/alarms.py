"""Silence is the failure to fear: each queue's dead letters, each schedule that did not run, a webhook that fails."""

from collections.abc import Mapping

from aws_cdk import Duration, aws_cloudwatch, aws_cloudwatch_actions, aws_kms, aws_sns, aws_sns_subscriptions
from constructs import Construct

from infra.function import Function
from infra.http_api import HttpApi
from infra.queues import Queues
from infra.settings import Settings

MISSING_IS_BAD = aws_cloudwatch.TreatMissingData.BREACHING
MISSING_IS_GOOD = aws_cloudwatch.TreatMissingData.NOT_BREACHING
LESS_THAN = aws_cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
AT_LEAST = aws_cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD


class Alarms(Construct):
    """Every alarm tells one topic when it starts and when it ends; `vital` are those that mean calls may be lost."""

    def __init__(
        self,
        scope: Construct,
        settings: Settings,
        key: aws_kms.Key,
        functions: Mapping[str, Function],
        queues: Queues,
        api: HttpApi,
    ) -> None:
        super().__init__(scope, "Alarms")
        self.vital: list[aws_cloudwatch.Alarm] = []
        self.topic = aws_sns.Topic(self, "Topic", master_key=key)
        if settings.alarm_mail:
            self.topic.add_subscription(aws_sns_subscriptions.EmailSubscription(settings.alarm_mail))
        for queue in queues.dead_letters:
            self._alarm(
                f"{queue.node.id}NotEmpty",
                f"Work was given up: look at the queue {queue.node.id}.",
                queue.metric_approximate_number_of_messages_visible(period=Duration.minutes(1), statistic="Maximum"),
                threshold=1,
                vital=True,
            )
        self._alarm(
            "NoticesNotLeaving",
            "A message to a contractor or a tenant has waited a minute.",
            queues.outbox.metric_approximate_age_of_oldest_message(period=Duration.minutes(1), statistic="Maximum"),
            threshold=60,
            vital=True,
        )
        for name, function in functions.items():
            self._alarm(
                f"{_camel(name)}Fails",
                f"The function {name} raised an error.",
                function.function.metric_errors(period=Duration.minutes(1), statistic="Sum"),
                threshold=1,
            )
        self._alarm(
            "WebhookFails",
            "The API answered 5xx: the provider may be sending callers to the fallback numbers.",
            aws_cloudwatch.Metric(
                namespace="AWS/ApiGateway",
                metric_name="5xx",
                dimensions_map={"ApiId": api.api.api_id, "Stage": "$default"},
                period=Duration.minutes(1),
                statistic="Sum",
            ),
            threshold=1,
            vital=True,
        )
        for name, runs, period in (
            ("astreinte_dispatch", 3, Duration.minutes(5)),
            ("reports", 2, Duration.days(1)),
            ("retention", 1, Duration.days(1)),
        ):
            self._alarm(
                f"{_camel(name)}DidNotRun",
                f"The schedule owes {runs} run(s) of {name} in {period.to_human_string()}.",
                functions[name].function.metric_invocations(period=period, statistic="Sum"),
                threshold=runs,
                comparison=LESS_THAN,
                missing=MISSING_IS_BAD,
                vital=True,
            )

    def _alarm(
        self,
        name: str,
        description: str,
        metric: aws_cloudwatch.IMetric,
        *,
        threshold: int,
        comparison: aws_cloudwatch.ComparisonOperator = AT_LEAST,
        missing: aws_cloudwatch.TreatMissingData = MISSING_IS_GOOD,
        vital: bool = False,
    ) -> None:
        alarm = aws_cloudwatch.Alarm(
            self,
            name,
            alarm_description=description,
            metric=metric,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=comparison,
            treat_missing_data=missing,
        )
        if vital:
            self.vital.append(alarm)
        action = aws_cloudwatch_actions.SnsAction(self.topic)
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
