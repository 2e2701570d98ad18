"""Every kind of living document that has its page, in the order of the référentiel."""

from collections.abc import Mapping

from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from decisions import (
    annuaire_parts,
    calendrier_parts,
    entreprises_parts,
    listes_parts,
    messages_parts,
    patrimoine_parts,
    planning_parts,
)
from decisions.parts import Parts
from permanence.application.reference.kinds import KINDS

_ALL = (
    patrimoine_parts,
    entreprises_parts,
    annuaire_parts,
    planning_parts,
    calendrier_parts,
    messages_parts,
    listes_parts,
)
_KNOWN = {one.PARTS.kind.name: one.PARTS for one in _ALL}
PARTS: Mapping[str, Parts] = {name: _KNOWN[name] for name in KINDS if name in _KNOWN}


def parts_of(document: str) -> Parts:
    """Of the kind that an address names. Raises NotFoundError."""
    if document not in PARTS:
        raise NotFoundError
    return PARTS[document]
