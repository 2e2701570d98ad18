"""A sheet of an Excel file before it is one: columns, and cells of a kind."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from permanence.domain.frozen import dataclass


class CellKind(StrEnum):
    TEXT = "text"
    FIGURE = "figure"  # numbers of several kinds: each cell is an OwnKind
    INSTANT = "instant"  # an aware datetime, shown on the clocks of Paris
    MINUTE = "minute"  # the same, without its seconds
    DURATION = "duration"
    COUNT = "count"
    PERCENT = "percent"  # a Decimal in per cent, to the hundredth
    TARGET = "target"  # a whole number of per cent, strictly to be exceeded
    POINTS = "points"  # a Decimal with its sign, to the hundredth
    SECONDS = "seconds"  # a Decimal, to the millisecond


@dataclass(frozen=True)
class Column:
    """`width` in characters."""

    header: str
    kind: CellKind
    width: int


Plain = str | int | Decimal | datetime | timedelta | None


@dataclass(frozen=True)
class OwnKind:
    """A cell of a column that holds several kinds."""

    kind: CellKind
    value: Plain


Cell = Plain | OwnKind


@dataclass(frozen=True)
class Sheet:
    """A list on its way to Excel; `rows` may be a stream, each as long as `columns`. One that `names_people` says so on
    paper."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[tuple[Cell, ...]]
    names_people: bool = True
