"""What a file changes, told so that somebody reads it: changes that are alike are one, however many rows make them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from operator import attrgetter
from typing import Any

from permanence.domain.frozen import dataclass
from permanence.domain.reference.table_forms import FileForm, SheetForm
from permanence.domain.reference.tables import spelled

MOST_NAMED = 50
MOST_WAYS = 30
MOST_ALIKE = 200
_WHERE = ("commune", "sector", "agency")  # the first of these columns says where an entry is
_BUILDING = "building_id"
_ADDRESS = ("street_number", "street")


class How(StrEnum):
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Alike:
    """Rows of a sheet that change in the same way: in one column from `before` to `after`, or as whole rows, whose
    `column` is empty. `rows` counts them, `buildings` those they are in, 0 where rows have none; `where` is empty when
    they are in several places; of their `named` different names `names` are the first. `values` counts the ways of
    changing where they were too many to be told apart."""

    how: How
    sheet: str
    column: str
    before: str
    after: str
    where: str
    rows: int
    buildings: int
    names: tuple[str, ...]
    named: int
    values: int = 1


@dataclass(frozen=True)
class Difference:
    """In rows of all sheets."""

    added: int
    changed: int
    removed: int
    same: int
    alike: tuple[Alike, ...]


def difference(form: FileForm[Any], before: Any, after: Any) -> Difference:
    """Between two bodies, as rows of their files."""
    counts = dict.fromkeys(How, 0)
    same = 0
    alike: list[Alike] = []
    for sheet in form.sheets:
        rows = _Rows(sheet)
        were, are = rows.by_key(sheet.records(before)), rows.by_key(sheet.records(after))
        gone = [record for key, record in were.items() if key not in are]
        come: list[Any] = []
        gathered = _Gathered(rows)
        for key, record in are.items():
            was = were.get(key)
            if was is None:
                come.append(record)
            elif was == record:
                same += 1
            else:
                counts[How.CHANGED] += 1
                for title, old, new in rows.cells_between(was, record):
                    gathered.add_cell(title, old, new, record)
        renewed = rows.renewed(gone, come)
        counts[How.CHANGED] += len(renewed)
        for _, record, cell in renewed:
            gathered.add_cell(*cell, record)
        paired = {id(record) for was, becomes, _ in renewed for record in (was, becomes)}
        for how, records in ((How.ADDED, come), (How.REMOVED, gone)):
            for record in records:
                if id(record) not in paired:
                    counts[how] += 1
                    gathered.add_row(how, record)
        alike += gathered.told()
    order = list(How)
    alike.sort(key=lambda one: (order.index(one.how), -one.rows, one.column, one.before, one.after, one.where))
    return Difference(counts[How.ADDED], counts[How.CHANGED], counts[How.REMOVED], same, tuple(alike[:MOST_ALIKE]))


class _Rows:
    """The records of one sheet, as rows."""

    def __init__(self, form: SheetForm) -> None:
        self.form = form
        self.columns = {column.field: column for column in form.columns}
        self._where = next((name for name in _WHERE if name in self.columns), "")
        self._own = form.values_of
        self._key: Callable[[Any], Any] = self._key_of if self._own else attrgetter(*form.keys)

    def by_key(self, records: Iterable[Any]) -> dict[Any, Any]:
        return {self._key(record): record for record in records}

    def _key_of(self, record: Any) -> tuple[Any, ...]:
        return self.form.key_of(self._values(record))

    def _values(self, record: Any) -> Mapping[str, Any]:
        if self._own is not None:
            return self._own(record)
        return {field: getattr(record, field) for field in self.columns}

    def cells_between(self, before: Any, after: Any) -> Iterator[tuple[str, str, str]]:
        """The title of each column in which they differ, with what it said and says."""
        old, new = self._values(before), self._values(after)
        for field, column in self.columns.items():
            if old[field] != new[field]:
                yield column.title, self._shown(field, old), self._shown(field, new)

    def renewed(self, gone: list[Any], come: list[Any]) -> Sequence[tuple[Any, Any, tuple[str, str, str]]]:
        """Those of which one takes the place of another, where as many come as go; with what is shown."""
        renewal = self.form.renewal
        if renewal is None:
            return ()
        place_of = attrgetter(*renewal.fields)
        places: dict[Any, tuple[list[Any], list[Any]]] = {}
        for side, records in enumerate((gone, come)):
            for record in records:
                places.setdefault(place_of(record), ([], []))[side].append(record)
        alike = [pair for pair in places.values() if len(pair[0]) == len(pair[1])]
        pairs = (pair for were, are in alike for pair in zip(were, are, strict=True))
        return [(was, becomes, renewal.told(was, becomes)) for was, becomes in pairs]

    def where(self, record: Any) -> str:
        return self._shown(self._where, self._values(record)) if self._where else ""

    def building(self, record: Any) -> str:
        return str(self._values(record)[_BUILDING]) if _BUILDING in self.columns else ""

    def name_of(self, record: Any) -> str:
        """An address, or what a row begins with."""
        values = self._values(record)
        named = [field for field in _ADDRESS if field in self.columns] or list(self.columns)[:2]
        return " ".join(shown for field in named if (shown := self._shown(field, values)))

    def _shown(self, field: str, values: Mapping[str, Any]) -> str:
        return spelled(self.columns[field].write(values[field]))


class _Gathered:
    """Whole rows by where they are; cells by what is changed to what or, where that makes too many, by the column."""

    def __init__(self, rows: _Rows) -> None:
        self._rows = rows
        self._whole: dict[tuple[How, str], list[Any]] = {}
        self._cells: dict[str, dict[tuple[str, str], list[Any]]] = {}

    def add_row(self, how: How, record: Any) -> None:
        self._whole.setdefault((how, self._rows.where(record)), []).append(record)

    def add_cell(self, title: str, before: str, after: str, record: Any) -> None:
        self._cells.setdefault(title, {}).setdefault((before, after), []).append(record)

    def told(self) -> Iterator[Alike]:
        for title, ways in self._cells.items():
            if len(ways) <= MOST_WAYS:
                yield from (self._one(How.CHANGED, title, way, records) for way, records in ways.items())
            else:
                records = [record for of_way in ways.values() for record in of_way]
                yield self._one(How.CHANGED, title, ("", ""), records, len(ways))
        for (how, _), records in self._whole.items():
            yield self._one(how, "", ("", ""), records)

    def _one(self, how: How, title: str, way: tuple[str, str], records: list[Any], values: int = 1) -> Alike:
        rows = self._rows
        places = {rows.where(record) for record in records}
        buildings = {rows.building(record) for record in records} - {""}
        names = tuple(dict.fromkeys(rows.name_of(record) for record in records))
        return Alike(
            how=how,
            sheet=rows.form.title,
            column=title,
            before=way[0],
            after=way[1],
            where=next(iter(places)) if len(places) == 1 else "",
            rows=len(records),
            buildings=len(buildings),
            names=names[:MOST_NAMED],
            named=len(names),
            values=values,
        )
