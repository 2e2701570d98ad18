"""Living documents and the purge: what is in force stays, numbers are given once, old names go (R70)."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from permanence.application.privacy.old_documents import DocumentErasure
from permanence.application.privacy.purge_certificate import Certificate
from permanence.application.reference.deciding import Decider, Deciding
from permanence.application.reference.ports import UnknownVersion
from permanence.domain.contract import RetentionTerms
from permanence.domain.frozen import dataclass
from permanence.domain.privacy.retention import purge_stamp
from permanence.domain.reference.documents import Change, DecisionRefused, VersionState, whole
from permanence.domain.reference.in_force import SEED
from tests.domain.reference.test_calendar import WEEK, paris
from tests.fakes.documents import FakeDocuments, signed
from tests.fakes.providers import FakeObjects
from tests.fakes.registers import FakeAudit

TERMS = RetentionTerms(items=171, noncurrent_versions=1, logs=150, point_in_time_recovery=7)
NOON = paris(2026, 1, 10, 12)


@dataclass(frozen=True)
class Days:
    """Each ended then, in days from the first noon."""

    days: tuple[int, ...] = ()


DAYS = whole(
    "days",
    Days,
    proposed_by=("habitat70",),
    approved_by=("habitat70",),
    checks=lambda *_: (),
    changes=lambda before, after: (Change(before, after),) if before != after else (),
    counts=lambda body: {"days": len(body.days)},
    erased=lambda body, before: Days(tuple(day for day in body.days if NOON + timedelta(days=day) >= before)),
)


class House:
    def __init__(self) -> None:
        self.now = NOON
        self.documents, self.reports = FakeDocuments(), FakeObjects()
        claire = Decider("claire", ("habitat70",))
        self.deciding = Deciding(self.documents, FakeAudit(), signed(WEEK), {}, claire, {"days": DAYS})

    def enact(self, *days: int) -> int:
        number = self.deciding.propose(DAYS, Days(days), self.now).number
        return self.deciding.approve(DAYS, number, self.now).number

    def purge(self) -> dict[str, int]:
        certificate = Certificate(self.reports, "documents", self.now, {})
        assert DocumentErasure(self.documents, TERMS).run((DAYS,), certificate, self.now) == []
        return dict(certificate.erased)

    @property
    def numbers(self) -> list[int]:
        return sorted(number for _, number in self.documents.kept)


@pytest.fixture
def house() -> House:
    return House()


def test_a_version_goes_once_it_was_replaced_long_ago_and_the_one_in_force_stays(house: House) -> None:
    house.enact(900)
    house.now += timedelta(days=300)
    house.enact(901)

    house.now += timedelta(days=170)
    assert (house.purge(), house.numbers) == ({}, [1, 2])
    house.now += timedelta(days=1)
    assert (house.purge(), house.numbers) == ({"versions": 1}, [2])
    assert house.deciding.in_force(DAYS, house.now) == (2, Days((901,)))


def test_of_what_is_in_force_only_what_ended_long_ago_goes(house: House) -> None:
    house.enact(1, 170, 171, 900)
    house.now += timedelta(days=172)

    assert house.purge() == {"shortened": 1}
    document = house.documents.get(DAYS, 1)
    assert document.body == Days((170, 171, 900))
    assert document.version.digest == house.documents.digest(document.body)
    assert document.version.counts == {"days": 3}
    assert house.purge() == {}


def test_a_number_is_never_given_twice(house: House) -> None:
    house.deciding.withdraw(DAYS, house.deciding.propose(DAYS, Days((1,)), NOON).number, NOON)
    house.now += timedelta(days=171)

    assert house.purge() == {"versions": 1}
    assert house.documents.get(DAYS, 1).body == Days()
    assert house.enact(900) == 2
    house.purge()
    assert house.numbers == [2]


def test_nothing_is_certified_where_nothing_was_erased(house: House) -> None:
    house.enact(900)
    house.purge()
    assert house.reports.objects == {}


def test_what_somebody_has_just_decided_of_is_left_to_the_next_run(house: House) -> None:
    class JustApproved(FakeDocuments):
        def every(self, kind: object) -> list[object]:  # type: ignore[override]
            read = list(super().every(DAYS))
            house.deciding.approve(DAYS, 1, house.now)
            return read

    house.documents = JustApproved()
    house.deciding = replace(house.deciding, documents=house.documents)
    house.deciding.propose(DAYS, Days((900,)), NOON)
    house.deciding.propose(DAYS, Days((901,)), NOON)
    house.now += timedelta(days=171)

    house.purge()

    assert house.deciding.in_force(DAYS, house.now) == (1, Days((900,)))


class AnyNights(RuleBasedStateMachine):
    """Whatever is decided, in the course of years, with a purge now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.house = House()
        self.given: set[int] = set()

    @rule(days=st.sets(st.integers(0, 900), max_size=3), later=st.integers(0, 60))
    def propose(self, days: set[int], later: int) -> None:
        wanted = self.house.now + timedelta(days=later) if later else None
        with suppress(DecisionRefused):
            body = Days(tuple(sorted(days)))
            number = self.house.deciding.propose(DAYS, body, self.house.now, wanted).number
            assert number not in self.given
            self.given.add(number)

    @rule(act=st.sampled_from(["approve", "approve", "compare_again", "roll_back", "withdraw"]), back=st.integers(0, 3))
    def decide(self, act: str, back: int) -> None:
        number = max(SEED, max(self.house.numbers, default=SEED) - back)
        decided: Callable[..., object] = getattr(self.house.deciding, act)
        with suppress(DecisionRefused, UnknownVersion):
            decided(DAYS, number, self.house.now)
        self.given |= set(self.house.numbers)

    @rule(days=st.integers(1, 120))
    def pass_time(self, days: int) -> None:
        self.house.now += timedelta(days=days)

    @rule()
    def purge(self) -> None:
        instants = [self.house.now + timedelta(days=day) for day in (0, 30, 60)]
        before = [self.house.documents.timetable(DAYS).at(instant) for instant in instants]
        self.house.purge()
        assert [self.house.documents.timetable(DAYS).at(instant) for instant in instants] == before
        limit = self.house.now - timedelta(days=172)
        current = {self.house.documents.timetable(DAYS).at(instant) for instant in instants}
        for (_, number), document in self.house.documents.kept.items():
            version = document.version
            if number in current:
                assert all(NOON + timedelta(days=day) >= limit for day in document.body.days)
            elif version.state is not VersionState.APPROVED and number != max(self.house.numbers):
                assert not purge_stamp(version.proposed_at, TERMS).is_due(self.house.now)

    @invariant()
    def what_is_in_force_can_be_read(self) -> None:
        self.house.deciding.in_force(DAYS, self.house.now)


TestAnyNights = AnyNights.TestCase
TestAnyNights.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
