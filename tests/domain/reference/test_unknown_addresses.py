"""A point stays open until the patrimoine holds its address, however either is written (R28, R86)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.unknown_addresses import UnknownAddress, address_key, still_unknown
from tests.functions.desk.desk_world import PATRIMOINE, dwelling

SATURDAY = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)


def told(address: str, at: datetime = SATURDAY) -> UnknownAddress:
    return UnknownAddress(address, at, at, ("CA1",))


@pytest.mark.parametrize(
    "written",
    [
        "12 rue Baron Bouvier, Vesoul",
        "12, r. baron-bouvier 70000 VESOUL",
        "12 rue Baron Bouvier, bât. C, 3e étage, Vesoul",
    ],
)
def test_a_point_closes_itself_once_the_patrimoine_holds_the_address(written: str) -> None:
    assert still_unknown([told(written)], Patrimoine()) == (told(written),)
    assert still_unknown([told(written)], PATRIMOINE) == ()


@pytest.mark.parametrize(
    "written",
    [
        "14 rue Baron Bouvier, Vesoul",
        "12 rue Baron Bouvier, Gray",
        "12 rue Baron Bouvier",
        "112 rue Baron Bouvier, Vesoul",
        "12 rue Baron, Vesoul",
        "Vesoul",
        "",
    ],
)
def test_another_number_street_or_commune_closes_nothing(written: str) -> None:
    assert still_unknown([told(written)], PATRIMOINE) == (told(written),)


def test_the_address_told_last_comes_first() -> None:
    earlier, later = told("1 rue A, Gray"), told("2 rue B, Gray", SATURDAY + timedelta(hours=1))
    assert still_unknown([earlier, later], PATRIMOINE) == (later, earlier)


def test_one_address_is_one_point_however_it_is_typed() -> None:
    assert address_key("6, imp. des Forges - Héricourt") == address_key("6 impasse des forges HERICOURT")
    assert address_key("6 impasse des Forges, Héricourt") != address_key("8 impasse des Forges, Héricourt")


def test_a_dwelling_without_a_commune_holds_nothing() -> None:
    nowhere = replace(dwelling("D1", "B", "1", "1"), commune="")
    assert still_unknown([told("12 rue Baron Bouvier, Vesoul")], Patrimoine(dwellings=(nowhere,))) != ()
