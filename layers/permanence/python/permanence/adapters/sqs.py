"""Queues: messages in batches of ten, each of ids only."""

import json
from collections.abc import Sequence
from itertools import islice
from typing import Any

from permanence.application.reception.ports import QueueMessage, QueueRefused

_BATCH = 10


class SqsQueue:
    """The `Queue` port on one SQS queue."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Sequence[QueueMessage]) -> None:
        rest = iter(messages)
        while batch := list(islice(rest, _BATCH)):
            entries = [
                {"Id": str(number), "MessageBody": json.dumps(message.body), "DelaySeconds": message.delay_s}
                for number, message in enumerate(batch)
            ]
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            if answer.get("Failed"):
                raise QueueRefused(f"{len(answer['Failed'])} of {len(batch)}")
