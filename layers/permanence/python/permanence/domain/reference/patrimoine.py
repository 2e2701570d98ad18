"""The landlord's dwellings and who repairs what there (R30, R32, R33, R40)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Dwelling:
    """One dwelling of the patrimoine file; `file_number` is the tenant file number (dossier).

    `building`, `stair` and `door` are bare labels (B, 2, 104); `floor` is a level, 0 being the ground.
    """

    dwelling_id: str
    building_id: str
    file_number: str
    residence: str
    building: str
    street_number: str
    street: str
    postcode: str
    commune: str
    stair: str
    floor: str
    door: str
    agency: str
    sector: str  # the on-call sector of the rota

    @property
    def address(self) -> str:
        """``14 rue des Tanneurs``."""
        return f"{self.street_number} {self.street}".strip()

    @property
    def details(self) -> str:
        """``bât. B, escalier 2, 1er étage, porte 104``, without what the file does not know."""
        known = (
            self.building_details,
            _spell_floor(self.floor),
            f"porte {self.door}" if self.door else "",
        )
        return ", ".join(part for part in known if part)

    @property
    def building_details(self) -> str:
        """``bât. B, escalier 2``: where the common parts are that this dwelling shares."""
        known = (f"bât. {self.building}" if self.building else "", f"escalier {self.stair}" if self.stair else "")
        return ", ".join(part for part in known if part)


def _spell_floor(floor: str) -> str:
    if not floor.removeprefix("-").isdigit():
        return floor
    level = int(floor)
    if level < 0:
        return "sous-sol"
    return ("rez-de-chaussée", "1er étage")[level] if level < 2 else f"{level}e étage"


@dataclass(frozen=True, slots=True)
class Contractor:
    """A technical contractor (prestataire technique); numbers in E.164."""

    contractor_id: str
    name: str
    trade: str
    phone: str
    second_phone: str | None = None


@dataclass(frozen=True, slots=True)
class ContractorAssignment:
    """A contractor holds a motif in a building, or in a whole commune, between two days.

    `rank` 1 is called before rank 2. Valid on [starts_on, ends_before); `ends_before` None means open-ended.
    """

    motif: str
    contractor_id: str
    rank: int
    starts_on: date
    ends_before: date | None = None
    building_id: str | None = None
    commune: str | None = None


@dataclass(frozen=True, slots=True)
class Patrimoine:
    """One version of the reference data that Habitat 70 sends."""

    version: str
    dwellings: tuple[Dwelling, ...]
    contractors: tuple[Contractor, ...]
    assignments: tuple[ContractorAssignment, ...]


@dataclass(frozen=True, slots=True)
class ContractorChoice:
    """A contractor for a motif somewhere, and the contract that makes it so (R40)."""

    contractor: Contractor
    rank: int
    assignment: ContractorAssignment


@dataclass(frozen=True, slots=True)
class Hole:
    """A motif that no contractor holds in a building on a day; `fallback` names who is called instead (R32)."""

    motif: str
    building_id: str
    commune: str
    fallback: str


def contractors_for(
    patrimoine: Patrimoine, motif: str, *, building_id: str | None, commune: str, day: date
) -> tuple[ContractorChoice, ...]:
    """Who repairs a motif in a building (None at a free address) on a Paris-local day, first to be called first.

    At each rank a contract on the building beats one on the commune, then the newest counts. A contract whose
    contractor is unknown counts for nothing; nobody comes twice. Empty when there is none.
    """
    wanted = normalise(commune)
    candidates = [
        assignment
        for assignment in patrimoine.assignments
        if assignment.motif == motif
        and (
            (building_id is not None and assignment.building_id == building_id)
            or (assignment.building_id is None and normalise(assignment.commune or "") == wanted)
        )
    ]
    return _choose(candidates, {contractor.contractor_id: contractor for contractor in patrimoine.contractors}, day)


def holes(patrimoine: Patrimoine, motifs: Iterable[str], day: date) -> tuple[Hole, ...]:
    """Every (motif, building) of these contractor motifs that no contractor holds on a Paris-local day (R32)."""
    contractors = {contractor.contractor_id: contractor for contractor in patrimoine.contractors}
    by_building: dict[tuple[str, str], list[ContractorAssignment]] = {}
    by_commune: dict[tuple[str, str], list[ContractorAssignment]] = {}
    for assignment in patrimoine.assignments:
        if assignment.building_id is not None:
            by_building.setdefault((assignment.motif, assignment.building_id), []).append(assignment)
        elif assignment.commune is not None:
            by_commune.setdefault((assignment.motif, normalise(assignment.commune)), []).append(assignment)
    buildings = {dwelling.building_id: dwelling for dwelling in patrimoine.dwellings}
    communes = {dwelling.commune: normalise(dwelling.commune) for dwelling in buildings.values()}
    return tuple(
        Hole(motif, building_id, dwelling.commune, f"technicien d’astreinte, secteur {dwelling.sector}")
        for motif in motifs
        for building_id, dwelling in sorted(buildings.items())
        if not _choose(
            [*by_building.get((motif, building_id), ()), *by_commune.get((motif, communes[dwelling.commune]), ())],
            contractors,
            day,
        )
    )


def sector_of_commune(patrimoine: Patrimoine, commune: str) -> str | None:
    """The on-call sector of most dwellings of a commune, for an address that is not in the base (R28)."""
    wanted = normalise(commune)
    sectors = Counter(dwelling.sector for dwelling in patrimoine.dwellings if normalise(dwelling.commune) == wanted)
    return min(sectors, key=lambda sector: (-sectors[sector], sector), default=None)


def _choose(
    candidates: Sequence[ContractorAssignment], contractors: dict[str, Contractor], day: date
) -> tuple[ContractorChoice, ...]:
    in_force = [
        assignment
        for assignment in candidates
        if assignment.contractor_id in contractors
        and assignment.starts_on <= day
        and (assignment.ends_before is None or day < assignment.ends_before)
    ]
    in_force.sort(key=lambda a: (a.rank, a.building_id is None, -a.starts_on.toordinal(), a.contractor_id))
    chosen: dict[str, ContractorChoice] = {}
    ranks: set[int] = set()
    for assignment in in_force:
        if assignment.rank in ranks:
            continue
        ranks.add(assignment.rank)
        contractor = contractors[assignment.contractor_id]
        chosen.setdefault(contractor.contractor_id, ContractorChoice(contractor, assignment.rank, assignment))
    return tuple(chosen.values())


# --- words as people type them ---------------------------------------------------------------------------------------

_ABBREVIATIONS = {
    "all": "allee",
    "appt": "logement",
    "appartement": "logement",
    "av": "avenue",
    "ave": "avenue",
    "bat": "batiment",
    "bd": "boulevard",
    "bld": "boulevard",
    "boul": "boulevard",
    "ch": "chemin",
    "che": "chemin",
    "chem": "chemin",
    "dr": "docteur",
    "esc": "escalier",
    "fbg": "faubourg",
    "fg": "faubourg",
    "gal": "general",
    "imp": "impasse",
    "lgt": "logement",
    "log": "logement",
    "logt": "logement",
    "lot": "lotissement",
    "mal": "marechal",
    "pl": "place",
    "q": "quai",
    "r": "rue",
    "res": "residence",
    "rte": "route",
    "sq": "square",
    "st": "saint",
    "ste": "sainte",
}
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_WORD = re.compile(r"[a-z0-9]+")


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text without case, accents, ligatures or punctuation, abbreviations as they stand."""
    folded = unicodedata.normalize("NFD", text.casefold().translate(_LIGATURES))
    return tuple(_WORD.findall("".join(c for c in folded if not unicodedata.combining(c))))


def expand(word: str) -> str:
    """A plain word with its abbreviation spelt out: bat → batiment, st → saint."""
    return _ABBREVIATIONS.get(word, word)


def normalise(text: str) -> str:
    """« Bât. B, av. St-Martin » → « batiment b avenue saint martin »: equal for all ways of writing one place."""
    return " ".join(expand(word) for word in plain_words(text))
