"""Files that were sent, in the table: each change on what was read, progress beside it (R30)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from permanence.adapters.dynamodb.imports import DynamoImports
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.purge_index import DynamoPurgeIndex
from permanence.application.reference.file_ports import UnknownImport
from permanence.application.reference.ports import DecidedMeanwhile
from permanence.domain.privacy.retention import purge_stamp
from permanence.domain.reference.imports import Origin, begun, given_up, received, to_correct
from tests.domain.reference.test_imports import FRIDAY, LATER, one
from tests.fakes.table import counted_requests


@pytest.fixture
def imports(table: Table) -> DynamoImports:
    return DynamoImports(table)


def test_an_import_comes_back_as_it_was_and_is_added_once(imports: DynamoImports) -> None:
    assert imports.add(one()) is True
    assert imports.add(replace(one(), sender="somebody else")) is False
    assert imports.get(one().import_id) == one()
    with pytest.raises(UnknownImport):
        imports.get("20261127T151200Z-0")


def test_of_two_changes_on_the_same_reading_one_stands(imports: DynamoImports) -> None:
    imports.add(one())
    imports.save(begun(one(), 1))
    with pytest.raises(DecidedMeanwhile):
        imports.save(given_up(one(), "u70", "", LATER))
    assert imports.get(one().import_id) == begun(one(), 1)


def test_progress_is_told_beside_the_rest_until_the_reading_is_over(imports: DynamoImports) -> None:
    imports.add(one())
    reading = begun(one(), 1)
    imports.save(reading)
    imports.progress(reading, 4000)
    assert imports.get(one().import_id) == replace(reading, lines=4000)
    imports.save(to_correct(reading, "patrimoine", 12_057, 9, LATER))
    with pytest.raises(DecidedMeanwhile):
        imports.progress(reading, 5000)
    assert imports.get(one().import_id).lines == 12_057


def test_the_newest_come_first_and_each_act_is_one_request(table: Table, imports: DynamoImports) -> None:
    for minutes in range(12):
        at = FRIDAY + timedelta(minutes=minutes)
        imports.add(received("calendrier", Origin.MAIL, "a@b.example", f"{minutes}.csv", at, b"x"))
    with counted_requests(table.client) as requests:
        newest = imports.latest(3)
        imports.get(newest[0].import_id)
        imports.save(begun(newest[0], 1))
        imports.progress(begun(newest[0], 1), 7)
    assert [known.file_name for known in newest] == ["11.csv", "10.csv", "9.csv"]
    assert len(requests) == 4


def test_the_columns_that_a_sender_said_are_remembered_for_his_files_of_the_kind(
    table: Table, imports: DynamoImports
) -> None:
    said = {"Patrimoine": {"Ville": "commune", "Nb pièces": ""}}
    imports.remember("patrimoine", "nadia@habitat70.example", said, FRIDAY)
    assert imports.columns("patrimoine", "nadia@habitat70.example") == said
    assert imports.columns("annuaire", "nadia@habitat70.example") == {}
    assert imports.columns("patrimoine", "claire@habitat70.example") == {}
    kept = table.client.scan(TableName=table.name)["Items"]
    assert "nadia" not in str(kept)
    assert all("purge_pk" in item for item in kept)


def test_the_purge_finds_a_file_that_was_sent_with_all_that_was_read_of_it(
    table: Table, imports: DynamoImports
) -> None:
    imports.add(replace(one(), reading=2))
    index = DynamoPurgeIndex(table)
    (keys,) = index.due([purge_stamp(FRIDAY, table.retention).erase_on]).values()
    (stamped,) = index.load(keys)
    assert stamped.files == (
        f"{one().import_id}/file",
        *(f"{one().import_id}/{n}/{what}" for n in (1, 2) for what in ("corrections", "read", "corrected")),
    )
