"""The people of the register, as a supervisor makes, mends and stops their access (R74, R75).

Each act leaves its line in the audit before it is done: none can happen without one. Whoever acts tells the temporary
password to the person; it is shown once and kept nowhere.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from permanence.application.access.members import Member, Members, Person
from permanence.application.access.passwords import temporary_password
from permanence.application.access.ports import AuditLog
from permanence.domain.frozen import dataclass

GROUPS = ("teleconseiller", "superviseur", "habitat70")
AGENTS = frozenset({"teleconseiller", "superviseur"})
_EMAIL = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"\+[1-9]\d{7,14}")
LONGEST_NAME = 60
_MENDABLE = ("first_name", "last_name", "phone", "groups")


class AddressTaken(Exception):
    """Somebody has this address already."""


class AccountGone(Exception):
    """The identity provider has lost the account of a person of the register; resetting the second factor makes one."""


class UnknownMember(Exception):
    """Nobody of the register has this id."""


class OwnAccess(Exception):
    """Nobody stops or renews their own access: another supervisor does."""


class Mistake(StrEnum):
    """What is wrong with a field; its value is the field's name."""

    EMAIL = "email"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    PHONE = "phone"
    GROUP = "group"


@dataclass(frozen=True)
class Details:
    """What a supervisor types of a person; `phone` in E.164, which only people at the desk need."""

    email: str
    first_name: str
    last_name: str
    phone: str
    group: str

    def person(self, user_id: str = "") -> Person:
        """Without an id while the identity provider has given none."""
        return Person(user_id, self.email, self.first_name, self.last_name, self.phone, (self.group,))

    def mistakes(self) -> tuple[Mistake, ...]:
        """The fields to be corrected, in the order of the page."""
        names_are_fine = {
            Mistake.FIRST_NAME: 0 < len(self.first_name) <= LONGEST_NAME,
            Mistake.LAST_NAME: 0 < len(self.last_name) <= LONGEST_NAME,
        }
        needs_phone = self.group in AGENTS
        kept = {
            **names_are_fine,
            Mistake.EMAIL: len(self.email) <= 128 and _EMAIL.fullmatch(self.email) is not None,
            Mistake.GROUP: self.group in GROUPS,
            Mistake.PHONE: _PHONE.fullmatch(self.phone) is not None if self.phone or needs_phone else True,
        }
        return tuple(mistake for mistake, is_fine in kept.items() if not is_fine)


def details_of(person: Person) -> Details:
    """What is known of a person, to be mended; of several groups the first that the page offers."""
    group = next((group for group in GROUPS if group in person.groups), "")
    return Details(person.email, person.first_name, person.last_name, person.phone, group)


class Accounts(Protocol):
    """The identity provider's side of a person. Each request raises IdentityUnavailable besides; those on an account
    that must be there, AccountGone."""

    def create(self, person: Person, password: str) -> str:
        """An account with a temporary password, in the person's groups; its user id. Raises AddressTaken."""

    def mend(self, known: Person, mended: Person) -> None:
        """Names, number and groups in the place of those known; the address stays, it is how one signs in."""

    def set_temporary_password(self, person: Person, password: str) -> None: ...

    def delete(self, email: str) -> None:
        """Deleting what is gone succeeds."""

    def disable(self, person: Person) -> None:
        """Disabling what is gone succeeds."""

    def enable(self, person: Person) -> None: ...


@dataclass(frozen=True)
class Team:
    """The acts of one supervisor. Those on a person raise UnknownMember, or AccountGone before anything has changed."""

    accounts: Accounts
    members: Members
    audit: AuditLog
    supervisor: Person

    def find(self, user_id: str) -> Member:
        member = self.members.get(user_id)
        if member is None:
            raise UnknownMember
        return member

    def add(self, new: Details, now: datetime) -> tuple[Member, str]:
        """A person with a temporary password. Raises AddressTaken, ValueError when `new` has mistakes."""
        if new.mistakes():
            raise ValueError(f"a new member with mistakes: {', '.join(new.mistakes())}")
        if any(known.person.email.casefold() == new.email.casefold() for known in self.members.all()):
            raise AddressTaken
        self._note(now, "member.added", "", {"group": new.group})
        password = temporary_password()
        member = Member(self._account(new.person(), password), created_at=now)
        self.members.put(member)
        return member, password

    def mend(self, user_id: str, typed: Details, now: datetime) -> Member:
        """Names, number and group as they should be, from this moment on, wherever the person is signed in.

        Raises OwnAccess on another group for oneself, ValueError when `typed` has mistakes. What fails half-way is
        finished by the same act.
        """
        member = self.find(user_id)
        known = member.person
        mended = replace(typed, email=known.email)
        if mended.mistakes():
            raise ValueError(f"a member with mistakes: {', '.join(mended.mistakes())}")
        person = mended.person(user_id)
        if person.groups != known.groups:
            self._of_another(user_id)
        changed = [name for name in _MENDABLE if getattr(person, name) != getattr(known, name)]
        self._note(now, "member.mended", user_id, {"fields": " ".join(changed), "group": mended.group})
        self.accounts.mend(known, person)
        self.members.mend(person)
        return replace(member, person=person)

    def reset_password(self, user_id: str, now: datetime) -> tuple[Member, str]:
        """A temporary password in the place of a forgotten one. Who was signed in with the old one no longer is."""
        member = self.find(user_id)
        self._note(now, "member.password_reset", user_id)
        password = temporary_password()
        self.accounts.set_temporary_password(member.person, password)
        self.members.end_sessions(user_id)
        return member, password

    def reset_second_factor(self, user_id: str, now: datetime) -> tuple[Member, str]:
        """A lost authenticator: the account is made anew, with a temporary password.

        Where the second factor is required, Cognito keeps an authenticator as long as its account (the operation that
        turns it off answers success and does nothing). The register's line goes on under the new id, signature
        included. What fails half-way is finished by the same act.
        """
        member = self._of_another(user_id)
        self._note(now, "member.second_factor_reset", user_id)
        self.members.end_sessions(user_id)
        password = temporary_password()
        self.accounts.delete(member.person.email)
        renewed = replace(member, person=self._account(member.person, password))
        if not member.is_enabled:
            self.accounts.disable(renewed.person)
        self.members.put(renewed, instead_of=user_id)
        return renewed, password

    def disable(self, user_id: str, now: datetime) -> None:
        """No access from this moment on, wherever the person is signed in. Raises OwnAccess."""
        member = self._of_another(user_id)
        self._note(now, "member.disabled", user_id)
        self.members.disable(user_id, now)
        self.accounts.disable(member.person)

    def enable(self, user_id: str, now: datetime) -> None:
        member = self.find(user_id)
        self._note(now, "member.enabled", user_id)
        self.accounts.enable(member.person)
        self.members.enable(user_id)

    def sign_out(self, user_id: str, now: datetime) -> Member:
        """Everywhere at once."""
        self.find(user_id)
        self._note(now, "member.signed_out", user_id)
        return self.members.end_sessions(user_id)

    def _account(self, person: Person, password: str) -> Person:
        try:
            user_id = self.accounts.create(person, password)
        except AddressTaken:
            # Of an act that failed half-way: in the user pool, but in no line of the register, so nobody has used it.
            self.accounts.delete(person.email)
            user_id = self.accounts.create(person, password)
        return replace(person, user_id=user_id)

    def _of_another(self, user_id: str) -> Member:
        if user_id == self.supervisor.user_id:
            raise OwnAccess
        return self.find(user_id)

    def _note(self, now: datetime, action: str, what: str, detail: Mapping[str, str] | None = None) -> None:
        self.audit.record(now, self.supervisor.user_id, action, what, detail or {})
