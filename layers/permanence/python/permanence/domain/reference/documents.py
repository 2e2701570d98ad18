"""Living documents: versions whose bodies never change, and the timetable that says which is in force (R2, R11).

In force at an instant is, of the approved versions that have started by then, the one that started last; before the
first one it is the seed, what the contract folder ships. At most one version is to come.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from permanence.domain.frozen import dataclass
from permanence.domain.reference.calendar import OpeningHours
from permanence.domain.reference.imports import Import
from permanence.domain.reference.in_force import SEED

B = TypeVar("B")


class VersionState(StrEnum):
    DRAFT = "draft"  # to be corrected, or to be compared again: nobody can approve it
    PROPOSED = "proposed"  # waits for approval
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Point:
    """What a check says: `code` is the kind's own, `subject` tells of which entry, `detail` fills the sentence.

    One that `blocks` must be mended before anybody can approve; the others are only said.
    """

    code: str
    subject: str
    detail: Mapping[str, str]
    blocks: bool


@dataclass(frozen=True)
class Effect:
    """What a version does to what happens, `count` times: `code` is the kind's own, `detail` fills the sentence.
    `places`, and `subjects` by their ids, are the first of them."""

    code: str
    count: int
    detail: Mapping[str, str]
    places: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """What one entry was and becomes; None where it did not exist or no longer does."""

    before: Any
    after: Any


@dataclass(frozen=True)
class Signed:
    """What checks look at of the contract: `hours` without closures; names by agency id, labels by motif id."""

    hours: OpeningHours
    agencies: Mapping[str, str]
    motifs: Mapping[str, str]
    contractor_motifs: frozenset[str]  # those that a contractor is sent to first
    not_to_fall_back_on: frozenset[str] = frozenset()  # numbers; calls sent away to them would come back
    cap_from_creation_s: int = 600  # however late the provider rings, nobody of a chain has longer (R42)
    records_calls: bool = True  # by campaign or always (R14)


@dataclass(frozen=True)
class UnderWay:
    """A malfunction that is open, by its `number`, and where; `dwelling_id` is None for a free address, or where the
    building alone is meant."""

    number: str
    dwelling_id: str | None
    building_id: str | None
    commune: str
    has_mission: bool


@dataclass(frozen=True)
class Circumstances:
    """What checks look at beside the bodies: `others` are the bodies of the kinds that the kind looks at, by name, at
    an instant at which what is proposed would be in force, `at`, None for now. Between the proposal and `now`, when
    somebody approves it, time may have passed. `under_way` is for the effects of a kind that tells of it."""

    now: datetime
    proposed_at: datetime
    signed: Signed
    others: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    under_way: tuple[UnderWay, ...] = ()


def _kept_whole(body: B, _: datetime) -> B:
    return body


def _no_effects(_: B, __: B, ___: Circumstances) -> tuple[Effect, ...]:
    return ()


@dataclass(frozen=True)
class Kind(Generic[B]):
    """One kind of document: its schema, its checks, its diff, and who decides. Groups are those of a session.

    `schema()` is the empty body. Where entries begin and cannot be undone, `carried` gives them to what is proposed,
    and `restored` takes from an older version what it is too late for. `brought_over` makes the changes of what was
    proposed in what is in force now. `counts` says what a body holds, for the list of documents; `obeyed` what the
    reception reads of it while a caller waits, None when nothing: from the instant of the approval on. `looks_at` names
    the kinds whose bodies the checks need: each of them looks back, so that neither is approved against the other.
    `effects` tells who approves what happens otherwise then, of malfunctions too where it `tells_of_open_ones`.
    `erased` is a body without what ended before an instant, where that must not be kept (R70). What a file says of one
    that is `mended_in_place` becomes a version with its points, to be mended on a page.
    """

    name: str
    schema: type[B]
    proposed_by: Collection[str]
    approved_by: Collection[str]
    carried: Callable[[B, B, datetime], B]  # in force, proposed, now
    restored: Callable[[B, B, datetime], B]  # in force, older, now
    brought_over: Callable[[B, B, B], B]  # in force then, proposed then, in force now
    checks: Callable[[B, B, Circumstances], tuple[Point, ...]]  # in force, proposed
    changes: Callable[[B, B], tuple[Change, ...]]  # in force, proposed
    counts: Callable[[B], Mapping[str, int]]
    obeyed: Callable[[B, datetime], Any]
    looks_at: tuple[str, ...] = ()
    effects: Callable[[B, B, Circumstances], tuple[Effect, ...]] = _no_effects  # in force, proposed
    erased: Callable[[B, datetime], B] = _kept_whole
    mended_in_place: bool = False
    tells_of_open_ones: bool = False


def whole(
    name: str,
    schema: type[B],
    *,
    proposed_by: Collection[str],
    approved_by: Collection[str],
    checks: Callable[[B, B, Circumstances], tuple[Point, ...]],
    changes: Callable[[B, B], tuple[Change, ...]],
    counts: Callable[[B], Mapping[str, int]],
    obeyed: Callable[[B, datetime], Any] = lambda _, __: None,
    looks_at: tuple[str, ...] = (),
    effects: Callable[[B, B, Circumstances], tuple[Effect, ...]] = _no_effects,
    erased: Callable[[B, datetime], B] = _kept_whole,
    tells_of_open_ones: bool = False,
) -> Kind[B]:
    """A kind that is sent whole each time: what is proposed is what will be in force, entry for entry."""
    return Kind(
        name=name,
        schema=schema,
        proposed_by=proposed_by,
        approved_by=approved_by,
        carried=lambda _, proposed, __: proposed,
        restored=lambda _, older, __: older,
        brought_over=lambda _, proposed, __: proposed,
        checks=checks,
        changes=changes,
        counts=counts,
        obeyed=obeyed,
        looks_at=looks_at,
        effects=effects,
        erased=erased,
        tells_of_open_ones=tells_of_open_ones,
    )


@dataclass(frozen=True)
class Version:
    """One version; instants in UTC, people by id. `compared_with` is the number that was in force when the checks ran.

    `in_force_from` and `approval` are those of an approval that stands: of two versions that start at the same instant
    the one whose approval counts more stands. `restores` is the version that a roll-back brings back, `import_id` the
    file that it was read from.
    """

    kind: str
    number: int
    digest: str
    state: VersionState
    compared_with: int
    proposed_at: datetime
    proposed_by: str
    counts: Mapping[str, int]
    points: tuple[Point, ...] = ()
    effects: tuple[Effect, ...] = ()
    wanted_from: datetime | None = None  # None: as soon as it is approved
    restores: int | None = None
    import_id: str | None = None
    approved_at: datetime | None = None
    approved_by: str | None = None
    in_force_from: datetime | None = None
    approval: int | None = None
    changes: int = 0  # as of the timetable

    @property
    def is_blocked(self) -> bool:
        return any(point.blocks for point in self.points)


@dataclass(frozen=True)
class Slot:
    """`obeyed` lies beside it, in plain data once it was kept."""

    number: int
    starts_at: datetime
    obeyed: Any = None


@dataclass(frozen=True)
class Timetable:
    """Of one kind, in the order of their starts: the version before and the one in force, or that one and the one to
    come. `changes` counts how often it was written, so that nobody writes over what he has not read."""

    kind: str
    changes: int = 0
    slots: tuple[Slot, ...] = ()

    def at(self, instant: datetime) -> int:
        """The number in force, `SEED` before the first."""
        return next((slot.number for slot in reversed(self.slots) if slot.starts_at <= instant), SEED)

    def to_come(self, now: datetime) -> int | None:
        return next((slot.number for slot in self.slots if slot.starts_at > now), None)


@dataclass(frozen=True)
class Decision:
    """What one decision writes, all of it or nothing: `version`, perhaps another one that it displaces, and perhaps the
    timetable, which is written only while those of `unmoved`, that it was checked against, are as they were read.
    `imported` is the import that has become the version."""

    version: Version
    timetable: Timetable | None = None
    displaced: Version | None = None
    unmoved: tuple[Timetable, ...] = ()
    imported: Import | None = None


class DecisionRefused(Exception):
    """A decision that cannot be taken; nothing has changed."""


class Overtaken(DecisionRefused):
    """Another version came into force since the comparison: it must be compared again."""


class NotWaiting(DecisionRefused):
    """It does not wait for this decision: blocked, sent back, decided already, or withdrawn."""


class OneToCome(DecisionRefused):
    """Another version is to come already: it is withdrawn first, or awaited."""


def state_of(points: tuple[Point, ...]) -> VersionState:
    """Where the checks leave what is proposed."""
    return VersionState.DRAFT if any(point.blocks for point in points) else VersionState.PROPOSED


def approve(
    version: Version, obeyed: object, timetable: Timetable, to_come: Version | None, by: str, now: datetime
) -> Decision:
    """In force from the instant that was wanted, or from now when none was or it is past.

    `obeyed` is what the reception reads of it, `to_come` the version that the timetable says is to come: one that
    starts now sends that one back to be compared again. Raises NotWaiting, Overtaken, OneToCome.
    """
    if version.state is not VersionState.PROPOSED or version.is_blocked:
        raise NotWaiting(version.state)
    if version.compared_with != timetable.at(now):
        raise Overtaken(timetable.at(now))
    starts_at = max(version.wanted_from or now, now)
    if starts_at > now and to_come is not None:
        raise OneToCome(to_come.number)
    begun = [slot for slot in timetable.slots if slot.starts_at <= now]
    changes = timetable.changes + 1
    approved = _changed(
        version,
        state=VersionState.APPROVED,
        approved_at=now,
        approved_by=by,
        in_force_from=starts_at,
        approval=changes,
    )
    slots = (*begun[-1:], Slot(version.number, starts_at, obeyed))
    sent_back = _taken_back(to_come, VersionState.DRAFT) if to_come else None
    return Decision(approved, replace(timetable, changes=changes, slots=slots), sent_back)


def withdraw(version: Version, timetable: Timetable, now: datetime) -> Decision:
    """Nobody wants it any more. What has come into force is not withdrawn but replaced: raises NotWaiting."""
    if version.state in (VersionState.DRAFT, VersionState.PROPOSED):
        return Decision(_changed(version, state=VersionState.WITHDRAWN))
    if version.state is VersionState.APPROVED and timetable.to_come(now) == version.number:
        slots = tuple(slot for slot in timetable.slots if slot.number != version.number)
        kept = replace(timetable, changes=timetable.changes + 1, slots=slots)
        return Decision(_taken_back(version, VersionState.WITHDRAWN), kept)
    raise NotWaiting(version.state)


def in_force_at(versions: Collection[Version], instant: datetime) -> int:
    """The number that was, is or will be in force, of all versions of a kind; `SEED` before the first."""
    started = [
        (version.in_force_from, version.approval, version.number)
        for version in versions
        if version.state is VersionState.APPROVED
        and version.in_force_from is not None
        and version.approval is not None
        and version.in_force_from <= instant
    ]
    return max(started)[2] if started else SEED


def _taken_back(version: Version, state: VersionState) -> Version:
    return _changed(version, state=state, approved_at=None, approved_by=None, in_force_from=None, approval=None)


def _changed(version: Version, **told: Any) -> Version:
    return replace(version, changes=version.changes + 1, **told)
