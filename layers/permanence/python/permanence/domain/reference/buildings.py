"""The buildings of a patrimoine, which are what contractors and instructions are told of (R30)."""

from collections.abc import Collection, Iterable, Mapping

from permanence.domain.frozen import dataclass
from permanence.domain.reference.patrimoine import Dwelling
from permanence.domain.reference.places import Where, keys_of


@dataclass(frozen=True)
class Building:
    """Where its first dwelling says that it is; `name` is its bare label among those of one address."""

    building_id: str
    name: str
    address: str
    residence: str
    commune: str
    agency: str
    sector: str
    dwellings: int


def buildings_of(dwellings: Iterable[Dwelling]) -> Mapping[str, Building]:
    """By id, in the order of the dwellings."""
    by_building: dict[str, list[Dwelling]] = {}
    for dwelling in dwellings:
        by_building.setdefault(dwelling.building_id, []).append(dwelling)
    return {
        building_id: Building(
            building_id,
            housed[0].building,
            housed[0].address,
            housed[0].residence,
            housed[0].commune,
            housed[0].agency,
            housed[0].sector,
            len(housed),
        )
        for building_id, housed in by_building.items()
    }


def zones_held(dwellings: Iterable[Dwelling]) -> Collection[tuple[Where, str]]:
    """Those that cover a dwelling, by their keys; and everywhere."""
    return {(Where.EVERYWHERE, ""), *(zone for one in buildings_of(dwellings).values() for zone in keys_of(one))}
