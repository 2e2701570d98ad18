"""A call as its readers see it: who called, who answered, what came of it (R53)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from permanence.application.reception.ports import CallRecord
from permanence.application.reception.recordings_kept import listenable
from permanence.application.timeline.lines import State
from permanence.domain.calls.call import Call, CallStatus, Line
from permanence.domain.contract import Contract
from permanence.domain.frozen import dataclass
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.triage.guide import OutcomeKind, TriageOutcome

LINE_WORDS: Mapping[Line, str] = {Line.DESK: "ligne des intervenants", Line.TEST: "appel d’essai"}


_LEFT_TO_DO: Mapping[str, str] = {
    OutcomeKind.CADRE: "Cadre d’astreinte à prévenir",
    OutcomeKind.EMERGENCY: "Secours à appeler",
    OutcomeKind.COMPANY: "Société à appeler",
}
"""What the guide tells somebody to do by telephone: nothing here proves that he did."""


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
    if call.line in LINE_WORDS:
        return LINE_WORDS[call.line]
    return call.service.value if call.service else ""


def caller_name(form: CallForm | None) -> str:
    """The name on the form, when there is one and not « refusé »."""
    if form is None:
        return ""
    names = (form.fields.get("first_name", ""), form.fields.get("last_name", ""))
    return " ".join(name for name in names if name and name not in ("refusé", "inconnu", "sans objet"))


def _outcome(call: Call, form: CallForm | None, contract: Contract) -> State:
    if call.is_test:
        return State("Essai", "", "check")
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
