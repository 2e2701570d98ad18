"""Texts with separators as people send them: `;`, `,` or tab, UTF-8 or Windows-1252 (R30)."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from io import StringIO

from permanence.domain.reference.tables import RawRow, RawSheet, UnreadableCode, UnreadableFile

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 60_000, 100, 32_767
_SEPARATORS = ";\t,"
_SNIFFED, _SNIFFED_CHARACTERS = 20, 65_536  # lines, and no further


def read_csv(data: bytes, title: str, tell: Callable[[int], None] = lambda _: None) -> tuple[RawSheet, ...]:
    """One sheet of texts, its lines as a program for tables numbers them; `tell` hears how many rows have been read,
    every thousand. Raises UnreadableFile."""
    text = _decoded(data)
    reader = csv.reader(StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    csv.field_size_limit(LONGEST_CELL)
    rows: list[RawRow] = []
    line = 0
    try:
        for line, cells in enumerate(reader, start=1):
            if not any(cell and not cell.isspace() for cell in cells):
                continue
            if len(rows) >= MOST_ROWS:
                raise UnreadableFile(UnreadableCode.TOO_MANY_ROWS, sheet=title, limit=str(MOST_ROWS))
            if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
                raise UnreadableFile(
                    UnreadableCode.TOO_MANY_COLUMNS, sheet=title, line=str(line), limit=str(MOST_COLUMNS)
                )
            if len(rows) % 1_000 == 0:
                tell(len(rows))
            rows.append(RawRow(line, tuple(cell or None for cell in cells[:MOST_COLUMNS])))
    except csv.Error as error:
        raise UnreadableFile(UnreadableCode.QUOTES, line=str(line + 1)) from error
    if not rows:
        raise UnreadableFile(UnreadableCode.EMPTY)
    return (RawSheet(title, tuple(rows)),)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise UnreadableFile(UnreadableCode.NOT_A_TABLE) from error
    if b"\0" in data:
        before = data[: data.index(b"\0")]
        raise UnreadableFile(UnreadableCode.BINARY, line=str(before.count(b"\n") + 1))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _separator(text: str) -> str:
    """What most of the first lines have most of, outside of quotation marks."""
    lines = [
        re.sub(r'"[^"]*"', "", line) for line in text[:_SNIFFED_CHARACTERS].splitlines()[:_SNIFFED] if line.strip()
    ]
    counts: Counter[str] = Counter()
    for line in lines:
        present = {separator: line.count(separator) for separator in _SEPARATORS if separator in line}
        if present:
            counts[max(present, key=lambda separator: (present[separator], -_SEPARATORS.index(separator)))] += 1
    return counts.most_common(1)[0][0] if counts else ";"
