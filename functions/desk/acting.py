"""An act on the mission of a fiche: it carries what its button said, and one whose turn has moved on changes nothing.

What the agent reads instead says what has changed; what was typed stays.
"""

from collections.abc import Mapping
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from desk import pages
from desk.room import Room
from permanence.application.desk.turns import called_name, read_turn, refusal_words, turn_shown, what_changed
from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.reception.ports import CallRecord, PastRetention
from permanence.domain.dispatch.actions import Outcome
from permanence.domain.dispatch.dispatch import Dispatch
from permanence.domain.dispatch.events import Accept, DispatchEvent, IfStill, Standing
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.frozen import dataclass
from permanence.domain.main_courante.fiche import CallForm
from permanence.web.frame import redirect
from permanence.web.requests import MalformedRequest

NOTHING_DONE = "Rien n’a été fait, la situation a changé entre-temps."


@dataclass(frozen=True)
class Shown:
    """What a button said: the mission it was drawn for, and how the turn it speaks of stood."""

    malfunction_id: str
    standing: Standing

    @property
    def step(self) -> int:
        """The step it speaks of. Raises MalformedRequest where it has to be somebody's and is nobody's."""
        if self.standing.step is None:
            raise MalformedRequest("this button speaks of somebody's turn")
        return self.standing.step


def shown(room: Room, name: str = "turn") -> Shown:
    """What the field of this name carried. Raises MalformedRequest."""
    try:
        return Shown(*read_turn(room.form.one(name)))
    except ValueError as malformed:
        raise MalformedRequest(str(malformed)) from malformed


def act(room: Room, call_id: str, said: Shown, event: DispatchEvent) -> Response[str]:
    """Do it if the turn still stands as the button said, then the panel; else the page, which says what changed."""
    record, form = room.keep_draft(call_id)
    if form.malfunction_id != said.malfunction_id:
        return refused(room, record, form, pages.CALL_NOTICES["autre_mission"])
    services = room.services
    try:
        acted = act_on_dispatch(
            services.malfunctions,
            said.malfunction_id,
            IfStill(said.standing, event),
            room.now,
            services.dispatching,
        )
    except PastRetention:
        return redirect(f"/desk/appels/{call_id}?avis=passe")
    dispatch = acted.malfunction.dispatch
    if dispatch is None:
        return redirect(f"/desk/appels/{call_id}#mission")
    match acted.outcome:
        case Outcome.ASK_AGAIN:
            return _ask_again(room, record, form, acted.malfunction, dispatch, said.step)
        case Outcome.MOVED_ON:
            words = f"{NOTHING_DONE} {what_changed(dispatch, said.standing.step)}"
            return refused(room, record, form, words)
        case Outcome.TAKEN_BY_ANOTHER | Outcome.CLOSED:
            is_late = isinstance(event, Accept) and dispatch.steps[event.step].late_accepted_at is not None
            late = "Cet accord vient après coup : il est noté à la main courante. " if is_late else ""
            return refused(room, record, form, late + what_changed(dispatch, None))
    return redirect(f"/desk/appels/{call_id}#mission")


def incomplete(room: Room, call_id: str, notice: str, lacks: Mapping[str, str]) -> Response[str]:
    """Nothing done: the page again with what was typed, and beside each field what it still misses."""
    record, form = room.keep_draft(call_id)
    return pages.call_page(room, record, form, notice=notice, lacks=lacks, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def refused(room: Room, record: CallRecord, form: CallForm, words: str) -> Response[str]:
    """The page as it is now, what was typed kept, and why the act was not done."""
    return pages.call_page(room, record, form, told=pages.Told(words), status=HTTPStatus.CONFLICT)


def _ask_again(
    room: Room, record: CallRecord, form: CallForm, malfunction: Malfunction, dispatch: Dispatch, step: int
) -> Response[str]:
    """Of somebody who refused, or was passed over, an agreement is asked twice."""
    one = dispatch.steps[step]
    told = pages.Told(
        f"{refusal_words(one)} Rien n’est encore noté : a-t-on bien son accord, depuis ?",
        confirm=turn_shown(malfunction.malfunction_id, Standing(step, one.status.value)),
        confirms=called_name(one),
    )
    return pages.call_page(room, record, form, told=told, status=HTTPStatus.CONFLICT)
