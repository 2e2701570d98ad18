"""Dispatches to try rules on: chains of made-up responders, and events told one after another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from permanence.domain.contract import DispatchTerms
from permanence.domain.dispatch.actions import Action, Advance, Log, StartTimer
from permanence.domain.dispatch.dispatch import Dispatch, Responder, Role, Step
from permanence.domain.dispatch.events import DispatchEvent, Start
from permanence.domain.dispatch.rules import advance
from permanence.domain.main_courante.log import EntryKind

T = TypeVar("T")

SATURDAY_NIGHT = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
TERMS = DispatchTerms(answer_within_s={"default": 240}, cap_from_creation_s=600, link_valid_h=72)


def responder(n: int, person: str | None = None, *, mobile: bool = True, answer_within_s: int = 240) -> Responder:
    phone = f"+33639981{n:03}" if mobile else f"+33353011{n:03}"
    return Responder(
        person_id=person or f"person-{n}",
        name=f"Entreprise {person or n}",
        role=Role.CONTRACTOR,
        phone=phone,
        sms_phone=phone if mobile else None,
        answer_within_s=answer_within_s,
        reason="essai",
        trade="plomberie",
    )


FIRST, SECOND, THIRD = responder(1), responder(2), responder(3)


def dispatch_of(*responders: Responder) -> Dispatch:
    return Dispatch(reference="482-913", steps=tuple(Step(one) for one in responders))


@dataclass(slots=True)
class Night:
    """A dispatch on its way: what it is now, and everything it has caused."""

    dispatch: Dispatch
    now: datetime = SATURDAY_NIGHT
    actions: list[Action] = field(default_factory=list)

    def tell(self, event: DispatchEvent, after_s: float = 0) -> Advance:
        self.now += timedelta(seconds=after_s)
        result = advance(self.dispatch, event, self.now, TERMS)
        self.dispatch = result.dispatch
        self.actions += result.actions
        return result

    def caused(self, kind: type[T]) -> list[T]:
        return [action for action in self.actions if isinstance(action, kind)]

    def logged(self, kind: EntryKind) -> list[Mapping[str, str]]:
        return [entry.data for entry in self.caused(Log) if entry.kind == kind.value]


def started(*responders: Responder) -> Night:
    night = Night(dispatch_of(*responders))
    night.tell(Start())
    return night


def timers(actions: Iterable[Action]) -> list[StartTimer]:
    return [action for action in actions if isinstance(action, StartTimer)]
