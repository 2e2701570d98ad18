"""Queries that follow DynamoDB's pages."""

from collections.abc import Iterator, Sequence
from typing import Any

from permanence.adapters.dynamodb.items import Attributes, Item, Table, from_attributes, to_attributes

LARGEST_BATCH = 100


def query(table: Table, condition: str, values: Item, **options: Any) -> Iterator[Item]:
    """Every item a key condition selects, page by page (1 request a page, made only when it is read)."""
    start: Attributes | None = None
    while True:
        items, start = query_page(table, condition, values, start, **options)
        yield from items
        if start is None:
            return


def query_page(
    table: Table, condition: str, values: Item, start: Attributes | None, **options: Any
) -> tuple[list[Item], Attributes | None]:
    """1 request: the items that follow the key `start`, and the key that the next page follows, None after the last.

    A page of as many items as its `Limit` always has a next one, which may be empty.
    """
    page = table.client.query(
        TableName=table.name,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=to_attributes(values),
        **options,
        **({"ExclusiveStartKey": start} if start is not None else {}),
    )
    return [from_attributes(attributes) for attributes in page["Items"]], page.get("LastEvaluatedKey")


def get_batch(table: Table, keys: Sequence[Item], consistent: bool = False) -> Iterator[Item]:
    """The items of these keys that exist, in no order: 1 request for each hundred, more when the table holds back."""
    for start in range(0, len(keys), LARGEST_BATCH):
        asked = [to_attributes(key) for key in keys[start : start + LARGEST_BATCH]]
        wanted = {table.name: {"Keys": asked, "ConsistentRead": consistent}}
        while wanted:
            answer = table.client.batch_get_item(RequestItems=wanted)
            yield from (from_attributes(attributes) for attributes in answer["Responses"].get(table.name, ()))
            wanted = answer["UnprocessedKeys"]
