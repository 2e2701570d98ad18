"""Files that are sent: kept, read where nobody waits, and at last a version that waits for approval (R30).

What each holds lies in the bucket below its id: `file` as it was sent, and below each reading what it was read with and
what came of it.
"""

from datetime import datetime

from permanence.application.reference.ports import FilesToRead, ImportFiles, Imports, Register
from permanence.domain.frozen import dataclass
from permanence.domain.reference.imports import Import, Origin, received

MOST_FROM_A_PAGE = 4 * 1024 * 1024
ANY_FILE = "application/octet-stream"


class Empty(Exception):
    """There is nothing in the file; it was not kept."""


@dataclass(frozen=True)
class Receiving:
    """Where files come in, from a page or from a mail."""

    imports: Imports
    files: ImportFiles
    to_read: FilesToRead
    register: Register

    def receive(
        self,
        content: bytes,
        name: str,
        sender: str,
        origin: Origin,
        received_at: datetime,
        kind: str = "",
        mail: str = "",
    ) -> Import:
        """An import that will be read: 4 requests. `sender` is a user of ours, or the address of a mail; `kind` is
        empty where the file is to tell, `mail` where no mail brought it. The same again, at the same second, is the
        same import. Raises Empty."""
        if not content:
            raise Empty(name)
        one = received(kind, origin, sender, name, received_at, content, mail)
        self.files.put(file_key(one.import_id), content, ANY_FILE)
        if self.imports.add(one):
            detail = {"file": one.file_name, "digest": one.digest}
            self.register.record(received_at, sender, "file.received", one.import_id, detail)
        self.to_read.ask(one.import_id, one.reading)
        return one


def file_key(import_id: str) -> str:
    """Of the file as it was sent."""
    return f"{import_id}/file"


def reading_key(import_id: str, reading: int, name: str) -> str:
    return f"{import_id}/{reading}/{name}"
