"""Silence is the failure to fear: each queue's dead letters, each schedule that did not run, a webhook that fails."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from aws_cdk import (
    Duration,
    aws_cloudwatch,
    aws_cloudwatch_actions,
    aws_kms,
    aws_lambda,
    aws_sns,
    aws_sns_subscriptions,
)
from constructs import Construct

from infra.concurrency import MANY
from infra.function import Function
from infra.http_api import WEBHOOK, HttpApi
from infra.owed_runs import OWED_RUNS, OwedRun, filled
from infra.queues import Queues
from infra.settings import Settings

MINUTE = Duration.minutes(1)
ENDS_WHEN_TOLD = aws_cloudwatch.TreatMissingData.IGNORE
HAPPENED = aws_cloudwatch.TreatMissingData.NOT_BREACHING
MISSING_IS_BAD = aws_cloudwatch.TreatMissingData.BREACHING
LESS_THAN = aws_cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
AT_LEAST = aws_cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD

# What the sweep finds waiting may be 80 s old in a night where nothing is lost: it runs each minute and leaves the
# queues 20 s. What is older has been told again by the sweep before, and is still there.
MENDED_BY_THEN_S = 90
WAITS = (
    ("NoticesNotLeaving", "OldestNoticeAge", "A message should have left, or been asked about, 90 s ago."),
    ("DeadlinesNotMet", "OldestDeadlineAge", "A dispatch is 90 s past a deadline: nobody else is called."),
)


@dataclass(frozen=True, slots=True)
class Told:
    """An alarm on a metric that `function` tells, and that is too much when it is 1."""

    name: str
    function: str
    metric: str
    description: str
    vital: bool = False


# Told by each run, 0 too: the alarm ends when a run has found nothing any more.
STANDING = (
    Told(
        "RecordingOfNoCall",
        "recording_import",
        "RecordingsOfNoCall",
        "The provider holds a recording of a call that is not in the table: somebody must say whose it is.",
    ),
    Told(
        "ProviderCopiesOverdue",
        "retention",
        "ProviderCopiesOverdue",
        "The provider still tells of calls or messages that it must forget within two weeks: ask it why.",
    ),
    Told(
        "MonthNotFrozen",
        "reports",
        "MonthsNotFrozen",
        "A month that should be frozen and reported is not: the monthly job did not run, or failed.",
    ),
    Told(
        "RotaUpdateLate",
        "astreinte_dispatch",
        "RotaUpdatesLate",
        "An update of the rota came by mail 45 minutes ago or more, and nobody has approved it.",
        vital=True,
    ),
)
EVENTS = (
    Told(
        "EventLost",
        "call_webhook",
        "EventLost",
        "An event of a call could be kept neither in the table nor in the queue.",
        vital=True,
    ),
    Told(
        "TimetableNotRead",
        "call_webhook",
        "TimetableNotRead",
        "Calls are answered by what was read last of the documents in force: what was approved since is not obeyed.",
    ),
    Told(
        "MailLost",
        "notify",
        "MailLost",
        "The mail service refused a mail, or was out for a day: who was to read it does not have it.",
    ),
    Told(
        "ProviderRefusesUs",
        "notify",
        "ProviderRefusesUs",
        "The telephony provider refuses an SMS or a call for what we are, whomever it is to reach.",
        vital=True,
    ),
    Told(
        "ChainExhausted",
        "outbox_relay",
        "ChainExhausted",
        "Nobody of a chain has accepted: the desk and the duty supervisor must find somebody.",
        vital=True,
    ),
    Told(
        "SupervisorUnreached",
        "outbox_relay",
        "SupervisorUnreached",
        "Nobody has accepted, and the duty supervisor has answered none of four calls.",
        vital=True,
    ),
)


class Alarms(Construct):
    """Every alarm tells its topic when it starts; its end is told where a metric says that the matter is over, and not
    where nothing more happened for a minute. Those that are vital mean that calls or dispatches may be lost: they have
    a topic to themselves, which wakes somebody for each of them, whatever rings already."""

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
        self._is_local = settings.is_local
        tells = aws_sns.Topic(self, "Topic", master_key=key, display_name=settings.prefix)
        wakes = aws_sns.Topic(self, "WakeUp", master_key=key, display_name=f"{settings.prefix} in danger")
        for topic in (tells, wakes):
            topic.add_subscription(aws_sns_subscriptions.EmailSubscription(settings.alarm_mail))
        self._tells = aws_cloudwatch_actions.SnsAction(tells)
        self._wakes = aws_cloudwatch_actions.SnsAction(wakes)
        for queue in queues.dead_letters:
            self._watch(
                f"{queue.node.id}NotEmpty",
                f"Work was given up: look at the queue {queue.node.id}.",
                queue.metric_approximate_number_of_messages_visible(period=MINUTE, statistic="Maximum"),
                vital=True,
            )
        for name, metric, description in WAITS:
            told = self._told_by("astreinte_dispatch", metric, "Maximum")
            self._watch(name, description, told, threshold=MENDED_BY_THEN_S, vital=True)
        for standing in STANDING:
            told = self._told_by(standing.function, standing.metric, "Maximum")
            self._watch(standing.name, standing.description, told, vital=standing.vital)
        for name, function in functions.items():
            errors = function.function.metric_errors(period=MINUTE, statistic="Sum")
            self._tell(f"{_camel(name)}Fails", f"The function {name} raised an error.", errors)
        self._tell(
            "WebhookFails",
            "The webhook answered 5xx: the provider may be sending callers to the fallback numbers.",
            _answered_5xx(api, Method=WEBHOOK.method.value, Resource=WEBHOOK.path),
            vital=True,
        )
        self._tell("ApiFails", "A page or a webhook answered 5xx.", _answered_5xx(api))
        self._tell(
            "WebhookThrottled",
            "The webhook was asked more often at once than is kept for it: calls went to the provider's own fallback.",
            functions["call_webhook"].function.metric_throttles(period=MINUTE, statistic="Sum"),
            vital=True,
        )
        self._tell(
            "FunctionsThrottled",
            "A function of this account was turned away: too many run at once.",
            aws_lambda.Function.metric_all_throttles(period=MINUTE, statistic="Sum"),
        )
        self._tell(
            "ConcurrencyRunsShort",
            "The functions that share what is not reserved nearly use up what is sure to be left to them.",
            aws_lambda.Function.metric_all_unreserved_concurrent_executions(period=MINUTE, statistic="Maximum"),
            threshold=MANY,
        )
        for event in EVENTS:
            self._tell(event.name, event.description, self._told_by(event.function, event.metric), vital=event.vital)
        for run in OWED_RUNS:
            self._owe(run)

    def _watch(
        self,
        name: str,
        description: str,
        metric: aws_cloudwatch.IMetric,
        *,
        threshold: int = 1,
        vital: bool = False,
    ) -> None:
        """A matter that stands until its metric says otherwise: as long as that is silent, the state is kept."""
        alarm = self._alarm(
            name, description, metric, threshold=threshold, comparison=AT_LEAST, missing=ENDS_WHEN_TOLD, vital=vital
        )
        alarm.add_ok_action(self._action(vital=vital))

    def _tell(
        self,
        name: str,
        description: str,
        metric: aws_cloudwatch.IMetric,
        *,
        threshold: int = 1,
        vital: bool = False,
    ) -> None:
        """Something that happened: it has no end that CloudWatch could know of, so none is told."""
        self._alarm(name, description, metric, threshold=threshold, comparison=AT_LEAST, missing=HAPPENED, vital=vital)

    def _owe(self, run: OwedRun) -> None:
        told = self._told_by(run.function, run.metric, period=run.period)
        alarm = self._alarm(
            f"{run.name}DidNotRun",
            f"A run of {run.function} is owed: no {run.metric} for {run.periods} x {run.period.to_human_string()}.",
            # The local engine refuses expressions; its alarms have no data.
            told if self._is_local else filled(told, run.period),
            threshold=1,
            comparison=LESS_THAN,
            missing=MISSING_IS_BAD,
            periods=run.periods,
            vital=True,
        )
        alarm.add_ok_action(self._action(vital=True))
        resource = cast(aws_cloudwatch.CfnAlarm, alarm.node.default_child)
        resource.warm_up_configuration = aws_cloudwatch.CfnAlarm.WarmUpConfigurationProperty(
            warm_up_period_duration_in_minutes=run.warm_up.to_minutes(),
            only_start_evaluating_after_warm_up_period_ends=True,
        )

    def _alarm(
        self,
        name: str,
        description: str,
        metric: aws_cloudwatch.IMetric,
        *,
        threshold: int,
        comparison: aws_cloudwatch.ComparisonOperator,
        missing: aws_cloudwatch.TreatMissingData,
        periods: int = 1,
        vital: bool,
    ) -> aws_cloudwatch.Alarm:
        alarm = aws_cloudwatch.Alarm(
            self,
            name,
            alarm_description=description,
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=comparison,
            treat_missing_data=missing,
        )
        alarm.add_alarm_action(self._action(vital=vital))
        return alarm

    def _action(self, *, vital: bool) -> aws_cloudwatch_actions.SnsAction:
        return self._wakes if vital else self._tells

    def _told_by(
        self, function: str, metric: str, statistic: str = "Sum", period: Duration = MINUTE
    ) -> aws_cloudwatch.Metric:
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
        period=MINUTE,
        statistic="Sum",
    )


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
