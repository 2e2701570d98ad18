"""Entreprises as a living document: what changes, and what that does to the night (R30, R40)."""

from collections.abc import Mapping

from permanence.domain.reference.documents import Change, whole
from permanence.domain.reference.effects import of_entreprises
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.entreprises_checks import checks
from permanence.domain.reference.entries import changes_of


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
    checks=checks,
    changes=changes,
    counts=counts,
    looks_at=("patrimoine",),
    effects=of_entreprises,
)
