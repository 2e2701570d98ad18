"""The rows of the Excel files: exactly what the list beside the button shows, one column for one column."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from permanence.application.extranet import CallRow, MalfunctionRow
from permanence.application.french import telephone
from permanence.application.timeline_line import Line
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


_CALL_COLUMNS = (
    Column("Présenté", CellKind.INSTANT, 18),
    Column("Service", CellKind.TEXT, 13),
    Column("Numéro", CellKind.TEXT, 16),
    Column("Nom", CellKind.TEXT, 24),
    Column("Téléconseiller", CellKind.TEXT, 18),
    Column("Attente", CellKind.DURATION, 10),
    Column("Conversation", CellKind.DURATION, 13),
    Column("Motif", CellKind.TEXT, 40),
    Column("Suite", CellKind.TEXT, 28),
    Column("Identifiant de l’appel", CellKind.TEXT, 38),
)
_MALFUNCTION_COLUMNS = (
    Column("N°", CellKind.TEXT, 12),
    Column("Ouverte", CellKind.INSTANT, 18),
    Column("Agence", CellKind.TEXT, 18),
    Column("Adresse", CellKind.TEXT, 34),
    Column("Commune", CellKind.TEXT, 20),
    Column("Motif", CellKind.TEXT, 40),
    Column("Intervenant", CellKind.TEXT, 28),
    Column("Accepté", CellKind.INSTANT, 18),
    Column("Arrivé", CellKind.INSTANT, 18),
    Column("Fini", CellKind.INSTANT, 18),
    Column("État", CellKind.TEXT, 22),
    Column("Compte rendu", CellKind.TEXT, 60),
)
_TIMELINE_COLUMNS = (
    Column("Heure", CellKind.INSTANT, 18),
    Column("Fait", CellKind.TEXT, 44),
    Column("État", CellKind.TEXT, 20),
    Column("Détail", CellKind.TEXT, 90),
)


def calls_sheet(month: str, rows: Iterable[CallRow]) -> Sheet:
    return Sheet(
        f"Appels {month}",
        _CALL_COLUMNS,
        (
            (
                row.presented_at,
                row.service,
                telephone(row.caller),
                row.caller_name,
                row.agent_name,
                row.wait,
                row.talk,
                row.motif,
                row.outcome.word,
                row.call_id,
            )
            for row in rows
        ),
    )


def malfunctions_sheet(month: str, rows: Iterable[MalfunctionRow]) -> Sheet:
    return Sheet(
        f"Mains courantes {month}",
        _MALFUNCTION_COLUMNS,
        (
            (
                row.number,
                row.opened_at,
                row.agency,
                row.address,
                row.commune,
                row.motif,
                row.responder,
                row.accepted_at,
                row.on_site_at,
                row.reported_at,
                row.state.word,
                row.report,
            )
            for row in rows
        ),
    )


def timeline_sheet(number: str, lines: Iterable[Line]) -> Sheet:
    return Sheet(
        f"Main courante {number}",
        _TIMELINE_COLUMNS,
        ((line.at, line.title, line.state.word if line.state else "", line.detail) for line in lines),
    )
