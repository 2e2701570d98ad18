"""Files that are sent: kept, and asked to be read where nobody waits (R30)."""

from datetime import datetime

from permanence.application.reference.file_ports import FilesToRead, ImportFiles, Imports
from permanence.application.reference.ports import Register
from permanence.domain.frozen import dataclass
from permanence.domain.reference.imports import Import, Origin, received

MOST_FROM_A_PAGE = 4 * 1024 * 1024


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
        self.files.keep_file(one.import_id, content)
        if self.imports.add(one):
            detail = {"file": one.file_name, "digest": one.digest}
            self.register.record(received_at, sender, "file.received", one.import_id, detail)
        self.to_read.ask(one.import_id, one.reading)
        return one
