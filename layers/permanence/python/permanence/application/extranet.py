"""The lists Habitat 70 reads: calls, mains courantes, frozen reports (R53). Each is one key query, in primitives."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from permanence.application.listening import listenable
from permanence.application.ports import CallRecord, Calls, Malfunctions
from permanence.application.timeline_line import RESULT_STATES, State
from permanence.domain.calls import Call, CallStatus
from permanence.domain.contract import Contract
from permanence.domain.dispatch import Dispatch, DispatchStatus
from permanence.domain.frozen import dataclass
from permanence.domain.instants import to_paris
from permanence.domain.main_courante import CallForm, Malfunction, MalfunctionStatus
from permanence.domain.notice_words import street_without_number
from permanence.domain.triage import OutcomeKind, TriageOutcome

A_PAGE = 50
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
DESK_LINE_WORDS = "ligne des intervenants"
_LEFT_TO_DO: Mapping[str, str] = {
    OutcomeKind.CADRE: "Cadre d’astreinte à prévenir",
    OutcomeKind.EMERGENCY: "Secours à appeler",
    OutcomeKind.COMPANY: "Société à appeler",
}
"""What the guide tells somebody to do by telephone: nothing here proves that he did."""


class NoSuchMonth(ValueError):
    """What was asked for is no month of the calendar."""


def read_month(text: str, now: datetime) -> str:
    """``2026-11``, or the month in course when nothing was asked for. Raises NoSuchMonth."""
    if not text:
        return to_paris(now).strftime("%Y-%m")
    if not _MONTH.fullmatch(text):
        raise NoSuchMonth(text)
    return text


def months_kept(now: datetime) -> tuple[str, ...]:
    """The month in course and the six before it, newest first: older names are erased."""
    local = to_paris(now)
    numbers = [local.year * 12 + local.month - 1 - back for back in range(7)]
    return tuple(f"{number // 12}-{number % 12 + 1:02}" for number in numbers)


# --- calls -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CallRow:
    """One call of the list; instants in UTC, empty or None when it did not happen."""

    call_id: str
    presented_at: datetime | None
    service: str
    caller: str | None  # E.164
    caller_name: str
    agent_name: str
    wait: timedelta | None
    talk: timedelta | None
    outcome: State
    motif: str
    malfunction_id: str | None
    recording_id: str | None
    recording_erased: bool


@dataclass(frozen=True)
class CallPage:
    """One page of a month's calls, newest first."""

    month: str
    rows: tuple[CallRow, ...]
    next_cursor: str | None


def page_of_calls(calls: Calls, contract: Contract, month: str, cursor: str | None) -> CallPage:
    """1 request. Raises ValueError on a cursor that is none of ours."""
    records, next_cursor = calls.page_of_month(month, A_PAGE, cursor)
    return CallPage(month, tuple(call_row(record, contract) for record in records), next_cursor)


def calls_of_month(calls: Calls, contract: Contract, month: str) -> Iterator[CallRow]:
    """All pages one after the other, in the same order: 1 request for each megabyte."""
    return (call_row(record, contract) for record in calls.of_month(month, descending=True))


def call_row(record: CallRecord, contract: Contract) -> CallRow:
    call, form = record.call, record.form
    heard = listenable(call)
    motif = contract.motifs.get(form.motif) if form else None
    return CallRow(
        call_id=call.call_id,
        presented_at=call.presented_at,
        service=service_words(call),
        caller=call.caller,
        caller_name=caller_name(form),
        agent_name=call.answered_by_name or "",
        wait=call.wait,
        talk=call.talk,
        outcome=_outcome(call, form, contract),
        motif=motif.label if motif else "",
        malfunction_id=form.malfunction_id if form else None,
        recording_id=heard[0].recording_id if heard else None,
        recording_erased=any(recording.erased for recording in call.recordings),
    )


def service_words(call: Call) -> str:
    """The service of a call (R5), or the line it came in by, which is no service; empty while its presentation is
    unknown."""
    if call.on_desk_line:
        return DESK_LINE_WORDS
    return call.service.value if call.service else ""


def caller_name(form: CallForm | None) -> str:
    """The name on the form, when there is one and not « refusé »."""
    if form is None:
        return ""
    names = (form.fields.get("first_name", ""), form.fields.get("last_name", ""))
    return " ".join(name for name in names if name and name not in ("refusé", "inconnu", "sans objet"))


def _outcome(call: Call, form: CallForm | None, contract: Contract) -> State:
    if call.was_rerouted:
        return State("Renvoyé vers Habitat 70", "wait", "phone-outgoing")
    if call.status is not CallStatus.ENDED:
        talking = call.status is CallStatus.IN_PROGRESS
        return State("En ligne", "info", "headset") if talking else State("En attente", "wait", "hourglass")
    if call.answered_at is None:
        return State("Non décroché", "bad", "phone-missed")
    if form is None or form.closed_at is None:
        return State("Fiche à compléter", "wait", "pencil")
    return _what_was_decided(form, contract.guide.outcomes.get(form.outcome))


def _what_was_decided(form: CallForm, known: TriageOutcome | None) -> State:
    """A mission was asked for where a main courante proves it, and called off where the fiche keeps it; the rest is
    what the guide led to."""
    if form.malfunction_id:
        sends = known is not None and known.motif is not None
        return State("Intervention demandée" if sends else "Main courante", "info", "clipboard-list")
    if form.cancelled_before:
        return State("Intervention annulée", "", "ban")
    if known is None:
        return State("Répondu", "", "check")
    if known.kind is OutcomeKind.REFUSED:
        return State(known.label, "", "clipboard-list")
    words = _LEFT_TO_DO.get(known.kind, "")
    return State(words or "Sans intervention", "", "clipboard-list" if words else "check")


# --- mains courantes -------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True)
class MalfunctionFilter:
    """What the reader asked to see; `agency` is an id or empty."""

    month: str
    agency: str = ""
    only_open: bool = False

    @property
    def is_choice(self) -> bool:
        """Whether it leaves anything of its month out."""
        return bool(self.agency) or self.only_open

    def holds(self, malfunction: Malfunction) -> bool:
        if self.agency and malfunction.place.agency != self.agency:
            return False
        return malfunction.status is MalfunctionStatus.OPEN or not self.only_open


@dataclass(frozen=True)
class MalfunctionPage:
    """One page of a month's mains courantes, newest first; of a choice it may be short though others follow."""

    rows: tuple[MalfunctionRow, ...]
    next_cursor: str | None


def page_of_malfunctions(
    malfunctions: Malfunctions, contract: Contract, wanted: MalfunctionFilter, cursor: str | None
) -> MalfunctionPage:
    """1 request, of a megabyte when there is a choice. Raises ValueError on a cursor that is none of ours."""
    holds = wanted.holds if wanted.is_choice else None
    found, next_cursor = malfunctions.page_of_month(wanted.month, A_PAGE, cursor, holds)
    return MalfunctionPage(tuple(malfunction_row(known, contract) for known in found), next_cursor)


def malfunctions_of_month(
    malfunctions: Malfunctions, contract: Contract, wanted: MalfunctionFilter
) -> Iterator[MalfunctionRow]:
    """All pages one after the other, in the same order: 1 request for each megabyte."""
    found = malfunctions.of_month(wanted.month, descending=True)
    return (malfunction_row(known, contract) for known in found if wanted.holds(known))


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
