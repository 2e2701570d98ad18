"""What people decide of living documents: propose, compare again, approve, roll back, withdraw (R2, R11).

Each act leaves its line in the register before it is done: none can happen without one. The kind says who may act.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import Any

from permanence.application.reference.kinds import KINDS
from permanence.application.reference.ports import Document, Documents, Register
from permanence.domain.frozen import dataclass
from permanence.domain.reference.documents import (
    Change,
    Circumstances,
    Decision,
    DecisionRefused,
    Effect,
    Kind,
    NotWaiting,
    Point,
    Signed,
    Timetable,
    UnderWay,
    Version,
    VersionState,
    approve,
    state_of,
    withdraw,
)
from permanence.domain.reference.imports import Import
from permanence.domain.reference.in_force import SEED

MOST_KEPT = 300
"""Points that are kept with a version."""


class NotAllowed(DecisionRefused):
    """The kind does not leave this act to a group of this person."""


class Unchanged(DecisionRefused):
    """What is in force says the same."""


class Blocked(DecisionRefused):
    """Time has passed since the comparison, or another document has changed: checked now, there is something to mend.
    `points` say what."""

    def __init__(self, points: tuple[Point, ...]) -> None:
        super().__init__(", ".join(point.code for point in points if point.blocks))
        self.points = points


@dataclass(frozen=True)
class Decider:
    user_id: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What a body would change, compared with what is in force (number `compared_with`), and what the checks say."""

    compared_with: int
    in_force: Any
    body: Any
    changes: tuple[Change, ...]
    points: tuple[Point, ...]
    effects: tuple[Effect, ...]

    @property
    def is_blocked(self) -> bool:
        return any(point.blocks for point in self.points)


@dataclass(frozen=True)
class Deciding:
    """The acts of one person. All raise NotAllowed, and DecidedMeanwhile when somebody else was faster; those on a
    version raise UnknownVersion. A kind without a seed has the empty body for one. Each body of another kind that the
    checks look at costs 1 request more than is said, and so does what is `under_way`, for a kind that tells of it."""

    documents: Documents
    register: Register
    signed: Signed
    seeds: Mapping[str, Any]
    decider: Decider
    kinds: Mapping[str, Kind[Any]] = field(default_factory=lambda: KINDS)
    under_way: Callable[[], tuple[UnderWay, ...]] = tuple

    def in_force(self, kind: Kind[Any], now: datetime) -> tuple[int, Any]:
        """Number and body of the version in force, `SEED` and the seed before the first: 2 requests."""
        return self._body_of(kind, self.documents.timetable(kind).at(now))

    def body(self, kind: Kind[Any], number: int) -> Any:
        """Of one version, the seed for `SEED`: 1 request, none for the seed. Raises UnknownVersion."""
        return self._body_of(kind, number)[1]

    def looked_at(self, kind: Kind[Any], now: datetime) -> tuple[int, Any, Circumstances]:
        """What is in force, and what its checks look at beside it: 2 requests."""
        timetables = self._timetables(kind)
        circumstances, *_ = self._circumstances(kind, timetables, now, now, None)
        return *self._body_of(kind, timetables[kind.name].at(now)), circumstances

    def preview(self, kind: Kind[Any], body: Any, now: datetime, wanted_from: datetime | None = None) -> Preview:
        """2 requests; nothing is written."""
        timetables = self._timetables(kind)
        in_force = self._body_of(kind, timetables[kind.name].at(now))
        return self._compared(kind, body, in_force, timetables, now, wanted_from)

    def propose(self, kind: Kind[Any], body: Any, now: datetime, wanted_from: datetime | None = None) -> Version:
        """A version that waits for approval, or for what blocks it to be mended: 5 requests. Raises Unchanged."""
        self._allowed(kind.proposed_by)
        document = self._proposed(kind, self.preview(kind, body, now, wanted_from), now, wanted_from=wanted_from)
        self._note(now, "document.proposed", document.version)
        self.documents.add(kind, document)
        return document.version

    def propose_import(
        self, kind: Kind[Any], preview: Preview, now: datetime, become: Callable[[Version], Import]
    ) -> Version:
        """What a file says, as a version: 3 requests. `become` gives the import that it makes of its own, in one
        transaction: raises DecidedMeanwhile, too, when that is no longer as it was read. Raises Unchanged."""
        self._allowed(kind.proposed_by)
        document = self._proposed(kind, preview, now)
        imported = become(document.version)
        version = replace(document.version, import_id=imported.import_id)
        self._note(now, "document.proposed", version)
        self.documents.decide(kind, Decision(version, imported=imported), document.body)
        return version

    def compare_again(self, kind: Kind[Any], number: int, now: datetime) -> Version:
        """What was overtaken or sent back, as a new version compared with what is in force now, in the place of the old
        one: 7 requests. Raises NotWaiting, and Unchanged when all of it is in force already."""
        return self._replaced(kind, number, lambda body: body, now, "document.compared")

    def mend(self, kind: Kind[Any], number: int, how: Callable[[Any], Any], now: datetime) -> Version:
        """What waits, compared again, with what somebody changed in it: 7 requests, and raises the same."""
        return self._replaced(kind, number, how, now, "document.mended")

    def _replaced(self, kind: Kind[Any], number: int, how: Callable[[Any], Any], now: datetime, action: str) -> Version:
        self._allowed(kind.proposed_by)
        known, timetables = self.documents.get(kind, number), self._timetables(kind)
        given_up = withdraw(known.version, timetables[kind.name], now)
        if given_up.timetable is not None:
            raise NotWaiting(known.version.state)
        _, then = self._body_of(kind, known.version.compared_with)
        in_force = self._body_of(kind, timetables[kind.name].at(now))
        body = how(kind.brought_over(then, known.body, in_force[1]))
        wanted_from = known.version.wanted_from
        preview = self._compared(kind, body, in_force, timetables, now, wanted_from)
        document = self._proposed(kind, preview, now, wanted_from=wanted_from)
        self._note(now, action, document.version)
        self.documents.decide(kind, Decision(document.version, displaced=given_up.version), document.body)
        return document.version

    def approve(self, kind: Kind[Any], number: int, now: datetime, wanted_from: datetime | None = None) -> Version:
        """In force from its instant on, or from `wanted_from` when who approves says so: 5 requests, 6 when one was to
        come.

        Raises NotWaiting, Overtaken, OneToCome, and Blocked when the checks say now what they did not say then.
        """
        self._allowed(kind.approved_by)
        document, timetables = self.documents.get(kind, number), self._timetables(kind)
        if wanted_from is not None:
            document = replace(document, version=replace(document.version, wanted_from=wanted_from))
        decision = self._approved(kind, document, timetables, now)
        _, in_force = self._body_of(kind, timetables[kind.name].at(now))
        version = document.version
        circumstances = self._circumstances(kind, timetables, now, version.proposed_at, version.wanted_from)
        points = _all_points(kind, in_force, document.body, circumstances)
        if any(point.blocks for point in points):
            raise Blocked(points)
        self._note(now, "document.approved", decision.version)
        self.documents.decide(kind, decision)
        return decision.version

    def roll_back(self, kind: Kind[Any], number: int, now: datetime) -> Version:
        """An older version again, as a new one, in force from now: 6 requests, 7 when one was to come. What has begun
        since stays as the kind says. `SEED` brings back what the contract folder ships. Raises Blocked, Unchanged, and
        NotWaiting for what was never in force."""
        self._allowed(kind.approved_by)
        older = self._once_in_force(kind, number, now)
        timetables = self._timetables(kind)
        in_force = self._body_of(kind, timetables[kind.name].at(now))
        preview = self._compared(kind, kind.restored(in_force[1], older, now), in_force, timetables, now, None)
        if preview.is_blocked:
            raise Blocked(preview.points)
        document = self._proposed(kind, preview, now, restores=number)
        decision = self._approved(kind, document, timetables, now)
        self._note(now, "document.rolled_back", decision.version)
        self.documents.decide(kind, decision, document.body)
        return decision.version

    def withdraw(self, kind: Kind[Any], number: int, now: datetime) -> Version:
        """4 requests. Raises NotWaiting for what has come into force, and Blocked when another document that is to come
        was approved because this one is."""
        self._allowed((*kind.proposed_by, *kind.approved_by))
        document, timetables = self.documents.get(kind, number), self._timetables(kind)
        decision = withdraw(document.version, timetables[kind.name], now)
        if decision.timetable is not None:
            decision = replace(decision, unmoved=_looked_at(kind, timetables))
            self._relied_upon_by_none(kind, timetables, now)
        self._note(now, "document.withdrawn", decision.version)
        self.documents.decide(kind, decision)
        return decision.version

    def withdraw_proposed(self, kind: Kind[Any], number: int, now: datetime) -> None:
        """The same of what is not approved; what is withdrawn already stays so. Raises NotWaiting for the others."""
        state = self._state(kind, number)
        if state is VersionState.APPROVED:
            raise NotWaiting(state)
        if state is not VersionState.WITHDRAWN:
            self.withdraw(kind, number, now)

    def is_waiting(self, kind: Kind[Any], number: int) -> bool:
        """Whether a version waits for approval: 1 request."""
        return self._state(kind, number) is VersionState.PROPOSED

    def _state(self, kind: Kind[Any], number: int) -> VersionState:
        """Of a version that was erased: withdrawn."""
        found = self.documents.versions(kind, 1, number + 1)
        return found[0].state if found and found[0].number == number else VersionState.WITHDRAWN

    def _approved(
        self, kind: Kind[Any], document: Document, timetables: Mapping[str, Timetable], now: datetime
    ) -> Decision:
        timetable = timetables[kind.name]
        waiting = timetable.to_come(now)
        to_come = self.documents.get(kind, waiting).version if waiting is not None else None
        obeyed = kind.obeyed(document.body, now)
        decision = approve(document.version, obeyed, timetable, to_come, self.decider.user_id, now)
        return replace(decision, unmoved=_looked_at(kind, timetables))

    def _compared(
        self,
        kind: Kind[Any],
        body: Any,
        compared_with: tuple[int, Any],
        timetables: Mapping[str, Timetable],
        now: datetime,
        wanted_from: datetime | None,
    ) -> Preview:
        number, in_force = compared_with
        carried = kind.carried(in_force, body, now)
        circumstances = self._circumstances(kind, timetables, now, now, wanted_from)
        points = _all_points(kind, in_force, carried, circumstances)
        under_way = self.under_way() if kind.tells_of_open_ones else ()
        effects = kind.effects(in_force, carried, replace(circumstances[0], under_way=under_way))
        return Preview(number, in_force, carried, kind.changes(in_force, carried), points, effects)

    def _timetables(self, kind: Kind[Any]) -> Mapping[str, Timetable]:
        """1 request: its own, and those of the kinds it looks at."""
        return self.documents.timetables_of((kind.name, *kind.looks_at))

    def _circumstances(
        self,
        kind: Kind[Any],
        timetables: Mapping[str, Timetable],
        now: datetime,
        proposed_at: datetime,
        wanted_from: datetime | None,
    ) -> tuple[Circumstances, ...]:
        """With the others as they are when it would come into force, and after each change that is to come of them."""
        start = max(wanted_from or now, now)
        looked_at = _looked_at(kind, timetables)
        later = {slot.starts_at for one in looked_at for slot in one.slots if slot.starts_at > start}
        instants = (start, *sorted(later))
        numbers = {(one.kind, one.at(instant)) for one in looked_at for instant in instants}
        bodies = {(name, number): self._body_of(self.kinds[name], number)[1] for name, number in sorted(numbers)}
        return tuple(
            Circumstances(
                now,
                proposed_at,
                self.signed,
                {one.kind: bodies[one.kind, one.at(instant)] for one in looked_at},
                instant,
            )
            for instant in instants
        )

    def _relied_upon_by_none(self, kind: Kind[Any], timetables: Mapping[str, Timetable], now: datetime) -> None:
        """That what is in force can stay, also beside what is to come of other kinds. Raises Blocked."""
        _, in_force = self._body_of(kind, timetables[kind.name].at(now))
        already, *later = self._circumstances(kind, timetables, now, now, None)
        known = kind.checks(in_force, in_force, already)
        points = tuple(point for point in _all_points(kind, in_force, in_force, later) if point not in known)
        if any(point.blocks for point in points):
            raise Blocked(points)

    def _proposed(
        self,
        kind: Kind[Any],
        preview: Preview,
        now: datetime,
        *,
        wanted_from: datetime | None = None,
        restores: int | None = None,
    ) -> Document:
        if not preview.changes:
            raise Unchanged(kind.name)
        newest = self.documents.versions(kind, 1)
        version = Version(
            kind=kind.name,
            number=newest[0].number + 1 if newest else SEED + 1,
            digest=self.documents.digest(preview.body),
            state=state_of(preview.points),
            compared_with=preview.compared_with,
            proposed_at=now,
            proposed_by=self.decider.user_id,
            counts=kind.counts(preview.body),
            points=_most_telling(preview.points),
            effects=preview.effects,
            wanted_from=wanted_from,
            restores=restores,
        )
        return Document(version, preview.body)

    def _body_of(self, kind: Kind[Any], number: int) -> tuple[int, Any]:
        return number, (self._seed(kind) if number == SEED else self.documents.get(kind, number).body)

    def _once_in_force(self, kind: Kind[Any], number: int, now: datetime) -> Any:
        if number == SEED:
            return self._seed(kind)
        document = self.documents.get(kind, number)
        if document.version.in_force_from is None or document.version.in_force_from > now:
            raise NotWaiting(document.version.state)
        return document.body

    def _seed(self, kind: Kind[Any]) -> Any:
        return self.seeds[kind.name] if kind.name in self.seeds else kind.schema()

    def _allowed(self, groups: Collection[str]) -> None:
        if not set(groups) & set(self.decider.groups):
            raise NotAllowed(", ".join(sorted(groups)))

    def _note(self, now: datetime, action: str, version: Version) -> None:
        what = f"{version.kind} {version.number}"
        self.register.record(now, self.decider.user_id, action, what, {"digest": version.digest})


def _most_telling(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """As many as an item has room for, those that block before the others: who mends them is told the rest."""
    blocking = tuple(point for point in points if point.blocks)
    return (*blocking, *(point for point in points if not point.blocks))[:MOST_KEPT]


def _looked_at(kind: Kind[Any], timetables: Mapping[str, Timetable]) -> tuple[Timetable, ...]:
    return tuple(timetables[name] for name in kind.looks_at)


def _all_points(
    kind: Kind[Any], in_force: Any, proposed: Any, circumstances: Iterable[Circumstances]
) -> tuple[Point, ...]:
    """What is wrong in one of the circumstances or more, once."""
    points: list[Point] = []
    for one in circumstances:
        points += (point for point in kind.checks(in_force, proposed, one) if point not in points)
    return tuple(points)
