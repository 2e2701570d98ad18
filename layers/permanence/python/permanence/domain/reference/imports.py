"""A file that was sent: received, read as often as it is corrected, at last a version that waits for approval (R30)."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from permanence.domain.frozen import dataclass

LONGEST_NAME = 120
_INSTANT = "%Y%m%dT%H%M%SZ"
READ_BY_THEN = timedelta(minutes=6)
"""After that nobody reads it any more: longer than the function that does is let live."""


class ImportState(StrEnum):
    RECEIVED = "received"  # it waits to be read
    READING = "reading"
    TO_CORRECT = "to_correct"
    PROPOSED = "proposed"  # it has become a version, which tells for itself what is decided of it
    UNCHANGED = "unchanged"  # what is in force says the same
    UNREADABLE = "unreadable"  # as a whole; `code` says why
    GIVEN_UP = "given_up"


class Origin(StrEnum):
    PAGE = "page"
    MAIL = "mail"


@dataclass(frozen=True)
class Import:
    """One file that was sent; instants in UTC. `kind` is empty until it is known; `sender` is who sent it, by id from a
    page, by address from a mail. `reading` counts how often it was asked to be read, the last time at `asked_at` by
    `asked_by`, who is empty for its sender; `corrections` have been accepted, kept for the reading `mended`. `lines` is
    how far the reading has come, `points` how much is to be mended; `changes` counts how often the rest was written;
    `mail` is the id of the mail that brought it.
    """

    import_id: str
    kind: str
    origin: Origin
    sender: str
    file_name: str
    received_at: datetime
    size: int
    digest: str
    state: ImportState
    asked_at: datetime
    asked_by: str = ""
    reading: int = 1
    corrections: int = 0
    mended: int = 0
    lines: int = 0
    points: int = 0
    code: str = ""
    why: str = ""
    version: int | None = None
    read_at: datetime | None = None
    changes: int = 0
    mail: str = ""

    @property
    def is_awaited(self) -> bool:
        """Whether it is being read, or will be."""
        return self.state in (ImportState.RECEIVED, ImportState.READING)

    def is_lost(self, now: datetime) -> bool:
        """Whether its reading has come to nothing."""
        return self.is_awaited and now >= self.asked_at + READ_BY_THEN


def received_at(import_id: str) -> datetime:
    """When an import was received, to the second, UTC; raises ValueError for what is no id of one."""
    return datetime.strptime(import_id.partition("-")[0], _INSTANT).replace(tzinfo=UTC)


class NotOpen(Exception):
    """The import does not wait for this any more; nothing has changed."""


def received(
    kind: str, origin: Origin, sender: str, file_name: str, received_at: datetime, content: bytes, mail: str = ""
) -> Import:
    """The same file of the same sender, received at the same second, is the same import."""
    digest = hashlib.sha256(content).hexdigest()
    name = safe_name(file_name)
    told = hashlib.sha256("\n".join((kind, sender, name, digest)).encode()).hexdigest()
    return Import(
        import_id=f"{received_at.astimezone(UTC):{_INSTANT}}-{told[:16]}",
        kind=kind,
        origin=origin,
        sender=sender,
        file_name=name,
        received_at=received_at,
        size=len(content),
        digest=digest,
        state=ImportState.RECEIVED,
        asked_at=received_at,
        mail=mail,
    )


def safe_name(given: str) -> str:
    r"""What a file is called, without the folders that it was in (`../../x`, `C:\x`) and what no name holds."""
    last = given.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*')
    return kept.strip(" .")[-LONGEST_NAME:] or "fichier"


def asked_again(known: Import, by: str, now: datetime, *, kind: str = "", corrections: int = 0) -> Import:
    """To be read once more: with corrections, with other columns, as another kind, or because what it was compared with
    is no longer in force. Raises NotOpen while it is being read, and for what was given up."""
    if known.state is ImportState.GIVEN_UP or (known.is_awaited and not known.is_lost(now)):
        raise NotOpen(known.state)
    return _changed(
        known,
        kind=kind or known.kind,
        state=ImportState.RECEIVED,
        asked_at=now,
        asked_by=by,
        reading=known.reading + 1,
        corrections=known.corrections + corrections,
        mended=known.reading + 1 if corrections else known.mended,
        lines=0,
        points=0,
        code="",
        version=None,
        read_at=None,
    )


def begun(known: Import, reading: int) -> Import:
    """Raises NotOpen for a reading that is done, or that another was asked for since."""
    _is_awaited(known, reading)
    return _changed(known, state=ImportState.READING)


def to_correct(known: Import, kind: str, lines: int, points: int, now: datetime, version: int | None = None) -> Import:
    """`version` where what it says waits to be mended on the page of its kind."""
    return _read(known, ImportState.TO_CORRECT, now, kind=kind, lines=lines, points=points, version=version)


def proposed(known: Import, kind: str, lines: int, version: int, now: datetime) -> Import:
    return _read(known, ImportState.PROPOSED, now, kind=kind, lines=lines, version=version)


def unchanged(known: Import, kind: str, lines: int, now: datetime) -> Import:
    return _read(known, ImportState.UNCHANGED, now, kind=kind, lines=lines)


def unreadable(known: Import, code: str, now: datetime) -> Import:
    return _read(known, ImportState.UNREADABLE, now, code=code)


def given_up(known: Import, by: str, why: str, now: datetime) -> Import:
    """Whatever its reading has come to; its version is withdrawn beside. Raises NotOpen when it was already."""
    if known.state is ImportState.GIVEN_UP:
        raise NotOpen(known.state)
    return _changed(known, state=ImportState.GIVEN_UP, asked_by=by, asked_at=now, why=why)


def _read(known: Import, state: ImportState, now: datetime, **told: Any) -> Import:
    _is_awaited(known, known.reading)
    return _changed(known, state=state, read_at=now, **told)


def _is_awaited(known: Import, reading: int) -> None:
    if not known.is_awaited or known.reading != reading:
        raise NotOpen(f"{known.state}, reading {known.reading}")


def _changed(known: Import, **told: Any) -> Import:
    return replace(known, changes=known.changes + 1, **told)
