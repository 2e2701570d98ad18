"""What a contractor says by telephone to an agent: when he arrives, that he is there, what he found (R45)."""

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from desk.room import Room
from permanence.application import mission as missions
from permanence.application.dispatching import act_on_dispatch
from permanence.application.mission import Mission
from permanence.application.ports import PastRetention
from permanence.domain.dispatch import DispatchEvent
from permanence.web.frame import redirect

router = Router()  # type: ignore[no-untyped-call]


@router.post("/desk/appels/<call_id>/arrivee")
def announce_arrival(call_id: str) -> Response[str]:
    room = Room(router)
    return _note(room, call_id, lambda mission: missions.announce_arrival(mission, int(room.form.one("told_minutes"))))


@router.post("/desk/appels/<call_id>/sur-place")
def arrive(call_id: str) -> Response[str]:
    return _note(Room(router), call_id, missions.arrive)


@router.post("/desk/appels/<call_id>/compte-rendu")
def report(call_id: str) -> Response[str]:
    room = Room(router)
    told = " ".join(room.form.one("told_report").split())
    noted = f"{told} (dit par téléphone à {room.session.person.name})".strip()
    return _note(room, call_id, lambda mission: missions.report(mission, room.form.one("told_result"), noted))


def _note(room: Room, call_id: str, event_of: Callable[[Mission], DispatchEvent]) -> Response[str]:
    """The same use cases as the contractor's own page; what it does not offer is said and changes nothing."""
    _, form = room.keep_draft(call_id)
    services = room.services
    known = services.malfunctions.get(form.malfunction_id) if form.malfunction_id else None
    if known is None or known.dispatch is None or known.dispatch.winner is None:
        return redirect(f"/desk/appels/{call_id}")
    try:
        event = event_of(Mission(known, known.dispatch, known.dispatch.winner))
    except ValueError:
        return redirect(f"/desk/appels/{call_id}?avis=dit#mission")
    try:
        act_on_dispatch(services.malfunctions, known.malfunction_id, event, room.now, services.dispatching)
    except PastRetention:
        return redirect(f"/desk/appels/{call_id}?avis=passe")
    return redirect(f"/desk/appels/{call_id}#mission")
