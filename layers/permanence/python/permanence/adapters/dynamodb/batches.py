"""Many items in as few requests as the table takes, several requests at a time."""

import time
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from permanence.adapters.dynamodb.items import Attributes, Item, Table, from_attributes, to_attributes
from permanence.adapters.dynamodb.queries import LARGEST_BATCH
from permanence.adapters.parallel import in_parallel

_MOST_WRITES = 25
_FIRST_WAIT_S = 0.05
_LONGEST_WAIT_S = 2.0


def get_in_parallel(table: Table, keys: Sequence[Item], **options: Any) -> list[Item]:
    """The items of these keys that exist, in no order, as they are now: 1 request for each hundred."""
    asked = [{"Keys": [to_attributes(key) for key in batch]} for batch in _batches(keys, LARGEST_BATCH)]
    pages = in_parallel(partial(_get, table), [{**one, "ConsistentRead": True, **options} for one in asked])
    return [item for page in pages for item in page]


def put_in_parallel(table: Table, items: Sequence[Item]) -> None:
    """In the place of what has these keys: 1 request for each 25."""
    _write_in_parallel(table, [{"PutRequest": {"Item": to_attributes(item)}} for item in items])


def delete_in_parallel(table: Table, keys: Iterable[Item]) -> None:
    """Deleting what is gone succeeds: 1 request for each 25."""
    _write_in_parallel(table, [{"DeleteRequest": {"Key": to_attributes(key)}} for key in keys])


def _write_in_parallel(table: Table, writes: Sequence[Attributes]) -> None:
    in_parallel(partial(_write, table), list(_batches(writes, _MOST_WRITES)))


def _get(table: Table, wanted: dict[str, Any]) -> list[Item]:
    found: list[Item] = []
    left, wait_s = {table.name: wanted}, _FIRST_WAIT_S
    while left:
        answer = table.client.batch_get_item(RequestItems=left)
        found += (from_attributes(attributes) for attributes in answer["Responses"].get(table.name, ()))
        left, wait_s = _held_back(answer.get("UnprocessedKeys", {}), wait_s)
    return found


def _write(table: Table, writes: Sequence[Attributes]) -> None:
    left, wait_s = {table.name: writes}, _FIRST_WAIT_S
    while left:
        answer = table.client.batch_write_item(RequestItems=left)
        left, wait_s = _held_back(answer.get("UnprocessedItems", {}), wait_s)


def _held_back(left: dict[str, Any], wait_s: float) -> tuple[dict[str, Any], float]:
    """A table that holds some back is given the time to catch up."""
    if left:
        time.sleep(wait_s)
    return left, min(2 * wait_s, _LONGEST_WAIT_S)


def _batches(members: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (members[start : start + size] for start in range(0, len(members), size))
