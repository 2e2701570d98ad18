"""The patrimoine: where Habitat 70's tenants live, and what is to be known of a building at night (R30, R33, R86)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from permanence.domain.reference.instructions import Instruction
from permanence.domain.reference.places import Where, normalise


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
class AgencyPlace:
    """An agency where it is, under its signed id; `hours` as Habitat 70 words them."""

    agency_id: str
    name: str
    address: str
    phone: str
    hours: str


@dataclass(frozen=True, slots=True)
class NamedContractor:
    """Who of Entreprises repairs a motif in one building, before whoever holds the zone; `rank` 1 is called first."""

    building_id: str
    motif: str
    contractor_id: str
    rank: int


@dataclass(frozen=True, slots=True)
class InternalContact:
    """Whom of Annuaire an Affaire of a domain goes to, in a zone."""

    where: Where
    place: str
    domain: str
    service: str
    person_id: str


@dataclass(frozen=True, slots=True)
class MaintenanceContract:
    """Who of Entreprises maintains a lift, a boiler, a gate; valid on [starts_on, ends_before), None: open-ended."""

    building_id: str
    domain: str
    contractor_id: str
    reference: str
    starts_on: date
    ends_before: date | None = None


@dataclass(frozen=True, slots=True)
class Patrimoine:
    agencies: tuple[AgencyPlace, ...] = ()
    dwellings: tuple[Dwelling, ...] = ()
    named: tuple[NamedContractor, ...] = ()
    instructions: tuple[Instruction, ...] = ()
    contacts: tuple[InternalContact, ...] = ()
    maintenance: tuple[MaintenanceContract, ...] = ()


def sector_of_commune(patrimoine: Patrimoine, commune: str) -> str | None:
    """The on-call sector of most dwellings of a commune, for an address that is not in the base (R28)."""
    wanted = normalise(commune)
    sectors = Counter(dwelling.sector for dwelling in patrimoine.dwellings if normalise(dwelling.commune) == wanted)
    return min(sectors, key=lambda sector: (-sectors[sector], sector), default=None)
