"""The figures of a month are those of its days added up, however its calls fall on them (R63, R64, R71)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.adapters.records import from_plain, to_plain
from permanence.domain.contract import Contract
from permanence.domain.instants import paris_day
from permanence.domain.reference.calendar import Service
from permanence.domain.service_level.facts import CallFact
from permanence.domain.service_level.figures import Count, Longest, Mean, Rate, Value, numbers_of, together, value_of
from permanence.domain.service_level.indicators import REGISTRY, added_up, measures, tally
from permanence.domain.service_level.settled_days import SettledDay, settled, tally_of

NOVEMBER = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
SECONDS = st.none() | st.floats(0, 900)


def call(
    at_s: float, queued_s: float | None, answered_s: float | None, ended_s: float | None, kind: Service
) -> CallFact:
    at = NOVEMBER + timedelta(seconds=at_s)
    queued_at, answered_at, ended_at = (
        None if seconds is None else at + timedelta(seconds=seconds) for seconds in (queued_s, answered_s, ended_s)
    )
    return CallFact("CA1", kind, at, queued_at, answered_at, ended_at, "", "", "")


FACTS = st.lists(
    st.builds(call, st.floats(0, 86_400 * 4), SECONDS, SECONDS, SECONDS, st.sampled_from(Service)), max_size=30
)
VALUES = st.one_of(
    st.builds(Rate, st.integers(0, 9), st.integers(0, 9)),
    st.builds(Count, st.integers(0, 9)),
    st.builds(Mean, st.timedeltas(timedelta(0), timedelta(days=9)), st.integers(0, 9)),
    st.builds(Longest, st.none() | st.timedeltas(timedelta(0), timedelta(days=9))),
)


def days_of(facts: list[CallFact], contract: Contract) -> list[SettledDay]:
    """As they come back from where they are kept."""
    days = sorted({paris_day(fact.presented_at) for fact in facts})
    kept = [
        settled(day, [fact for fact in facts if paris_day(fact.presented_at) == day], contract.rules) for day in days
    ]
    return [from_plain(SettledDay, to_plain(day)) for day in kept]


@given(facts=FACTS)
def test_settled_days_added_up_give_the_figures_of_all_their_calls(contract: Contract, facts: list[CallFact]) -> None:
    terms = contract.service_level
    parts = [part for day in days_of(facts, contract) if (part := tally_of(day, terms)) is not None]
    found = {(m.indicator, m.formula, m.service): m.value for m in measures(added_up(parts, terms), terms)}
    expected = {
        (indicator, formula, service): formula.compute([f for f in facts if service in (None, f.service)], terms)
        for indicator in REGISTRY
        for formula in indicator.formulas
        for service in (None, *Service)
        if service is not Service.TAKEOVER or any(fact.service is service for fact in facts)
    }
    assert found == expected


def test_a_mean_of_days_is_the_mean_of_their_calls(contract: Contract) -> None:
    busy = [call(n, 1, 10, 20, Service.ASTREINTE) for n in range(9)]
    quiet = [call(86_400, 1, 60, 70, Service.ASTREINTE)]
    terms = contract.service_level
    whole = added_up([tally(busy, terms), tally(quiet, terms)], terms)
    mean = whole["astreinte mean_wait"]
    assert isinstance(mean, Mean)
    assert mean.length == timedelta(seconds=15)


@given(value=VALUES)
def test_a_value_comes_back_from_its_numbers(value: Value) -> None:
    assert value_of(value, numbers_of(value)) == value


@given(value=VALUES, other=VALUES)
def test_kinds_are_never_mixed(value: Value, other: Value) -> None:
    if type(value) is type(other):
        assert together(value, other) == together(other, value)
        return
    with pytest.raises(TypeError):
        together(value, other)


def test_numbers_of_another_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="no Rate"):
        value_of(Rate(0, 0), (1,))


def test_a_day_that_lacks_a_formula_of_today_is_not_settled(contract: Contract) -> None:
    day = settled(date(2026, 11, 1), [], contract.rules)
    assert tally_of(day, contract.service_level) == tally((), contract.service_level)
    less = {key: numbers for key, numbers in day.counts.items() if "qs1" not in key}
    assert tally_of(replace(day, counts=less), contract.service_level) is None


def test_a_settled_day_is_numbers_and_the_names_of_formulas_only(contract: Contract) -> None:
    day = settled(date(2026, 11, 1), [call(0, 1, 10, 20, Service.ASTREINTE)], contract.rules)
    words = {word for key in day.counts for word in key.split()}
    known = {i.indicator_id for i in REGISTRY} | {f.reading for i in REGISTRY for f in i.formulas} | set(Service)
    assert words <= known
    assert all(isinstance(number, int) for numbers in day.counts.values() for number in numbers)
