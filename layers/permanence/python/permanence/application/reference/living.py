"""The bodies in force, for functions that read them again and again (R11)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from permanence.application.reference.in_force import InForce
from permanence.application.reference.ports import Bodies
from permanence.domain.reference.documents import Kind
from permanence.domain.reference.in_force import SEED, ReceptionPart


class Living:
    """Of a warm function: one reading of the timetable, `in_force`'s, answers for all kinds, and a body is read once
    for its version. What is asked for one instant (UTC) is answered by one reading, so that it belongs together."""

    def __init__(self, in_force: InForce, bodies: Bodies, seeds: Mapping[str, Any]) -> None:
        self._in_force = in_force
        self._bodies = bodies
        self._seeds = seeds
        self._part = ReceptionPart()
        self._asked_for: datetime | None = None
        self._read: dict[str, tuple[int, Any]] = {}

    def number(self, kind: Kind[Any], now: datetime) -> int:
        """The version in force, `SEED` before the first: 1 request when the timetable is due, and raises what the table
        raises."""
        if now != self._asked_for:
            self._part = self._in_force.part()
            self._asked_for = now
        return self._part.number_at(kind.name, now)

    def body(self, kind: Kind[Any], now: datetime) -> Any:
        """That of the version in force, the same object as long as it is: 1 request more for one not seen yet, 2 when
        it is large."""
        number = self.number(kind, now)
        known = self._read.get(kind.name)
        if known is None or known[0] != number:
            known = self._read[kind.name] = (number, self._body_of(kind, number))
        return known[1]

    def _body_of(self, kind: Kind[Any], number: int) -> Any:
        if number != SEED:
            return self._bodies.get(kind, number).body
        return self._seeds[kind.name] if kind.name in self._seeds else kind.schema()
