"""What the sheets of a file mean: one form a kind of document reads files, writes templates and exports (R30)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, NamedTuple, TypeVar

from permanence.domain.frozen import dataclass
from permanence.domain.reference.cell_kinds import CellKind, one_of
from permanence.domain.reference.places import plain_words
from permanence.domain.reference.tables import Cell, Way

B = TypeVar("B")
Values = dict[str, Any]

HELP_SHEET = "Aide"  # of our templates: what each column takes; nobody means it as data


@dataclass(frozen=True)
class Column:
    """`field` is the name in the row's values, `title` the header, `example` and `help` what the template and the
    documentation say (French). A cell that is blank means `empty`, unless the column is required."""

    field: str
    title: str
    kind: CellKind
    example: str
    help: str
    required: bool = True
    synonyms: tuple[str, ...] = ()
    empty: Any = ""

    def write(self, value: Any) -> Cell:
        return None if value == self.empty and not self.required else self.kind.write(value)


@dataclass(frozen=True)
class Renewal:
    """Of rows whose key is all that they say: one that comes takes the place of one that goes where both agree in
    `fields`. `told` is what lists show of it: the title, before and after."""

    fields: tuple[str, ...]
    told: Callable[[Any, Any], tuple[str, str, str]]


@dataclass(frozen=True)
class SheetForm:
    """One row is one record: `make(**values)` builds it, `values_of` takes it apart again (the inverse; without it the
    values are the record's fields). `key` is the field of the body that holds the records.

    `keys` are the fields that no two rows share. `complete` sees one row's values together before its record is made:
    it adds what follows from them, takes out what the record has not, or raises Misread with the `field` it is about.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    make: Callable[..., Any]
    complete: Callable[[Values], Values] | None = None
    values_of: Callable[[Any], Mapping[str, Any]] | None = None
    synonyms: tuple[str, ...] = ()
    renewal: Renewal | None = None

    def records(self, body: Any) -> Sequence[Any]:
        of_body: Sequence[Any] = getattr(body, self.key)
        return of_body

    def cells_of(self, record: Any) -> list[Cell]:
        """A record as a row of its own form, in the order of the columns."""
        if self.values_of is None:
            return [column.write(getattr(record, column.field)) for column in self.columns]
        values = self.values_of(record)
        return [column.write(values[column.field]) for column in self.columns]

    def key_of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(values[field] for field in self.keys)


class Entry(NamedTuple):
    """One row that was read: `line` 0 is a record in force whose sheet was not sent. Where a cell could not be taken
    there is no `record`, and `values` are those that could."""

    line: int
    record: Any
    values: Mapping[str, Any] | None = None

    def of(self, field: str) -> Any:
        """A field of the record, or of the row as far as it was read; None where it was not."""
        return getattr(self.record, field, None) if self.values is None else self.values.get(field)


@dataclass(frozen=True)
class Finding:
    """What a check across rows says of one cell: as `Mistake`, by the form's own names."""

    sheet: str
    line: int
    field: str
    code: str
    detail: Mapping[str, str]
    ways: tuple[Way, ...] = ()
    ticked: bool = False


Entries = Mapping[str, Sequence[Entry]]


@dataclass(frozen=True)
class Link:
    """The `field` of one sheet names, by `name_field` or by `id_field`, a record of the sheet `to` in the same file, or
    in force where that sheet was not sent."""

    sheet: str
    field: str
    to: str
    id_field: str
    name_field: str


@dataclass(frozen=True)
class FileForm(Generic[B]):
    """The sheets of one kind of document. `checks` see all rows of all sheets, those in force of a sheet that was not
    sent."""

    kind: str
    title: str
    sheets: tuple[SheetForm, ...]
    checks: tuple[Callable[[Entries, B], Iterable[Finding]], ...] = ()
    links: tuple[Link, ...] = ()

    def assembled(self, in_force: B, records: Mapping[str, Sequence[Any]]) -> B:
        """The body of the records by sheet; of a sheet that is not among them it keeps what is in force."""
        body: Any = in_force
        changed: B = replace(body, **{key: tuple(of_sheet) for key, of_sheet in records.items()})
        return changed

    def rows_of(self, body: B) -> dict[str, list[list[Cell]]]:
        """A body as rows, by key of sheet; what a link names is written by its name."""
        rows = {sheet.key: [sheet.cells_of(record) for record in sheet.records(body)] for sheet in self.sheets}
        for link in self.links:
            sheets = {sheet.key: sheet for sheet in self.sheets}
            kind = linked(link, (Entry(0, record) for record in sheets[link.to].records(body)))
            at = [column.field for column in sheets[link.sheet].columns].index(link.field)
            for row in rows[link.sheet]:
                row[at] = kind.write(row[at])
        return rows


def linked(link: Link, named: Iterable[Entry]) -> CellKind:
    """How a linked field is read and written, by the records that it may name; one that could not be read whole may be
    named all the same."""
    ids = ((one.of(link.id_field), one.of(link.name_field)) for one in named)
    return one_of({known_id or name: name or known_id for known_id, name in ids if known_id or name})


_SMALL_WORDS = frozenset({"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les"})
_SAME_WORDS = {"no": "n", "num": "n", "numero": "n", "telephone": "tel", "adresse": "adr", "batiment": "bat"}


def header_words(text: str) -> tuple[str, ...]:
    """« Numéro du logement » and « N° de logement » are one header; so are plurals."""
    words = (_SAME_WORDS.get(word, word) for word in plain_words(text) if word not in _SMALL_WORDS)
    return tuple(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words)
