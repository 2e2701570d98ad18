"""Every kind of living document that has its page, in the order of the référentiel."""

from collections.abc import Mapping

from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from decisions import calendrier_parts, messages_parts
from decisions.parts import Parts

PARTS: Mapping[str, Parts] = {parts.kind.name: parts for parts in (calendrier_parts.PARTS, messages_parts.PARTS)}


def parts_of(document: str) -> Parts:
    """Of the kind that an address names. Raises NotFoundError."""
    if document not in PARTS:
        raise NotFoundError
    return PARTS[document]
