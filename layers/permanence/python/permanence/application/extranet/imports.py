"""The files that were sent, as their pages show them (R30)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from permanence.application.access.members import Member, Members
from permanence.application.extranet.referentiel import VersionRow, view_decisions
from permanence.application.reference.deciding import Deciding
from permanence.application.reference.file_ports import ImportFiles, Imports, NotKept
from permanence.application.reference.ports import UnknownVersion
from permanence.domain.frozen import dataclass
from permanence.domain.reference.documents import Kind
from permanence.domain.reference.imports import Import, ImportState
from permanence.domain.reference.read_file import ReadFile
from permanence.domain.reference.tables import Correction, Mistake, grouped

MOST_LISTED = 30
MOST_GROUPS = 150
"""Rows of points on one page: a form has two hundred fields."""
_OPEN = frozenset({ImportState.RECEIVED, ImportState.READING, ImportState.TO_CORRECT, ImportState.PROPOSED})


@dataclass(frozen=True)
class Corrected:
    """One value that was put into a column of a sheet, or lines left out, whose `column` is empty."""

    sheet: str
    column: str
    value: str
    lines: tuple[int, ...]


@dataclass(frozen=True)
class ImportView:
    """One file. `read` is None as long as nobody has read it; `groups` are its points, alike ones together, `more` of
    them are not shown; `version` is what is decided of what it became; `others` of its kind are open as well."""

    one: Import
    sender: str
    asked_by: str
    read: ReadFile | None
    groups: tuple[tuple[Mistake, ...], ...]
    more: int
    corrected: tuple[Corrected, ...]
    version: VersionRow | None
    others: tuple[Import, ...]
    is_lost: bool

    @property
    def lines_to_mend(self) -> int:
        return len({(mistake.sheet, mistake.line) for group in self.groups for mistake in group})

    @property
    def ticked(self) -> int:
        return sum(group[0].ticked for group in self.groups)

    @property
    def unsure(self) -> int:
        """Points that nobody can guess."""
        return sum(len(group[0].ways) != 1 for group in self.groups)


@dataclass(frozen=True)
class Listed:
    one: Import
    sender: str
    is_lost: bool


def view_imports(
    imports: Imports, register: Iterable[Member], now: datetime, limit: int = MOST_LISTED
) -> tuple[Listed, ...]:
    """The newest first: 1 request."""
    names = _names(register)
    return tuple(Listed(one, _sender(one, names), one.is_lost(now)) for one in imports.latest(limit))


def view_import(
    imports: Imports,
    files: ImportFiles,
    deciding: Deciding,
    kinds: Mapping[str, Kind[Any]],
    members: Members,
    import_id: str,
    now: datetime,
) -> ImportView:
    """3 requests, 1 more of what was read, 1 of what was corrected, 2 of its version. Raises UnknownImport."""
    one = imports.get(import_id)
    names = _names(members.all())
    read = _kept(files, one)
    groups = grouped(read.mistakes) if read else ()
    corrections = _corrections(files, one)
    others = [
        other
        for other in imports.latest(MOST_LISTED)
        if other.kind == one.kind and other.import_id != import_id and other.state in _OPEN
    ]
    return ImportView(
        one=one,
        sender=_sender(one, names),
        asked_by=names.get(one.asked_by, ""),
        read=read,
        groups=groups[:MOST_GROUPS],
        more=len(groups[MOST_GROUPS:]) + (read.more if read else 0),
        corrected=_told(corrections),
        version=_version(deciding, kinds, one, names, now),
        others=tuple(_undecided(deciding, kinds, others)),
        is_lost=one.is_lost(now),
    )


def _kept(files: ImportFiles, one: Import) -> ReadFile | None:
    if one.read_at is None:
        return None
    try:
        return files.read(one.import_id, one.reading)
    except NotKept:
        return None


def _corrections(files: ImportFiles, one: Import) -> Sequence[Correction]:
    try:
        return files.corrections(one.import_id, one.mended) if one.mended else ()
    except NotKept:
        return ()


def _told(corrections: Sequence[Correction]) -> tuple[Corrected, ...]:
    alike: dict[tuple[str, str, str], list[int]] = {}
    for one in corrections:
        column = one.column if one.value is not None else ""
        alike.setdefault((one.sheet, column, one.value or ""), []).append(one.line)
    return tuple(Corrected(*what, tuple(lines)) for what, lines in alike.items())


def _version(
    deciding: Deciding, kinds: Mapping[str, Kind[Any]], one: Import, names: Mapping[str, str], now: datetime
) -> VersionRow | None:
    if one.version is None:
        return None
    try:
        return view_decisions(deciding, kinds[one.kind], one.version, names, now)
    except UnknownVersion:
        return None


def _undecided(deciding: Deciding, kinds: Mapping[str, Kind[Any]], others: Sequence[Import]) -> list[Import]:
    """Those whose version, where they have become one, still waits."""
    return [other for other in others if other.version is None or deciding.is_waiting(kinds[other.kind], other.version)]


def _names(register: Iterable[Member]) -> Mapping[str, str]:
    return {member.person.user_id: member.person.name for member in register}


def _sender(one: Import, names: Mapping[str, str]) -> str:
    """The address of a mail; of a page, the name of who is at the register."""
    return one.sender if "@" in one.sender else names.get(one.sender, "")
