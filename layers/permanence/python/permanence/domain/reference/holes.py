"""What no contractor covers (R32): the technicien of the sector is called instead, then the cadre."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from permanence.domain.frozen import dataclass
from permanence.domain.reference.buildings import Building, buildings_of
from permanence.domain.reference.entreprises import Contractor, Entreprises
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.places import keys_of, normalise
from permanence.domain.reference.resolver import Absence, LeftOut, Resolver


@dataclass(frozen=True)
class Hole:
    """A motif that no contractor holds in a building on a day; `left_out` are those who would, and why they do not."""

    motif: str
    building: Building
    left_out: tuple[LeftOut, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.motif, self.building.building_id


def holes(patrimoine: Patrimoine, entreprises: Entreprises, motifs: Iterable[str], day: date) -> tuple[Hole, ...]:
    """Of these contractor motifs, on a Paris-local day: by motif, then in the order of the patrimoine."""
    wanted = tuple(motifs)
    resolver = Resolver(patrimoine, entreprises, wanted)
    covered = resolver.covered(day)
    buildings = buildings_of(patrimoine.dwellings)
    zones = {building_id: keys_of(building) for building_id, building in buildings.items()}
    return tuple(
        Hole(motif, building, resolver.resolve(motif, building, day).left_out)
        for motif in wanted
        for building_id, building in buildings.items()
        if not covered.has(motif, building_id, zones[building_id])
    )


@dataclass(frozen=True)
class Uncovered:
    """Buildings of one commune and one on-call sector that miss a contractor for the same motifs; `left_out` are those
    who would come, each once for each reason."""

    commune: str
    sector: str
    motifs: tuple[str, ...]
    buildings: tuple[Building, ...]
    left_out: tuple[LeftOut, ...]


def gathered(found: Iterable[Hole]) -> tuple[Uncovered, ...]:
    """By commune, in the order of their names; in each, what concerns most buildings first."""
    by_building: dict[str, list[Hole]] = {}
    for hole in found:
        by_building.setdefault(hole.building.building_id, []).append(hole)
    alike: dict[tuple[str, str, tuple[str, ...]], list[Hole]] = {}
    for of_building in by_building.values():
        building, motifs = of_building[0].building, tuple(hole.motif for hole in of_building)
        alike.setdefault((building.commune, building.sector, motifs), []).extend(of_building)
    rows = [
        Uncovered(
            *key,
            buildings=tuple({hole.building.building_id: hole.building for hole in held}.values()),
            left_out=tuple({_reason(one): one for hole in held for one in hole.left_out}.values()),
        )
        for key, held in alike.items()
    ]
    return tuple(sorted(rows, key=lambda one: (normalise(one.commune), -len(one.buildings), one.motifs)))


def _reason(one: LeftOut) -> tuple[str, Absence, date | None]:
    """A contract that ended on another day is another reason."""
    return one.ground.contractor_id, one.absence, one.ground.ends_before


@dataclass(frozen=True)
class Ending:
    """Contracts of one contractor that end on one day with nobody after them: `buildings` then have a hole."""

    contractor: Contractor
    ends_before: date
    motifs: tuple[str, ...]
    buildings: tuple[str, ...]

    @property
    def last_day(self) -> date:
        return self.ends_before - timedelta(days=1)


def endings(
    patrimoine: Patrimoine, entreprises: Entreprises, motifs: Collection[str], after: date, until: date
) -> tuple[Ending, ...]:
    """Those that end on (after, until], Paris-local days, in the order of time."""
    days: dict[date, set[str]] = {}
    for one in entreprises.assignments:
        if one.motif in motifs and one.ends_before is not None and after < one.ends_before <= until:
            days.setdefault(one.ends_before, set()).add(one.motif)
    buildings = buildings_of(patrimoine.dwellings)
    found: list[Ending] = []
    for day, ending in sorted(days.items()):
        resolver = Resolver(patrimoine, entreprises, ending)
        held: dict[Contractor, tuple[set[str], dict[str, None]]] = {}
        for motif in sorted(ending):
            for building in buildings.values():
                before = resolver.contractors_for(motif, building, day - timedelta(days=1))
                if before and not resolver.contractors_for(motif, building, day):
                    its_motifs, its_buildings = held.setdefault(before[0].contractor, (set(), {}))
                    its_motifs.add(motif)
                    its_buildings[building.building_id] = None
        found += [Ending(who, day, tuple(sorted(its)), tuple(those)) for who, (its, those) in held.items()]
    return tuple(found)
