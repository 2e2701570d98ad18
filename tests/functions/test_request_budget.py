"""What a page, an event and a decision ask of the table does not grow with it: fifty calls or two thousand."""

import math
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from permanence.adapters import aws
from permanence.domain.contract import Contract
from tests.fakes.indexed_table import LARGEST_PAGE, Request
from tests.functions.busy_reception import (
    DESK_REFRESHES,
    ENVIRONMENT,
    EXTRANET_FILES,
    EXTRANET_PAGES,
    NOW,
    BusyReception,
)

FEW, MANY = 50, 2000


@pytest.fixture(scope="module")
def environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        yield
    aws._client.cache_clear()


@pytest.fixture(scope="module")
def few(environment: None, contract: Contract) -> BusyReception:
    return BusyReception(contract, FEW)


@pytest.fixture(scope="module")
def many(environment: None, contract: Contract) -> BusyReception:
    return BusyReception(contract, MANY)


def operations(requests: list[Request]) -> list[str]:
    return [request.operation for request in requests]


def units(requests: list[Request]) -> tuple[float, float]:
    return sum(request.read_units for request in requests), sum(request.write_units for request in requests)


@pytest.mark.parametrize("path", EXTRANET_PAGES.values())
def test_an_extranet_page_asks_the_same_four_requests_at_most_of_a_table_of_any_size(
    path: str, few: BusyReception, many: BusyReception
) -> None:
    (small, of_few), (large, of_many) = few.read(path), many.read(path)
    assert (small["statusCode"], large["statusCode"]) == (200, 200)
    assert len(of_many) <= 4
    assert operations(of_many) == operations(of_few)


@pytest.mark.parametrize(
    ("name", "kinds"), [("Appels, Excel", ("CALL", "FORM")), ("Mains courantes, Excel", ("META",))]
)
def test_a_file_of_a_whole_month_asks_once_for_each_megabyte_of_it(
    name: str, kinds: tuple[str, ...], many: BusyReception
) -> None:
    """A file is no page: it grows with its month."""
    answer, requests = many.read(EXTRANET_FILES[name])
    assert answer["statusCode"] == 200
    asked = operations(requests)
    megabytes = sum(many.table.size(kind)[1] for kind in kinds) / LARGEST_PAGE
    assert asked.count("Query") <= math.ceil(megabytes)
    assert len(asked) - asked.count("Query") <= 2  # session and register


def test_before_the_morning_has_settled_yesterday_the_indicators_still_cost_four_requests(
    many: BusyReception,
) -> None:
    """Session, days, frozen months, and the calls of two days: three hundred and sixty weigh half a megabyte."""
    yesterday = f"{NOW - timedelta(days=1):%d}"
    many.table.delete_item(Key={"pk": {"S": "habitat70#DAY#2026-11"}, "sk": {"S": yesterday}})
    answer, requests = many.read(EXTRANET_PAGES["Indicateurs"])
    many.settle_days()
    assert operations(requests) == ["BatchGetItem", "Query", "Query", "Query"]
    assert "incomplets" not in answer["body"]


@pytest.mark.parametrize("path", DESK_REFRESHES.values())
def test_a_refresh_of_the_desk_costs_two_requests_and_the_same_units_at_any_size(
    path: str, few: BusyReception, many: BusyReception
) -> None:
    (small, of_few), (large, of_many) = few.read(path), many.read(path)
    assert (small["statusCode"], large["statusCode"]) == (200, 200)
    assert operations(of_few) == operations(of_many) == ["BatchGetItem", "Query"]
    assert units(of_few) == units(of_many)


@pytest.mark.parametrize(("tell", "most"), [(BusyReception.tell_call, 1), (BusyReception.decide, 2)])
def test_every_event_costs_one_request_and_every_decision_two(
    tell: Callable[[BusyReception], dict[str, list[Request]]], most: int, few: BusyReception, many: BusyReception
) -> None:
    of_few, of_many = tell(few), tell(many)
    assert {key: units(requests) for key, requests in of_few.items()} == {
        key: units(requests) for key, requests in of_many.items()
    }
    started = of_many.pop("start", [])
    assert len(started) <= 4
    assert [len(requests) for requests in of_many.values()] == [most] * len(of_many)
