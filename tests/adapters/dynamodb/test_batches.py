"""Many items in few requests; what the table holds back is asked for again after a while."""

from typing import Any

import pytest

from permanence.adapters.dynamodb import batches
from permanence.adapters.dynamodb.batches import delete_in_parallel, get_in_parallel, put_in_parallel
from permanence.adapters.dynamodb.items import Table, to_attributes
from tests.fakes.table import counted_requests


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr(batches.time, "sleep", waited.append)
    return waited


class HoldingBack:
    """A client that takes one of a batch at a time."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def batch_write_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 boto3's names
        ((name, (first, *rest)),) = RequestItems.items()
        item = first["PutRequest"]["Item"]
        self.kept[item["pk"]["S"]] = item
        return {"UnprocessedItems": {name: rest} if rest else {}}

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        ((name, asked),) = RequestItems.items()
        first, *rest = asked["Keys"]
        left = {name: {**asked, "Keys": rest}} if rest else {}
        return {"Responses": {name: [self.kept[first["pk"]["S"]]]}, "UnprocessedKeys": left}


def test_writes_reads_and_deletions_go_by_batches(table: Table) -> None:
    items = [{"pk": f"habitat70#CALL#{n}", "sk": "CALL"} for n in range(60)]
    with counted_requests(table.client) as requests:
        put_in_parallel(table, items)
        found = get_in_parallel(table, items)
        delete_in_parallel(table, items)
    assert requests == ["BatchWriteItem"] * 3 + ["BatchGetItem"] + ["BatchWriteItem"] * 3
    assert sorted(item["pk"] for item in found) == sorted(item["pk"] for item in items)
    assert get_in_parallel(table, items) == []
    assert get_in_parallel(table, []) == []


def test_what_the_table_holds_back_is_told_again_less_and_less_often(table: Table, waits: list[float]) -> None:
    client = HoldingBack()
    slow = Table(client, table.name, table.landlord, table.retention)
    items = [{"pk": str(n), "sk": "x"} for n in range(9)]
    put_in_parallel(slow, items)
    assert client.kept.keys() == {str(n) for n in range(9)}
    assert waits == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]
    waits.clear()
    assert get_in_parallel(slow, items) == items
    assert len(waits) == 8
    assert client.kept["0"] == to_attributes(items[0])
