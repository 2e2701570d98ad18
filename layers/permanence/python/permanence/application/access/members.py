"""The people who may sign in, as we keep them beside the identity provider: one register, with each signature of the
confidentiality charter (R74). The identity provider keeps their secrets; nothing here opens a door by itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from permanence.domain.frozen import dataclass


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Member:
    """A line of the register; instants in UTC. A session counts only in the `generation` it was opened in: one more
    ends them all at once, however many there are."""

    person: Person
    created_at: datetime
    generation: int = 0
    disabled_at: datetime | None = None
    last_sign_in_at: datetime | None = None
    charter_version: str = ""
    charter_signed_at: datetime | None = None

    @property
    def is_enabled(self) -> bool:
        return self.disabled_at is None

    def has_signed(self, charter_version: str) -> bool:
        """Whether this person has signed this very version."""
        return self.charter_version == charter_version


class Members(Protocol):
    def get(self, user_id: str) -> Member | None:
        """1 request."""

    def all(self) -> Sequence[Member]:
        """The whole register: 1 request."""

    def put(self, member: Member, instead_of: str | None = None) -> None:
        """A new line, in the place of another one if there was one: 1 request."""

    def came_in(self, person: Person, now: datetime) -> Member:
        """Note a sign-in, with what the identity provider says of the person today: 1 request."""

    def sign_charter(self, user_id: str, version: str, now: datetime) -> Member:
        """1 request."""

    def mend(self, person: Person) -> None:
        """What the register says of a person, in the place of what it said: 1 request."""

    def end_sessions(self, user_id: str) -> Member:
        """Nobody is signed in as this person any more: 1 request."""

    def disable(self, user_id: str, now: datetime) -> None:
        """Nobody is signed in as this person any more, nor will be: 1 request."""

    def enable(self, user_id: str) -> None:
        """1 request."""
