"""Living documents as the purge finds them and leaves them: apart from its other ports, which a caller waits for."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from permanence.application.reference.ports import Bodies, Document
from permanence.domain.reference.documents import Kind, Timetable, Version


class KeptDocuments(Bodies, Protocol):
    """Living documents, for who takes out of them what must not be kept."""

    def digest(self, body: object) -> str: ...

    def timetable(self, kind: Kind[Any]) -> Timetable:
        """1 request, consistent."""

    def every(self, kind: Kind[Any]) -> Sequence[Version]:
        """All versions without their bodies: 1 request for each megabyte, consistent."""

    def rewrite(self, kind: Kind[Any], document: Document) -> None:
        """In the place of the version before its last change, body and all: 1 request, 2 when the body is large. Raises
        DecidedMeanwhile."""

    def forget(self, kind: Kind[Any], version: Version) -> None:
        """It is gone, but for its large body; what is gone already succeeds: 1 request. Raises DecidedMeanwhile."""

    def sweep(self, kind: Kind[Any], kept: Collection[Version]) -> None:
        """Large bodies of none of these versions are gone, all their copies, but those of numbers not given yet: 1
        request, 2 more when there are any. Raises ObjectKept."""
