"""Settled days in the table: one partition a month, no stamp, the last settling holds."""

from dataclasses import replace
from datetime import UTC, date, datetime

from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.settled_days import DynamoSettledDays
from permanence.application.timeline.ports import SettledMonth
from permanence.domain.contract import Contract
from permanence.domain.service_level.frozen_months import FrozenMonth, frozen_figures
from permanence.domain.service_level.settled_days import settled
from tests.fakes.table import counted_requests


def test_the_days_of_a_month_come_in_order_in_one_request(table: Table, contract: Contract) -> None:
    days = DynamoSettledDays(table)
    wanted = [settled(date(2026, 11, day), [], contract.rules) for day in range(1, 31)]
    for day in (*reversed(wanted), settled(date(2026, 10, 31), [], contract.rules)):
        days.settle(day)
    with counted_requests(table.client) as requests:
        assert days.of_month("2026-11") == SettledMonth(tuple(wanted))
    assert requests == ["Query"]
    assert days.of_month("2026-12") == SettledMonth(())


def test_a_day_settled_anew_takes_the_place_of_the_one_before(table: Table, contract: Contract) -> None:
    days, day = DynamoSettledDays(table), settled(date(2026, 11, 1), [], contract.rules)
    days.settle(day)
    with counted_requests(table.client) as requests:
        days.settle(replace(day, rules="another"))
    assert requests == ["PutItem"]
    assert [found.rules for found in days.of_month("2026-11").days] == ["another"]


def test_a_settled_day_carries_no_stamp_and_no_index(table: Table, contract: Contract) -> None:
    DynamoSettledDays(table).settle(settled(date(2026, 11, 1), [], contract.rules))
    (item,) = table.client.scan(TableName=table.name)["Items"]
    assert item.keys() == {"pk", "sk", "body"}
    assert (item["pk"]["S"], item["sk"]["S"]) == ("habitat70#DAY#2026-11", "01")


def test_the_frozen_figures_of_a_month_come_with_its_days_in_the_same_request(table: Table, contract: Contract) -> None:
    days, day = DynamoSettledDays(table), settled(date(2026, 11, 1), [], contract.rules)
    figures = frozen_figures(FrozenMonth("2026-11", datetime(2026, 12, 3, 5, tzinfo=UTC), contract.rules, ()))
    days.settle(day)
    days.freeze(figures)
    with counted_requests(table.client) as requests:
        assert days.of_month("2026-11") == SettledMonth((day,), figures)
    assert requests == ["Query"]
