"""QS1 and QS2 are compared in integers, strictly over the target, by the reading held (R60-R64)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.contract import Contract, ServiceLevelTerms
from permanence.domain.reference.calendar import Service
from permanence.domain.service_level.facts import CallFact
from permanence.domain.service_level.figures import Count, Longest, Mean, Rate
from permanence.domain.service_level.indicators import Measure, indicators, is_immediate_hang_up, n40

T0 = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
RATES = st.integers(0, 6000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def fact(
    wait_s: float | None = None,
    ended_s: float | None = 300,
    queued_s: float | None = 6,
    service: Service = Service.ASTREINTE,
) -> CallFact:
    """A call answered after `wait_s`, or never; seconds from its presentation."""

    def after(seconds: float | None) -> datetime | None:
        return None if seconds is None else T0 + timedelta(seconds=seconds)

    return CallFact("CA1", service, T0, after(queued_s), after(wait_s), after(ended_s), "", "", "")


def test_a_call_sent_to_the_landlord_is_in_n_and_neither_answered_nor_given_up(contract: Contract) -> None:
    """R67: redirected calls stay in N, not in NR; nobody hung up, however short the call was with us."""
    facts = [fact(wait_s=5), replace(fact(ended_s=4), is_rerouted=True)]
    figures = {
        name: measure(contract, facts, name).value
        for name in ("qs1", "qs2", "presented", "abandons", "abandons_on_welcome", "sent_to_landlord")
    }
    assert figures == {
        "qs1": Rate(1, 2),
        "qs2": Rate(1, 2),
        "presented": Count(2),
        "abandons": Count(0),
        "abandons_on_welcome": Count(0),
        "sent_to_landlord": Count(1),
    }
    assert not is_immediate_hang_up(facts[1], contract.service_level)


def measure(
    contract: Contract | ServiceLevelTerms, facts: list[CallFact], indicator_id: str, service: Service | None = None
) -> Measure:
    terms = contract.service_level if isinstance(contract, Contract) else contract
    return next(
        m
        for m in indicators(facts, terms)
        if m.indicator.indicator_id == indicator_id and m.service is service and not m.is_variant
    )


def variant(contract: Contract, facts: list[CallFact], indicator_id: str, formula: str) -> Rate:
    found = next(
        m
        for m in indicators(facts, contract.service_level)
        if m.indicator.indicator_id == indicator_id and m.service is None and m.formula.reading == formula
    )
    assert isinstance(found.value, Rate)
    return found.value


def with_reading(terms: ServiceLevelTerms, reading_id: str, value: str) -> ServiceLevelTerms:
    readings = tuple(replace(r, value=value) if r.reading_id == reading_id else r for r in terms.readings)
    return replace(terms, readings=readings)


def test_the_worked_example_of_the_requirements(contract: Contract) -> None:
    facts = [fact(10)] * 168 + [fact(40)] * 4 + [fact()] * 28
    qs1, qs2 = measure(contract, facts, "qs1").value, measure(contract, facts, "qs2").value
    assert (qs1, qs2) == (Rate(168, 200), Rate(172, 200))
    assert (qs1.percent, qs1.gap(85), qs1.meets(85)) == (Decimal("84.00"), Decimal("-1.00"), False)
    assert (qs2.percent, qs2.gap(85), qs2.meets(85)) == (Decimal("86.00"), Decimal("1.00"), True)


def test_exactly_the_target_misses_it_with_gap_zero() -> None:
    assert Rate(170, 200).meets(85) is False
    assert Rate(170, 200).gap(85) == 0
    assert Rate(170, 200).margin(85) == -1
    assert Rate(171, 200).meets(85) is True
    assert Rate(171, 200).margin(85) == 0


def test_a_rate_that_only_rounds_to_the_target_misses_it_all_the_same() -> None:
    rate = Rate(84_999, 100_000)
    assert rate.percent == Decimal("85.00")
    assert rate.meets(85) is False


def test_a_month_without_calls_is_sans_objet(contract: Contract) -> None:
    rate = measure(contract, [], "qs1").value
    assert rate == Rate(0, 0)
    assert (rate.percent, rate.meets(85), rate.gap(85), rate.margin(85)) == (None, None, None, None)
    assert measure(contract, [], "mean_wait").value == Mean(timedelta(0), 0)


@given(RATES, st.integers(1, 99))
def test_target_gap_and_margin_agree(rate: tuple[int, int], target: int) -> None:
    value = Rate(*rate)
    meets, gap, margin = value.meets(target), value.gap(target), value.margin(target)
    if not value.denominator:
        assert (meets, gap, margin) == (None, None, None)
        return
    assert meets is (margin is not None and margin >= 0)
    if meets:
        assert gap is not None
        assert gap >= 0
        assert Rate(value.numerator - (margin or 0), value.denominator).meets(target)
        assert not Rate(value.numerator - (margin or 0) - 1, value.denominator).meets(target)
    else:
        assert gap is not None
        assert gap <= 0
        assert Rate(value.numerator - (margin or 0), value.denominator).meets(target)


@pytest.mark.parametrize(("wait_s", "counts"), [(39.999, True), (39.999999, True), (40.0, False), (40.001, False)])
def test_forty_seconds_are_already_too_long(contract: Contract, wait_s: float, counts: bool) -> None:
    assert n40(fact(wait_s), contract.service_level) is counts
    assert measure(contract, [fact(wait_s)], "qs1").value == Rate(int(counts), 1)


@pytest.mark.parametrize(("ended_s", "counts"), [(4.999, True), (5.0, False)])
def test_an_immediate_hang_up_ends_before_five_seconds(contract: Contract, ended_s: float, counts: bool) -> None:
    assert is_immediate_hang_up(fact(None, ended_s), contract.service_level) is counts
    assert not is_immediate_hang_up(fact(1, ended_s), contract.service_level)


def test_an_immediate_hang_up_stays_in_n_and_leaves_it_in_the_variants_only(contract: Contract) -> None:
    facts = [fact(5)] * 8 + [fact(None, 3)] + [fact(None, 60)]
    assert measure(contract, facts, "qs2").value == Rate(8, 10)
    assert variant(contract, facts, "qs2", "without_immediate_hang_ups") == Rate(9, 10)
    assert variant(contract, facts, "qs2", "answered_of_stayed") == Rate(8, 9)
    assert variant(contract, facts, "qs1", "without_hang_ups") == Rate(8, 9)
    assert variant(contract, facts, "qs1", "of_answered") == Rate(8, 8)


def test_a_variant_and_a_scope_that_is_not_held_have_no_target(contract: Contract) -> None:
    judged = [m for m in indicators([fact(5)], contract.service_level) if m.target_percent is not None]
    assert [(m.indicator.indicator_id, m.service, m.is_variant) for m in judged] == [
        ("qs1", None, False),
        ("qs2", None, False),
    ]


def test_the_contract_file_chooses_the_reading(contract: Contract) -> None:
    late_after_welcome = [fact(45, queued_s=6)]
    from_welcome = with_reading(contract.service_level, "wait_starts", "end_of_welcome")
    assert measure(contract, late_after_welcome, "qs1").value == Rate(0, 1)
    assert measure(from_welcome, late_after_welcome, "qs1").value == Rate(1, 1)
    assert n40(late_after_welcome[0], from_welcome)
    each = with_reading(contract.service_level, "scope", "each_service")
    judged = [m.service for m in indicators([fact(5)], each) if m.target_percent and m.indicator.indicator_id == "qs1"]
    assert judged == [Service.DEBORDEMENT, Service.ASTREINTE]


def test_the_end_of_a_welcome_nobody_told_of_never_helps_the_provider(contract: Contract) -> None:
    terms = with_reading(contract.service_level, "wait_starts", "end_of_welcome")
    assert not n40(fact(45, queued_s=None), terms)


def test_abandons_on_the_welcome_are_counted_apart(contract: Contract) -> None:
    facts = [fact(None, 3, queued_s=None), fact(None, 30), fact(None, 90), fact(10), fact(None, None)]
    assert measure(contract, facts, "abandons").value == Count(2)
    assert measure(contract, facts, "abandons_on_welcome").value == Count(1)


def test_waits_of_three_minutes_and_more_are_counted_from_the_first_instant(contract: Contract) -> None:
    facts = [fact(179.999), fact(180), fact(None, 180), fact(None, 179.999), fact(0)]
    assert measure(contract, facts, "long_waits").value == Count(2)


def test_mean_and_longest_wait_speak_of_answered_calls(contract: Contract) -> None:
    facts = [fact(10), fact(30), fact(None, 400)]
    assert measure(contract, facts, "mean_wait").value == Mean(timedelta(seconds=40), 2)
    assert measure(contract, facts, "longest_wait").value == Longest(timedelta(seconds=30))
    assert measure(contract, facts, "without_waiting").value == Rate(0, 2)
    assert measure(contract, facts, "with_waiting").value == Rate(2, 2)


CALLS = st.lists(
    st.builds(
        fact,
        wait_s=st.none() | st.floats(0, 600),
        ended_s=st.none() | st.floats(0, 900),
        queued_s=st.none() | st.floats(0, 10),
        service=st.sampled_from(Service),
    ),
    max_size=40,
)


@given(facts=CALLS)
def test_the_services_add_up_to_the_whole(contract: Contract, facts: list[CallFact]) -> None:
    services = [s for s in Service if s is not Service.TAKEOVER or any(fact.service is s for fact in facts)]
    for indicator_id in ("qs1", "qs2"):
        whole = measure(contract, facts, indicator_id).value
        parts = [measure(contract, facts, indicator_id, service).value for service in services]
        assert isinstance(whole, Rate)
        assert whole.numerator == sum(part.numerator for part in parts if isinstance(part, Rate))
        assert whole.denominator == len(facts)
    assert measure(contract, facts, "qs1").value.numerator == sum(n40(f, contract.service_level) for f in facts)


@given(facts=CALLS)
def test_a_takeover_that_is_counted_apart_is_in_no_rate_that_is_judged_and_still_presented(
    contract: Contract, facts: list[CallFact]
) -> None:
    """[A]: whether its calls are in QS1 and QS2 is a value of the contract (R4)."""
    terms = with_reading(contract.service_level, "takeover", "apart")
    ours = [fact for fact in facts if fact.service is not Service.TAKEOVER]
    for indicator_id in ("qs1", "qs2"):
        assert measure(terms, facts, indicator_id).value == measure(contract, ours, indicator_id).value
    assert measure(terms, facts, "presented").value == Count(len(facts))
    each = with_reading(terms, "scope", "each_service")
    assert Service.TAKEOVER not in {one.service for one in indicators(facts, each) if one.target_percent}


@given(facts=CALLS)
def test_the_reading_held_is_never_kinder_than_the_variants_of_qs2(contract: Contract, facts: list[CallFact]) -> None:
    held = measure(contract, facts, "qs2").value
    for formula in ("without_immediate_hang_ups", "answered_of_stayed"):
        other = variant(contract, facts, "qs2", formula)
        assert isinstance(held, Rate)
        assert held.numerator * other.denominator <= other.numerator * held.denominator
