"""How often one may try to sign in. Waits grow and end by themselves: nobody is locked out for the night (R74).

Tries are counted per account and origin address, before the identity provider is asked, so that parallel guesses
share them and somebody elsewhere delays nobody at the desk. Guesses from many origins share one allowance an hour, from
which an origin where the account has signed in before is free. What the account is called is kept as a hash only.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from permanence.domain.frozen import dataclass

FREE_TRIES = 8  # a sign-in without a mistake counts two: its password, its code
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
STRANGERS_SHARE = 30  # tries an hour on one account, from all origins it never signed in from
KNOWN_FOR = timedelta(days=30)
_RACES = 3


class HeldOff(Exception):
    """Too many tries; one may try again at `until` (UTC)."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


@dataclass(frozen=True)
class Tries:
    """What is remembered under one key; `known_until` says how long the origin counts as the account's own."""

    key: str
    count: int = 0
    last_at: datetime | None = None
    known_until: datetime | None = None


class TryCounter(Protocol):
    def read(self, keys: Sequence[str]) -> Mapping[str, Tries]:
        """Those that exist: 1 request."""

    def replace(self, seen: Tries, fresh: Tries, forget_at: datetime) -> bool:
        """Put fresh tries in the place of what was seen; False when somebody else did meanwhile: 1 request."""

    def add(self, key: str, forget_at: datetime) -> None:
        """One more try, whatever the count: 1 request."""

    def put(self, fresh: Tries, forget_at: datetime) -> None:
        """Whatever was there: 1 request."""


def account_key(email: str) -> str:
    """What stands for an account in counters and in the audit, known or not, without naming it."""
    return hashlib.sha256(f"account {email.casefold()}".encode()).hexdigest()[:32]


def free_again_at(tries: Tries, now: datetime) -> datetime:
    """When the next try from an origin is let through; `now` or earlier when it is already."""
    if tries.last_at is None or _remembered(tries, now) < FREE_TRIES:
        return now
    waits = (LONGEST_WAIT, FIRST_WAIT * (1 << min(tries.count - FREE_TRIES, 10)))
    return tries.last_at + min(waits)


@dataclass(frozen=True)
class Gate:
    """In front of one user pool."""

    counter: TryCounter

    def take_try(self, account: str, origin: str, now: datetime) -> None:
        """Count one try before it is made: 2 or 3 requests. Raises HeldOff; a try that is held off is not counted."""
        own_key, hour = _own_key(account, origin), now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        strangers_key = _key(account, "strangers", hour.isoformat())
        for _ in range(_RACES):
            known = self.counter.read((own_key, strangers_key))
            own, strangers = known.get(own_key, Tries(own_key)), known.get(strangers_key, Tries(strangers_key))
            until = free_again_at(own, now)
            if until > now:
                raise HeldOff(until)
            is_own_place = own.known_until is not None and now < own.known_until
            if not is_own_place and strangers.count >= STRANGERS_SHARE:
                raise HeldOff(hour + timedelta(hours=1))
            tried = replace(own, count=_remembered(own, now) + 1, last_at=now)
            if self.counter.replace(own, tried, max(now + FORGOTTEN_AFTER, own.known_until or now)):
                if not is_own_place:
                    self.counter.add(strangers_key, hour + timedelta(hours=1))
                return
        raise HeldOff(now + FIRST_WAIT)

    def let_in(self, account: str, origin: str, now: datetime) -> None:
        """Both factors were right: this origin starts anew, as a known one: 1 request."""
        known_until = now + KNOWN_FOR
        self.counter.put(Tries(_own_key(account, origin), 0, now, known_until), known_until)


def _remembered(tries: Tries, now: datetime) -> int:
    is_recent = tries.last_at is not None and tries.last_at <= now < tries.last_at + FORGOTTEN_AFTER
    return tries.count if is_recent else 0


def _own_key(account: str, origin: str) -> str:
    return _key(account, "from", origin)


def _key(*parts: str) -> str:
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()
