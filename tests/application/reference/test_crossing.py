"""Two documents that name each other: neither is approved, rolled back or withdrawn against the other."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from permanence.application.reference.deciding import MOST_KEPT, Blocked, Decider, Deciding
from permanence.application.reference.ports import DecidedMeanwhile, UnknownVersion
from permanence.domain.frozen import dataclass
from permanence.domain.reference.documents import (
    Change,
    Circumstances,
    Decision,
    DecisionRefused,
    Effect,
    Kind,
    Point,
    VersionState,
    in_force_at,
    whole,
)
from permanence.domain.reference.in_force import SEED
from tests.domain.reference.test_calendar import WEEK, paris
from tests.fakes.documents import FakeDocuments, signed
from tests.fakes.registers import FakeAudit

NOON = paris(2026, 11, 30, 12)
TOMORROW = NOON + timedelta(days=1)
NEXT_DAY = NOON + timedelta(days=2)


@dataclass(frozen=True)
class Names:
    """Of a book, who is known; of a list, who is named."""

    names: tuple[str, ...] = ()


def kind_of(name: str, other: str, missing: Callable[[Names, Names], set[str]]) -> Kind[Names]:
    def checks(_: Names, proposed: Names, circumstances: Circumstances) -> tuple[Point, ...]:
        absent = sorted(missing(proposed, circumstances.others[other]))
        return tuple(Point("unknown", person, {}, blocks=True) for person in absent)

    return whole(
        name,
        Names,
        proposed_by=("habitat70",),
        approved_by=("habitat70",),
        checks=checks,
        changes=lambda before, after: (Change(before, after),) if before != after else (),
        counts=lambda body: {"names": len(body.names)},
        looks_at=(other,),
    )


BOOK = kind_of("book", "list", lambda book, named: set(named.names) - set(book.names))
LIST = kind_of("list", "book", lambda named, book: set(named.names) - set(book.names))
KINDS = {kind.name: kind for kind in (BOOK, LIST)}
SEEDS = {"book": Names(("hugo",))}


class House:
    def __init__(self, documents: FakeDocuments | None = None) -> None:
        self.documents = documents or FakeDocuments()
        self.deciding = Deciding(
            self.documents, FakeAudit(), signed(WEEK), SEEDS, Decider("claire", ("habitat70",)), KINDS
        )

    def enact(self, kind: Kind[Any], *names: str, at: datetime = NOON, wanted_from: datetime | None = None) -> int:
        number = self.deciding.propose(kind, Names(names), at, wanted_from).number
        return self.deciding.approve(kind, number, at).number

    def names(self, kind: Kind[Any], at: datetime) -> tuple[str, ...]:
        body: Names = self.deciding.in_force(kind, at)[1]
        return body.names


@pytest.fixture
def house() -> House:
    return House()


def test_a_version_keeps_what_it_does_beside_the_others_as_they_are_when_it_starts(house: House) -> None:
    def effects(_: Names, proposed: Names, circumstances: Circumstances) -> tuple[Effect, ...]:
        known = set(proposed.names) & set(circumstances.others["book"].names)
        return (Effect("known", len(known), {"at": str(circumstances.at)}),)

    house.enact(BOOK, "hugo", "zola", wanted_from=TOMORROW)
    telling = replace(LIST, effects=effects)
    now, then = (house.deciding.propose(telling, Names(("hugo", "zola")), NOON, at) for at in (None, NEXT_DAY))

    assert now.effects == (Effect("known", 1, {"at": str(NOON)}),)
    assert house.documents.get(telling, then.number).version.effects == (Effect("known", 2, {"at": str(NEXT_DAY)}),)


def test_what_is_still_named_elsewhere_is_not_dropped(house: House) -> None:
    house.enact(LIST, "hugo")

    dropped = house.deciding.propose(BOOK, Names(("anaïs",)), NOON)

    assert (dropped.state, [point.subject for point in dropped.points]) == (VersionState.DRAFT, ["hugo"])


def test_what_another_document_says_by_then_refuses_an_approval(house: House) -> None:
    dropping = house.deciding.propose(BOOK, Names(("anaïs",)), NOON)
    house.enact(LIST, "hugo")

    with pytest.raises(Blocked):
        house.deciding.approve(BOOK, dropping.number, NOON)

    assert house.names(BOOK, NOON) == ("hugo",)


def test_what_is_to_come_of_the_other_counts_too(house: House) -> None:
    house.enact(BOOK, "anaïs", wanted_from=TOMORROW)

    now = house.deciding.propose(LIST, Names(("hugo",)), NOON)
    later = house.deciding.propose(LIST, Names(("anaïs",)), NOON, TOMORROW)

    assert (now.state, later.state) == (VersionState.DRAFT, VersionState.PROPOSED)


def test_what_another_that_is_to_come_relies_upon_is_not_withdrawn(house: House) -> None:
    book = house.enact(BOOK, "hugo", "anaïs", wanted_from=TOMORROW)
    house.enact(LIST, "anaïs", wanted_from=NEXT_DAY)

    with pytest.raises(Blocked) as refused:
        house.deciding.withdraw(BOOK, book, NOON)

    assert [point.subject for point in refused.value.points] == ["anaïs"]
    assert house.names(BOOK, NEXT_DAY) == ("hugo", "anaïs")


class Overtaking(FakeDocuments):
    """Somebody else decides once a person's checks have been made, before what he decides is written."""

    def __init__(self) -> None:
        super().__init__()
        self.faster = House(self)
        self.meanwhile: Callable[[House], object] | None = None

    def decide(self, kind: Kind[Any], decision: Decision, new_body: object = None) -> None:
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            act(self.faster)
        super().decide(kind, decision, new_body)


def test_an_approval_that_another_document_has_overtaken_writes_nothing() -> None:
    documents = Overtaking()
    slower = documents.faster.deciding
    dropping = slower.propose(BOOK, Names(), NOON)
    documents.meanwhile = lambda faster: faster.enact(LIST, "hugo")

    with pytest.raises(DecidedMeanwhile):
        slower.approve(BOOK, dropping.number, NOON)

    assert (documents.faster.names(BOOK, NOON), documents.faster.names(LIST, NOON)) == (("hugo",), ("hugo",))


def test_what_another_document_has_come_to_rely_upon_meanwhile_is_not_withdrawn() -> None:
    documents = Overtaking()
    book = documents.faster.enact(BOOK, "hugo", "anaïs", wanted_from=TOMORROW)
    documents.meanwhile = lambda faster: faster.enact(LIST, "anaïs", wanted_from=NEXT_DAY)

    with pytest.raises(DecidedMeanwhile):
        documents.faster.deciding.withdraw(BOOK, book, NOON)

    assert documents.faster.names(BOOK, NEXT_DAY) == ("hugo", "anaïs")


def test_of_very_many_points_those_that_block_are_kept_first(house: House) -> None:
    named = tuple(f"person {n}" for n in range(MOST_KEPT + 50))

    proposed = house.deciding.propose(LIST, Names(named), NOON)

    assert (proposed.state, len(proposed.points)) == (VersionState.DRAFT, MOST_KEPT)


class AnyCrossing(RuleBasedStateMachine):
    """Whatever is decided of both, in the course of a day."""

    def __init__(self) -> None:
        super().__init__()
        self.house = House()
        self.now = NOON
        self.was: dict[tuple[str, datetime], int] = {}

    @rule(
        kind=st.sampled_from([BOOK, LIST]), names=st.sets(st.sampled_from(["hugo", "anaïs"])), later=st.integers(0, 2)
    )
    def propose(self, kind: Kind[Names], names: set[str], later: int) -> None:
        wanted = self.now + timedelta(hours=later) if later else None
        self._try(lambda: self.house.deciding.propose(kind, Names(tuple(sorted(names))), self.now, wanted))

    @rule(
        kind=st.sampled_from([BOOK, LIST]),
        act=st.sampled_from(["approve", "approve", "approve", "compare_again", "roll_back", "withdraw"]),
        back=st.integers(0, 2),
    )
    def decide(self, kind: Kind[Names], act: str, back: int) -> None:
        newest = len(self.house.documents.versions(kind, 99))
        self._try(lambda: getattr(self.house.deciding, act)(kind, max(SEED, newest - back), self.now))

    @rule(minutes=st.integers(0, 90))
    def pass_time(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def _try(self, act: Callable[[], object]) -> None:
        with suppress(DecisionRefused, UnknownVersion):
            act()

    @invariant()
    def whoever_is_named_is_known_now_and_later(self) -> None:
        for hours in range(4):
            at = self.now + timedelta(hours=hours)
            assert set(self.house.names(LIST, at)) <= set(self.house.names(BOOK, at))

    @invariant()
    def one_version_of_each_is_in_force_at_each_instant(self) -> None:
        for kind in (BOOK, LIST):
            versions = self.house.documents.versions(kind, 99)
            self.was[kind.name, self.now] = self.house.documents.timetable(kind).at(self.now)
            for (name, instant), number in self.was.items():
                assert name != kind.name or in_force_at(versions, instant) == number


TestAnyCrossing = AnyCrossing.TestCase
TestAnyCrossing.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
