"""What changes between two tables of entries, each known by a key."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from permanence.domain.reference.documents import Change

E = TypeVar("E")


def changes_of(before: Iterable[E], after: Iterable[E], key: Callable[[E], Any]) -> Iterator[Change]:
    """What is removed and changed, as it stood before, then what is added, as it is proposed."""
    known, wanted = {key(one): one for one in before}, {key(one): one for one in after}
    for name, one in known.items():
        if wanted.get(name) != one:
            yield Change(one, wanted.get(name))
    for name, one in wanted.items():
        if name not in known:
            yield Change(None, one)
