"""The reception's stack as CloudFormation tells of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

# Nothing is deployed under these: the first deployment never ended well, or has not begun.
NEVER_UP = frozenset({"REVIEW_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"})


@dataclass(frozen=True, slots=True)
class Stack:
    """`status` is CloudFormation's word; `outputs` by key."""

    name: str
    status: str
    is_protected: bool
    outputs: Mapping[str, str]

    @property
    def is_up(self) -> bool:
        """It has been deployed, whatever became of later deployments."""
        return self.status not in NEVER_UP


def read_stack(cloudformation: Any, name: str) -> Stack | None:
    """None when there is none. Raises ClientError when CloudFormation says anything else."""
    try:
        (told,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError" and "does not exist" in str(error):
            return None
        raise
    return Stack(
        name=name,
        status=told["StackStatus"],
        is_protected=told.get("EnableTerminationProtection", False),
        outputs={output["OutputKey"]: output["OutputValue"] for output in told.get("Outputs", ())},
    )


def resources_of(cloudformation: Any, name: str) -> Mapping[str, Sequence[str]]:
    """The physical ids of what the stack holds, by type; no id of a type that it does not hold."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=name):
        for resource in page["StackResourceSummaries"]:
            found[resource["ResourceType"]].append(resource["PhysicalResourceId"])
    return found
