"""How somebody's turn in the chain stands: what a page shows of it, and what he may still believe (R42, R44)."""

from permanence.domain.dispatch.dispatch import Dispatch, DispatchStatus, Step, StepStatus
from permanence.domain.dispatch.events import Accept, DispatchEvent, Standing

SAID_NO = (StepStatus.DECLINED, StepStatus.PASSED_OVER)
"""Refused, or was not waited for: nobody expects a yes of him, and one that an agent notes is asked twice."""


def standing_of(dispatch: Dispatch, step: int | None) -> Standing:
    """How somebody's turn stands now; nobody's is that of a `step` the chain does not have."""
    if step is None:
        is_nobodys = dispatch.winner is None and dispatch.status is not DispatchStatus.CALLING
        return Standing(None, dispatch.status.value if is_nobodys else "")
    if not 0 <= step < len(dispatch.steps):
        return Standing(step, "")
    return Standing(step, (dispatch.status if step == dispatch.winner else dispatch.steps[step].status).value)


def mission_standing(dispatch: Dispatch) -> Standing:
    """The turn that the mission as a whole hangs on: of who has it, else of who is being called, else nobody's."""
    is_calling = dispatch.status is DispatchStatus.CALLING and dispatch.current >= 0
    return standing_of(dispatch, dispatch.current if is_calling else dispatch.winner)


def is_still(dispatch: Dispatch, shown: Standing, act: DispatchEvent) -> bool:
    """Who repeats the yes of whoever has the mission by now finds it noted: nothing has moved on against him."""
    repeats = isinstance(act, Accept) and shown.step == act.step and dispatch.winner == act.step
    return repeats or standing_of(dispatch, shown.step) == shown


def is_being_called(dispatch: Dispatch, index: int) -> bool:
    return dispatch.status is DispatchStatus.CALLING and dispatch.current == index


def is_expecting(step: Step) -> bool:
    """Was called, and may still believe that the mission is open; who refused knows that it is not theirs."""
    return step.started_at is not None and step.status not in (StepStatus.ACCEPTED, StepStatus.DECLINED)


def holds_the_mission(dispatch: Dispatch, index: int) -> bool:
    """The winner, from whichever of their numbers they speak."""
    if dispatch.winner is None:
        return False
    return dispatch.steps[index].responder.person_id == dispatch.steps[dispatch.winner].responder.person_id
