"""What is wrong with an opening or a takeover that is proposed (R30, R4)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Protocol, TypeVar

from permanence.domain.instants import paris_day
from permanence.domain.reference import dated
from permanence.domain.reference.announcing import LONGEST_WORDS
from permanence.domain.reference.calendar import opening_at
from permanence.domain.reference.dated import FARTHEST
from permanence.domain.reference.documents import Circumstances, Point
from permanence.domain.reference.exceptional import WHOLE_CRC, Opening, Takeover
from permanence.domain.writable_text import writable


class ExceptionalCode(StrEnum):
    """What a check says of an opening or a takeover; the detail `entry` tells which."""

    BACKWARDS = "exceptional_backwards"
    PAST = "exceptional_past"
    BEGUN = "exceptional_begun"  # it has begun, and is not there as it was
    TOO_FAR = "exceptional_too_far"
    WITHOUT_REASON = "exceptional_without_reason"
    REASON_TOO_LONG = "exceptional_reason_too_long"
    SEVERAL_DAYS = "exceptional_several_days"  # it touches midnight
    UNKNOWN_AGENCY = "exceptional_unknown_agency"
    OVERLAP = "exceptional_overlap"  # two takeovers, or an opening with a closure: detail: other
    CHANGES_NOTHING = "exceptional_changes_nothing"  # only said: the CRC is open then without it, or never open


E = TypeVar("E", Opening, Takeover)


class Planned(Protocol):
    """What an opening may contradict."""

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...


def opening_points(
    in_force: tuple[Opening, ...],
    proposed: tuple[Opening, ...],
    closures: Sequence[Planned],
    circumstances: Circumstances,
) -> Iterator[Point]:
    """Of what is new or changed, in the order of time; `closures` are those proposed with them."""
    known = {one.key: one for one in in_force}
    for opening in proposed:
        if known.get(opening.key) == opening:
            continue
        is_known = opening.key in known
        for code in (*_codes(opening, circumstances), *_opening_codes(opening, circumstances, is_known=is_known)):
            yield _point(code, opening, blocks=code is not ExceptionalCode.CHANGES_NOTHING)
    for opening in proposed:
        if opening.agency == WHOLE_CRC and opening.end > circumstances.now:
            for closure in closures:
                if closure.start < opening.end and opening.start < closure.end:
                    yield _point(ExceptionalCode.OVERLAP, opening, other=closure.start.isoformat())
    yield from _begun(in_force, proposed, circumstances)


def takeover_points(
    in_force: tuple[Takeover, ...], proposed: tuple[Takeover, ...], circumstances: Circumstances
) -> Iterator[Point]:
    """The same of takeovers. One that begins while its proposal waits may still be approved, until it is over."""
    known = {one.key: one for one in in_force}
    for takeover in proposed:
        if known.get(takeover.key) == takeover:
            continue
        for code in _codes(takeover, circumstances):
            yield _point(code, takeover)
        is_late = takeover.start < circumstances.proposed_at or takeover.end <= circumstances.now
        if takeover.key not in known and takeover.end > takeover.start and is_late:
            yield _point(ExceptionalCode.PAST, takeover)
    for earlier, later in pairwise(dated.ordered(proposed)):
        if later.start < earlier.end:
            yield _point(ExceptionalCode.OVERLAP, later, other=earlier.start.isoformat())
    yield from _begun(in_force, proposed, circumstances)


def _codes(entry: Opening | Takeover, circumstances: Circumstances) -> Iterator[ExceptionalCode]:
    if not entry.reason.strip() or writable(entry.reason) != entry.reason:
        yield ExceptionalCode.WITHOUT_REASON
    elif len(entry.reason) > LONGEST_WORDS:
        yield ExceptionalCode.REASON_TOO_LONG
    if entry.end <= entry.start:
        yield ExceptionalCode.BACKWARDS
    elif entry.end > circumstances.now + FARTHEST:
        yield ExceptionalCode.TOO_FAR


def _opening_codes(opening: Opening, circumstances: Circumstances, *, is_known: bool) -> Iterator[ExceptionalCode]:
    if opening.agency != WHOLE_CRC and opening.agency not in circumstances.signed.agencies:
        yield ExceptionalCode.UNKNOWN_AGENCY
    if opening.end <= opening.start or opening.end > circumstances.now + FARTHEST:
        return
    if opening.start < circumstances.now and not is_known:
        yield ExceptionalCode.PAST
    if paris_day(opening.end) != paris_day(opening.start):
        yield ExceptionalCode.SEVERAL_DAYS
    elif opening.agency == WHOLE_CRC:
        usual = opening_at(opening.start, circumstances.signed.hours)
        if usual is not None and usual.end >= opening.end:
            yield ExceptionalCode.CHANGES_NOTHING


def _begun(in_force: tuple[E, ...], proposed: tuple[E, ...], circumstances: Circumstances) -> Iterator[Point]:
    """Calls were decided by what has begun: it is there as it was, or ends since the proposal at the earliest."""
    for one in dated.carried(in_force, proposed, circumstances.now, circumstances.proposed_at):
        if one not in proposed:
            yield _point(ExceptionalCode.BEGUN, one)


def _point(code: ExceptionalCode, entry: Opening | Takeover, *, blocks: bool = True, **detail: str) -> Point:
    return Point(code, entry.start.isoformat(), {"entry": entry.entry.value, **detail}, blocks=blocks)
