"""Buildings without a contractor, in French, for the page and for the mail (R32)."""

from collections.abc import Mapping
from datetime import date, timedelta

from permanence.domain.french_dates import MONTHS, day_of_month
from permanence.domain.french_names import at_place, of_name
from permanence.domain.frozen import dataclass
from permanence.domain.reference.buildings import Building
from permanence.domain.reference.holes import Uncovered
from permanence.domain.reference.resolver import Absence, LeftOut
from permanence.web.formats import plural

MOST_ADDRESSES = 5


@dataclass(frozen=True)
class HoleRow:
    """`others` counts the buildings that are not among the `addresses`; `why` is empty when nobody was ever to come."""

    where: str
    commune: str
    buildings: int
    addresses: tuple[str, ...]
    others: int
    motifs: tuple[str, ...]
    why: tuple[str, ...]
    fallback: str


def hole_row(one: Uncovered, labels: Mapping[str, str]) -> HoleRow:
    """`labels` are those of the motifs."""
    return HoleRow(
        where=f"{plural(len(one.buildings), 'immeuble')} {at_place(one.commune)}",
        commune=one.commune,
        buildings=len(one.buildings),
        addresses=tuple(map(_address, one.buildings[:MOST_ADDRESSES])),
        others=max(0, len(one.buildings) - MOST_ADDRESSES),
        motifs=tuple(labels[motif] for motif in one.motifs),
        why=tuple(map(_why, one.left_out)),
        fallback=f"technicien d’astreinte du secteur {one.sector}" if one.sector else "technicien d’astreinte",
    )


def long_day(one: date) -> str:
    """31 décembre 2026"""
    return f"{day_of_month(one)} {MONTHS[one.month - 1]} {one.year}"


def _address(one: Building) -> str:
    return f"{one.address}, bât. {one.name}" if one.name else one.address or one.building_id


def _why(one: LeftOut) -> str:
    name = one.contractor.name if one.contractor else one.ground.contractor_id
    if one.absence is Absence.ENDED and one.ground.ends_before:
        return f"contrat {of_name(name)} fini le {long_day(one.ground.ends_before - timedelta(days=1))}"
    if one.absence is Absence.NOT_BEGUN and one.ground.starts_on:
        return f"contrat {of_name(name)} à partir du {long_day(one.ground.starts_on)}"
    return f"« {name} » n’est pas dans Entreprises"
