"""One item for an address, whoever calls about it and however it is written (R86)."""

from datetime import timedelta

from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.purge_index import DynamoPurgeIndex
from permanence.adapters.dynamodb.unknown_addresses import DynamoUnknownAddresses
from permanence.domain.privacy.retention import purge_stamp
from permanence.domain.reference.unknown_addresses import UnknownAddress
from tests.application.dispatch.night import SATURDAY_NIGHT
from tests.fakes.table import counted_requests

AN_HOUR_LATER = SATURDAY_NIGHT + timedelta(hours=1)


def test_calls_about_one_address_are_one_point_and_a_call_told_twice_counts_once(table: Table) -> None:
    addresses = DynamoUnknownAddresses(table)
    with counted_requests(table.client) as requests:
        addresses.tell("6 impasse des Forges, Héricourt", "CA1", SATURDAY_NIGHT)
    assert requests == ["UpdateItem"]
    addresses.tell("6, imp. des forges HERICOURT", "CA2", AN_HOUR_LATER)
    addresses.tell("6 impasse des Forges, Héricourt", "CA1", AN_HOUR_LATER)
    addresses.tell("8 impasse des Forges, Héricourt", "CA2", AN_HOUR_LATER)

    first, other = sorted(addresses.all(), key=lambda one: one.address)
    assert first == UnknownAddress("6 impasse des Forges, Héricourt", SATURDAY_NIGHT, AN_HOUR_LATER, ("CA1", "CA2"))
    assert other.calls == ("CA2",)


def test_it_is_erased_with_the_last_call_about_it(table: Table) -> None:
    addresses, index = DynamoUnknownAddresses(table), DynamoPurgeIndex(table)
    addresses.tell("6 impasse des Forges, Héricourt", "CA1", SATURDAY_NIGHT)
    addresses.tell("6 impasse des Forges, Héricourt", "CA2", SATURDAY_NIGHT + timedelta(days=30))
    first_day, day = (
        purge_stamp(at, table.retention).erase_on for at in (SATURDAY_NIGHT, SATURDAY_NIGHT + timedelta(days=30))
    )
    due = index.due([first_day, day])
    assert list(due) == [day]
    index.delete(index.load(due[day]))
    assert list(addresses.all()) == []
