"""The rows of the Excel files: exactly what the list beside the button shows, one column for one column."""

from collections.abc import Iterable

from permanence.application.timeline.calls import CallRow
from permanence.application.timeline.french import telephone
from permanence.application.timeline.lines import Line
from permanence.application.timeline.malfunctions import MalfunctionRow
from permanence.application.timeline.sheets import CellKind, Column, Sheet

_CALL_COLUMNS = (
    Column("Présenté", CellKind.INSTANT, 18),
    Column("Service", CellKind.TEXT, 22),
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
