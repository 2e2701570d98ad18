"""Updates of the rota that are watched, on the table (R30)."""

from datetime import UTC, datetime, timedelta

import pytest

from permanence.adapters.dynamodb.documents import DynamoDocuments
from permanence.adapters.dynamodb.due_items import DynamoDueItems
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.rota_updates import DynamoRotaUpdates
from permanence.application.dispatch.ports import RotaUpdate
from permanence.application.dispatch.rota_updates import LATE_AFTER, count_late
from permanence.application.reference.ports import Document
from permanence.domain.reference.documents import Version, VersionState
from permanence.domain.reference.planning import Planning
from permanence.domain.reference.planning_checks import PLANNING
from tests.fakes.providers import FakeObjects
from tests.fakes.table import counted_requests

AT = datetime(2026, 11, 30, 21, 5, tzinfo=UTC)


def _proposed(number: int, state: VersionState) -> Document:
    return Document(Version("planning", number, "d", state, 0, AT, "u", {}), Planning(()))


def test_an_update_that_still_waits_45_minutes_after_its_receipt_rings_until_it_is_decided(table: Table) -> None:
    updates, due, documents = DynamoRotaUpdates(table), DynamoDueItems(table), DynamoDocuments(table, FakeObjects())
    documents.add(PLANNING, _proposed(7, VersionState.PROPOSED))
    updates.watch(RotaUpdate("20261130T210500Z-abc", 7, AT), AT + LATE_AFTER)
    assert due.overdue(AT + LATE_AFTER - timedelta(seconds=1)).rota_updates == ()
    late = due.overdue(AT + LATE_AFTER).rota_updates
    assert late == (("20261130T210500Z-abc", 7),)
    with counted_requests(table.client) as requests:
        assert count_late(late, updates) == 1
    assert requests == ["Query"]
    assert due.overdue(AT + LATE_AFTER).rota_updates == late


@pytest.mark.parametrize("newer_waits", [True, False])
def test_one_that_was_decided_is_watched_no_longer_unless_a_newer_one_waits(table: Table, newer_waits: bool) -> None:
    updates, due, documents = DynamoRotaUpdates(table), DynamoDueItems(table), DynamoDocuments(table, FakeObjects())
    documents.add(PLANNING, _proposed(7, VersionState.WITHDRAWN))
    documents.add(PLANNING, _proposed(8, VersionState.PROPOSED if newer_waits else VersionState.APPROVED))
    updates.watch(RotaUpdate("20261130T210500Z-abc", 7, AT), AT + LATE_AFTER)
    assert count_late(due.overdue(AT + LATE_AFTER).rota_updates, updates) == newer_waits
    assert bool(due.overdue(AT + LATE_AFTER).rota_updates) == newer_waits
