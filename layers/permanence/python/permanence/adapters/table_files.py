"""Files of rows by their first bytes: Excel, or a text with separators (R30)."""

from collections.abc import Callable

from permanence.adapters.csv_tables import read_csv
from permanence.domain.reference.tables import RawSheet, UnreadableCode, UnreadableFile

MOST_BYTES = 32 * 2**20
_ZIP, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")


def read_file(data: bytes, file_name: str, tell: Callable[[int], None] = lambda _: None) -> tuple[RawSheet, ...]:
    """The sheets of a file, whatever its name says; a text's only sheet has the file's name without its ending.

    `tell` hears how many rows have been read, every thousand. Raises UnreadableFile.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableFile(UnreadableCode.TOO_LARGE, size=str(len(data)), limit=str(MOST_BYTES))
    if not data.strip():
        raise UnreadableFile(UnreadableCode.EMPTY)
    if data.startswith((_ZIP, _COMPOUND)):
        from permanence.adapters.excel.reading import read_excel  # noqa: PLC0415  (openpyxl: a fifth of a second)

        return read_excel(data, tell)
    if data.startswith(_OTHERS) or data.lstrip()[:1] == b"<":
        raise UnreadableFile(UnreadableCode.NOT_A_TABLE)
    return read_csv(data, file_name.rpartition("/")[2].rpartition("\\")[2].rpartition(".")[0] or file_name, tell)
