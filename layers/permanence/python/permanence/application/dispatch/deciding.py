"""A decision: read, ask the domain, save state, log, messages and timers in one transaction (R46, R48).

Who loses the race reads and decides again.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.messages import call_responder, call_supervisor, tell_responder, tell_tenants
from permanence.application.dispatch.ports import Decision, Malfunctions, MissionLink, Timer
from permanence.application.reception.ports import PastRetention, VersionConflict
from permanence.domain.dispatch.actions import (
    Advance,
    AlarmDesk,
    CallResponder,
    CallSupervisor,
    Log,
    StartTimer,
    TellResponder,
    TellTenant,
)
from permanence.domain.dispatch.dispatch import Dispatch, DispatchStatus
from permanence.domain.dispatch.malfunction import Malfunction, MalfunctionStatus
from permanence.domain.dispatch.notices import Notice
from permanence.domain.main_courante.log import Entry, EntryKind

MOST_ATTEMPTS = 8
"""A lost race means that somebody else got on: more racers than this on one malfunction have other troubles."""


T = TypeVar("T")


def note(malfunctions: Malfunctions, malfunction_id: str, line: Log, now: datetime) -> None:
    """One more line in the main courante: 2 requests. Raises PastRetention and VersionConflict as `act_on_dispatch`."""

    def decide(malfunction: Malfunction) -> tuple[Decision | None, None]:
        following = replace(malfunction, version=malfunction.version + 1)
        return Decision(following, entries_of(following.version, (line,), now)), None

    decide_on(malfunctions, malfunction_id, decide)


def decide_on(
    malfunctions: Malfunctions, malfunction_id: str, decide: Callable[[Malfunction], tuple[Decision | None, T]]
) -> T:
    for _ in range(MOST_ATTEMPTS):
        decision, answer = decide(known_malfunction(malfunctions, malfunction_id))
        if decision is None:
            return answer
        try:
            malfunctions.save(decision)
        except VersionConflict:
            continue
        return answer
    raise VersionConflict(malfunction_id)


def known_malfunction(malfunctions: Malfunctions, malfunction_id: str) -> Malfunction:
    malfunction = malfunctions.get(malfunction_id)
    if malfunction is None:
        raise PastRetention(malfunction_id)
    return malfunction


def decision_of(
    malfunction: Malfunction, moved: Advance, now: datetime, dispatching: Dispatching, first_lines: Sequence[Log] = ()
) -> Decision:
    """`malfunction` has its new version and still the old dispatch."""
    dispatch = moved.dispatch
    malfunction = replace(malfunction, dispatch=dispatch, status=_status_after(dispatch))
    lines: list[Log] = list(first_lines)
    notices: list[Notice] = []
    timers: list[Timer] = []
    links: list[MissionLink] = []
    for action in moved.actions:
        match action:
            case Log():
                lines.append(action)
            case CallResponder(step):
                link, called = call_responder(malfunction, dispatch, step, now, dispatching)
                links += link
                notices += called
            case StartTimer(step, due):
                timers.append(Timer(step, due))
            case TellTenant(news):
                told = tell_tenants(malfunction, dispatch, news, now, dispatching.contract)
                notices += told
                lines += [Log(EntryKind.TENANT_TOLD, {"news": news, "text": told[0].text})] if told else []
            case TellResponder():
                told = tell_responder(malfunction, dispatch, action, now)
                notices += told
                name = dispatch.steps[action.step].responder.name
                data = {"step": str(action.step), "name": name, "news": action.news.value}
                lines += [Log(EntryKind.RESPONDER_TOLD, data)] if told else []
            case AlarmDesk():
                # The alarm is the state itself: an exhausted dispatch stays in the open index, where the desk rings.
                pass
            case CallSupervisor(attempt):
                notices.append(call_supervisor(malfunction, attempt, now, dispatching.contract))
    entries = entries_of(malfunction.version, lines, now)
    return Decision(malfunction, entries, tuple(notices), tuple(timers), tuple(links))


def _status_after(dispatch: Dispatch) -> MalfunctionStatus:
    over = dispatch.status in {DispatchStatus.REPORTED, DispatchStatus.CANCELLED}
    return MalfunctionStatus.CLOSED if over else MalfunctionStatus.OPEN


def entries_of(version: int, lines: Sequence[Log], now: datetime) -> tuple[Entry, ...]:
    return tuple(Entry(version, n, now, EntryKind(line.kind), line.data) for n, line in enumerate(lines))
