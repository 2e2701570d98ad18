"""The real table's shape on moto, and a count of the requests that reach it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import botocore.session

from permanence.adapters.dynamodb.items import Table
from permanence.domain.contract import RetentionTerms

TERMS = RetentionTerms(items=171, noncurrent_versions=1, logs=150, point_in_time_recovery=7)
INDEXES = {
    "month": ("S", "ALL"),
    "open": ("S", "ALL"),
    "due": ("N", "KEYS_ONLY"),
    "purge": ("S", "KEYS_ONLY"),
}


def make_client(service: str) -> Any:
    """A client that only moto answers."""
    session = botocore.session.get_session()
    return session.create_client(
        service, region_name="eu-west-3", aws_access_key_id="testing", aws_secret_access_key="testing"
    )


def create_table(client: Any, name: str = "permanence") -> Table:
    """The table with its four indexes, as docs/data-model.md describes it."""
    keys = [("pk", "S"), ("sk", "S")]
    for index, (sort_type, _) in INDEXES.items():
        keys += [(f"{index}_pk", "S"), (f"{index}_sk", sort_type)]
    client.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind in keys],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": f"{index}_pk", "KeyType": "HASH"},
                    {"AttributeName": f"{index}_sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": projection},
            }
            for index, (_, projection) in INDEXES.items()
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return Table(client, name, "habitat70", TERMS)


@contextmanager
def counted_requests(client: Any) -> Iterator[list[str]]:
    """The operations a client sends while the block runs, in order."""
    sent: list[str] = []

    def count(model: Any, **_: Any) -> None:
        sent.append(model.name)

    client.meta.events.register("before-call.*.*", count)
    try:
        yield sent
    finally:
        client.meta.events.unregister("before-call.*.*", count)


class OneAtATime:
    """A client for many threads: DynamoDB serves each request whole, moto does not lock. Races between the requests of
    different threads remain."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._client, name)

        def locked(**request: Any) -> Any:
            with self._lock:
                return operation(**request)

        return locked if callable(operation) else operation
