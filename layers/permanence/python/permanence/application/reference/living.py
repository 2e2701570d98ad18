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
    for its version. What is asked for one instant (UTC) is answered by one reading, so that it belongs together.

    While a body cannot be read, which `outages` tell, the one read last stands, under its own number.
    """

    def __init__(
        self,
        in_force: InForce,
        bodies: Bodies,
        seeds: Mapping[str, Any],
        outages: tuple[type[Exception], ...] = (),
    ) -> None:
        self._in_force = in_force
        self._bodies = bodies
        self._seeds = seeds
        self._outages = outages
        self._part = ReceptionPart()
        self._asked_for: datetime | None = None
        self._given: dict[str, tuple[int, Any]] = {}
        self._read: dict[str, tuple[int, Any]] = {}

    def number(self, kind: Kind[Any], now: datetime) -> int:
        """The version whose body was given for this instant, else the one in force, `SEED` before the first: 1 request
        when the timetable is due, and raises what the table raises."""
        self._look_at(now)
        given = self._given.get(kind.name)
        return given[0] if given else self._part.number_at(kind.name, now)

    def body(self, kind: Kind[Any], now: datetime) -> Any:
        """That of the version in force, the same object as long as it is: 1 request when the timetable is due, and
        raises what the table raises; 1 request more for one not seen yet, 2 when it is large."""
        self._look_at(now)
        if kind.name not in self._given:
            self._given[kind.name] = self._read[kind.name] = self._document(kind, self._part.number_at(kind.name, now))
        return self._given[kind.name][1]

    def _look_at(self, now: datetime) -> None:
        if now != self._asked_for:
            self._part, self._given = self._in_force.part(), {}
            self._asked_for = now

    def _document(self, kind: Kind[Any], number: int) -> tuple[int, Any]:
        known = self._read.get(kind.name)
        if known is not None and known[0] == number:
            return known
        if number == SEED:
            return number, (self._seeds[kind.name] if kind.name in self._seeds else kind.schema())
        try:
            return number, self._bodies.get(kind, number).body
        except self._outages:
            if known is None:
                raise
            return known
