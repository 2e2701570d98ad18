"""The landlord's dwellings and who repairs what there (R30, R32, R33, R40)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Dwelling:
    """One dwelling of the patrimoine file; `file_number` is the tenant file number (dossier)."""

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
