"""What IAM weighs of one request besides its action and its resource. Standard library only: the engine reads it under
an interpreter of its own, and `tests/infra` holds every recorded request to it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

USES_OF_THE_KEY: Mapping[str, tuple[str, ...]] = {
    "dynamodb": ("Decrypt",),
    "s3": ("Decrypt", "GenerateDataKey"),
    "sqs": ("Decrypt", "GenerateDataKey"),
    "secretsmanager": ("Decrypt",),
}
"""What a service whose data is encrypted asks of the data key in the name of whoever reads or writes."""

READS_A_SOURCE: Mapping[str, tuple[str, ...]] = {
    "dynamodb": ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"),
    "sqs": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
}
"""What Lambda asks of a stream or a queue in the name of the function that it wakes."""

_EQUALITY = re.compile(r"(#?\w+)\s*=\s*(:\w+)")


def leading_keys(request: Mapping[str, Any]) -> list[str]:
    """The partition keys that a request to the table names, each once: of the table, or of the index it queries.

    `request` is its parameters, which are its JSON body too. This is `dynamodb:LeadingKeys`. It is not written whether
    a part of a transaction carries its own key or those of all: here it carries all, which is the stricter. A query
    whose partition cannot be read has the empty key, which no grant matches: a condition on all of no keys holds."""
    if "KeyConditionExpression" in request or "KeyConditions" in request:
        return [_queried(request)]
    return list(dict.fromkeys(one["pk"]["S"] for one in _keys_and_items(request)))


def _keys_and_items(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from (request[name] for name in ("Key", "Item") if name in request)
    for one in request.get("TransactItems", ()):
        for part in one.values():
            yield from _keys_and_items(part)
    for asked in request.get("RequestItems", {}).values():
        if isinstance(asked, Mapping):
            yield from asked["Keys"]
        else:
            for write in asked:
                for part in write.values():
                    yield from _keys_and_items(part)


def _queried(request: Mapping[str, Any]) -> str:
    partition = f"{request['IndexName']}_pk" if "IndexName" in request else "pk"
    if condition := request.get("KeyConditions", {}).get(partition):
        return str(condition["AttributeValueList"][0]["S"])
    names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
    for name, value in _EQUALITY.findall(request.get("KeyConditionExpression", "")):
        if names.get(name, name) == partition:
            return str(values[value]["S"])
    return ""
