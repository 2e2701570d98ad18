"""Sessions and identities in memory."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from permanence.application.signing_in import (
    Challenge,
    ChallengeLost,
    CodeRefused,
    Person,
    SecondFactorMissing,
    Session,
    SignInRefused,
)


@dataclass
class FakeSessions:
    """`requests` counts what would be requests to the table."""

    sessions: dict[str, Session] = field(default_factory=dict)
    challenges: dict[str, Challenge] = field(default_factory=dict)
    spent: dict[tuple[str, str], datetime] = field(default_factory=dict)
    requests: int = 0

    def put_session(self, session: Session) -> None:
        self.requests += 1
        self.sessions[session.key] = session

    def session(self, key: str) -> Session | None:
        self.requests += 1
        return self.sessions.get(key)

    def touch(self, key: str, seen_at: datetime) -> None:
        self.requests += 1
        if key in self.sessions:
            self.sessions[key] = replace(self.sessions[key], seen_at=seen_at)

    def put_challenge(self, challenge: Challenge) -> None:
        self.requests += 1
        self.challenges[challenge.key] = challenge

    def challenge(self, key: str) -> Challenge | None:
        self.requests += 1
        return self.challenges.get(key)

    def count_try(self, key: str, most: int) -> bool:
        self.requests += 1
        known = self.challenges.get(key)
        if known is None or known.tries >= most:
            return False
        self.challenges[key] = replace(known, tries=known.tries + 1)
        return True

    def delete(self, key: str) -> None:
        self.requests += 1
        self.sessions.pop(key, None)
        self.challenges.pop(key, None)

    def spend_code(self, user_id: str, code: str, now: datetime, until: datetime) -> bool:
        self.requests += 1
        if self.spent.get((user_id, code), now) > now:
            return False
        self.spent[user_id, code] = until
        return True


@dataclass(frozen=True)
class FakeAccount:
    person: Person
    password: str
    codes: tuple[str, ...] = ()


@dataclass
class FakeIdentity:
    """An account without codes has no second factor yet; a code stays right for ever, as on the local engine."""

    accounts: dict[str, FakeAccount] = field(default_factory=dict)

    def begin(self, email: str, password: str) -> tuple[str, str]:
        account = self.accounts.get(email)
        if account is None or account.password != password:
            raise SignInRefused
        if not account.codes:
            raise SecondFactorMissing
        return email, f"handle of {email}"

    def answer(self, username: str, provider_session: str, code: str) -> Person:
        account = self.accounts[username]
        if provider_session != f"handle of {username}":
            raise ChallengeLost
        if code not in account.codes:
            raise CodeRefused
        return account.person
