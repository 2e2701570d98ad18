"""Addresses that callers gave and the patrimoine does not hold: each a point for Habitat 70 (R28, R86)."""

from collections.abc import Collection, Iterable
from datetime import datetime

from permanence.domain.frozen import dataclass
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.places import normalise


@dataclass(frozen=True)
class UnknownAddress:
    """As an agent noted it first; instants in UTC, `calls` the ids of those that were about it."""

    address: str
    first_told_at: datetime
    last_told_at: datetime
    calls: Collection[str]


def address_key(address: str) -> str:
    """Equal for all ways of writing one address."""
    return normalise(address)


def still_unknown(addresses: Iterable[UnknownAddress], patrimoine: Patrimoine) -> tuple[UnknownAddress, ...]:
    """Those that a patrimoine does not hold, the one told last first. One is held once a dwelling stands at its number
    and street, in its commune; what else was noted of it (a postcode, a floor) does not matter."""
    communes_by_street: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for dwelling in patrimoine.dwellings:
        street = tuple(normalise(dwelling.address).split())
        communes_by_street.setdefault(street, set()).add(tuple(normalise(dwelling.commune).split()))
    open_ones = (one for one in addresses if not _is_held(one.address, communes_by_street))
    return tuple(sorted(open_ones, key=lambda one: one.last_told_at, reverse=True))


def _is_held(address: str, communes_by_street: dict[tuple[str, ...], set[tuple[str, ...]]]) -> bool:
    words = tuple(address_key(address).split())
    for length in range(1, len(words)):
        communes = communes_by_street.get(words[:length], ())
        rest = words[length:]
        if any(_holds(rest, commune) for commune in communes):
            return True
    return False


def _holds(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return bool(wanted) and any(
        words[start : start + len(wanted)] == wanted for start in range(len(words) - len(wanted) + 1)
    )
