"""Events as SQS and the table's stream send them."""

import json
from collections.abc import Mapping
from typing import Any


def queue_event(*bodies: Mapping[str, Any] | str) -> dict[str, Any]:
    """A batch; each message is named by its place: m0, m1, ..."""
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "receiptHandle": f"r{number}",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-3:000000000000:queue",
                "awsRegion": "eu-west-3",
            }
            for number, body in enumerate(bodies)
        ]
    }


def stream_record(pk: str, sk: str, event: str = "INSERT") -> dict[str, Any]:
    """One change of the table, keys only."""
    return {"eventName": event, "dynamodb": {"Keys": {"pk": {"S": pk}, "sk": {"S": sk}}}}
