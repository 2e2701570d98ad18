"""What an earlier try left behind under a name of the template: CloudFormation would refuse to make it again."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from deployment.finding import AWS, Finding

_ABSENT = frozenset({"NotFoundException", "ResourceNotFoundException"})


@dataclass(frozen=True, slots=True)
class Named:
    """What the template names itself, of a prefix, a host and the names of the functions."""

    prefix: str
    host: str
    functions: tuple[str, ...]

    @property
    def alias(self) -> str:
        return f"alias/{self.prefix}"

    @property
    def log_groups(self) -> tuple[str, ...]:
        return tuple(f"/aws/lambda/{function}" for function in self.functions)

    @property
    def schedule_group(self) -> str:
        return self.prefix


def leftover_findings(client: Callable[[str], Any], named: Named) -> list[Finding]:
    """For an account in which the stack is not up: whatever bears one of its names is in its way."""
    return list(_leftovers(client, named))


def _leftovers(client: Callable[[str], Any], named: Named) -> Iterator[Finding]:
    if _exists(client("kms").describe_key, KeyId=named.alias):
        yield _in_the_way(
            f"the alias {named.alias} of a key",
            f"{AWS} kms delete-alias --alias-name {named.alias}    (the key stays, and with it what it encrypts)",
        )
    for function in named.functions:
        if _exists(client("lambda").get_function_concurrency, FunctionName=function):
            yield _in_the_way(f"the function {function}", f"{AWS} lambda delete-function --function-name {function}")
    for group in sorted(set(named.log_groups) & set(_log_groups(client("logs"), named.prefix))):
        yield _in_the_way(f"the log group {group}", f"{AWS} logs delete-log-group --log-group-name {group}")
    group = named.schedule_group
    if _exists(client("scheduler").get_schedule_group, Name=group):
        yield _in_the_way(f"the group of schedules {group}", f"{AWS} scheduler delete-schedule-group --name {group}")
    if _exists(client("apigatewayv2").get_domain_name, DomainName=named.host):
        yield _in_the_way(
            f"the API Gateway domain {named.host}", f"{AWS} apigatewayv2 delete-domain-name --domain-name {named.host}"
        )


def _in_the_way(what: str, mend: str) -> Finding:
    return Finding(f"An earlier try left {what}, and a deployment cannot make it again.", mend)


def _exists(describe: Callable[..., Mapping[str, Any]], **which: str) -> bool:
    try:
        describe(**which)
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            return False
        raise
    return True


def _log_groups(logs: Any, prefix: str) -> Iterator[str]:
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=f"/aws/lambda/{prefix}-")
    return (group["logGroupName"] for page in pages for group in page["logGroups"])
