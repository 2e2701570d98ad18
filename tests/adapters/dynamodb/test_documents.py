"""Living documents in the table: approval, version and timetable in one transaction; one request to obey them (R2)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from permanence.adapters.dynamodb.documents import DynamoDocuments
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.timetable import DynamoReceptionTimetable
from permanence.application.extranet.referentiel import view_every_document
from permanence.application.reference.deciding import Decider, Deciding
from permanence.application.reference.in_force import InForce
from permanence.application.reference.kinds import KINDS
from permanence.application.reference.living import Living
from permanence.application.reference.ports import DecidedMeanwhile, Document, UnknownVersion
from permanence.application.reference.reference_data import LivingReferenceData
from permanence.application.reference.signed import signed_of
from permanence.domain.contract import Contract
from permanence.domain.reference.announced import Peak, Works
from permanence.domain.reference.calendrier import CALENDRIER, Account, Calendrier, PlannedClosure
from permanence.domain.reference.documents import Timetable, Version, VersionState, approve, withdraw
from permanence.domain.reference.in_force import SEED, CalendrierPart, ReceptionPart
from permanence.domain.reference.patrimoine_kind import PATRIMOINE as KIND
from permanence.domain.reference.places import Where
from tests.application.dispatch.night import DUTIES, ENTREPRISES, PATRIMOINE, SATURDAY_NIGHT
from tests.application.reference.test_in_force import Stopwatch
from tests.domain.reference.test_calendar import WEEK, paris
from tests.fakes.documents import signed
from tests.fakes.providers import FakeObjects
from tests.fakes.reference import bodies_of, put_in_force
from tests.fakes.registers import FakeAudit
from tests.fakes.table import counted_requests

NOON = paris(2026, 11, 30, 12)
CLAIRE = Decider("claire", ("habitat70",))
MEETING = PlannedClosure(Account.MEETING, paris(2026, 11, 30, 14), paris(2026, 11, 30, 15), "réunion de service")
THURSDAY = PlannedClosure(Account.MEETING, paris(2026, 12, 3, 8, 30), paris(2026, 12, 3, 11), "réunion de service")
PEAK = Peak(paris(2026, 12, 1, 9), paris(2026, 12, 2, 12), "avis d’échéance")
LIFT = Works(paris(2026, 11, 16), paris(2026, 12, 19), Where.BUILDING, "BOUVIER-B", "ascenseur remplacé")
FIRST, SECOND = Calendrier((MEETING,), (PEAK,), (LIFT,)), Calendrier((MEETING, THURSDAY))


@pytest.fixture
def bodies() -> FakeObjects:
    return FakeObjects()


@pytest.fixture
def documents(table: Table, bodies: FakeObjects) -> DynamoDocuments:
    return DynamoDocuments(table, bodies)


@pytest.fixture
def deciding(documents: DynamoDocuments) -> Deciding:
    return Deciding(documents, FakeAudit(), signed(WEEK), {}, CLAIRE)


def test_a_version_comes_back_as_it_was_with_its_body(documents: DynamoDocuments, deciding: Deciding) -> None:
    tomorrow = NOON + timedelta(days=1)
    past = Calendrier((replace(MEETING, start=paris(2026, 11, 30, 11)),))
    proposed = deciding.propose(CALENDRIER, past, NOON, wanted_from=tomorrow)

    assert proposed.state is VersionState.DRAFT
    assert documents.get(CALENDRIER, 1) == Document(proposed, past)
    assert documents.versions(CALENDRIER, 5) == [proposed]
    with pytest.raises(UnknownVersion):
        documents.get(CALENDRIER, 2)


def test_equal_bodies_have_one_digest_and_others_another(documents: DynamoDocuments) -> None:
    assert documents.digest(FIRST) == documents.digest(Calendrier((MEETING,), (PEAK,), (LIFT,)))
    assert documents.digest(FIRST) != documents.digest(SECOND)


def test_the_newest_versions_come_first_also_beyond_nine(documents: DynamoDocuments) -> None:
    version = Version("calendrier", 1, "d", VersionState.PROPOSED, SEED, NOON, "claire", {})
    for number in range(1, 12):
        documents.add(CALENDRIER, Document(replace(version, number=number), FIRST))

    assert [one.number for one in documents.versions(CALENDRIER, 3)] == [11, 10, 9]
    assert [one.number for one in documents.versions(CALENDRIER, 3, before=9)] == [8, 7, 6]


def test_an_approval_is_read_by_the_reception_in_one_request(table: Table, deciding: Deciding) -> None:
    reception = DynamoReceptionTimetable(table)
    assert reception.read() == ReceptionPart()
    deciding.propose(CALENDRIER, FIRST, NOON)
    deciding.approve(CALENDRIER, 1, NOON)

    with counted_requests(table.client) as sent:
        part = reception.read()

    assert sent == ["GetItem"]
    (obeyed,) = part.calendrier
    assert (obeyed.number, obeyed.starts_at, obeyed.obeyed) == (1, NOON, FIRST.obeyed_from(NOON))


def test_an_approval_is_one_transaction_and_each_act_counts_its_requests(table: Table, deciding: Deciding) -> None:
    with counted_requests(table.client) as sent:
        deciding.propose(CALENDRIER, FIRST, NOON)
    assert sent == ["GetItem", "Query", "PutItem"]
    with counted_requests(table.client) as sent:
        deciding.approve(CALENDRIER, 1, NOON)
    assert sent == ["GetItem", "GetItem", "TransactWriteItems"]
    deciding.propose(CALENDRIER, SECOND, NOON)
    with counted_requests(table.client) as sent:
        deciding.approve(CALENDRIER, 2, NOON)
    assert sent == ["GetItem", "GetItem", "GetItem", "TransactWriteItems"]


def test_versions_and_what_is_obeyed_of_them_survive_corrections_and_roll_backs(
    table: Table, documents: DynamoDocuments, deciding: Deciding
) -> None:
    tomorrow = NOON + timedelta(days=1)
    deciding.propose(CALENDRIER, FIRST, NOON, wanted_from=tomorrow)
    deciding.approve(CALENDRIER, 1, NOON)
    deciding.propose(CALENDRIER, SECOND, NOON)
    deciding.approve(CALENDRIER, 2, NOON)
    assert documents.get(CALENDRIER, 1).version.state is VersionState.DRAFT
    deciding.roll_back(CALENDRIER, SEED, NOON)
    again = deciding.compare_again(CALENDRIER, 1, NOON)
    deciding.approve(CALENDRIER, again.number, NOON)

    part = DynamoReceptionTimetable(table).read()
    told = [(one.number, one.starts_at, one.obeyed) for one in part.calendrier]
    assert told == [(3, NOON, CalendrierPart()), (4, tomorrow, FIRST.obeyed_from(NOON))]
    assert documents.timetable(CALENDRIER).to_come(NOON) == 4
    assert documents.get(CALENDRIER, 1).version.state is VersionState.WITHDRAWN
    assert documents.get(CALENDRIER, 1).body == FIRST


def test_who_lost_a_race_has_written_nothing(documents: DynamoDocuments, deciding: Deciding) -> None:
    first, second = (deciding.propose(CALENDRIER, body, NOON) for body in (FIRST, SECOND))
    empty = documents.timetable(CALENDRIER)
    decisions = [approve(one, (), empty, None, "claire", NOON) for one in (first, second)]
    documents.decide(CALENDRIER, decisions[0])

    with pytest.raises(DecidedMeanwhile):
        documents.decide(CALENDRIER, decisions[1])

    assert documents.get(CALENDRIER, 2).version == second
    assert documents.timetable(CALENDRIER).at(NOON) == 1


@pytest.mark.parametrize("was_approved", [False, True])
def test_what_was_checked_against_another_kind_is_not_written_once_that_one_has_moved(
    documents: DynamoDocuments, deciding: Deciding, was_approved: bool
) -> None:
    other = replace(CALENDRIER, name="other")
    if was_approved:
        deciding.approve(other, deciding.propose(other, FIRST, NOON).number, NOON)
    read = documents.timetables_of(("calendrier", "other"))
    proposed = deciding.propose(CALENDRIER, FIRST, NOON)
    decision = approve(proposed, None, read["calendrier"], None, "claire", NOON)
    documents.decide(CALENDRIER, replace(decision, unmoved=(read["other"],)))
    again = deciding.propose(CALENDRIER, SECOND, NOON)
    decision = approve(again, None, documents.timetable(CALENDRIER), None, "claire", NOON)
    deciding.approve(other, deciding.propose(other, SECOND, NOON).number, NOON)

    with pytest.raises(DecidedMeanwhile):
        documents.decide(CALENDRIER, replace(decision, unmoved=(read["other"],)))

    assert documents.timetable(CALENDRIER).at(NOON) == proposed.number


def test_a_large_body_lies_in_the_bucket_by_its_number_and_digest(
    table: Table, documents: DynamoDocuments, deciding: Deciding, bodies: FakeObjects, contract: Contract
) -> None:
    deciding = replace(deciding, signed=signed_of(contract))
    dwellings = tuple(replace(PATRIMOINE.dwellings[0], dwelling_id=f"D{number}") for number in range(2000))
    large = replace(PATRIMOINE, dwellings=dwellings)
    numbers = [deciding.propose(KIND, large, NOON).number for _ in range(2)]
    deciding.approve(KIND, numbers[0], NOON)

    digest = documents.digest(large)
    assert [version.digest for version in documents.versions(KIND, 3)] == [digest] * 2
    assert set(bodies.objects) == {f"documents/patrimoine/00000{number}-{digest}.json" for number in numbers}
    with counted_requests(table.client) as sent:
        assert documents.get(KIND, 2).body == large
    assert sent == ["GetItem"]


def test_what_a_dispatch_is_decided_by_costs_a_warm_function_one_request_each_half_minute(
    table: Table, documents: DynamoDocuments, contract: Contract
) -> None:
    put_in_force(documents, SATURDAY_NIGHT - timedelta(days=2), **bodies_of(PATRIMOINE, ENTREPRISES, DUTIES))
    clock = Stopwatch()
    in_force = InForce(DynamoReceptionTimetable(table), contract, clock)
    reference = LivingReferenceData(Living(in_force, documents, {}))

    def asked(seconds: int) -> list[str]:
        clock.seconds, now = seconds, SATURDAY_NIGHT + timedelta(seconds=seconds)
        with counted_requests(table.client) as sent:
            reference.patrimoine(now)
            reference.entreprises(now)
            assert set(reference.duties("2026-11", now)) == set(DUTIES)
            assert set(reference.versions(now).values()) == {1}
        return sent

    assert [asked(seconds) for seconds in (0, 29, 30)] == [["GetItem"] * 5, [], ["GetItem"]]


def test_a_version_is_withdrawn_once(documents: DynamoDocuments, deciding: Deciding) -> None:
    proposed = deciding.propose(CALENDRIER, FIRST, NOON)
    decision = withdraw(proposed, Timetable("calendrier"), NOON)
    documents.decide(CALENDRIER, decision)

    with pytest.raises(DecidedMeanwhile):
        documents.decide(CALENDRIER, decision)
    with pytest.raises(DecidedMeanwhile):
        documents.add(CALENDRIER, Document(proposed, FIRST))


def test_the_list_of_all_documents_asks_the_same_of_the_table_whatever_their_history(
    table: Table, documents: DynamoDocuments, deciding: Deciding
) -> None:
    base = Version("calendrier", 1, "d", VersionState.PROPOSED, SEED, NOON, "claire", {"closures": 0})
    asked = []
    for number in range(1, 13):
        version = replace(base, number=number, compared_with=number - 1)
        documents.add(CALENDRIER, Document(version, Calendrier()))
        if number == 1:
            decision = approve(version, None, documents.timetable(CALENDRIER), None, "claire", NOON)
            documents.decide(CALENDRIER, decision)
        with counted_requests(table.client) as sent:
            views = view_every_document(deciding, KINDS.values(), (), (), NOON)
        asked.append(len(sent))
        assert views["calendrier"].in_force is not None
        assert views["calendrier"].in_force.number == 1
    of_the_one_in_force = 1
    assert set(asked) == {1 + len(KINDS) + of_the_one_in_force}
