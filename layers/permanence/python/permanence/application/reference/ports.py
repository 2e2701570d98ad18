"""The landlord's reference data, as it is kept."""

from collections.abc import Sequence
from typing import Protocol

from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.rota import Duty


class NothingLoaded(Exception):
    """No version of the reference data has been put in force yet."""


class ReferenceData(Protocol):
    def patrimoine(self) -> Patrimoine:
        """The version in force. Raises NothingLoaded."""

    def duties(self, month: str) -> Sequence[Duty]:
        """On-call duties that touch a Paris-local month. Raises NothingLoaded."""

    def load(self, patrimoine: Patrimoine, duties: Sequence[Duty]) -> None:
        """Put a version in force."""
