"""Many items into the table at once, each as its adapter would have left it after telling it piece by piece."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from itertools import islice
from typing import Any

from local.scenarios.past_calls import PastCall
from permanence.adapters.dynamodb.calls import CALL_SK, OPEN_ATTRIBUTES, DynamoCalls
from permanence.adapters.dynamodb.items import Attributes, Item, Table, to_attributes
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.application.dispatch.ports import Decision
from permanence.domain.calls.call import CallEventKind

BATCH = 25  # the most of one BatchWriteItem
WRITERS = 4


def items_of_call(table: Table, call: PastCall) -> Iterator[Item]:
    """A call told in order, to its end, and its form."""
    calls = DynamoCalls(table)
    item: Item = {"pk": table.call_pk(call.call_id), "sk": CALL_SK}
    for event in call.events:
        item = calls.event_attributes(event, call.born) | item
    if any(event.kind is CallEventKind.ENDED for event in call.events):
        item = {name: value for name, value in item.items() if name not in OPEN_ATTRIBUTES}
    yield item
    if call.form:
        yield calls.form_item(replace(call.form, version=1), call.born)  # saved once, as the first save counts


def items_of_decisions(table: Table, decisions: Iterable[Decision]) -> Iterator[Item]:
    """One malfunction after all that was decided about it, in order."""
    malfunctions = DynamoMalfunctions(table)
    last = {(item["pk"], item["sk"]): item for decision in decisions for item in malfunctions.items(decision)}
    yield from last.values()


def put_all(table: Table, items: Iterable[Item], told: Callable[[int], None] = lambda written: None) -> int:
    """How many they were; `told` hears now and then how many are written."""
    waiting = map(to_attributes, items)
    written = 0
    with ThreadPoolExecutor(WRITERS) as writers:
        batches = iter(lambda: list(islice(waiting, BATCH)), [])
        under_way = [writers.submit(_put, table, batch) for batch in batches]
        for batch in as_completed(under_way):
            written += batch.result()
            told(written)
    return written


def _put(table: Table, batch: list[Attributes]) -> int:
    rest: dict[str, Any] = {table.name: [{"PutRequest": {"Item": item}} for item in batch]}
    while rest:
        rest = table.client.batch_write_item(RequestItems=rest).get("UnprocessedItems", {})
    return len(batch)
