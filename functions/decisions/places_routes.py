"""Which motif has no contractor in which building, and who is called there instead (R32)."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from decisions import entreprises_parts, patrimoine_parts
from decisions.patrimoine_parts import HOLES_PAGE
from decisions.room import Room
from permanence.domain.instants import paris_day
from permanence.domain.reference.entreprises_checks import LOOKS_AHEAD
from permanence.domain.reference.holes import endings, gathered, holes
from permanence.web.hole_words import hole_row, long_day

router = Router()  # type: ignore[no-untyped-call]


@router.get(HOLES_PAGE)
def every_hole() -> Response[str]:
    """As of today: 4 requests."""
    room = Room(router)
    patrimoine, entreprises = room.in_force(patrimoine_parts.PARTS), room.in_force(entreprises_parts.PARTS)
    signed, today = room.deciding.signed, paris_day(room.now)
    motifs = [motif for motif in signed.motifs if motif in signed.contractor_motifs]
    found = holes(patrimoine, entreprises, motifs, today)
    return room.page(
        "holes.html",
        rows=[hole_row(one, signed.motifs) for one in gathered(found)],
        holes=len(found),
        buildings=len({hole.building.building_id for hole in found}),
        motifs=len(motifs),
        has_dwellings=bool(patrimoine.dwellings),
        endings=endings(patrimoine, entreprises, motifs, today, today + LOOKS_AHEAD),
        labels=signed.motifs,
        long_day=long_day,
    )
