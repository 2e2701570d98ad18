"""Signing in on our own pages: password, then a code of the authenticator, then a session kept by us (R74).

The browser holds one random token; what it opens stays here, under the hash of that token.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
CHALLENGE = timedelta(minutes=3)
MOST_TRIES = 5
# A code is valid in its own half minute and in the two around it; five minutes outlive every clock skew.
CODE_REMEMBERED = timedelta(minutes=5)
# A session in use is written once a minute, not at each page.
TOUCH_AFTER = timedelta(minutes=1)


class SignInRefused(Exception):
    """Wrong address, wrong password, disabled account: the visitor is told the same sentence for all of them."""


class CodeRefused(Exception):
    """The code is wrong, or has been used already; another may be tried."""


class ChallengeLost(Exception):
    """No challenge, too old a challenge or too many wrong codes: start again with the password."""


class SecondFactorMissing(Exception):
    """The account has no authenticator yet: no session without a second factor."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who the identity provider says this is; `phone` in E.164 or empty."""

    user_id: str
    email: str
    first_name: str
    last_name: str
    phone: str
    groups: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person. `key` is the SHA-256 of the browser's token; instants in UTC."""

    key: str
    person: Person
    csrf: str
    started_at: datetime
    seen_at: datetime

    @property
    def ends_at(self) -> datetime:
        return min(self.started_at + LONGEST, self.seen_at + IDLE)


@dataclass(frozen=True, slots=True)
class Challenge:
    """The password was right, the code is awaited. `provider_session` is the identity provider's own handle."""

    key: str
    username: str
    provider_session: str
    destination: str
    started_at: datetime
    tries: int = 0


class Sessions(Protocol):
    def put_session(self, session: Session) -> None:
        """1 request."""

    def session(self, key: str) -> Session | None:
        """1 request."""

    def touch(self, key: str, seen_at: datetime) -> None:
        """Changes nothing when the session is gone: 1 request."""

    def put_challenge(self, challenge: Challenge) -> None:
        """1 request."""

    def challenge(self, key: str) -> Challenge | None:
        """1 request."""

    def count_try(self, key: str, most: int) -> bool:
        """One more code for this challenge; False when it has had its share: 1 request."""

    def delete(self, key: str) -> None:
        """Forget a session or a challenge: 1 request."""

    def spend_code(self, user_id: str, code: str, now: datetime, until: datetime) -> bool:
        """False when this person has used this code and it is still remembered: 1 request."""


class IdentityProvider(Protocol):
    def begin(self, email: str, password: str) -> tuple[str, str]:
        """The username and the handle of a code challenge. Raises SignInRefused or SecondFactorMissing."""

    def answer(self, username: str, provider_session: str, code: str) -> Person:
        """Raises CodeRefused or ChallengeLost."""


def key_of(token: str) -> str:
    """What a browser's token is stored under."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    return secrets.token_urlsafe(32)


def begin(
    email: str, password: str, *, destination: str, provider: IdentityProvider, sessions: Sessions, now: datetime
) -> str:
    """First factor. The token of the challenge, for the browser. Raises SignInRefused or SecondFactorMissing."""
    username, provider_session = provider.begin(email, password)
    token = new_token()
    sessions.put_challenge(Challenge(key_of(token), username, provider_session, destination, now))
    return token


def awaited_challenge(token: str | None, sessions: Sessions, now: datetime) -> Challenge:
    """The challenge a browser may still answer. Raises ChallengeLost."""
    challenge = sessions.challenge(key_of(token)) if token else None
    if challenge is None or now >= challenge.started_at + CHALLENGE or challenge.tries >= MOST_TRIES:
        raise ChallengeLost
    return challenge


def answer_challenge(
    token: str | None, code: str, provider: IdentityProvider, sessions: Sessions, now: datetime
) -> tuple[str, Session, str]:
    """Second factor. A new token, its session and where the visitor wanted to go. Raises CodeRefused, ChallengeLost.

    Tries are counted before the provider is asked, so that parallel guesses share them. The code is spent after the
    provider has accepted it: of two requests with one code a single one opens a session.
    """
    challenge = awaited_challenge(token, sessions, now)
    if not sessions.count_try(challenge.key, MOST_TRIES):
        raise ChallengeLost
    person = provider.answer(challenge.username, challenge.provider_session, code)
    if not sessions.spend_code(person.user_id, code, now, now + CODE_REMEMBERED):
        raise CodeRefused
    fresh = new_token()
    session = Session(key_of(fresh), person, new_token(), now, now)
    sessions.put_session(session)
    sessions.delete(challenge.key)
    return fresh, session, challenge.destination


def current_session(token: str | None, sessions: Sessions, now: datetime) -> Session | None:
    """The live session of a browser, or None. Use keeps it alive, up to twelve hours after its start."""
    session = sessions.session(key_of(token)) if token else None
    if session is None or now >= session.ends_at:
        return None
    if now - session.seen_at >= TOUCH_AFTER:
        sessions.touch(session.key, now)
        return replace(session, seen_at=now)
    return session


def holds_csrf(session: Session, given: str) -> bool:
    """Whether a form came from a page of this session; constant time."""
    return hmac.compare_digest(session.csrf.encode(), given.encode())


def may_enter(session: Session, groups: frozenset[str]) -> bool:
    return not groups.isdisjoint(session.person.groups)
