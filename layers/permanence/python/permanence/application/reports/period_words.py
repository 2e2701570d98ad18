"""The words of the end-of-period mail that depend on what happened."""

from collections.abc import Mapping

from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import Dispatch, DispatchStatus, ReportResult
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.triage.guide import InvalidPath, TriageOutcome, walk

NOT_FINISHED = "Fiche à compléter"
_AFTER_REPORT: Mapping[ReportResult, str] = {
    ReportResult.A_SUIVRE: "Donner suite à l’intervention",
    ReportResult.MISE_EN_SECURITE: "Réparer ce qui n’est que mis en sécurité",
    ReportResult.ACCES_IMPOSSIBLE: "Prendre rendez-vous : l’accès était impossible",
}


def to_do(malfunction: Malfunction) -> str:
    """What the agency must do about a malfunction, empty when nothing; the contractor’s own words in brackets."""
    parts = [_about_dispatch(malfunction.dispatch)]
    if malfunction.place.dwelling_id is None:
        parts.append("Ajouter cette adresse à la base du patrimoine")
    return ". ".join(part for part in parts if part)


def _about_dispatch(dispatch: Dispatch | None) -> str:
    if dispatch is None:
        return ""
    match dispatch.status:
        case DispatchStatus.EXHAUSTED:
            return "Reprendre la mission : personne ne l’a acceptée"
        case DispatchStatus.CALLING:
            return "Suivre la mission : personne ne l’a encore acceptée"
        case DispatchStatus.ACCEPTED | DispatchStatus.ON_SITE:
            return "Suivre l’intervention, pas encore terminée"
        case DispatchStatus.REPORTED if dispatch.result is not None and dispatch.result in _AFTER_REPORT:
            words, said = _AFTER_REPORT[dispatch.result], dispatch.report_note.strip().rstrip(".")
            return f"{words} ({said})" if said else words
    return ""


def unserved_words(form: CallForm | None, contract: Contract) -> str:
    """What came of an answered call without a main courante: where the guide led, as the instruction that it is, since
    nothing proves that it was followed; a mission called off; a fiche that is not closed."""
    outcome = _outcome(form, contract) if form else None
    if form is None or (outcome is None and form.closed_at is None):
        return NOT_FINISHED
    parts = [_led_to(outcome)] if outcome else ["Répondu"]
    if form.cancelled_before:
        parts.append("intervention annulée")
    elif outcome and outcome.motif:
        parts.append("aucun envoi noté")
    if form.closed_at is None:
        parts.append("fiche à compléter")
    return ", ".join(parts)


def _outcome(form: CallForm, contract: Contract) -> TriageOutcome | None:
    try:
        return walk(contract.guide, form.path).outcome
    except InvalidPath:
        # The form followed another version of the guide; what it decided still stands on it.
        return contract.guide.outcomes.get(form.outcome)


def _led_to(outcome: TriageOutcome) -> str:
    subject, _, instruction = outcome.label.partition(" : ")
    return f"{subject} (consigne : {instruction})" if instruction else subject
