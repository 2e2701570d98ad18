"""Files and mails on their way to become versions, as they are kept.

Apart from what a dispatch and a page of the desk ask, which know nothing of files.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from permanence.domain.reference.imports import Import
from permanence.domain.reference.read_file import ReadFile
from permanence.domain.reference.received_mail import MailApart, MailedFiles
from permanence.domain.reference.table_matching import ColumnMapping
from permanence.domain.reference.tables import Correction


class Imports(Protocol):
    """The files that were sent, and how far each has come."""

    def add(self, one: Import) -> bool:
        """False when it is there already, which stays as it is: 1 request."""

    def get(self, import_id: str) -> Import:
        """1 request, consistent. Raises UnknownImport."""

    def latest(self, limit: int) -> Sequence[Import]:
        """The newest first: 1 request."""

    def save(self, one: Import) -> None:
        """In the place of what was read: 1 request. Raises DecidedMeanwhile."""

    def progress(self, one: Import, lines: int) -> None:
        """So many lines are read of this reading: 1 request. Raises DecidedMeanwhile when it is not that one's any
        more."""

    def columns(self, kind: str, sender: str) -> ColumnMapping:
        """What this sender's headers mean in files of a kind, as somebody said: 1 request. None said: none."""

    def remember(self, kind: str, sender: str, columns: ColumnMapping, now: datetime) -> None:
        """1 request."""


class UnknownImport(Exception):
    """There is no such import."""


class NotKept(Exception):
    """It is no longer kept, or was not yet."""


class ImportFiles(Protocol):
    """What was sent and what came of it at each reading: 1 request each. What is read raises NotKept."""

    def keep_file(self, import_id: str, content: bytes) -> None: ...

    def file(self, import_id: str) -> bytes:
        """As it was sent."""

    def keep_corrections(self, import_id: str, reading: int, corrections: Sequence[Correction]) -> None:
        """All those that this reading is to be made with."""

    def corrections(self, import_id: str, reading: int) -> tuple[Correction, ...]: ...

    def keep_read(self, import_id: str, reading: int, read: ReadFile) -> None: ...

    def read(self, import_id: str, reading: int) -> ReadFile: ...

    def keep_corrected(self, import_id: str, reading: int, content: bytes) -> None:
        """The file with its corrections."""

    def corrected(self, import_id: str, reading: int) -> bytes: ...


class FilesToRead(Protocol):
    """The queue of the function that reads."""

    def ask(self, import_id: str, reading: int) -> None:
        """Asked twice, it is read once."""


class ReceivedMails(Protocol):
    """The mails that brought files, and those that were kept apart."""

    def keep_apart(self, mail: MailApart) -> None:
        """1 request; the same again changes nothing."""

    def apart(self, limit: int) -> Sequence[MailApart]:
        """The newest first: 1 request."""

    def add(self, mail: MailedFiles) -> None:
        """1 request; the same again changes nothing."""

    def get(self, mail_id: str) -> MailedFiles | None:
        """None when there is none, or none any more: 1 request."""
