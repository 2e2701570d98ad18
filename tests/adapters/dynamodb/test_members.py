"""The register of people in the table (R74)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.members import DynamoMembers
from permanence.application.access.members import Member, Person
from tests.fakes.table import counted_requests

NOW = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
NADEGE = Person("id-1", "n@reception.example", "Nadège", "Roussel", "+33639980101", ("superviseur", "teleconseiller"))


@pytest.fixture
def members(table: Table) -> DynamoMembers:
    return DynamoMembers(table)


def test_a_first_sign_in_makes_the_line_and_the_next_ones_keep_what_it_holds(members: DynamoMembers) -> None:
    assert members.came_in(NADEGE, NOW) == Member(NADEGE, NOW, last_sign_in_at=NOW)
    members.sign_charter("id-1", "v1", NOW)
    members.end_sessions("id-1")
    later = NOW + timedelta(days=1)
    renamed = replace(NADEGE, last_name="Roussel-Petit")
    assert members.came_in(renamed, later) == Member(renamed, NOW, 1, None, later, "v1", NOW)


def test_closing_and_opening_both_end_the_sessions(members: DynamoMembers) -> None:
    members.put(Member(NADEGE, NOW))
    members.disable("id-1", NOW)
    closed = members.get("id-1")
    assert closed == Member(NADEGE, NOW, generation=1, disabled_at=NOW)
    members.enable("id-1")
    assert members.get("id-1") == Member(NADEGE, NOW, generation=2)


def test_a_person_is_mended_and_the_rest_of_the_line_stays(members: DynamoMembers) -> None:
    members.put(Member(NADEGE, NOW, charter_version="v1", charter_signed_at=NOW))
    members.end_sessions("id-1")
    mended = replace(NADEGE, last_name="Roussel-Petit", phone="+33639980188", groups=("teleconseiller",))
    members.mend(mended)
    assert members.get("id-1") == Member(mended, NOW, 1, charter_version="v1", charter_signed_at=NOW)


def test_a_line_takes_the_place_of_another_at_once(members: DynamoMembers) -> None:
    members.put(Member(NADEGE, NOW, charter_version="v1", charter_signed_at=NOW))
    renewed = Member(replace(NADEGE, user_id="id-2"), NOW, charter_version="v1", charter_signed_at=NOW)
    members.put(renewed, instead_of="id-1")
    assert members.all() == [renewed]


def test_nobody_is_made_by_an_act_on_somebody_who_is_gone(members: DynamoMembers) -> None:
    def mend(user_id: str) -> None:
        members.mend(replace(NADEGE, user_id=user_id))

    for act in (members.end_sessions, members.enable, mend):
        with pytest.raises(Exception, match="ConditionalCheckFailed"):
            act("id-9")
    assert members.get("id-9") is None


def test_the_whole_register_is_one_request(table: Table, members: DynamoMembers) -> None:
    for number in range(60):
        members.put(Member(replace(NADEGE, user_id=f"id-{number}"), NOW))
    with counted_requests(table.client) as requests:
        assert len(members.all()) == 60
    assert requests == ["Query"]
