"""What an Excel file may be, looked at before anything of it is kept in memory (R30).

zipfile never yields more of a part than it declares, so that what is declared bounds what is read. Parts that are
parsed whole are small ones; of the texts that are shared, each costs memory however short, and their marks are counted.
"""

from collections.abc import Mapping
from xml.etree.ElementTree import fromstring
from xml.parsers import expat
from zipfile import ZipFile, ZipInfo

from permanence.domain.reference.tables import UnreadableCode, UnreadableFile

MOST_UNPACKED = 256 * 2**20  # bytes of all parts: 50,000 rows of twenty columns are some 60 MB
MOST_SWOLLEN = 200  # times: rows of a thousand alike reach fifty
MOST_WHOLE = 8 * 2**20  # bytes of a part that is parsed whole
MOST_TEXTS = 64 * 2**20  # bytes of the shared texts
MOST_TEXT_MARKS = 4_000_000  # of « < » in them: 50,000 rows of fourteen texts, each its own, have 2.8 million
MOST_PARTS = 2_000
_SMALL_PART = 2**20
_FLAGGED_ENCRYPTED = 0x1
_TYPES = "[Content_Types].xml"
_PIECE = 2**16
_READ = (".xml", ".rels")


def look_at(archive: ZipFile) -> None:
    """Raises UnreadableFile for what is no Excel file, or would not be read within bounds."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if _TYPES not in names:
        raise UnreadableFile(UnreadableCode.NOT_A_TABLE)
    if any(name.endswith("workbook.bin") for name in names):
        raise UnreadableFile(UnreadableCode.OLD_EXCEL)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UnreadableFile(UnreadableCode.SWOLLEN)
    for part in parts:
        if part.flag_bits & _FLAGGED_ENCRYPTED:
            raise UnreadableFile(UnreadableCode.ENCRYPTED)
        if part.file_size > max(_SMALL_PART, MOST_SWOLLEN * part.compress_size):
            raise UnreadableFile(UnreadableCode.SWOLLEN)
        if part.filename.endswith(_READ) and not _is_plain(archive, part):
            raise UnreadableFile(UnreadableCode.BROKEN)
    _look_at_sizes(archive, parts)


def _look_at_sizes(archive: ZipFile, parts: list[ZipInfo]) -> None:
    """Sheets are read row by row; everything else at once."""
    types = _types(archive)
    for part in parts:
        kind = types.get(f"/{part.filename}", "")
        if part.filename.startswith("xl/worksheets/") and kind.endswith("worksheet+xml"):
            continue
        if kind.endswith("sharedStrings+xml"):
            if part.file_size > MOST_TEXTS or _marks(archive, part) > MOST_TEXT_MARKS:
                raise UnreadableFile(UnreadableCode.SWOLLEN)
        elif part.filename.endswith(_READ) and part.file_size > MOST_WHOLE:
            raise UnreadableFile(UnreadableCode.SWOLLEN)


def _types(archive: ZipFile) -> Mapping[str, str]:
    if archive.getinfo(_TYPES).file_size > MOST_WHOLE:
        raise UnreadableFile(UnreadableCode.SWOLLEN)
    root = fromstring(archive.read(_TYPES))  # noqa: S314 - it declares no entity: that was looked at before
    return {part.get("PartName", ""): part.get("ContentType", "") for part in root}


def _marks(archive: ZipFile, part: ZipInfo) -> int:
    with archive.open(part) as content:
        return sum(piece.count(b"<") for piece in iter(lambda: content.read(_PIECE), b""))


class _Refused(Exception):
    """The part declares a document type, that is entities, or another encoding than the one that all programs for
    tables write."""


class _Begun(Exception):
    """Its first element begins: nothing can be declared any more."""


def _is_plain(archive: ZipFile, part: ZipInfo) -> bool:
    """Whether its XML holds what it says: no entities, and marks that are single bytes."""

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if (encoding or "utf-8").lower() not in ("utf-8", "us-ascii"):
            raise _Refused

    def refused(*_: object) -> None:
        raise _Refused

    def begun(*_: object) -> None:
        raise _Begun

    parser = expat.ParserCreate()
    parser.XmlDeclHandler, parser.StartDoctypeDeclHandler, parser.StartElementHandler = declared, refused, begun
    try:
        with archive.open(part) as content:
            piece = content.read(_PIECE)
            if piece.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in piece[:4]:
                return False
            while piece:
                parser.Parse(piece)
                piece = content.read(_PIECE)
    except _Refused:
        return False
    except (_Begun, expat.ExpatError):  # what is no XML at all is refused where it is read
        return True
    return True
