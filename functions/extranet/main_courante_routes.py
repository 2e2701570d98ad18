"""One main courante: its lines by family, and the same as an Excel file."""

from collections.abc import Mapping
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from extranet.room import Room, checked_id
from permanence.application.access.reading import note_reading
from permanence.application.extranet.exports import timeline_sheet
from permanence.application.extranet.listening import REASONS
from permanence.application.extranet.main_courante import MainCourante, view_main_courante
from permanence.application.timeline.lines import Family

FAMILY_WORDS: Mapping[Family, tuple[str, str]] = {
    Family.INCOMING: ("Appels reçus", "phone-incoming"),
    Family.OUTGOING: ("Appels émis", "phone-outgoing"),
    Family.MESSAGE: ("Messages", "message-square"),
    Family.INTERVENTION: ("Intervention", "wrench"),
}
ALL_FAMILIES = frozenset(Family)
ALWAYS_SHOWN = frozenset({Family.FILE})

router = Router()  # type: ignore[no-untyped-call]


@router.get("/extranet/mains-courantes/<malfunction_id>")
def main_courante(malfunction_id: str) -> Response[str]:
    room = Room(router)
    families = _families(room)
    view = _main_courante(room, malfunction_id, families)
    note_reading(room.services.audit, room.session, f"main-courante:{malfunction_id}", room.now)
    asked = [("a", family.value) for family in Family if family in families]
    return room.page(
        "main_courante.html",
        "malfunctions",
        view=view,
        families=families,
        family_words=FAMILY_WORDS,
        query="" if families == ALL_FAMILIES else urlencode(asked),
        reasons=REASONS,
        missing=False,
        now=room.now,
    )


@router.get("/extranet/mains-courantes/<malfunction_id>/lignes.xlsx")
def main_courante_file(malfunction_id: str) -> Response[bytes]:
    room = Room(router)
    view = _main_courante(room, malfunction_id, _families(room))
    what, filename = f"main-courante:{malfunction_id}", f"main-courante-{view.number}.xlsx"
    return room.excel(timeline_sheet(view.number, view.lines), what, filename)


def _main_courante(room: Room, malfunction_id: str, families: frozenset[Family]) -> MainCourante:
    services = room.services
    view = view_main_courante(
        services.malfunctions, services.lookup, services.contract, checked_id(malfunction_id), families
    )
    if view is None:
        raise NotFoundError
    return view


def _families(room: Room) -> frozenset[Family]:
    """The lines asked for; all of them when none was named."""
    known = {family.value: family for family in Family}
    asked = frozenset(known[name] for name in room.queries("a") if name in known)
    return asked | ALWAYS_SHOWN if asked else ALL_FAMILIES
