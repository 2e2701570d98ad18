"""The table in memory answers as moto does, so that what it counts can be believed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.items import Table
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.main_courante.fiche import CallForm
from tests.fakes.indexed_table import IndexedTable
from tests.fakes.table import counted_requests

BORN = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
CALLS = 60


def keep_calls(table: Table) -> None:
    """A megabyte and a half."""
    calls = DynamoCalls(table)
    for number in range(CALLS):
        call_id, at = f"CA{number:03}", BORN + timedelta(minutes=number)
        calls.record(CallEvent(call_id, "presented", CallEventKind.PRESENTED, at), at)
        calls.save_form(CallForm(call_id, "u1", "Camille", at, {"description": "é" * 12000}), at)


@pytest.fixture
def in_memory(table: Table) -> Table:
    return Table(IndexedTable(), table.name, table.landlord, table.retention)


@pytest.mark.parametrize("descending", [False, True])
def test_a_month_comes_in_the_same_order_and_in_as_many_pages(table: Table, in_memory: Table, descending: bool) -> None:
    for each in (table, in_memory):
        keep_calls(each)
    with counted_requests(table.client) as requests:
        expected = list(DynamoCalls(table).of_month("2026-11", descending))
    with in_memory.client.counted() as counted:
        found = list(DynamoCalls(in_memory).of_month("2026-11", descending))
    assert found == expected
    assert [record.call.call_id for record in found] == sorted(
        (f"CA{number:03}" for number in range(CALLS)), reverse=descending
    )
    assert [request.operation for request in counted] == requests == ["Query", "Query"]


def test_pages_of_calls_follow_each_other_without_gap(table: Table, in_memory: Table) -> None:
    for each in (table, in_memory):
        keep_calls(each)
    assert pages(in_memory) == pages(table)


def pages(table: Table) -> list[Any]:
    calls, cursor, found = DynamoCalls(table), None, []
    while True:
        page, cursor = calls.page_of_month("2026-11", 13, cursor)
        found.append([record.call.call_id for record in page])
        if cursor is None:
            return found


def test_an_index_forgets_what_leaves_it_and_a_refused_write_changes_nothing(in_memory: Table) -> None:
    client, key = in_memory.client, {"pk": {"S": "p"}, "sk": {"S": "s"}}
    client.put_item(Item=key | {"open_pk": {"S": "o"}, "open_sk": {"S": "1"}})
    asked = {"IndexName": "open", "KeyConditionExpression": "open_pk = :pk"}
    values = {"ExpressionAttributeValues": {":pk": {"S": "o"}}}
    assert len(client.query(**asked, **values)["Items"]) == 1
    with client.counted() as requests, pytest.raises(Exception, match="ConditionalCheckFailed"):
        client.put_item(Item=key, ConditionExpression="attribute_not_exists(pk)")
    assert [(request.operation, request.write_units) for request in requests] == [("PutItem", 1)]
    assert len(client.query(**asked, **values)["Items"]) == 1
    client.update_item(Key=key, UpdateExpression="REMOVE open_pk, open_sk")
    assert client.query(**asked, **values)["Items"] == []
