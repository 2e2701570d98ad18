"""The landlord's reference data, as it is kept."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from permanence.domain.frozen import dataclass
from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.documents import Decision, Kind, Timetable, UnderWay, Version
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.in_force import ReceptionPart
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.rota import Duty
from permanence.domain.reference.unknown_addresses import UnknownAddress


class ReferenceData(Protocol):
    """What is in force at an instant (UTC), empty before the first version. Of one instant all belongs together: at
    most 1 request for the timetable, and 1 or 2 for each body not read yet."""

    def patrimoine(self, now: datetime) -> Patrimoine: ...
    def entreprises(self, now: datetime) -> Entreprises: ...
    def annuaire(self, now: datetime) -> Annuaire: ...
    def duties(self, month: str, now: datetime) -> Sequence[Duty]:
        """On-call duties of the planning that touch a Paris-local month, with the numbers of the annuaire."""

    def versions(self, now: datetime) -> Mapping[str, int]:
        """The numbers of all that a dispatch is decided by, by the name of their kind."""


class OpenMalfunctions(Protocol):
    def under_way(self) -> tuple[UnderWay, ...]:
        """All that are open: 1 request."""


class DecidedMeanwhile(Exception):
    """Somebody else decided between the reading and the writing: nothing was written. It is to be looked at again."""


class UnknownVersion(Exception):
    """There is no such version."""


@dataclass(frozen=True)
class Document:
    """A version with its body, of the schema of its kind."""

    version: Version
    body: Any


MOST_AT_ONCE = 10
"""Versions that one request of DynamoDB reads, as heavy as they may be inline."""


class Bodies(Protocol):
    def get(self, kind: Kind[Any], number: int) -> Document:
        """1 request, consistent, 2 when the body is large. Raises UnknownVersion."""


class Documents(Bodies, Protocol):
    """Versions of living documents. What they were when somebody wrote them is the condition of each write."""

    def digest(self, body: object) -> str:
        """What a body is known by: equal for equal bodies. No request."""

    def timetable(self, kind: Kind[Any]) -> Timetable:
        """1 request, consistent."""

    def timetables_of(self, kinds: Collection[str]) -> Mapping[str, Timetable]:
        """Of the kinds of these names, as they stood together: 1 request, consistent."""

    def versions(self, kind: Kind[Any], limit: int, before: int | None = None) -> Sequence[Version]:
        """The newest versions without their bodies, the newest first, of those before a number: 1 request,
        consistent. `limit` is at most `MOST_AT_ONCE`."""

    def add(self, kind: Kind[Any], document: Document) -> None:
        """A version that does not exist yet: 1 request, 2 when its body is large. Raises DecidedMeanwhile."""

    def decide(self, kind: Kind[Any], decision: Decision, new_body: object = None) -> None:
        """All that a decision writes, or nothing: 1 request, 2 with a large `new_body`, which is given when its version
        does not exist yet. Raises DecidedMeanwhile, also when a timetable that it was checked against has moved."""


class Register(Protocol):
    """The register of acts, as `application.access.ports.AuditLog` keeps it."""

    def record(self, at: datetime, who: str, action: str, what: str, detail: Mapping[str, str]) -> str:
        """One line: 1 request."""


class UnknownAddresses(Protocol):
    def tell(self, address: str, call_id: str, at: datetime) -> None:
        """A call was about an address that the patrimoine does not hold: 1 request. Told twice, it is once."""

    def all(self) -> Sequence[UnknownAddress]:
        """All that have been told and are still kept, in no order: 1 request a page."""


class ReceptionTimetable(Protocol):
    def read(self) -> ReceptionPart:
        """What the reception obeys, an empty part while the seed is in force: 1 request. Raises what the table does."""
