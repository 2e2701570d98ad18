"""The totals of a month equal its list of calls (R51), and an anonymous fact gives nobody away (R71)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.calls.call import CallEvent, CallEventKind, fold
from permanence.domain.contract import Contract
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.reference.calendar import Service
from permanence.domain.service_level.facts import CallFact, anonymous, call_fact
from permanence.domain.service_level.figures import Rate
from permanence.domain.service_level.monthly_report import monthly_report

NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
SECONDS = st.none() | st.integers(0, 400)


@st.composite
def facts(draw: st.DrawFn) -> CallFact:
    presented = NOVEMBER + timedelta(seconds=draw(st.integers(0, 29 * 86_400)))

    def after(seconds: int | None) -> datetime | None:
        return None if seconds is None else presented + timedelta(seconds=seconds)

    return CallFact(
        ref=draw(st.text("0123456789abcdef", min_size=6, max_size=6)),
        service=draw(st.sampled_from(Service)),
        presented_at=presented,
        queued_at=after(draw(SECONDS)),
        answered_at=after(draw(SECONDS)),
        ended_at=after(draw(SECONDS)),
        outcome="",
        motif=draw(st.sampled_from(["", "plomberie_logement", "alarme"])),
        agency="",
    )


MONTHS = st.lists(facts(), max_size=20, unique_by=lambda fact: fact.ref)


@given(facts=MONTHS)
def test_totals_equal_the_list(contract: Contract, facts: list[CallFact]) -> None:
    report = monthly_report("2026-11", facts, contract.rules)
    held = {m.indicator.indicator_id: m.value for m in report.measures if m.target_percent is not None}
    assert held == {"qs1": Rate(report.n40, report.n), "qs2": Rate(report.nr, report.n)}
    assert report.n == len(facts) == sum(line.calls for line in report.motifs)
    assert report.nr == sum(line.answered for line in report.motifs)
    assert [line.fact for line in report.calls] == sorted(facts, key=lambda fact: (fact.presented_at, fact.ref))


@given(facts=MONTHS)
def test_the_order_in_which_facts_arrive_changes_nothing(contract: Contract, facts: list[CallFact]) -> None:
    one, other = (monthly_report("2026-11", told, contract.rules) for told in (facts, facts[::-1]))
    assert one.calls == other.calls
    assert [measure.value for measure in one.measures] == [measure.value for measure in other.measures]


@given(facts=MONTHS)
def test_what_stays_of_a_month_gives_the_same_figures(contract: Contract, facts: list[CallFact]) -> None:
    frozen = monthly_report("2026-11", facts, contract.rules)
    checked = monthly_report("2026-11", map(anonymous, facts), contract.rules)
    assert [measure.value for measure in checked.measures] == [measure.value for measure in frozen.measures]
    assert checked.motifs == frozen.motifs


def test_a_fact_is_made_of_the_call_and_its_form(contract: Contract) -> None:
    events = [
        CallEvent("CA1", "presented", CallEventKind.PRESENTED, NOVEMBER, {"caller": "+33639980102"}),
        CallEvent("CA1", "ended", CallEventKind.ENDED, NOVEMBER + timedelta(seconds=4)),
    ]
    form = CallForm("CA1", "camille", "Camille", NOVEMBER, outcome="plomberie", motif="plomberie_logement")
    fact = call_fact(fold("CA1", events), form, "vesoul")
    assert fact is not None
    assert (fact.service, fact.agency, fact.motif) == (Service.ASTREINTE, "vesoul", "plomberie_logement")
    assert fact.gave_up_after == timedelta(seconds=4)
    assert not fact.is_answered


def test_a_call_that_was_never_presented_is_no_fact(contract: Contract) -> None:
    ended = CallEvent("CA1", "ended", CallEventKind.ENDED, NOVEMBER)
    assert call_fact(fold("CA1", [ended]), None, "") is None
