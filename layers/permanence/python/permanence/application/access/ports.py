"""The register of readings and acts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class AuditLog(Protocol):
    def record(self, at: datetime, who: str, action: str, what: str, detail: Mapping[str, str]) -> str:
        """One line that stays until its stamp; returns its id: 1 request."""

    def record_once(self, at: datetime, key: str, who: str, action: str, what: str) -> None:
        """The same, once for an instant and a key: a repeat changes nothing: 1 request."""

    def get(self, at: datetime, audit_id: str) -> Mapping[str, str] | None: ...
