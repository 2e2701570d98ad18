"""Whether a building is found by its number as people type it: « 12bis », « 12b », « 2bis », in a file that writes
« 12 bis » for some and « 12 » for others (R33)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

from local.scenarios.patrimoine import made_up_patrimoine
from permanence.application.reference.dwelling_search import DwellingIndex, build_index, search
from permanence.domain.reference.patrimoine import Dwelling

DWELLINGS = 12_000
QUERIES = 200
AT_LEAST = 195
MOST_HITS = 6

TYPED: Mapping[str, tuple[str, Callable[[int], str]]] = {
    "« 12bis » for « 12 bis »": ("bis", "{}bis".format),
    "« 12b » for « 12 bis »": ("bis", "{}b".format),
    "« 12 bis » for « 12 bis »": ("bis", "{} bis".format),
    "« 12 b » for « 12 bis »": ("bis", "{} b".format),
    "« 12bis » for « 12 »": ("", "{}bis".format),
    "« 12b » for « 12 »": ("", "{}b".format),
    "« 12 bis » for « 12 »": ("", "{} bis".format),
    "« 12 b » for « 12 »": ("", "{} b".format),
    "« 12 » for « 12 », next to a 12 bis": ("beside", str),
}
"""How the file writes a number, and what is typed for it."""


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    building_id: str


@dataclass(frozen=True, slots=True)
class Hits:
    """Of so many queries: the building among the first six, and the very first."""

    shown: int
    first: int


def hits(index: DwellingIndex, queries: tuple[Query, ...]) -> Hits:
    found = [[hit.dwelling.building_id for hit in search(index, one.text, MOST_HITS).hits] for one in queries]
    return Hits(
        sum(one.building_id in buildings for one, buildings in zip(queries, found, strict=True)),
        sum(buildings[:1] == [one.building_id] for one, buildings in zip(queries, found, strict=True)),
    )


def numbered_streets() -> tuple[DwellingIndex, Mapping[str, tuple[Query, ...]]]:
    """A patrimoine of full size, a third of whose buildings are the « bis » or the « ter » of their neighbour, and two
    hundred queries for each way of typing a number; the same each time."""
    patrimoine = made_up_patrimoine(DWELLINGS)
    buildings: dict[str, list[Dwelling]] = {}
    for dwelling in patrimoine.dwellings:
        buildings.setdefault(dwelling.building_id, []).append(dwelling)
    alone = [known for known in buildings.values() if not known[0].building]
    kept = [dwelling for known in buildings.values() if known[0].building for dwelling in known]
    written: dict[str, list[list[Dwelling]]] = {"bis": [], "": [], "beside": []}
    for first, second, third, *others in (alone[n : n + 6] for n in range(0, len(alone) - 6, 6)):
        bis, ter = (
            [_next_to(first[0], one, suffix) for one in known] for known, suffix in ((second, "bis"), (third, "ter"))
        )
        written["beside"].append(first)
        written["bis"].append(bis)
        written[""] += others
        kept += [one for known in (first, bis, ter, *others) for one in known]
    index = build_index(replace(patrimoine, dwellings=tuple(kept)))
    random = Random(12)  # noqa: S311 made-up queries, no secret
    return index, {
        way: tuple(_asked(random.choice(written[kind]), typed) for _ in range(QUERIES))
        for way, (kind, typed) in TYPED.items()
    }


def _next_to(neighbour: Dwelling, dwelling: Dwelling, suffix: str) -> Dwelling:
    return replace(
        dwelling,
        street_number=f"{neighbour.street_number} {suffix}",
        street=neighbour.street,
        commune=neighbour.commune,
        postcode=neighbour.postcode,
    )


def _asked(building: list[Dwelling], typed: Callable[[int], str]) -> Query:
    """What an agent types: the number, the street, the commune."""
    one = building[0]
    number = int(one.street_number.split()[0])
    return Query(f"{typed(number)} {one.street} {one.commune}", one.building_id)
