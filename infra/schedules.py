"""What the clock wakes. A run that cannot start, or fails, ends in the dead letters of failed runs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_iam, aws_kms, aws_scheduler, aws_sqs
from constructs import Construct

from infra.function import Function
from infra.settings import Settings

PARIS, UTC = "Europe/Paris", "UTC"

EVERY_FOUR_MINUTES = "cron(1/4 * * * ? *)"
"""Two runs are within ten minutes, so one may be lost; and none falls on the half-hours of the runs of each day."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The function receives ``{"job": job}``, and `run` beside it where one job is owed twice a day. What people wait
    for follows the clock of Paris; what nobody waits for follows the one whose days all have 24 hours."""

    name: str
    function: str
    job: str
    expression: str
    time_zone: str = PARIS
    run: str | None = None
    is_local: bool = True
    """Whether the local engine has it too. Its schedules follow real time, and a scenario moves the clock: what would
    tell the period between two of its steps is invoked by the scenario alone."""

    @property
    def input(self) -> str:
        return json.dumps({"job": self.job, **({"run": self.run} if self.run else {})})


SCHEDULES = (
    Schedule("sweep", "astreinte_dispatch", "sweep", "rate(1 minute)"),
    Schedule("end-of-period-morning", "reports", "end_of_period", "cron(30 8 * * ? *)", run="morning"),
    Schedule("end-of-period-lunch", "reports", "end_of_period", "cron(30 13 * * ? *)", run="lunch"),
    Schedule("ended-periods", "reports", "ended_periods", EVERY_FOUR_MINUTES, UTC, is_local=False),
    Schedule("held-recordings", "recording_import", "held_recordings", "cron(0 3 * * ? *)", UTC),
    Schedule("purge", "retention", "purge", "cron(0 2 * * ? *)", UTC),
)


def schedules(freeze: Mapping[str, int]) -> tuple[Schedule, ...]:
    """`SCHEDULES` and the monthly one; `freeze` is when the contract has a month frozen (R65)."""
    return (*SCHEDULES, Schedule("monthly", "reports", "monthly", f"cron(0 {freeze['hour']} {freeze['day']} * ? *)"))


class Schedules(Construct):
    def __init__(
        self,
        scope: Construct,
        settings: Settings,
        functions: Mapping[str, Function],
        failed_runs: aws_sqs.Queue,
        key: aws_kms.Key,
        freeze: Mapping[str, int],
    ) -> None:
        super().__init__(scope, "Schedules")
        group = aws_scheduler.CfnScheduleGroup(self, "Group", name=settings.prefix)
        role = aws_iam.Role(self, "Role", assumed_by=aws_iam.ServicePrincipal("scheduler.amazonaws.com"))
        made = [schedule for schedule in schedules(freeze) if schedule.is_local or not settings.is_local]
        woken = sorted({schedule.function for schedule in made})
        for actions, resources in (
            ("lambda:InvokeFunction", [functions[name].function.function_arn for name in woken]),
            ("sqs:SendMessage", [failed_runs.queue_arn]),
            ("kms:Decrypt", [key.key_arn]),
            ("kms:GenerateDataKey", [key.key_arn]),
        ):
            role.add_to_policy(aws_iam.PolicyStatement(actions=[actions], resources=resources))
        for schedule in made:
            entry = aws_scheduler.CfnSchedule(
                self,
                "".join(word.capitalize() for word in schedule.name.split("-")),
                name=f"{settings.prefix}-{schedule.name}",
                group_name=group.name,
                schedule_expression=schedule.expression,
                schedule_expression_timezone=schedule.time_zone,
                flexible_time_window=aws_scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
                target=aws_scheduler.CfnSchedule.TargetProperty(
                    arn=functions[schedule.function].function.function_arn,
                    role_arn=role.role_arn,
                    input=schedule.input,
                    dead_letter_config=aws_scheduler.CfnSchedule.DeadLetterConfigProperty(arn=failed_runs.queue_arn),
                    retry_policy=aws_scheduler.CfnSchedule.RetryPolicyProperty(
                        maximum_event_age_in_seconds=3600, maximum_retry_attempts=5
                    ),
                ),
            )
            entry.node.add_dependency(group, role)
