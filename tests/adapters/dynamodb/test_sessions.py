"""Sessions, challenges, spent codes and counted tries in the table (R74)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from permanence.adapters.dynamodb.items import Table, from_attributes
from permanence.adapters.dynamodb.members import DynamoMembers
from permanence.adapters.dynamodb.sessions import DynamoSessions
from permanence.adapters.dynamodb.tries import DynamoTries
from permanence.application.access.members import Person
from permanence.application.access.sign_in_gate import Tries
from permanence.application.access.signing_in import Awaited, Challenge, Session, Step
from tests.fakes.table import counted_requests

NOW = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
NADEGE = Person("id-1", "n@reception.example", "Nadège", "Roussel", "+33639980101", ("superviseur", "teleconseiller"))
SESSION = Session("a" * 64, NADEGE, "csrf", NOW, NOW)
AWAITED = Awaited(Step.ENROLMENT, "id-1", "handle", "SECRET")
CHALLENGE = Challenge("b" * 64, "n@reception.example", "acc", AWAITED, "/desk", NOW, person=NADEGE)


@pytest.fixture
def sessions(table: Table) -> DynamoSessions:
    return DynamoSessions(table)


def items(table: Table) -> list[dict[str, object]]:
    return [from_attributes(item) for item in table.client.scan(TableName=table.name)["Items"]]


def test_a_session_comes_back_with_the_line_of_its_person_for_one_request(
    table: Table, sessions: DynamoSessions
) -> None:
    member = DynamoMembers(table).came_in(NADEGE, NOW)
    sessions.put_session(SESSION)
    with counted_requests(table.client) as requests:
        assert sessions.session(SESSION.key, "id-1") == (SESSION, member)
    assert requests == ["BatchGetItem"]


def test_a_session_of_nobody_in_the_register_is_none(sessions: DynamoSessions) -> None:
    sessions.put_session(SESSION)
    assert sessions.session(SESSION.key, "id-1") is None


def test_a_challenge_comes_back_as_it_was_put(sessions: DynamoSessions) -> None:
    sessions.put_challenge(CHALLENGE)
    assert sessions.challenge(CHALLENGE.key) == CHALLENGE


def test_a_challenge_is_never_a_session(table: Table, sessions: DynamoSessions) -> None:
    DynamoMembers(table).came_in(NADEGE, NOW)
    sessions.put_challenge(CHALLENGE)
    assert sessions.session(CHALLENGE.key, "id-1") is None


def test_use_moves_the_last_sight_of_a_session(table: Table, sessions: DynamoSessions) -> None:
    member = DynamoMembers(table).came_in(NADEGE, NOW)
    sessions.put_session(SESSION)
    later = NOW + timedelta(minutes=5)
    sessions.touch(SESSION.key, later)
    assert sessions.session(SESSION.key, "id-1") == (replace(SESSION, seen_at=later), member)


def test_a_session_that_is_gone_does_not_come_back_by_use(table: Table, sessions: DynamoSessions) -> None:
    sessions.put_session(SESSION)
    sessions.delete(SESSION.key)
    sessions.touch(SESSION.key, NOW)
    assert items(table) == []


def test_tries_are_counted_up_to_the_last_and_not_beyond(sessions: DynamoSessions) -> None:
    sessions.put_challenge(CHALLENGE)
    assert [sessions.count_try(CHALLENGE.key, 3) for _ in range(4)] == [True, True, True, False]


def test_a_challenge_that_is_gone_has_no_tries(table: Table, sessions: DynamoSessions) -> None:
    assert sessions.count_try(CHALLENGE.key, 3) is False
    assert items(table) == []


@pytest.mark.parametrize(("later_s", "spent"), [(299, False), (300, True)])
def test_a_code_is_spent_once_until_it_is_forgotten(sessions: DynamoSessions, later_s: int, spent: bool) -> None:
    assert sessions.spend_code("id-1", "123456", NOW, NOW + timedelta(seconds=300))
    later = NOW + timedelta(seconds=later_s)
    assert sessions.spend_code("id-1", "123456", later, later + timedelta(seconds=300)) is spent


def test_a_code_of_one_is_not_spent_for_another(sessions: DynamoSessions) -> None:
    until = NOW + timedelta(minutes=5)
    assert sessions.spend_code("id-1", "123456", NOW, until)
    assert sessions.spend_code("id-2", "123456", NOW, until)


def test_every_item_of_a_sign_in_is_erased_and_names_nobody_in_its_key(table: Table, sessions: DynamoSessions) -> None:
    sessions.put_session(SESSION)
    sessions.put_challenge(CHALLENGE)
    sessions.spend_code("id-1", "123456", NOW, NOW + timedelta(minutes=5))
    DynamoTries(table).add("c" * 64, NOW)
    kept = items(table)
    assert len(kept) == 4
    for item in kept:
        assert str(item["purge_pk"]).startswith("habitat70#P#2026-11-2")
        assert item["purge_sk"] == f"{item['pk']}|{item['sk']}"
        assert "id-1" not in str(item["pk"])
        assert "123456" not in str(item["pk"])


def test_tries_come_back_as_they_were_put(table: Table) -> None:
    tries = DynamoTries(table)
    counted = Tries("c" * 64, 3, NOW, NOW + timedelta(days=30))
    tries.put(counted, NOW)
    tries.add("d" * 64, NOW)
    tries.add("d" * 64, NOW)
    assert tries.read(["c" * 64, "d" * 64, "e" * 64]) == {"c" * 64: counted, "d" * 64: Tries("d" * 64, 2)}


def test_of_two_that_count_from_the_same_sight_one_counts_again(table: Table) -> None:
    tries = DynamoTries(table)
    first = Tries("c" * 64, 1, NOW)
    assert tries.replace(Tries("c" * 64), first, NOW)
    assert not tries.replace(Tries("c" * 64), first, NOW)
    assert tries.replace(first, replace(first, count=2), NOW)
    assert not tries.replace(first, replace(first, count=2), NOW)
    assert tries.read(["c" * 64])["c" * 64].count == 2
