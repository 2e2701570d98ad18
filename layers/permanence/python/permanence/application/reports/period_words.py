"""The words of the end-of-period mail that depend on what happened."""

from collections.abc import Mapping

from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import Dispatch, DispatchStatus, ReportResult
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.triage.guide import InvalidPath, walk

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
    """Why nobody was sent: where the guide led, or that the form is not finished."""
    if form is None:
        return NOT_FINISHED
    try:
        outcome = walk(contract.guide, form.path).outcome
    except InvalidPath:
        # The form followed another version of the guide; what it decided still stands on it.
        outcome = contract.guide.outcomes.get(form.outcome)
    return outcome.label if outcome else NOT_FINISHED
