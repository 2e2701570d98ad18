"""The patrimoine as a living document: what changes, and what that does to the night (R30, R32)."""

from collections.abc import Mapping

from permanence.domain.reference.buildings import buildings_of
from permanence.domain.reference.documents import Change, whole
from permanence.domain.reference.effects import of_patrimoine
from permanence.domain.reference.entries import changes_of
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.patrimoine_checks import checks


def changes(in_force: Patrimoine, proposed: Patrimoine) -> tuple[Change, ...]:
    """What is added, changed and removed, sheet by sheet."""
    return (
        *changes_of(in_force.agencies, proposed.agencies, lambda one: one.agency_id),
        *changes_of(in_force.dwellings, proposed.dwellings, lambda one: one.dwelling_id),
        *changes_of(in_force.named, proposed.named, lambda one: (one.building_id, one.motif, one.rank)),
        *changes_of(
            in_force.instructions, proposed.instructions, lambda one: (one.building_id, one.motif, one.sort, one.text)
        ),
        *changes_of(in_force.contacts, proposed.contacts, lambda one: (one.where, one.place, one.domain)),
        *changes_of(
            in_force.maintenance, proposed.maintenance, lambda one: (one.building_id, one.domain, one.starts_on)
        ),
    )


def counts(patrimoine: Patrimoine) -> Mapping[str, int]:
    buildings = buildings_of(patrimoine.dwellings).values()
    return {
        "dwellings": len(patrimoine.dwellings),
        "buildings": len(buildings),
        "communes": len({one.commune for one in buildings}),
        "agencies": len({one.agency for one in buildings}),
        "named": len(patrimoine.named),
        "instructions": len(patrimoine.instructions),
        "contacts": len(patrimoine.contacts),
        "maintenance": len(patrimoine.maintenance),
    }


PATRIMOINE = whole(
    "patrimoine",
    Patrimoine,
    proposed_by=("habitat70", "superviseur"),
    approved_by=("habitat70", "superviseur"),
    checks=checks,
    changes=changes,
    counts=counts,
    looks_at=("entreprises", "annuaire", "planning"),
    effects=of_patrimoine,
    tells_of_open_ones=True,
)
