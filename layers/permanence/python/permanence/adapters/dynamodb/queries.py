"""Queries that follow DynamoDB's pages."""

from collections.abc import Iterator
from typing import Any

from permanence.adapters.dynamodb.items import Item, Table, from_attributes, to_attributes


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
