"""What only AWS has: the local engine does not know these resources."""

from aws_cdk import Environment, Stack, aws_cloudwatch, aws_cloudwatch_actions
from constructs import Construct

from infra.alarms import Alarms
from infra.settings import Settings


class AwsOnly(Stack):
    """One composite alarm for "calls or dispatches may be lost": what wakes the engineer on duty."""

    def __init__(self, scope: Construct, settings: Settings, alarms: Alarms) -> None:
        super().__init__(
            scope,
            f"{settings.prefix}-aws-only",
            env=Environment(account=settings.account, region=settings.region),
            description=f"Permanence for {settings.landlord_id}: what only AWS has",
            termination_protection=True,
        )
        wake_up = aws_cloudwatch.CompositeAlarm(
            self,
            "ReceptionInDanger",
            composite_alarm_name=f"{settings.prefix}-in-danger",
            alarm_description="Calls or dispatches may be lost: see the alarms behind this one.",
            alarm_rule=aws_cloudwatch.AlarmRule.any_of(
                *(aws_cloudwatch.AlarmRule.from_alarm(alarm, aws_cloudwatch.AlarmState.ALARM) for alarm in alarms.vital)
            ),
        )
        wake_up.add_alarm_action(aws_cloudwatch_actions.SnsAction(alarms.topic))
