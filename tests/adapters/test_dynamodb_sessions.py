"""Sessions, challenges and spent codes in the table (R74)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from permanence.adapters.dynamodb.items import Table, from_attributes
from permanence.adapters.dynamodb.sessions import DynamoSessions
from permanence.application.signing_in import Challenge, Person, Session

NOW = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
NADEGE = Person("id-1", "n@reception.example", "Nadège", "Roussel", "+33639980101", ("superviseur", "teleconseiller"))
SESSION = Session("a" * 64, NADEGE, "csrf", NOW, NOW)
CHALLENGE = Challenge("b" * 64, "id-1", "handle", "/desk", NOW)


@pytest.fixture
def sessions(table: Table) -> DynamoSessions:
    return DynamoSessions(table)


def items(table: Table) -> list[dict[str, object]]:
    return [from_attributes(item) for item in table.client.scan(TableName=table.name)["Items"]]


def test_a_session_comes_back_as_it_was_put(sessions: DynamoSessions) -> None:
    sessions.put_session(SESSION)
    assert sessions.session(SESSION.key) == SESSION


def test_a_challenge_comes_back_as_it_was_put(sessions: DynamoSessions) -> None:
    sessions.put_challenge(CHALLENGE)
    assert sessions.challenge(CHALLENGE.key) == CHALLENGE


def test_a_challenge_is_never_a_session(sessions: DynamoSessions) -> None:
    sessions.put_challenge(CHALLENGE)
    assert sessions.session(CHALLENGE.key) is None


def test_use_moves_the_last_sight_of_a_session(sessions: DynamoSessions) -> None:
    sessions.put_session(SESSION)
    later = NOW + timedelta(minutes=5)
    sessions.touch(SESSION.key, later)
    assert sessions.session(SESSION.key) == replace(SESSION, seen_at=later)


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
    kept = items(table)
    assert len(kept) == 3
    for item in kept:
        assert str(item["purge_pk"]).startswith("habitat70#P#2026-11-2")
        assert item["purge_sk"] == f"{item['pk']}|{item['sk']}"
        assert "id-1" not in str(item["pk"])
        assert "123456" not in str(item["pk"])
