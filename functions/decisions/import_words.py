"""What the pages of files say in French, beside what is said of each point."""

from collections.abc import Mapping, Sequence
from typing import Any

from permanence.application.extranet.imports import Corrected
from permanence.application.reference.file_words import unreadable_sentence
from permanence.application.reference.reading_files import NOT_KEPT, UNKNOWN_KIND
from permanence.domain.reference.alike import Alike, How
from permanence.domain.reference.imports import ImportState
from permanence.domain.reference.read_file import ReadFile
from permanence.domain.reference.table_forms import Column, FileForm
from permanence.domain.reference.tables import Mistake
from permanence.web.formats import count, plural

BY_MAIL = "Plus lourd, il vient par courriel, à l’adresse des fichiers."
_UNREADABLE: Mapping[str, str] = {
    UNKNOWN_KIND: "On ne sait pas de quel document est ce fichier : choisissez-le, il sera relu",
    NOT_KEPT: "Ce fichier n’est plus gardé : déposez-le de nouveau",
}
STATES: Mapping[ImportState, tuple[str, str, str]] = {
    ImportState.RECEIVED: ("info", "clock", "Reçu, attend d’être lu"),
    ImportState.READING: ("info", "hourglass", "Lecture en cours"),
    ImportState.TO_CORRECT: ("bad", "circle-x", "À corriger, rien n’est importé"),
    ImportState.PROPOSED: ("ok", "circle-check", "Plus rien à corriger"),
    ImportState.UNCHANGED: ("ok", "circle-check", "Rien de neuf"),
    ImportState.UNREADABLE: ("bad", "circle-x", "Ne se lit pas"),
    ImportState.GIVEN_UP: ("", "ban", "Refusé"),
}
"""Tone, icon, word."""


def why_unreadable(code: str, detail: Mapping[str, str]) -> str:
    return _UNREADABLE[code] if code in _UNREADABLE else unreadable_sentence(code, detail)


def columns_read(read: ReadFile) -> str:
    """14 colonnes reconnues sur 15."""
    headers = [column for sheet in read.sheets for column in sheet.columns if column.header]
    known = sum(bool(column.field) for column in headers)
    return f"{plural(known, 'colonne reconnue', 'colonnes reconnues')} sur {count(len(headers))}"


def columns_of(form: FileForm[Any], key: str) -> tuple[Column, ...]:
    """What the columns of a sheet may mean."""
    return next(sheet.columns for sheet in form.sheets if sheet.key == key)


def compared_with(read: ReadFile) -> str:
    return f"par rapport à {in_force_word(read)}"


def in_force_word(read: ReadFile | None) -> str:
    number = read.compared_with if read else None
    return f"la version {number}" if number else "ce qui est en vigueur"


def changed(alike: Alike) -> str:
    """What changes: a column, or whole rows."""
    if alike.how is How.CHANGED:
        return alike.column
    return f"{'Ajoutés' if alike.how is How.ADDED else 'Retirés'}, {alike.sheet}"


def turned(alike: Alike) -> tuple[str, str]:
    """Before and after."""
    if alike.how is How.CHANGED:
        return alike.before or "vide", alike.after or "vide"
    first, others = alike.names[0], alike.named - 1
    told = f"{first} et {plural(others, 'autre')}" if others else first
    return ("", told) if alike.how is How.ADDED else (told, "")


def corrected_sentence(done: Corrected) -> str:
    lines = f"ligne {count(done.lines[0])}" if len(done.lines) == 1 else f"{count(len(done.lines))} lignes"
    if not done.column:
        return f"{done.sheet}, {lines} : laissée{'s' if len(done.lines) > 1 else ''} de côté"
    return (
        f"{done.sheet}, {lines}, colonne {done.column} : « {done.value} »"
        if done.value
        else (f"{done.sheet}, {lines}, colonne {done.column} : laissée vide")
    )


def lines_of(group: Sequence[Mistake]) -> tuple[str, str]:
    """214, and « et 5 autres, jusqu’à 219 »; empty for the sheet as a whole."""
    first, last, more = group[0].line, group[-1].line, len(group) - 1
    if not first:
        return "", ""
    if not more:
        return count(first), ""
    return count(first), f"et {count(more)} autre{'s' if more > 1 else ''}, jusqu’à {count(last)}"
