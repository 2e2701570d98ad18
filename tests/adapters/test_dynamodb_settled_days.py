"""Settled days in the table: one partition a month, no stamp, the last settling holds."""

from dataclasses import replace
from datetime import date

from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.settled_days import DynamoSettledDays
from permanence.domain.contract import Contract
from permanence.domain.settled_days import settled
from tests.fakes.table import counted_requests


def test_the_days_of_a_month_come_in_order_in_one_request(table: Table, contract: Contract) -> None:
    days = DynamoSettledDays(table)
    wanted = [settled(date(2026, 11, day), [], contract) for day in range(1, 31)]
    for day in (*reversed(wanted), settled(date(2026, 10, 31), [], contract)):
        days.settle(day)
    with counted_requests(table.client) as requests:
        assert days.of_month("2026-11") == wanted
    assert requests == ["Query"]
    assert days.of_month("2026-12") == []


def test_a_day_settled_anew_takes_the_place_of_the_one_before(table: Table, contract: Contract) -> None:
    days, day = DynamoSettledDays(table), settled(date(2026, 11, 1), [], contract)
    days.settle(day)
    with counted_requests(table.client) as requests:
        days.settle(replace(day, rules="another"))
    assert requests == ["PutItem"]
    assert [found.rules for found in days.of_month("2026-11")] == ["another"]


def test_a_settled_day_carries_no_stamp_and_no_index(table: Table, contract: Contract) -> None:
    DynamoSettledDays(table).settle(settled(date(2026, 11, 1), [], contract))
    (item,) = table.client.scan(TableName=table.name)["Items"]
    assert item.keys() == {"pk", "sk", "body"}
    assert (item["pk"]["S"], item["sk"]["S"]) == ("habitat70#DAY#2026-11", "01")
