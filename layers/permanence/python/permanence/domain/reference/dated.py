"""Dated entries of a living document: what is kept of them, what changes, whatever they announce (R2, R6)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar, cast

from permanence.domain.reference.documents import Change

FARTHEST = timedelta(days=2 * 366)
"""An entry further ahead is a slip of the year."""


class Dated(Protocol):
    """Over [start, end), UTC; `key` names it among those of its sort, `enter_by` is when it is too late to enter it."""

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def key(self) -> tuple[datetime, str]: ...
    @property
    def enter_by(self) -> datetime: ...


D = TypeVar("D", bound=Dated)


def ordered(entries: Iterable[D]) -> tuple[D, ...]:
    return tuple(sorted(entries, key=lambda one: (one.start, one.end)))


def carried(in_force: Iterable[D], proposed: Iterable[D], now: datetime, earliest_end: datetime) -> tuple[D, ...]:
    """What is proposed, with all that has begun; of that, what goes on ends at `earliest_end` or later."""
    begun = {one.key: one for one in in_force if one.start < now}
    wanted = {one.key: one for one in proposed}
    kept = [_carry(one, wanted.get(key), earliest_end) for key, one in begun.items()]
    return ordered([*kept, *(one for key, one in wanted.items() if key not in begun)])


def restored(in_force: Iterable[D], older: Iterable[D], now: datetime) -> tuple[D, ...]:
    """The older ones, without those that it is too late to enter and that are not in force."""
    known = {one.key for one in in_force}
    return tuple(one for one in older if one.key in known or (one.enter_by >= now and one.end > now))


def brought_over(in_force_then: Iterable[D], proposed: Iterable[D], in_force: Iterable[D]) -> tuple[D, ...]:
    """The same changes, in what is in force now."""
    entries = {one.key: one for one in in_force}
    for change in changes(in_force_then, proposed):
        if change.after is None:
            entries.pop(change.before.key, None)
        else:
            entries[change.after.key] = change.after
    return ordered(entries.values())


def changes(in_force: Iterable[D], proposed: Iterable[D]) -> tuple[Change, ...]:
    """What is added, changed and removed, in the order of time."""
    before = {one.key: one for one in in_force}
    after = {one.key: one for one in proposed}
    return tuple(
        Change(before.get(key), after.get(key))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    )


def without(entries: Iterable[D], key: tuple[datetime, str]) -> tuple[D, ...]:
    """Without the one of this key; raises KeyError when there is none."""
    known = tuple(entries)
    kept = tuple(one for one in known if one.key != key)
    if len(kept) == len(known):
        raise KeyError(key)
    return kept


def _carry(begun: D, wanted: D | None, earliest_end: datetime) -> D:
    if begun.end <= earliest_end:
        return begun
    end = max(wanted.end, earliest_end) if wanted else earliest_end
    return cast(D, replace(cast(Any, begun), end=end))
