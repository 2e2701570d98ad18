"""Silence is the failure to fear: each queue's dead letters, each schedule that did not run, a webhook that fails."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Duration, aws_cloudwatch, aws_cloudwatch_actions, aws_kms, aws_sns, aws_sns_subscriptions
from constructs import Construct

from infra.function import Function
from infra.http_api import WEBHOOK, HttpApi
from infra.queues import Queues
from infra.settings import Settings

MISSING_IS_BAD = aws_cloudwatch.TreatMissingData.BREACHING
MISSING_IS_GOOD = aws_cloudwatch.TreatMissingData.NOT_BREACHING
LESS_THAN = aws_cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
AT_LEAST = aws_cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD


@dataclass(frozen=True, slots=True)
class OwedRun:
    """`metric` is what the function tells at the end of a run that went well, at least `count` times in `period`."""

    function: str
    metric: str
    count: int
    period: Duration


OWED_RUNS = (
    OwedRun("astreinte_dispatch", "SweepRan", 3, Duration.minutes(5)),
    OwedRun("reports", "ReportsRan", 2, Duration.days(1)),
    OwedRun("retention", "PurgeRan", 1, Duration.days(1)),
    OwedRun("recording_import", "HeldRecordingsRan", 1, Duration.days(1)),
)

# What the sweep finds waiting may be 80 s old in a night where nothing is lost: it runs each minute and leaves the
# queues 20 s. What is older has been told again by the sweep before, and is still there.
MENDED_BY_THEN_S = 90
WAITS = (
    ("NoticesNotLeaving", "OldestNoticeAge", "A message should have left, or been asked about, 90 s ago."),
    ("DeadlinesNotMet", "OldestDeadlineAge", "A dispatch is 90 s past a deadline: nobody else is called."),
)

NOBODY_COMES = (
    ("ChainExhausted", "Nobody of a chain has accepted: the desk and the duty supervisor must find somebody."),
    ("SupervisorUnreached", "Nobody has accepted, and the duty supervisor has answered none of four calls."),
)


class Alarms(Construct):
    """Every alarm tells one topic when it starts and when it ends; those that are vital mean that calls may be lost."""

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
        self._namespace = settings.prefix
        self._vital: list[aws_cloudwatch.Alarm] = []
        self.topic = aws_sns.Topic(self, "Topic", master_key=key)
        self.topic.add_subscription(aws_sns_subscriptions.EmailSubscription(settings.alarm_mail))
        for queue in queues.dead_letters:
            self._alarm(
                f"{queue.node.id}NotEmpty",
                f"Work was given up: look at the queue {queue.node.id}.",
                queue.metric_approximate_number_of_messages_visible(period=Duration.minutes(1), statistic="Maximum"),
                threshold=1,
                vital=True,
            )
        for name, metric, description in WAITS:
            self._alarm(
                name,
                description,
                self._told_by("astreinte_dispatch", metric, Duration.minutes(1), "Maximum"),
                threshold=MENDED_BY_THEN_S,
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
            "The webhook answered 5xx: the provider may be sending callers to the fallback numbers.",
            _answered_5xx(api, Method=WEBHOOK.method.value, Resource=WEBHOOK.path),
            threshold=1,
            vital=True,
        )
        self._alarm("ApiFails", "A page or a webhook answered 5xx.", _answered_5xx(api), threshold=1)
        self._alarm(
            "EventLost",
            "An event of a call could be kept neither in the table nor in the queue.",
            self._told_by("call_webhook", "EventLost", Duration.minutes(1)),
            threshold=1,
            vital=True,
        )
        self._alarm(
            "RecordingOfNoCall",
            "The provider holds a recording of a call that is not in the table: somebody must say whose it is.",
            self._told_by("recording_import", "RecordingOfNoCall", Duration.minutes(1)),
            threshold=1,
        )
        self._alarm(
            "ProviderCopiesOverdue",
            "The provider still tells of calls or messages that it must forget within two weeks: ask it why.",
            self._told_by("retention", "ProviderCopiesOverdue", Duration.minutes(1)),
            threshold=1,
        )
        self._alarm(
            "MailLost",
            "The mail service refused a mail, or was out for a day: who was to read it does not have it.",
            self._told_by("notify", "MailLost", Duration.minutes(1)),
            threshold=1,
        )
        self._alarm(
            "ProviderRefusesUs",
            "The telephony provider refuses an SMS or a call for what we are, whomever it is to reach.",
            self._told_by("notify", "ProviderRefusesUs", Duration.minutes(1)),
            threshold=1,
            vital=True,
        )
        for metric, description in NOBODY_COMES:
            self._alarm(
                metric, description, self._told_by("outbox_relay", metric, Duration.minutes(1)), threshold=1, vital=True
            )
        for run in OWED_RUNS:
            self._alarm(
                f"{_camel(run.function)}DidNotRun",
                f"The schedule owes {run.count} run(s) of {run.function} in {run.period.to_human_string()}.",
                self._told_by(run.function, run.metric, run.period),
                threshold=run.count,
                comparison=LESS_THAN,
                missing=MISSING_IS_BAD,
                vital=True,
            )
        if not settings.is_local:  # the local engine knows no composite alarm
            self._wake_somebody(f"{settings.prefix}-in-danger")

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
            self._vital.append(alarm)
        action = aws_cloudwatch_actions.SnsAction(self.topic)
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)

    def _wake_somebody(self, name: str) -> None:
        """One alarm for all that are vital: what wakes the engineer on duty."""
        wake_up = aws_cloudwatch.CompositeAlarm(
            self,
            "ReceptionInDanger",
            composite_alarm_name=name,
            alarm_description="Calls or dispatches may be lost: see the alarms behind this one.",
            alarm_rule=aws_cloudwatch.AlarmRule.any_of(
                *(aws_cloudwatch.AlarmRule.from_alarm(one, aws_cloudwatch.AlarmState.ALARM) for one in self._vital)
            ),
        )
        wake_up.add_alarm_action(aws_cloudwatch_actions.SnsAction(self.topic))

    def _told_by(self, function: str, metric: str, period: Duration, statistic: str = "Sum") -> aws_cloudwatch.Metric:
        """A metric that the function itself writes (EMF), by its service name."""
        return aws_cloudwatch.Metric(
            namespace=self._namespace,
            metric_name=metric,
            dimensions_map={"service": function},
            period=period,
            statistic=statistic,
        )


def _answered_5xx(api: HttpApi, **route: str) -> aws_cloudwatch.Metric:
    """Of all routes, or of one: the stage counts each for itself (detailed metrics)."""
    return aws_cloudwatch.Metric(
        namespace="AWS/ApiGateway",
        metric_name="5xx",
        dimensions_map={"ApiId": api.api.api_id, "Stage": "$default", **route},
        period=Duration.minutes(1),
        statistic="Sum",
    )


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
