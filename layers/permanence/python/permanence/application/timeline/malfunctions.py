"""A main courante as one line of a list, and where its intervention stands (R53)."""

from datetime import datetime

from permanence.application.timeline.lines import RESULT_STATES, State
from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import Dispatch, DispatchStatus
from permanence.domain.dispatch.malfunction import Malfunction, MalfunctionStatus
from permanence.domain.dispatch.notice_words import street_without_number
from permanence.domain.frozen import dataclass


@dataclass(frozen=True)
class MalfunctionRow:
    """One main courante of the list; instants in UTC. `street` names no house, for pages without names.
    `supervisor_told_at` is when the duty supervisor said that he takes over, nobody having accepted."""

    malfunction_id: str
    number: str
    opened_at: datetime
    agency: str
    address: str
    street: str
    commune: str
    motif: str
    responder: str
    state: State
    state_at: datetime | None
    accepted_at: datetime | None
    on_site_at: datetime | None
    reported_at: datetime | None
    supervisor_told_at: datetime | None
    result: str
    report: str
    is_open: bool


def malfunction_row(malfunction: Malfunction, contract: Contract) -> MalfunctionRow:
    place, dispatch = malfunction.place, malfunction.dispatch
    agency = contract.agencies.get(place.agency)
    state, state_at = dispatch_state(dispatch)
    return MalfunctionRow(
        malfunction_id=malfunction.malfunction_id,
        number=malfunction.number,
        opened_at=malfunction.opened_at,
        agency=agency.name if agency else place.agency,
        address=place.address,
        street=street_without_number(place.address),
        commune=place.commune,
        motif=malfunction.motif_label,
        responder=_responder_name(dispatch),
        state=state,
        state_at=state_at,
        accepted_at=dispatch.accepted_at if dispatch else None,
        on_site_at=dispatch.on_site_at if dispatch else None,
        reported_at=dispatch.reported_at if dispatch else None,
        supervisor_told_at=dispatch.supervisor_told_at if dispatch else None,
        result=dispatch.result.value if dispatch and dispatch.result else "",
        report=dispatch.report_note if dispatch else "",
        is_open=malfunction.status is MalfunctionStatus.OPEN,
    )


def _responder_name(dispatch: Dispatch | None) -> str:
    """Who has the mission, or who is being called for it; nobody once everyone has been called in vain."""
    if dispatch is None or dispatch.status is DispatchStatus.EXHAUSTED:
        return ""
    index = dispatch.current if dispatch.winner is None else dispatch.winner
    return dispatch.steps[index].responder.name if 0 <= index < len(dispatch.steps) else ""


def dispatch_state(dispatch: Dispatch | None) -> tuple[State, datetime | None]:
    """Where an intervention stands, and since when (UTC)."""
    if dispatch is None:
        return State("Noté", "", "clipboard-list"), None
    match dispatch.status:
        case DispatchStatus.CALLING:
            return State("Appel en cours", "wait", "phone-outgoing"), None
        case DispatchStatus.EXHAUSTED:
            return State("Personne n’a accepté", "bad", "triangle-alert"), None
        case DispatchStatus.ACCEPTED if dispatch.announced_arrival_at:
            return State("Attendu", "ok", "truck"), dispatch.announced_arrival_at
        case DispatchStatus.ACCEPTED:
            return State("Accepté", "ok", "circle-check"), dispatch.accepted_at
        case DispatchStatus.ON_SITE:
            return State("Sur place", "ok", "map-pin"), dispatch.on_site_at
        case DispatchStatus.CANCELLED:
            return State("Annulée", "", "ban"), None
        case DispatchStatus.REPORTED if dispatch.result:
            return RESULT_STATES[dispatch.result], dispatch.reported_at
    return State("Terminée", "ok", "circle-check"), dispatch.reported_at
