"""What a button of the mission panel says of somebody's turn, and what an agent reads when the turn has moved on."""

import re

from permanence.application.timeline.french import clock
from permanence.application.timeline.lines import ROLE_WORDS
from permanence.domain.dispatch.dispatch import Dispatch, DispatchStatus, Role, Step, StepStatus
from permanence.domain.dispatch.events import Standing

_TURN = re.compile(r"([A-Za-z0-9-]{8,64})\.([0-9]{0,3})\.([a-z_]{1,20})")


def turn_shown(malfunction_id: str, standing: Standing) -> str:
    """What a button carries: the mission, the step of its chain, how its turn stood when the page was written."""
    return f"{malfunction_id}.{'' if standing.step is None else standing.step}.{standing.state}"


def read_turn(shown: str) -> tuple[str, Standing]:
    """The malfunction and the standing that a button carried. Raises ValueError when no page of ours wrote it."""
    turn = _TURN.fullmatch(shown)
    if turn is None:
        raise ValueError("no button of ours says so")
    malfunction_id, step, state = turn.groups()
    return malfunction_id, Standing(int(step) if step else None, state)


def what_changed(dispatch: Dispatch, step: int | None) -> str:
    """How the turn of `step` stands now, and who is called or has the mission if somebody else does."""
    is_known = step is not None and 0 <= step < len(dispatch.steps)
    own = _turn_words(dispatch, dispatch.steps[step], step) if is_known and step is not None else ""
    return " ".join(words for words in (own, _mission_words(dispatch, step)) if words)


def called_name(step: Step) -> str:
    """Plomberie Daval, 2e numéro: a company on both its numbers is two turns."""
    one = step.responder
    return f"{one.name}, {ROLE_WORDS[one.role]}" if one.role is Role.CONTRACTOR_SECOND_NUMBER else one.name


def refusal_words(step: Step) -> str:
    """Why a yes of this person is asked twice."""
    name = called_name(step)
    if step.status is StepStatus.DECLINED and step.declined_at:
        return f"{name} a refusé à {clock(step.declined_at)}."
    by = f" par {step.passed_over_by}" if step.passed_over_by else ""
    at = f" à {clock(step.ended_at)}" if step.ended_at else ""
    return f"{name} : passé au suivant{by}{at}."


def _turn_words(dispatch: Dispatch, step: Step, index: int) -> str:
    name, ended = called_name(step), f" à {clock(step.ended_at)}" if step.ended_at else ""
    if index == dispatch.winner:
        return _winner_words(dispatch, name)
    match step.status:
        case StepStatus.CALLING:
            return f"{name} : appel en cours."
        case StepStatus.DECLINED | StepStatus.PASSED_OVER:
            return refusal_words(step)
        case StepStatus.NO_ANSWER:
            return f"{name} : sans accord{ended}."
        case StepStatus.FAILED:
            return f"{name} : injoignable{ended}."
    return ""


def _winner_words(dispatch: Dispatch, name: str) -> str:
    if dispatch.status is DispatchStatus.ON_SITE and dispatch.on_site_at:
        return f"{name} est sur place depuis {clock(dispatch.on_site_at)}."
    if dispatch.status is DispatchStatus.REPORTED and dispatch.reported_at:
        return f"{name} a rendu compte à {clock(dispatch.reported_at)}."
    return f"{name} a accepté à {clock(dispatch.accepted_at)}." if dispatch.accepted_at else ""


def _mission_words(dispatch: Dispatch, but: int | None) -> str:
    if dispatch.status is DispatchStatus.CANCELLED:
        return "La mission a été annulée."
    if dispatch.status is DispatchStatus.EXHAUSTED:
        return "Personne n’a accepté : toute la chaîne a été appelée."
    index = dispatch.current if dispatch.winner is None else dispatch.winner
    if index == but or not 0 <= index < len(dispatch.steps):
        return ""
    return _turn_words(dispatch, dispatch.steps[index], index)
