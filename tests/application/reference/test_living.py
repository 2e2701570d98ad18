"""The bodies in force, as a warm function reads them: one timetable for all, each version once, all of one instant."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from permanence.application.reference.in_force import InForce
from permanence.application.reference.living import Living
from permanence.application.reference.reference_data import LivingReferenceData
from permanence.domain.contract import Contract
from permanence.domain.reference.annuaire import Annuaire, Person
from permanence.domain.reference.in_force import SEED
from permanence.domain.reference.patrimoine import NamedContractor, Patrimoine
from permanence.domain.reference.patrimoine_kind import PATRIMOINE as KIND
from tests.application.dispatch.night import DUTIES, ENTREPRISES, PATRIMOINE, SATURDAY_NIGHT
from tests.application.reference.test_in_force import Stopwatch
from tests.fakes.documents import FakeDocuments
from tests.fakes.reference import bodies_of, put_in_force
from tests.fakes.store import StoreDown

NOW = SATURDAY_NIGHT
SOON = NOW + timedelta(seconds=1)
NAMED = (NamedContractor("B12", "plomberie_logement", "daval", 1),)


class Warm:
    """A warm function's reading of documents; `timetable_readings` and `bodies_read` count its requests."""

    def __init__(self, contract: Contract) -> None:
        self.documents = FakeDocuments()
        self.clock = Stopwatch()
        in_force = InForce(self.documents.reception, contract, self.clock)
        self.living = Living(in_force, self.documents, {}, outages=(StoreDown,))
        self.reference = LivingReferenceData(self.living)

    def put_in_force(self, at: datetime = NOW - timedelta(days=2)) -> None:
        put_in_force(self.documents, at, **bodies_of(PATRIMOINE, ENTREPRISES, DUTIES))
        self.documents.bodies_read = 0


@pytest.fixture
def warm(contract: Contract) -> Warm:
    return Warm(contract)


def test_before_the_first_version_all_is_empty_and_no_body_is_asked_for(warm: Warm) -> None:
    assert warm.reference.patrimoine(NOW) == Patrimoine()
    assert list(warm.reference.duties("2026-11", NOW)) == []
    assert set(warm.reference.versions(NOW).values()) == {SEED}
    assert warm.documents.bodies_read == 0


def test_while_a_body_cannot_be_read_the_one_read_last_is_obeyed_under_its_own_number(warm: Warm) -> None:
    warm.put_in_force()
    assert warm.reference.patrimoine(NOW) == PATRIMOINE
    put_in_force(warm.documents, NOW, patrimoine=replace(PATRIMOINE, named=NAMED))
    warm.documents.is_out = True
    warm.clock.seconds = 30

    assert warm.reference.patrimoine(SOON) == PATRIMOINE
    assert warm.reference.versions(SOON)["patrimoine"] == 1
    warm.documents.is_out = False
    assert warm.reference.versions(SOON)["patrimoine"] == 1
    assert warm.reference.patrimoine(SOON + timedelta(seconds=1)).named == NAMED


def test_the_numbers_alone_cost_no_body(warm: Warm) -> None:
    warm.put_in_force()
    assert set(warm.reference.versions(NOW).values()) == {1}
    assert warm.documents.bodies_read == 0


def test_a_body_that_was_never_read_cannot_be_made_up(warm: Warm) -> None:
    warm.put_in_force()
    warm.documents.is_out = True
    with pytest.raises(StoreDown):
        warm.reference.patrimoine(NOW)


def test_what_is_in_force_is_read_once_and_is_the_same_object_until_another_version_is(warm: Warm) -> None:
    warm.put_in_force()
    first = warm.reference.patrimoine(NOW)
    warm.clock.seconds = 31

    assert first == PATRIMOINE
    assert warm.reference.patrimoine(SOON) is first
    assert (warm.documents.bodies_read, warm.documents.reception.readings) == (1, 2)


def test_one_reading_of_the_timetable_answers_for_every_kind(warm: Warm) -> None:
    warm.put_in_force()

    warm.reference.patrimoine(NOW)
    warm.reference.entreprises(NOW)
    duties = warm.reference.duties("2026-11", NOW)

    assert set(duties) == set(DUTIES)
    assert warm.reference.duties("2026-11", SOON) is duties
    assert list(warm.reference.duties("2026-12", SOON)) == []
    assert warm.reference.versions(NOW) == {"patrimoine": 1, "entreprises": 1, "annuaire": 1, "planning": 1}
    assert warm.documents.reception.readings == 1


def test_a_number_changed_in_the_annuaire_is_called_from_then_on(warm: Warm) -> None:
    warm.put_in_force()
    assert {duty.person.phone for duty in warm.reference.duties("2026-11", NOW)} == {
        duty.person.phone for duty in DUTIES
    }
    changed = tuple(Person(duty.person.person_id, duty.person.name, mobile="+33639980999") for duty in DUTIES)
    put_in_force(warm.documents, SOON, annuaire=Annuaire(changed))
    warm.clock.seconds = 30

    assert {duty.person.phone for duty in warm.reference.duties("2026-11", SOON)} == {"+33639980999"}


def test_what_is_asked_for_one_instant_belongs_together_also_when_a_version_is_approved_meanwhile(warm: Warm) -> None:
    warm.put_in_force()
    before = warm.reference.patrimoine(NOW)
    put_in_force(warm.documents, NOW, patrimoine=replace(PATRIMOINE, dwellings=()))
    warm.clock.seconds = 30

    assert (warm.reference.patrimoine(NOW), warm.reference.versions(NOW)["patrimoine"]) == (before, 1)
    assert warm.living.number(KIND, SOON) == 2
    assert warm.reference.patrimoine(SOON).dwellings == ()


def test_a_version_to_come_is_obeyed_from_its_instant_without_another_reading(warm: Warm) -> None:
    warm.put_in_force(NOW)
    assert warm.living.number(KIND, SOON - timedelta(seconds=2)) == SEED
    assert warm.living.number(KIND, NOW) == 1
    assert warm.documents.reception.readings == 1


def test_a_timetable_that_cannot_be_read_again_leaves_what_was_read_in_force(warm: Warm) -> None:
    warm.put_in_force()
    warm.reference.patrimoine(NOW)
    warm.documents.reception.is_down = True
    warm.clock.seconds = 30

    with pytest.raises(StoreDown):
        warm.reference.patrimoine(SOON)

    assert warm.reference.patrimoine(SOON + timedelta(seconds=1)) == PATRIMOINE
