"""What holds of every kind of document, whatever it is of."""

from typing import Any

import pytest

from permanence.adapters.contract_file import load_contract
from permanence.adapters.records import from_plain, to_plain
from permanence.application.reference.kinds import KINDS
from permanence.application.reference.signed import seeds_of
from permanence.domain.reference.documents import Kind
from tests.domain.reference.test_calendar import paris

NOON = paris(2026, 11, 30, 12)


def body_of(kind: Kind[Any]) -> Any:
    """What is in force before a first version is."""
    return seeds_of(load_contract()).get(kind.name, kind.schema())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_kind_that_a_kind_looks_at_looks_back(kind: Kind[Any]) -> None:
    assert [other for other in kind.looks_at if kind.name not in KINDS[other].looks_at] == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_is_in_force_is_kept_as_it_is_changed_by_nothing_and_carried_whole(kind: Kind[Any]) -> None:
    body = body_of(kind)
    assert from_plain(kind.schema, to_plain(body)) == body
    assert kind.changes(body, body) == ()
    assert kind.carried(body, body, NOON) == kind.restored(body, body, NOON) == body
    assert kind.brought_over(body, body, body) == kind.erased(body, NOON) == body


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_stands_under_its_name_and_somebody_may_decide_of_it(kind: Kind[Any]) -> None:
    assert KINDS[kind.name] is kind
    assert set(kind.approved_by) <= {"habitat70", "superviseur"}
    assert kind.proposed_by
