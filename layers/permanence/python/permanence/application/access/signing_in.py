"""Signing in on our own pages: password, second factor, charter, then a session kept by us (R74).

The browser holds one random token; what it opens stays here, under the hash of that token. Until the last step is done
there is a challenge and no session: no page is open to somebody without a second factor, or without a signed charter.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from permanence.application.access.members import Member, Members, Person
from permanence.application.access.passwords import PasswordRule, broken_rules
from permanence.domain.frozen import dataclass

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
MOST_TRIES = 5
# A code is valid in its own half minute and in the two around it; five minutes outlive every clock skew.
CODE_REMEMBERED = timedelta(minutes=5)
# A session in use is written once a minute, not at each page.
TOUCH_AFTER = timedelta(minutes=1)
_COOKIE = re.compile(r"[\w-]{1,64}\.[\w-]{1,64}")


class SignInRefused(Exception):
    """Wrong address, wrong password, disabled account: the visitor is told the same sentence for all of them."""


class CodeRefused(Exception):
    """The code is wrong, or has been used already; another may be tried."""


class ChallengeLost(Exception):
    """No challenge, too old a challenge, too many wrong codes, or one that the identity provider takes no answer to any
    more: start again with the password."""


class IdentityUnavailable(Exception):
    """The identity provider does not answer, or asks to come back later: it has said nothing of who asks."""

    def __init__(self, *, may_have_acted: bool = False) -> None:
        super().__init__()
        self.may_have_acted = may_have_acted


class PasswordUncertain(Exception):
    """Nobody knows whether one's password was replaced: the answer was lost."""


class PasswordRefused(Exception):
    """The password chosen does not keep these rules; none of them when only the identity provider knows why."""

    def __init__(self, rules: tuple[PasswordRule, ...] = ()) -> None:
        super().__init__()
        self.rules = rules


class Step(StrEnum):
    """What a visitor must do next."""

    NEW_PASSWORD = "new_password"  # noqa: S105
    ENROLMENT = "enrolment"
    CODE = "code"
    CHARTER = "charter"


# The identity provider's own patience is fifteen minutes a step (infra/identity.py).
PATIENCE: Mapping[Step, timedelta] = {
    Step.NEW_PASSWORD: timedelta(minutes=10),
    Step.ENROLMENT: timedelta(minutes=10),
    Step.CODE: timedelta(minutes=3),
    Step.CHARTER: timedelta(minutes=30),
}


@dataclass(frozen=True)
class Session:
    """A signed-in person. `key` is the SHA-256 of the browser's cookie; instants in UTC."""

    key: str
    person: Person
    csrf: str
    started_at: datetime
    seen_at: datetime
    generation: int = 0

    @property
    def ends_at(self) -> datetime:
        return min(self.started_at + LONGEST, self.seen_at + IDLE)


@dataclass(frozen=True)
class Awaited:
    """What the identity provider asks for next. `handle` is its own; `secret` is the authenticator's, base32."""

    step: Step
    username: str
    handle: str
    secret: str = ""


@dataclass(frozen=True)
class Challenge:
    """Somebody on the way in. `account` stands for the address in counters and audit; `password_mark` tells the
    password they came with from the one they choose; `person` is known once both factors were right."""

    key: str
    email: str
    account: str
    awaited: Awaited
    destination: str
    started_at: datetime
    tries: int = 0
    password_mark: str = ""
    person: Person | None = None

    @property
    def ends_at(self) -> datetime:
        return self.started_at + PATIENCE[self.awaited.step]


class Sessions(Protocol):
    def put_session(self, session: Session) -> None:
        """1 request."""

    def session(self, key: str, user_id: str) -> tuple[Session, Member] | None:
        """A session with the register's line of its person: 1 request."""

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
    """Each request raises IdentityUnavailable besides."""

    def begin(self, email: str, password: str) -> Awaited:
        """Raises SignInRefused, or ChallengeLost when it takes back at once what it has just offered."""

    def choose_password(self, username: str, handle: str, password: str) -> Awaited:
        """In the place of a temporary password. Raises PasswordRefused or ChallengeLost."""

    def enrol(self, username: str, handle: str, code: str) -> Person:
        """The authenticator counts from its first right code on. Raises CodeRefused or ChallengeLost."""

    def answer(self, username: str, handle: str, code: str) -> Person:
        """Raises CodeRefused or ChallengeLost."""

    def prove(self, username: str, handle: str, code: str) -> str:
        """Both factors were right: what lets a person change their own account. Raises CodeRefused or ChallengeLost."""

    def replace_password(self, proof: str, current: str, chosen: str) -> None:
        """Raises PasswordRefused; IdentityUnavailable too when the proof counts no more, by which it may have acted."""


@dataclass(frozen=True)
class Entry:
    """A session that begins: `cookie` is for the browser alone."""

    cookie: str
    session: Session
    destination: str


def key_of(token: str) -> str:
    """What a browser's token is stored under."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Door:
    """The way in, step by step; `token` is always the browser's."""

    identity: IdentityProvider
    sessions: Sessions
    members: Members
    charter_version: str

    def begin(self, email: str, password: str, account: str, destination: str, now: datetime) -> tuple[str, Step]:
        """First factor. The token for the browser, and what comes next. Raises SignInRefused or ChallengeLost."""
        awaited = self.identity.begin(email, password)
        token = new_token()
        mark = _mark(token, password) if awaited.step is Step.NEW_PASSWORD else ""
        self.sessions.put_challenge(Challenge(key_of(token), email, account, awaited, destination, now, 0, mark))
        return token, awaited.step

    def awaited(self, token: str | None, now: datetime) -> Challenge:
        """The challenge a browser may still answer: 1 request. Raises ChallengeLost."""
        challenge = self.sessions.challenge(key_of(token)) if token else None
        if challenge is None or now >= challenge.ends_at or challenge.tries >= MOST_TRIES:
            raise ChallengeLost
        return challenge

    def choose_password(self, token: str, password: str, now: datetime) -> Step:
        """One's own password in the place of the temporary one. Raises PasswordRefused or ChallengeLost."""
        challenge = self._at(Step.NEW_PASSWORD, token, now)
        broken = broken_rules(password)
        if hmac.compare_digest(_mark(token, password), challenge.password_mark):
            broken += (PasswordRule.NEW,)
        if broken:
            raise PasswordRefused(broken)
        awaited = challenge.awaited
        following = self.identity.choose_password(awaited.username, awaited.handle, password)
        self.sessions.put_challenge(replace(challenge, awaited=following, started_at=now, tries=0, password_mark=""))
        return following.step

    def answer_code(self, token: str, code: str, now: datetime) -> Entry | None:
        """Second factor: enrolled by its first right code, or answered. None when the charter is still to be signed.

        Raises CodeRefused or ChallengeLost. Tries are counted before the identity provider is asked, so that parallel
        guesses share them. The code is spent after it was accepted: of two requests with one code a single one passes.
        """
        challenge = self._at((Step.CODE, Step.ENROLMENT), token, now)
        if not self.sessions.count_try(challenge.key, MOST_TRIES):
            raise ChallengeLost
        awaited = challenge.awaited
        check = self.identity.enrol if awaited.step is Step.ENROLMENT else self.identity.answer
        person = check(awaited.username, awaited.handle, code)
        if not self.sessions.spend_code(person.user_id, code, now, now + CODE_REMEMBERED):
            raise CodeRefused
        member = self.members.came_in(person, now)
        if member.has_signed(self.charter_version):
            return self._open(challenge, member, now)
        charter = Awaited(Step.CHARTER, awaited.username, "")
        self.sessions.put_challenge(replace(challenge, awaited=charter, started_at=now, tries=0, person=person))
        return None

    def sign_charter(self, token: str, now: datetime) -> Entry:
        """The signature that opens the first session (Art. 12). Raises ChallengeLost."""
        challenge = self._at(Step.CHARTER, token, now)
        if challenge.person is None:
            raise ChallengeLost
        member = self.members.sign_charter(challenge.person.user_id, self.charter_version, now)
        return self._open(challenge, member, now)

    def change_password(self, session: Session, current: str, chosen: str, code: str, now: datetime) -> Entry:
        """Another password in the place of one's own, proved by both factors; wherever else the person was signed in,
        they no longer are.

        Raises PasswordRefused, SignInRefused, CodeRefused, ChallengeLost or IdentityUnavailable, and nothing is changed
        then; or PasswordUncertain.
        """
        person = session.person
        broken = broken_rules(chosen) + ((PasswordRule.NEW,) if chosen == current else ())
        if broken:
            raise PasswordRefused(broken)
        awaited = self.identity.begin(person.email, current)
        if awaited.step is not Step.CODE:
            raise SignInRefused
        proof = self.identity.prove(awaited.username, awaited.handle, code)
        if not self.sessions.spend_code(person.user_id, code, now, now + CODE_REMEMBERED):
            raise CodeRefused
        try:
            self.identity.replace_password(proof, current, chosen)
        except IdentityUnavailable as silence:
            if silence.may_have_acted:
                raise PasswordUncertain from silence
            raise
        member = self.members.end_sessions(person.user_id)
        cookie = f"{person.user_id}.{new_token()}"
        fresh = replace(
            session, key=key_of(cookie), csrf=new_token(), seen_at=now, generation=member.generation, person=person
        )
        self.sessions.put_session(fresh)
        self.sessions.delete(session.key)
        return Entry(cookie, fresh, "")

    def _at(self, steps: Step | tuple[Step, ...], token: str, now: datetime) -> Challenge:
        challenge = self.awaited(token, now)
        if challenge.awaited.step not in (steps if isinstance(steps, tuple) else (steps,)):
            raise ChallengeLost
        return challenge

    def _open(self, challenge: Challenge, member: Member, now: datetime) -> Entry:
        if not member.is_enabled:
            raise ChallengeLost
        cookie = f"{member.person.user_id}.{new_token()}"
        session = Session(key_of(cookie), member.person, new_token(), now, now, member.generation)
        self.sessions.put_session(session)
        self.sessions.delete(challenge.key)
        return Entry(cookie, session, challenge.destination)


def current_session(cookie: str | None, sessions: Sessions, now: datetime) -> Session | None:
    """The live session of a browser, or None: 1 request. Use keeps it alive, up to twelve hours after its start.

    The cookie names the person, so that one request reads the session and whether its person may still come in, and as
    whom: a name, a number or a group that was mended counts from the next page on.
    """
    if not cookie or not _COOKIE.fullmatch(cookie):
        return None
    found = sessions.session(key_of(cookie), cookie.partition(".")[0])
    if found is None:
        return None
    session, member = found
    session = replace(session, person=member.person)
    if now >= session.ends_at or session.generation != member.generation or not member.is_enabled:
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


def _mark(token: str, password: str) -> str:
    """Means nothing without the token, which only the browser has."""
    return hashlib.sha256(f"{token} {password}".encode()).hexdigest()
