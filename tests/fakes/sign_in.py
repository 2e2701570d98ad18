"""Accounts of the identity provider in memory."""

from dataclasses import dataclass, field

from permanence.application.signing_in import ChallengeLost, CodeRefused, Person, SecondFactorMissing, SignInRefused


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
