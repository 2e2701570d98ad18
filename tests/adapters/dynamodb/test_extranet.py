"""What the extranet asks of the table: many calls at once, and a reading noted once."""

from datetime import UTC, datetime, timedelta

from permanence.adapters.dynamodb.audit import DynamoAuditLog
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.items import Table, from_attributes, from_text
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.main_courante.fiche import CallForm
from tests.fakes.table import counted_requests

SATURDAY_NIGHT = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)


def keep_calls(calls: DynamoCalls, count: int) -> list[str]:
    ids = [f"CA{number}" for number in range(count)]
    for call_id in ids:
        calls.record(CallEvent(call_id, "presented", CallEventKind.PRESENTED, SATURDAY_NIGHT), SATURDAY_NIGHT)
    return ids


def audit_lines(table: Table) -> list[dict[str, object]]:
    found = table.client.query(
        TableName=table.name,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"{table.landlord}#AUD#2026-11"}},
    )
    lines = [from_attributes(item) for item in found["Items"]]
    return [line | from_text(line["body"]) for line in lines]


def test_the_calls_of_a_main_courante_come_in_one_request_in_the_order_asked_for(table: Table) -> None:
    calls = DynamoCalls(table)
    keep_calls(calls, 3)
    calls.save_form(CallForm("CA1", "u1", "Camille", SATURDAY_NIGHT), SATURDAY_NIGHT)
    with counted_requests(table.client) as requests:
        found = calls.get_many(["CA2", "CA9", "CA1", "CA2"])
    assert [record.call.call_id for record in found] == ["CA2", "CA1"]
    assert [record.form is not None for record in found] == [False, True]
    assert len(requests) == 1


def test_more_calls_than_one_batch_holds_all_come(table: Table) -> None:
    calls = DynamoCalls(table)
    ids = keep_calls(calls, 51)
    assert [record.call.call_id for record in calls.get_many(ids)] == ids


def test_a_reading_is_noted_once_for_its_instant_and_key(table: Table) -> None:
    audit = DynamoAuditLog(table)
    for who in ("first@habitat70.example", "second@habitat70.example"):
        audit.record_once(SATURDAY_NIGHT, "k1", who, "read", "calls:2026-11")
    audit.record_once(SATURDAY_NIGHT + timedelta(minutes=15), "k1", "first@habitat70.example", "read", "calls")
    audit.record_once(SATURDAY_NIGHT, "k2", "first@habitat70.example", "read", "calls")
    assert [line["who"] for line in audit_lines(table)] == ["first@habitat70.example"] * 3
    assert all("purge_pk" in line for line in audit_lines(table))
