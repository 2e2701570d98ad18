"""Accounts of the identity provider in memory."""

from contextlib import suppress
from dataclasses import dataclass, field, replace

from permanence.application.access.members import Person
from permanence.application.access.signing_in import (
    Awaited,
    ChallengeLost,
    CodeRefused,
    PasswordRefused,
    SignInRefused,
    Step,
)
from permanence.application.access.team import AccountGone, AddressTaken

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass(frozen=True)
class FakeAccount:
    """`codes` are those its authenticator shows; it counts once `is_enrolled`."""

    person: Person
    password: str
    codes: tuple[str, ...] = ("123456", "654321")
    is_enrolled: bool = True
    is_temporary: bool = False
    is_enabled: bool = True


@dataclass
class FakeIdentity:
    """Both sides of a user pool: who signs in, and who makes accounts. A code stays right for ever, as on the local
    engine. `refused` are passwords that it knows to be bad; `outage` is what it answers every act on an account."""

    accounts: dict[str, FakeAccount] = field(default_factory=dict)
    asked: int = 0
    refused: frozenset[str] = frozenset()
    outage: Exception | None = None

    def begin(self, email: str, password: str) -> Awaited:
        self.asked += 1
        account = self.accounts.get(email)
        if account is None or account.password != password or not account.is_enabled:
            raise SignInRefused
        return self._next(email)

    def choose_password(self, username: str, handle: str, password: str) -> Awaited:
        self._check(username, handle)
        self.accounts[username] = replace(self.accounts[username], password=password, is_temporary=False)
        return self._next(username)

    def enrol(self, username: str, handle: str, code: str) -> Person:
        person = self.answer(username, handle, code)
        self.accounts[username] = replace(self.accounts[username], is_enrolled=True)
        return person

    def answer(self, username: str, handle: str, code: str) -> Person:
        self._check(username, handle)
        if code not in self.accounts[username].codes:
            raise CodeRefused
        return self.accounts[username].person

    def create(self, person: Person, password: str) -> str:
        if person.email in self.accounts:
            raise AddressTaken
        user_id = f"made-{len(self.accounts) + 1}"
        made = FakeAccount(replace(person, user_id=user_id), password, is_enrolled=False, is_temporary=True)
        self.accounts[person.email] = made
        return user_id

    def mend(self, known: Person, mended: Person) -> None:
        self.accounts[known.email] = replace(self._there(known), person=mended)

    def prove(self, username: str, handle: str, code: str) -> str:
        self.answer(username, handle, code)
        return username

    def replace_password(self, proof: str, current: str, chosen: str) -> None:
        account = self.accounts[proof]
        if account.password != current or chosen in self.refused:
            raise PasswordRefused
        self.accounts[proof] = replace(account, password=chosen)

    def set_temporary_password(self, person: Person, password: str) -> None:
        self.accounts[person.email] = replace(self._there(person), password=password, is_temporary=True)

    def delete(self, email: str) -> None:
        self.accounts.pop(email, None)

    def disable(self, person: Person) -> None:
        with suppress(AccountGone):
            self.accounts[person.email] = replace(self._there(person), is_enabled=False)

    def enable(self, person: Person) -> None:
        self.accounts[person.email] = replace(self._there(person), is_enabled=True)

    def _there(self, person: Person) -> FakeAccount:
        if self.outage is not None:
            raise self.outage
        if person.email not in self.accounts:
            raise AccountGone
        return self.accounts[person.email]

    def _next(self, email: str) -> Awaited:
        account = self.accounts[email]
        if account.is_temporary:
            return Awaited(Step.NEW_PASSWORD, email, f"handle of {email}")
        if not account.is_enrolled:
            return Awaited(Step.ENROLMENT, email, f"handle of {email}", SECRET)
        return Awaited(Step.CODE, email, f"handle of {email}")

    def _check(self, username: str, handle: str) -> None:
        if handle != f"handle of {username}":
            raise ChallengeLost
