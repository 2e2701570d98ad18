"""What is taken out of the documents in table and bucket, and what never is (R70)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from permanence.adapters.contract_file import load_contract
from permanence.adapters.dynamodb.documents import body_key
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.kept_documents import DynamoKeptDocuments
from permanence.application.reference.deciding import Decider, Deciding
from permanence.application.reference.ports import DecidedMeanwhile, Document, UnknownVersion
from permanence.application.reference.signed import signed_of
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.patrimoine_kind import PATRIMOINE as KIND
from tests.application.dispatch.night import PATRIMOINE, SATURDAY_NIGHT
from tests.fakes.providers import FakeObjects
from tests.fakes.registers import FakeAudit

CLAIRE = Decider("claire", ("habitat70",))
NOW = SATURDAY_NIGHT


def large(first: int) -> Patrimoine:
    return Patrimoine(
        dwellings=tuple(replace(PATRIMOINE.dwellings[0], dwelling_id=f"D{first + n}") for n in range(300))
    )


class Shelf:
    def __init__(self, table: Table) -> None:
        self.bodies = FakeObjects()
        self.documents = DynamoKeptDocuments(table, self.bodies)
        self.deciding = Deciding(self.documents, FakeAudit(), signed_of(load_contract()), {}, CLAIRE)

    def propose(self, body: Patrimoine) -> Any:
        return self.deciding.propose(KIND, body, NOW)


@pytest.fixture
def shelf(table: Table) -> Shelf:
    return Shelf(table)


def test_all_versions_are_found_beyond_those_of_a_page(shelf: Shelf) -> None:
    proposed = [shelf.propose(Patrimoine(dwellings=PATRIMOINE.dwellings, named=())) for _ in range(11)]
    assert shelf.documents.every(KIND) == proposed


def test_a_version_is_rewritten_with_its_body_while_it_is_as_it_was_read(shelf: Shelf) -> None:
    known = shelf.propose(large(0))
    shorter = replace(known, digest=shelf.documents.digest(PATRIMOINE), changes=known.changes + 1)
    shelf.documents.rewrite(KIND, Document(shorter, PATRIMOINE))

    assert shelf.documents.get(KIND, 1) == Document(shorter, PATRIMOINE)
    with pytest.raises(DecidedMeanwhile):
        shelf.documents.rewrite(KIND, Document(shorter, PATRIMOINE))


def test_what_was_approved_meanwhile_is_not_forgotten_and_what_is_gone_already_is_no_failure(shelf: Shelf) -> None:
    read = [shelf.propose(large(number)) for number in (0, 1)]
    shelf.deciding.approve(KIND, 1, NOW + timedelta(days=1))

    with pytest.raises(DecidedMeanwhile):
        shelf.documents.forget(KIND, read[0])
    for _ in range(2):
        shelf.documents.forget(KIND, read[1])

    with pytest.raises(UnknownVersion):
        shelf.documents.get(KIND, 2)
    assert shelf.documents.get(KIND, 1).body == large(0)


def test_who_approves_a_version_that_was_just_forgotten_is_told_so(shelf: Shelf) -> None:
    class Forgetful(DynamoKeptDocuments):
        def decide(self, *given: Any) -> None:
            self.forget(KIND, version)
            super().decide(*given)

    version = shelf.propose(large(0))
    deciding = replace(shelf.deciding, documents=Forgetful(shelf.documents._table, shelf.bodies))

    with pytest.raises(DecidedMeanwhile):
        deciding.approve(KIND, 1, NOW)

    assert shelf.documents.timetable(KIND).slots == ()


def test_bodies_of_no_version_are_swept_but_not_that_of_a_number_not_given_yet(shelf: Shelf) -> None:
    kept, gone = shelf.propose(large(0)), shelf.propose(large(1))
    shelf.documents.forget(KIND, gone)
    newest = shelf.propose(large(2))
    lost_a_race, being_written = replace(newest, digest="other"), replace(newest, number=newest.number + 1)
    for version in (lost_a_race, being_written):
        shelf.bodies.put(body_key(version), b"{}", "application/json")

    shelf.documents.sweep(KIND, [kept, newest])

    assert set(shelf.bodies.objects) == {body_key(one) for one in (kept, newest, being_written)}
