"""The contract as it is obeyed: asked at most every 30 s, kept however old, the seed before a first reading (R2)."""

from dataclasses import dataclass

import pytest

from permanence.application.reference.in_force import InForce
from permanence.domain.contract import Contract
from permanence.domain.reference.calendar import Service, service_at
from permanence.domain.reference.calendrier import Account, Calendrier, PlannedClosure
from tests.domain.reference.test_calendar import paris
from tests.fakes.documents import FakeReceptionTimetable
from tests.fakes.store import StoreDown

TWO_O_CLOCK = paris(2026, 11, 30, 14)
MEETING = PlannedClosure(Account.MEETING, TWO_O_CLOCK, paris(2026, 11, 30, 15), "réunion de service")


@dataclass
class Stopwatch:
    seconds: float = 0

    def __call__(self) -> float:
        return self.seconds


class Warm:
    """A warm function in front of a timetable."""

    def __init__(self, contract: Contract) -> None:
        self.timetable = FakeReceptionTimetable()
        self.clock = Stopwatch()
        self.in_force = InForce(self.timetable, contract, self.clock)

    def service(self) -> Service:
        return service_at(TWO_O_CLOCK, self.in_force.at(TWO_O_CLOCK).hours)

    def put_in_force(self) -> None:
        self.timetable.put_in_force(Calendrier((MEETING,)), TWO_O_CLOCK)


@pytest.fixture
def warm(contract: Contract) -> Warm:
    return Warm(contract)


def test_the_timetable_is_asked_at_most_every_30_s(warm: Warm) -> None:
    for seconds in (0, 1, 29.9):
        warm.clock.seconds = seconds
        warm.service()
    assert warm.timetable.readings == 1
    warm.clock.seconds = 30
    warm.service()
    assert warm.timetable.readings == 2


def test_what_was_approved_is_obeyed_30_s_later_by_a_function_that_was_warm(warm: Warm) -> None:
    assert warm.service() is Service.DEBORDEMENT
    warm.put_in_force()
    warm.clock.seconds = 30

    assert warm.service() is Service.ASTREINTE


def test_a_version_read_before_its_instant_is_obeyed_from_its_instant_on_without_another_reading(warm: Warm) -> None:
    warm.put_in_force()
    before = warm.in_force.at(paris(2026, 11, 30, 13, 59))

    assert service_at(TWO_O_CLOCK, before.hours) is Service.DEBORDEMENT
    assert warm.service() is Service.ASTREINTE
    assert warm.timetable.readings == 1


def test_what_was_read_stands_however_old_and_is_asked_again_after_30_s_only(warm: Warm) -> None:
    warm.put_in_force()
    warm.service()
    warm.timetable.is_down = True
    warm.clock.seconds = 7200
    with pytest.raises(StoreDown):
        warm.in_force.read()

    assert not warm.in_force.is_due
    assert service_at(TWO_O_CLOCK, warm.in_force.as_read(TWO_O_CLOCK).hours) is Service.ASTREINTE
    warm.clock.seconds += 30
    assert warm.in_force.is_due


def test_the_seed_stands_until_a_first_reading_which_is_due_at_once(warm: Warm, contract: Contract) -> None:
    warm.put_in_force()
    warm.timetable.is_down = True
    with pytest.raises(StoreDown):
        warm.in_force.read()
    assert warm.in_force.as_read(TWO_O_CLOCK) == contract
    assert warm.in_force.is_due

    warm.timetable.is_down = False
    assert warm.service() is Service.ASTREINTE
