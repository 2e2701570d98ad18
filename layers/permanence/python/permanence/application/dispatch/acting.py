"""What happened moves a dispatch on (R42, R44, R45)."""

from dataclasses import replace
from datetime import datetime

from permanence.application.dispatch.deciding import decide_on, decision_of
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.ports import Decision, Malfunctions, Timer
from permanence.application.reception.ports import PastRetention
from permanence.domain.dispatch.actions import (
    Outcome,
)
from permanence.domain.dispatch.events import DispatchEvent
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.dispatch.rules import advance
from permanence.domain.frozen import dataclass


class MissionOver(Exception):
    """The malfunction is closed: nobody is on his way for it."""


@dataclass(frozen=True)
class Acted:
    """What to tell the one who acted, the malfunction as it stands now, and whether anything had to be saved."""

    outcome: Outcome
    malfunction: Malfunction
    saved: bool


def act_on_dispatch(
    malfunctions: Malfunctions,
    malfunction_id: str,
    event: DispatchEvent,
    now: datetime,
    dispatching: Dispatching,
    obeyed: Timer | None = None,
) -> Acted:
    """What happened moves the dispatch on: 2 requests, 2 more after each lost race.

    `obeyed` is the timer that told the event, forgotten with it. Raises PastRetention when there is no such dispatch
    (any more), VersionConflict when the race was lost too often.
    """
    timers = (obeyed,) if obeyed else ()

    def decide(malfunction: Malfunction) -> tuple[Decision | None, Acted]:
        if malfunction.dispatch is None:
            raise PastRetention(malfunction_id)
        moved = advance(malfunction.dispatch, event, now, dispatching.contract.dispatch)
        if moved.dispatch == malfunction.dispatch and not moved.actions:
            return None, Acted(moved.outcome, malfunction, saved=False)
        following = replace(malfunction, version=malfunction.version + 1)
        decision = replace(decision_of(following, moved, now, dispatching), obeyed=timers)
        return decision, Acted(moved.outcome, decision.malfunction, saved=True)

    return decide_on(malfunctions, malfunction_id, decide)
