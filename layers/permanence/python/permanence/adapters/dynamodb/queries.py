"""Queries that follow DynamoDB's pages."""

from collections.abc import Iterator, Sequence
from typing import Any

from permanence.adapters.dynamodb.items import Item, Table, from_attributes, to_attributes

LARGEST_BATCH = 100


def query(table: Table, condition: str, values: Item, **options: Any) -> Iterator[Item]:
    """Every item a key condition selects, page by page (1 request a page, made only when it is read)."""
    request = {
        "TableName": table.name,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": to_attributes(values),
        **options,
    }
    while True:
        page = table.client.query(**request)
        yield from (from_attributes(attributes) for attributes in page["Items"])
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def get_batch(table: Table, keys: Sequence[Item], consistent: bool = False) -> Iterator[Item]:
    """The items of these keys that exist, in no order: 1 request for each hundred, more when the table holds back."""
    for start in range(0, len(keys), LARGEST_BATCH):
        asked = [to_attributes(key) for key in keys[start : start + LARGEST_BATCH]]
        wanted = {table.name: {"Keys": asked, "ConsistentRead": consistent}}
        while wanted:
            answer = table.client.batch_get_item(RequestItems=wanted)
            yield from (from_attributes(attributes) for attributes in answer["Responses"].get(table.name, ()))
            wanted = answer["UnprocessedKeys"]
