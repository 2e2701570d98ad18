"""How many functions may run at once: a new account has few, often ten."""

from typing import Any

from deployment.finding import AWS, Finding
from infra.concurrency import LEFT_TO_THE_OTHERS

QUOTA = "L-B99A9384"
# What AWS gives an account by default, and a new one only on request.
USUAL_QUOTA = 1000
_OPEN = frozenset({"PENDING", "CASE_OPENED"})


def concurrency_findings(functions: Any, quotas: Any, function_name: str, reserved: int) -> list[Finding]:
    """Of the clients of Lambda and Service Quotas; `reserved` is what the template reserves for `function_name`. What
    an earlier deployment has reserved for it counts as free."""
    limits = functions.get_account_settings()["AccountLimit"]
    quota = limits["ConcurrentExecutions"]
    free = limits["UnreservedConcurrentExecutions"] + _reserved_already(functions, function_name)
    needed = reserved + LEFT_TO_THE_OTHERS
    if free >= needed:
        return []
    wanted = max(USUAL_QUOTA, quota - free + needed)
    asked = _raise_asked_for(quotas, needed + quota - free)
    if asked is not None:
        return [
            Finding(
                f"{free} of {quota} functions that may run at once are free, and {needed} are needed; a raise to "
                f"{asked['DesiredValue']:.0f} has been asked for and is not granted yet ({asked['Status']}).",
                f"{AWS} service-quotas get-requested-service-quota-change --request-id {asked['Id']}",
            )
        ]
    return [
        Finding(
            f"{free} of {quota} functions that may run at once are free, and {needed} are needed: {reserved} for the "
            f"webhook alone, and the {LEFT_TO_THE_OTHERS} that Lambda insists on leaving to the others.",
            f"{AWS} service-quotas request-service-quota-increase --service-code lambda --quota-code {QUOTA} "
            f"--desired-value {wanted}",
        )
    ]


def _reserved_already(functions: Any, function_name: str) -> int:
    try:
        told = functions.get_function_concurrency(FunctionName=function_name)
    except functions.exceptions.ResourceNotFoundException:
        return 0
    return int(told.get("ReservedConcurrentExecutions", 0))


def _raise_asked_for(quotas: Any, at_least: int) -> Any:
    history = quotas.list_requested_service_quota_change_history_by_quota(ServiceCode="lambda", QuotaCode=QUOTA)
    for request in history["RequestedQuotas"]:
        if request["Status"] in _OPEN and request["DesiredValue"] >= at_least:
            return request
    return None
