"""The companies that repair, and who of them repairs what, where and until when (R32, R40)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from permanence.domain.reference.documents import Change, whole
from permanence.domain.reference.entries import changes_of
from permanence.domain.reference.patrimoine import Dwelling, NamedContractor, Patrimoine
from permanence.domain.reference.places import Somewhere, Where, is_in, normalise

_NARROWEST_FIRST = (Where.BUILDING, Where.RESIDENCE, Where.COMMUNE, Where.AGENCY, Where.EVERYWHERE)


@dataclass(frozen=True, slots=True)
class Contractor:
    """A technical contractor (prestataire technique); numbers in E.164; `hours` as Habitat 70 words them."""

    contractor_id: str
    name: str
    trade: str
    phone: str
    second_phone: str | None = None
    hours: str = ""
    called_by_tenants: bool = False


@dataclass(frozen=True, slots=True)
class ContractorAssignment:
    """A contractor holds a motif in a zone, between two days.

    `rank` 1 is called before rank 2. Valid on [starts_on, ends_before); `ends_before` None means open-ended.
    """

    motif: str
    contractor_id: str
    rank: int
    starts_on: date
    ends_before: date | None = None
    where: Where = Where.EVERYWHERE
    place: str = ""

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_before is None or day < self.ends_before)


@dataclass(frozen=True, slots=True)
class Entreprises:
    contractors: tuple[Contractor, ...] = ()
    assignments: tuple[ContractorAssignment, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractorChoice:
    """A contractor for a motif somewhere, and what makes it so: a contract, or the building's own line (R40)."""

    contractor: Contractor
    rank: int
    by: ContractorAssignment | NamedContractor


@dataclass(frozen=True, slots=True)
class Hole:
    """A motif that no contractor holds in a building on a day; `fallback` names who is called instead (R32)."""

    motif: str
    building_id: str
    commune: str
    fallback: str


def contractors_for(
    patrimoine: Patrimoine, entreprises: Entreprises, motif: str, place: Somewhere, day: date
) -> tuple[ContractorChoice, ...]:
    """Who repairs a motif somewhere on a Paris-local day, first to be called first.

    Those named on the building come first, then the ranks of Entreprises: at each one the narrowest zone, of equal ones
    the newest contract. A line whose contractor is unknown counts for nothing; nobody comes twice. Empty when there is
    none.
    """
    named = [one for one in patrimoine.named if one.motif == motif and one.building_id == place.building_id]
    zoned = [
        one
        for one in entreprises.assignments
        if one.motif == motif and one.holds_on(day) and is_in(place, one.where, one.place)
    ]
    return _choose(named, zoned, {one.contractor_id: one for one in entreprises.contractors})


def holes(patrimoine: Patrimoine, entreprises: Entreprises, motifs: Iterable[str], day: date) -> tuple[Hole, ...]:
    """Every (motif, building) of these contractor motifs that no contractor holds on a Paris-local day (R32)."""
    contractors = {one.contractor_id for one in entreprises.contractors}
    held = {
        (one.motif, one.where, normalise(one.place))
        for one in entreprises.assignments
        if one.contractor_id in contractors and one.holds_on(day)
    }
    held |= {
        (one.motif, Where.BUILDING, normalise(one.building_id))
        for one in patrimoine.named
        if one.contractor_id in contractors
    }
    buildings = {dwelling.building_id: dwelling for dwelling in patrimoine.dwellings}
    zones = {building_id: _zones_of(dwelling) for building_id, dwelling in buildings.items()}
    return tuple(
        Hole(motif, building_id, dwelling.commune, f"technicien d’astreinte, secteur {dwelling.sector}")
        for motif in motifs
        for building_id, dwelling in sorted(buildings.items())
        if not any((motif, where, place) in held for where, place in zones[building_id])
    )


def changes(in_force: Entreprises, proposed: Entreprises) -> tuple[Change, ...]:
    """What is added, changed and removed: companies, then what they hold."""
    return (
        *changes_of(in_force.contractors, proposed.contractors, lambda one: one.contractor_id),
        *changes_of(
            in_force.assignments,
            proposed.assignments,
            lambda one: (one.motif, one.where, one.place, one.rank, one.contractor_id, one.starts_on),
        ),
    )


def counts(entreprises: Entreprises) -> Mapping[str, int]:
    return {"contractors": len(entreprises.contractors), "assignments": len(entreprises.assignments)}


ENTREPRISES = whole(
    "entreprises",
    Entreprises,
    proposed_by=("habitat70", "superviseur"),
    approved_by=("habitat70", "superviseur"),
    checks=lambda *_: (),
    changes=changes,
    counts=counts,
)


def _zones_of(dwelling: Dwelling) -> tuple[tuple[Where, str], ...]:
    """All that cover it."""
    return (
        (Where.EVERYWHERE, ""),
        (Where.AGENCY, normalise(dwelling.agency)),
        (Where.COMMUNE, normalise(dwelling.commune)),
        (Where.RESIDENCE, normalise(dwelling.residence)),
        (Where.BUILDING, normalise(dwelling.building_id)),
    )


def _choose(
    named: list[NamedContractor], zoned: list[ContractorAssignment], contractors: dict[str, Contractor]
) -> tuple[ContractorChoice, ...]:
    named.sort(key=lambda one: (one.rank, one.contractor_id))
    zoned.sort(
        key=lambda one: (
            one.rank,
            _NARROWEST_FIRST.index(one.where),
            -one.starts_on.toordinal(),
            one.contractor_id,
        )
    )
    chosen: dict[str, ContractorChoice] = {}
    ranks: set[int] = set()
    lines: tuple[NamedContractor | ContractorAssignment, ...] = (*named, *zoned)
    for one in lines:
        if one.contractor_id not in contractors or one.rank in ranks:
            continue
        ranks.add(one.rank)
        contractor = contractors[one.contractor_id]
        chosen.setdefault(contractor.contractor_id, ContractorChoice(contractor, one.rank, one))
    return tuple(chosen.values())
