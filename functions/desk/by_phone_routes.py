"""What a contractor says by telephone to an agent: when he arrives, that he is there, what he found (R45)."""

from collections.abc import Callable, Mapping

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from desk.acting import act, incomplete, shown
from desk.room import Room
from permanence.application.dispatch import mission as missions
from permanence.application.dispatch.mission import Mission
from permanence.domain.dispatch.events import DispatchEvent
from permanence.web.frame import redirect

router = Router()  # type: ignore[no-untyped-call]


@router.post("/desk/appels/<call_id>/arrivee")
def announce_arrival(call_id: str) -> Response[str]:
    room = Room(router)
    lacks = {"told_minutes": "délai à choisir"}
    return _note(
        room, call_id, lacks, lambda mission: missions.announce_arrival(mission, int(room.form.one("told_minutes")))
    )


@router.post("/desk/appels/<call_id>/sur-place")
def arrive(call_id: str) -> Response[str]:
    return _note(Room(router), call_id, {}, missions.arrive)


@router.post("/desk/appels/<call_id>/compte-rendu")
def report(call_id: str) -> Response[str]:
    room = Room(router)
    told = " ".join(room.form.one("told_report").split())
    noted = f"{told} (dit par téléphone à {room.session.person.name})".strip()
    lacks = {"told_result": "résultat à choisir"}
    return _note(room, call_id, lacks, lambda mission: missions.report(mission, room.form.one("told_result"), noted))


def _note(
    room: Room, call_id: str, lacks: Mapping[str, str], event_of: Callable[[Mission], DispatchEvent]
) -> Response[str]:
    """The same use cases as the contractor's own page; what it does not offer is said and changes nothing."""
    said = shown(room)
    known = room.services.malfunctions.get(said.malfunction_id)
    if known is None or known.dispatch is None:
        return redirect(f"/desk/appels/{call_id}?avis=passe")
    try:
        event = event_of(Mission(known, known.dispatch, known.dispatch.winner or 0))
    except ValueError:
        return incomplete(room, call_id, "dit", lacks)
    return act(room, call_id, said, event)
