"""Lists, numbers and delays: what each version changes, and who obeys which (R5, R14, R16, R42, R50)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.adapters.records import from_plain, to_plain
from permanence.application.reference.signed import seeds_of, signed_of
from permanence.domain.contract import Contract, contract_in_force
from permanence.domain.reference.calendar import OverflowDelay
from permanence.domain.reference.documents import Circumstances
from permanence.domain.reference.in_force import ObeyedListes, ReceptionPart
from permanence.domain.reference.listes import Listes
from permanence.domain.reference.listes_kind import (
    LISTES,
    RANKS,
    ListesCode,
    brought_over,
    changes,
    checks,
    entries_of,
    listes_from,
    restored,
)
from permanence.domain.reference.recording import Campaign
from tests.domain.reference.test_calendar import paris

NOON = paris(2026, 11, 30, 12)
TODAY = date(2026, 11, 30)
DAYS = st.dates(date(2026, 11, 1), date(2027, 6, 30))
ADDRESSES = st.lists(st.sampled_from(["a@h.example", "b@h.example", "c@h.example"]), max_size=2).map(tuple)


@st.composite
def bodies(draw: st.DrawFn) -> Listes:
    delays = draw(st.dictionaries(DAYS, st.integers(0, 600), max_size=3))
    starts = draw(st.lists(DAYS, max_size=2, unique=True))
    return Listes(
        mailing=draw(st.dictionaries(st.sampled_from(["", "gray", "lure"]), ADDRESSES, max_size=3)),
        fallback=draw(st.lists(st.sampled_from(["+33384000001", "+33384000002"]), max_size=2).map(tuple)),
        overflow_delays=tuple(OverflowDelay(day, seconds) for day, seconds in sorted(delays.items())),
        answer_within_s=draw(st.dictionaries(st.sampled_from(RANKS), st.integers(60, 900), max_size=3)),
        alarm_after_wait_s=draw(st.integers(10, 170)),
        campaigns=tuple(Campaign(day, day + timedelta(days=5), "évaluation") for day in sorted(starts)),
        senders=draw(ADDRESSES),
    )


@given(bodies())
def test_a_body_is_its_lines_and_comes_back_from_the_table_the_same(body: Listes) -> None:
    assert listes_from({entry.key: entry.value for entry in entries_of(body)}) == body
    assert from_plain(Listes, to_plain(body)) == body


@given(bodies(), bodies())
def test_changes_made_in_what_they_were_compared_with_give_what_was_proposed(then: Listes, proposed: Listes) -> None:
    assert brought_over(then, proposed, then) == proposed
    assert (changes(then, proposed) == ()) is (then == proposed)


@given(bodies(), bodies())
def test_a_roll_back_begins_no_delay_in_the_past(in_force: Listes, older: Listes) -> None:
    for delay in restored(in_force, older, NOON).overflow_delays:
        assert delay in in_force.overflow_delays or delay.from_day >= TODAY


def test_the_seed_of_the_folder_is_a_body_without_a_point(contract: Contract) -> None:
    seed = seeds_of(contract)[LISTES.name]
    assert checks(seed, seed, Circumstances(NOON, NOON, signed_of(contract))) == ()


def points(contract: Contract, **told: Any) -> list[str]:
    seed = seeds_of(contract)[LISTES.name]
    proposed = replace(seed, **told)
    return [point.code for point in checks(seed, proposed, Circumstances(NOON, NOON, signed_of(contract)))]


@pytest.mark.parametrize(
    ("from_day", "seconds", "codes"),
    [
        (date(2026, 11, 29), 60, [ListesCode.LATE_DAY]),
        (TODAY, 60, []),
        (TODAY, 601, [ListesCode.OUT_OF_BOUNDS, ListesCode.THREE_MINUTES]),
        (date(2027, 1, 1), 100, [ListesCode.THREE_MINUTES]),
    ],
)
def test_a_delay_begins_today_at_the_earliest_and_leaves_room_for_the_alarm(
    contract: Contract, from_day: date, seconds: int, codes: list[ListesCode]
) -> None:
    delays = (*contract.overflow_delays, OverflowDelay(from_day, seconds))
    assert points(contract, overflow_delays=delays) == codes


def test_a_delay_that_has_begun_stays(contract: Contract) -> None:
    assert points(contract, overflow_delays=()) == [ListesCode.NOBODY, ListesCode.BEGUN_DAY]


@pytest.mark.parametrize(
    ("starts_on", "codes"), [(TODAY, [ListesCode.PAST_DAY]), (TODAY + timedelta(days=1), [])], ids=["today", "tomorrow"]
)
def test_no_call_is_recorded_whose_caller_heard_no_notice(
    contract: Contract, starts_on: date, codes: list[ListesCode]
) -> None:
    """A campaign approved in the middle of a day begins on the next; the end of one that goes on may be put off."""
    unrecorded = replace(contract, recording=replace(contract.recording, campaigns=()))
    campaign = Campaign(starts_on, starts_on + timedelta(days=9), "écoutes")
    assert points(unrecorded, campaigns=(campaign,)) == codes
    (goes_on,) = contract.recording.campaigns
    assert points(contract, campaigns=(replace(goes_on, ends_before=date(2027, 6, 1)),)) == []


def test_without_a_campaign_it_is_said_that_nothing_is_recorded(contract: Contract) -> None:
    assert points(contract, campaigns=()) == [ListesCode.NEVER_RECORDED]


def in_force(contract: Contract, **told: Any) -> Contract:
    body = replace(seeds_of(contract)[LISTES.name], **told)
    return contract_in_force(contract, ReceptionPart(listes=(ObeyedListes(1, NOON, body),)), NOON)


def test_mails_go_to_the_lists_in_force_and_an_agency_without_one_reads_that_of_the_contract(
    contract: Contract,
) -> None:
    mailing = {"": ("astreinte@h.example",), "gray": ("gray@h.example",)}
    obeyed = in_force(contract, mailing=mailing)
    assert obeyed.default_mailing_list == ("astreinte@h.example",)
    assert obeyed.agencies["gray"].mailing_list == ("gray@h.example",)
    assert obeyed.agencies["lure"].mailing_list == ("astreinte@h.example",)


def test_the_mails_of_a_stage_beside_production_stay_with_its_one_reader_whatever_is_approved(
    contract: Contract,
) -> None:
    stage = replace(contract, only_reader="recette@permanence.example")
    obeyed = in_force(stage, mailing={"": ("directeur@habitat70.example",)}, fallback=("+33384000001",))
    assert obeyed.default_mailing_list == stage.default_mailing_list
    assert obeyed.agencies == stage.agencies
    assert obeyed.numbers.fallback == ("+33384000001",)


def test_numbers_and_delays_are_those_in_force(contract: Contract) -> None:
    campaign = Campaign(TODAY, TODAY + timedelta(days=1), "écoutes")
    told = {"fallback": ("+33384000001",), "answer_within_s": {"default": 99}, "alarm_after_wait_s": 50}
    obeyed = in_force(contract, **told, campaigns=(campaign,))
    numbers = obeyed.numbers
    assert all(map(numbers.is_fallback, (*numbers.fallback, *contract.numbers.fallback)))
    assert numbers.caller_of("+33384000001", None) is None
    assert (obeyed.dispatch.answer_within_s, obeyed.alarm_after_wait_s) == ({"default": 99}, 50)
    assert obeyed.recording == replace(contract.recording, campaigns=(campaign,))
