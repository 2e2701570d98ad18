"""Who repairs what, where, on which day: the one resolver, which the dispatch obeys (R40)."""

from collections.abc import Collection, Iterator
from datetime import date
from enum import StrEnum

from permanence.domain.frozen import dataclass
from permanence.domain.reference.entreprises import Contractor, ContractorAssignment, Entreprises
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.places import Somewhere, Where, zone_key, zones_of


@dataclass(frozen=True)
class Ground:
    """What makes somebody a candidate: his name on a building in the patrimoine (`where` None), or a contract over a
    zone, valid on [starts_on, ends_before); None means that nothing says so."""

    contractor_id: str
    rank: int
    where: Where | None
    place: str
    starts_on: date | None
    ends_before: date | None


@dataclass(frozen=True)
class ContractorChoice:
    contractor: Contractor
    ground: Ground


class Absence(StrEnum):
    """Why a candidate is not called."""

    UNKNOWN = "unknown"  # Entreprises has nobody of this id
    NOT_BEGUN = "not_begun"
    ENDED = "ended"
    REPLACED = "replaced"  # his rank is held by a narrower zone, or by a newer contract


@dataclass(frozen=True)
class LeftOut:
    """`contractor` is None when he is unknown; `ground` then still says by which id he was named."""

    contractor: Contractor | None
    ground: Ground
    absence: Absence


@dataclass(frozen=True)
class Resolved:
    """`chosen` in the order in which they are called; `left_out` in the order in which they would have been."""

    chosen: tuple[ContractorChoice, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class Covered:
    """By motif, on a day: the zones in which somebody is called, by their keys, and the buildings that name one."""

    zones: Collection[tuple[str, Where, str]]
    named: Collection[tuple[str, str]]

    def has(self, motif: str, building_id: str, zones: Collection[tuple[Where, str]]) -> bool:
        return (motif, building_id) in self.named or any((motif, *zone) in self.zones for zone in zones)


class Resolver:
    """Of one version of each document, indexed: every motif of every building is asked in well under a second.

    `motifs`, when given, are all that it will be asked about.
    """

    def __init__(self, patrimoine: Patrimoine, entreprises: Entreprises, motifs: Collection[str] | None = None) -> None:
        self._contractors = {one.contractor_id: one for one in entreprises.contractors}
        self._by_zone: dict[tuple[str, Where, str], list[ContractorAssignment]] = {}
        self._contracts: dict[tuple[str, str], list[ContractorAssignment]] = {}
        self._named: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for contract in entreprises.assignments:
            if motifs is None or contract.motif in motifs:
                zone = (contract.motif, contract.where, zone_key(contract.where, contract.place))
                self._by_zone.setdefault(zone, []).append(contract)
                self._contracts.setdefault((contract.motif, contract.contractor_id), []).append(contract)
        for one in patrimoine.named:
            if motifs is None or one.motif in motifs:
                self._named.setdefault((one.motif, one.building_id), []).append((one.rank, one.contractor_id))

    def contractors_for(self, motif: str, place: Somewhere, day: date) -> tuple[ContractorChoice, ...]:
        """Who repairs a motif at a place on a Paris-local day, first to be called first; empty when there is nobody."""
        return self.resolve(motif, place, day).chosen

    def resolve(self, motif: str, place: Somewhere, day: date) -> Resolved:
        """With those who are left out, and why.

        Who is named on the building in the patrimoine comes first, then the narrowest zone of Entreprises, then the
        rank, then the newest contract. A rank that is held is not held again by a wider zone; nobody comes twice.
        """
        chosen: dict[str, ContractorChoice] = {}
        left_out: list[LeftOut] = []
        ranks: set[int] = set()
        for ground in self._candidates(motif, place, day):
            contractor = self._contractors.get(ground.contractor_id)
            if contractor is None:
                left_out.append(LeftOut(None, ground, Absence.UNKNOWN))
            elif absence := _absence(ground, day):
                left_out.append(LeftOut(contractor, ground, absence))
            elif ground.rank in ranks:
                left_out.append(LeftOut(contractor, ground, Absence.REPLACED))
            elif ground.contractor_id not in chosen:
                ranks.add(ground.rank)
                chosen[ground.contractor_id] = ContractorChoice(contractor, ground)
        kept = (one for one in left_out if one.ground.contractor_id not in chosen)
        return Resolved(tuple(chosen.values()), tuple(kept))

    def covered(self, day: date) -> "Covered":
        """All at once, for who only asks whether there is anybody."""
        known = self._contractors
        zones = {
            zone
            for zone, contracts in self._by_zone.items()
            if any(one.contractor_id in known and one.holds_on(day) for one in contracts)
        }
        who = {one: self._as_named(one[0], "", 1, one[1], day) for one in self._named_for()}
        lasting = {one for one, ground in who.items() if one[1] in known and _absence(ground, day) is None}
        named = {
            (motif, building_id)
            for (motif, building_id), held in self._named.items()
            if any((motif, contractor_id) in lasting for _, contractor_id in held)
        }
        return Covered(frozenset(zones), frozenset(named))

    def _named_for(self) -> Collection[tuple[str, str]]:
        """Whom buildings name, for which motif."""
        return {(motif, contractor_id) for (motif, _), held in self._named.items() for _, contractor_id in held}

    def _candidates(self, motif: str, place: Somewhere, day: date) -> Iterator[Ground]:
        for rank, contractor_id in sorted(self._named.get((motif, place.building_id or ""), ())):
            yield self._as_named(motif, place.building_id or "", rank, contractor_id, day)
        for where, keys in zones_of(place):
            contracts = [one for key in keys for one in self._by_zone.get((motif, where, key), ())]
            for one in sorted(contracts, key=lambda one: (one.rank, -one.starts_on.toordinal(), one.contractor_id)):
                yield Ground(one.contractor_id, one.rank, where, one.place, one.starts_on, one.ends_before)

    def _as_named(self, motif: str, building_id: str, rank: int, contractor_id: str, day: date) -> Ground:
        """The patrimoine has no dates: they are those of his contracts for the motif, wherever those are. Without any,
        the patrimoine's word is enough."""
        contracts = self._contracts.get((motif, contractor_id), ())
        nearest = min(contracts, key=lambda one: _nearness(one, day), default=None)
        starts_on, ends_before = (nearest.starts_on, nearest.ends_before) if nearest else (None, None)
        return Ground(contractor_id, rank, None, building_id, starts_on, ends_before)


def contractors_for(
    patrimoine: Patrimoine, entreprises: Entreprises, motif: str, place: Somewhere, day: date
) -> tuple[ContractorChoice, ...]:
    """As `Resolver.contractors_for`, for who asks once."""
    return Resolver(patrimoine, entreprises, (motif,)).contractors_for(motif, place, day)


def _absence(ground: Ground, day: date) -> Absence | None:
    if ground.starts_on is not None and day < ground.starts_on:
        return Absence.NOT_BEGUN
    if ground.ends_before is not None and day >= ground.ends_before:
        return Absence.ENDED
    return None


def _nearness(contract: ContractorAssignment, day: date) -> tuple[int, int]:
    """Those in force first, of them the newest; else the one whose time is nearest."""
    if day < contract.starts_on:
        return 1, (contract.starts_on - day).days
    if contract.ends_before is not None and day >= contract.ends_before:
        return 1, (day - contract.ends_before).days
    return 0, (day - contract.starts_on).days
