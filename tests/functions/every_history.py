"""Each state that a mission can come to, for tests that hold what is said of it."""

from dataclasses import replace
from functools import cache

from permanence.domain.dispatch.actions import Log
from permanence.domain.dispatch.dispatch import Dispatch, ReportResult, Role, Step
from permanence.domain.dispatch.events import (
    Accept,
    AnnounceArrival,
    Arrive,
    CallNext,
    Cancel,
    Decline,
    DispatchEvent,
    Report,
    Start,
    SupervisorAcknowledges,
    TakeInHand,
)
from permanence.domain.dispatch.rules import advance
from permanence.domain.main_courante.log import Entry, EntryKind
from tests.domain.dispatch.chains import SATURDAY_NIGHT, TERMS, responder

CHAIN = tuple(
    Step(replace(responder(number), role=role))
    for number, role in enumerate((Role.CONTRACTOR, Role.SECOND_CONTRACTOR, Role.TECHNICIEN, Role.CADRE))
)
STEPS = range(len(CHAIN))
EVENTS: tuple[DispatchEvent, ...] = (
    *(CallNext(step) for step in STEPS),
    Decline(0, by="page"),
    *(Accept(step, by="keys") for step in STEPS),
    TakeInHand("Garage Petit", "+33639984455", "A un bac étanche", "Camille Roy"),
    *(AnnounceArrival(step, 30) for step in STEPS),
    *(Arrive(step) for step in STEPS),
    *(Report(step, result, "") for step in STEPS for result in ReportResult),
    Cancel("erreur"),
    SupervisorAcknowledges(),
)
History = tuple[Dispatch, tuple[Entry, ...]]


@cache
def every_history() -> tuple[History, ...]:
    """Each state that a mission can come to, with a chain and without one, and one way that leads to it; of refusals,
    which multiply them, the first of the chain gives his."""
    found: dict[Dispatch, tuple[Entry, ...]] = {}
    waiting = [after((Dispatch("482-913", chain), ()), Start()) for chain in (CHAIN, ())]
    while waiting:
        dispatch, entries = waiting.pop()
        if dispatch in found:
            continue
        found[dispatch] = entries
        waiting += (after((dispatch, entries), event) for event in EVENTS)
    return tuple(found.items())


def after(history: History, event: DispatchEvent) -> History:
    dispatch, entries = history
    moved = advance(dispatch, event, SATURDAY_NIGHT, TERMS)
    logs = [action for action in moved.actions if isinstance(action, Log)]
    version = len(entries) + 1
    told = (Entry(version, n, SATURDAY_NIGHT, EntryKind(log.kind), log.data) for n, log in enumerate(logs))
    return moved.dispatch, (*entries, *told)
