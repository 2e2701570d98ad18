"""Each alarm's state, and whether anybody hears one."""

from collections.abc import Iterator, Sequence
from typing import Any

from deployment.finding import AWS, Finding

_AT_ONCE = 100  # names that DescribeAlarms takes
# What of an alarm without data is no wonder: it waits for the first figure of a matter that has not come up, or for the
# end of its warm-up, as only then it takes silence for a run that did not come.
_MAY_WAIT = ("ignore", "breaching")
_NAMED = 5  # as many names as a line still reads


def alarm_findings(cloudwatch: Any, names: Sequence[str]) -> list[Finding]:
    """`names` are all the alarms of the stack."""
    found = {alarm["AlarmName"]: alarm for alarm in _described(cloudwatch, names)}
    findings = [
        Finding(
            f"The alarm {name} is gone, and the stack does not know.", f"make deploy STAGE=… ARGS=--force    ({name})"
        )
        for name in names
        if name not in found
    ]
    for name, alarm in found.items():
        if not alarm["ActionsEnabled"]:
            findings.append(
                Finding(
                    f"The alarm {name} tells nobody.", f"{AWS} cloudwatch enable-alarm-actions --alarm-names {name}"
                )
            )
        if alarm["StateValue"] == "ALARM":
            says = f"The alarm {name} is ringing. {alarm.get('AlarmDescription', '')}".rstrip()
            findings.append(Finding(says, "docs/operations.md, « When an alarm rings »"))
    waiting = [
        name
        for name, alarm in found.items()
        if alarm["StateValue"] == "INSUFFICIENT_DATA" and alarm.get("TreatMissingData") not in _MAY_WAIT
    ]
    if waiting:
        named = f": {', '.join(waiting)}" if len(waiting) <= _NAMED else ""
        findings.append(
            Finding(
                f"{len(waiting)} of {len(names)} alarms have not been looked at by CloudWatch yet{named}.",
                "make check-deployed STAGE=…    (again in a quarter of an hour)",
                stops=False,
            )
        )
    return findings


def subscription_findings(sns: Any, topics: Sequence[str], address: str) -> list[Finding]:
    """`address` is to be told of alarms by each of these topics, given by their ARNs."""
    return [finding for topic in topics for finding in _of_topic(sns, topic, address)]


def _of_topic(sns: Any, topic_arn: str, address: str) -> list[Finding]:
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic_arn)
    ours = [one for page in pages for one in page["Subscriptions"] if one["Endpoint"] == address]
    if not ours:
        return [
            Finding(
                f"Nobody at {address} hears an alarm of {topic_arn}: the subscription is gone, as it is when nobody "
                "confirms it.",
                f"{AWS} sns subscribe --topic-arn {topic_arn} --protocol email --notification-endpoint {address}\n"
                f"then follow the link in the mail that {address} gets",
            )
        ]
    # In the place of the ARN that it has not got yet.
    if all(one["SubscriptionArn"] == "PendingConfirmation" for one in ours):
        return [
            Finding(
                f"{address} hears no alarm of {topic_arn} yet: the subscription waits to be confirmed.",
                f"Follow the link in the mail « AWS Notification - Subscription Confirmation » that {address} got.",
            )
        ]
    return []


def _described(cloudwatch: Any, names: Sequence[str]) -> Iterator[Any]:
    for start in range(0, len(names), _AT_ONCE):
        told = cloudwatch.describe_alarms(AlarmNames=names[start : start + _AT_ONCE], MaxRecords=_AT_ONCE)
        yield from told["MetricAlarms"]
