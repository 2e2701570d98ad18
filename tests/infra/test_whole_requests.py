"""Each request that functions really make of AWS, whole, against the template: one statement of the function's own role
must allow it, as IAM itself weighs it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from infra.table_rights import TABLE_RIGHTS
from tests.infra.iam import IDENTITIES, Question, policy, questions, refused
from tests.infra.recorded_requests import Place, Recorded, places
from tests.infra.rehearsal import Rehearsal
from tests.infra.stage import new_stage
from tests.infra.synthesis import Template
from tests.infra.table_requests import asked, may, weighed

# The demonstration puts its reference data in force by itself.
LOADING = {("dynamodb/documents.py", name) for name in ("get_item", "put_item", "transact_write_items")} | {
    ("dynamodb/queries.py", "query"),
    ("dynamodb/timetable.py", "get_item"),
}
# Asked for in tests/failures only: nothing of a rehearsal goes wrong.
IN_THE_NIGHTS = {("notify", "Query", "open")}
FUNCTIONS = [*TABLE_RIGHTS, "outbox_relay"]


@pytest.fixture(scope="module")
def rehearsal() -> Rehearsal:
    with new_stage() as stage:
        rehearsal = Rehearsal(stage)
        rehearsal.play()
    return rehearsal


@pytest.fixture(scope="module")
def of_functions(rehearsal: Rehearsal) -> Sequence[Recorded]:
    return [request for request in rehearsal.recording.requests if request.function is not None]


@pytest.fixture(scope="module")
def whole(rehearsal: Rehearsal, of_functions: Sequence[Recorded]) -> list[Question]:
    found = {one for request in of_functions for one in questions(request, rehearsal.stage.names)}
    return sorted(found, key=repr)


@pytest.fixture(scope="module")
def policies(aws: Template) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    return {function: policy(aws, function) for function in FUNCTIONS}


def test_every_function_is_recorded_and_every_call_of_an_adapter(
    rehearsal: Rehearsal, of_functions: Sequence[Recorded]
) -> None:
    recorded: set[Place | None] = {request.place for request in of_functions}
    assert {request.function for request in of_functions} == set(FUNCTIONS)
    others = {request.place for request in rehearsal.recording.requests if request.function is None}
    assert {(one.file, one.operation) if one else None for one in others} <= LOADING
    assert [str(one) for one in places() if one not in recorded] == []
    assert [request.operation for request in of_functions if request.place is None] == []


def test_one_statement_allows_each_request_with_all_its_keys(
    whole: list[Question], policies: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    assert refused(policies, whole) == set()


def test_rights_that_stand_in_two_statements_are_not_united(
    policies: Mapping[str, Sequence[Mapping[str, Any]]],
) -> None:
    """What a page of the desk asks, on the template as it was."""
    page = Question("desk", "dynamodb:BatchGetItem", "Table", ("S#0", "habitat70#USERS"))
    assert refused(policies, [page]) == set()
    apart = [
        {
            "Effect": "Allow",
            "Action": "dynamodb:BatchGetItem",
            "Resource": ["Table"],
            "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [pattern]}},
        }
        for pattern in ("S#*", "habitat70#USERS")
    ]
    assert refused({"desk": apart}, [page]) == {page}


def test_a_mail_leaves_in_our_own_name_only_whichever_identity_stands_for_it(
    whole: list[Question], policies: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """The domain's, the address's own, and a recipient's: as long as an account is in the sandbox, his is asked too."""
    (sender,) = {one.sender for one in whole if one.sender}
    named = [replace(one, resource=f"{IDENTITIES}mairie@habitat70.example") for one in whole if one.sender]
    assert refused(policies, named) == set()
    forged = {replace(one, sender=f"directeur@{sender.partition('@')[2]}") for one in named}
    assert refused(policies, sorted(forged, key=repr)) == forged


def test_the_recorder_of_all_other_tests_weighs_the_table_as_iam_does(
    whole: list[Question], policies: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """What each function asks of the table, asked in the name of each."""
    crossed = [
        Question(function, one.action, one.resource, one.keys)
        for function in TABLE_RIGHTS
        for one in sorted(
            {Question("", one.action, one.resource, _families(one.keys)) for one in whole if one.keys}, key=repr
        )
    ]
    forbidden = {
        one
        for one in crossed
        if not may(
            one.function,
            asked(one.action.removeprefix("dynamodb:"), *one.keys, index=one.resource.partition("/index/")[2] or None),
        )
    }
    assert refused(policies, crossed) == forbidden
    assert forbidden
    assert len(forbidden) < len(crossed)


def _families(keys: Sequence[str]) -> tuple[str, ...]:
    """One key of each kind."""
    return tuple({key.removeprefix("habitat70#").split("#")[0]: key for key in sorted(keys)}.values())


def test_each_right_to_the_table_is_one_that_a_request_needs(of_functions: Sequence[Recorded]) -> None:
    """So no function has more than it uses, and a right that is lost is missed here before it is on a page."""
    made = {
        (request.function, one.action, one.index)
        for request in of_functions
        if request.service == "dynamodb"
        for one in weighed(request.operation, request.params)
    }
    granted = {
        (function, action, grant.index)
        for function, grants in TABLE_RIGHTS.items()
        for grant in grants
        for action in grant.actions
    }
    assert granted - made == IN_THE_NIGHTS
