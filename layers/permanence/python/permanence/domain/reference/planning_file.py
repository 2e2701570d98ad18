"""The file of the planning: one row a duty, each in the place of what was planned on its hours (R30, R31)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.cell_dates import INSTANT
from permanence.domain.reference.cell_kinds import TEXT, one_of
from permanence.domain.reference.places import plain_words
from permanence.domain.reference.planning import PlannedDuty, Planning
from permanence.domain.reference.rota import EVERY_SECTOR, OnCallRole
from permanence.domain.reference.table_forms import Column, Entries, Entry, FileForm, Finding, SheetForm, Values
from permanence.domain.reference.tables import Misread, MistakeCode, Way

ROLES: Mapping[OnCallRole, str] = {
    OnCallRole.TECHNICIEN: "Technicien",
    OnCallRole.CADRE: "Cadre",
    OnCallRole.SUPERVISEUR: "Superviseur de permanence",
}
_OTHER_WORDS = {
    "technicien d’astreinte": OnCallRole.TECHNICIEN,
    "agent d’astreinte": OnCallRole.TECHNICIEN,
    "cadre d’astreinte": OnCallRole.CADRE,
    "superviseur": OnCallRole.SUPERVISEUR,
    "permanence": OnCallRole.SUPERVISEUR,
}
_ALL_SECTORS = ("tous", "toutes", "tous secteurs", "tous les secteurs", "toutes agences", "toutes les agences")


class _PlanningForm(FileForm[Planning]):
    """The whole year or a few days: hours that no row names stay as they are."""

    def assembled(self, in_force: Planning, records: Mapping[str, Sequence[PlannedDuty]]) -> Planning:
        return in_force.with_duties(records.get("duties", ()))


def planning_form(annuaire: Annuaire, sectors: Collection[str]) -> FileForm[Planning]:
    """People are those of the annuaire in force, by name or id; `sectors` those of the patrimoine: while there are
    none, any name is one."""
    return _PlanningForm("planning", "Planning d’astreinte", (_duties(annuaire, sectors),), (_overlaps,))


def _duties(annuaire: Annuaire, sectors: Collection[str]) -> SheetForm:
    names = {one.person_id: one.name for one in annuaire.on_call.values()}
    also = dict.fromkeys(_ALL_SECTORS, EVERY_SECTOR)
    every_sector = {EVERY_SECTOR: "tous"} | {sector: sector for sector in sorted(sectors)}
    return SheetForm(
        "duties",
        "Astreintes",
        (
            Column(
                "role",
                "Astreinte",
                one_of({role.value: words for role, words in ROLES.items()}, also=_OTHER_WORDS),
                "Technicien",
                "Technicien, Cadre ou Superviseur de permanence.",
                synonyms=("Rôle", "Fonction", "Type", "Niveau"),
            ),
            Column(
                "sector",
                "Secteur",
                one_of(every_sector, also=also) if sectors else TEXT,
                "Gray",
                "Pour un technicien, celui du patrimoine. Vide pour le cadre et le superviseur : ils valent partout.",
                required=False,
                synonyms=("Agence", "Zone"),
            ),
            Column(
                "person_id",
                "Personne",
                one_of(names, also=_turned(names)),
                "Karim Belhadj",
                "Son nom, ou son identifiant, comme dans l’annuaire.",
                synonyms=("Nom", "Agent", "Nom et prénom", "Personne d’astreinte"),
            ),
            Column(
                "start",
                "Début",
                INSTANT,
                "02/04/2027 16:30",
                "Le jour et l’heure de Paris où l’astreinte commence.",
                synonyms=("Du", "De", "Date de début", "Depuis"),
            ),
            Column(
                "end",
                "Fin",
                INSTANT,
                "09/04/2027 16:30",
                "Le jour et l’heure de Paris où elle finit : l’heure où commence la suivante.",
                synonyms=("Au", "À", "Date de fin", "Jusqu’au"),
            ),
        ),
        keys=("role", "sector", "start"),
        make=PlannedDuty,
        complete=_complete,
        values_of=_values_of,
        synonyms=("Planning", "Astreinte", "Planning d’astreinte", "Rota"),
    )


def _turned(names: Mapping[str, str]) -> dict[str, str]:
    """« BELHADJ Karim » is who « Karim Belhadj » is, where one person only can be meant."""
    found: dict[str, set[str]] = {}
    for person_id, name in names.items():
        first, _, last = name.partition(" ")
        found.setdefault(" ".join(plain_words(f"{last} {first}")), set()).add(person_id)
    return {words: next(iter(ids)) for words, ids in found.items() if len(ids) == 1}


def _complete(values: Values) -> Values:
    role, sector = OnCallRole(values["role"]), values["sector"]
    if role is not OnCallRole.TECHNICIEN:
        sector = EVERY_SECTOR
    elif not sector:
        raise Misread(MistakeCode.MISSING, field="sector")
    if values["end"] <= values["start"]:
        raise Misread(MistakeCode.ENDS_BEFORE_START, field="end")
    return values | {"role": role, "sector": sector}


def _values_of(duty: PlannedDuty) -> Mapping[str, Any]:
    of_all = duty.sector == EVERY_SECTOR and duty.role is not OnCallRole.TECHNICIEN
    return vars(duty) | {"role": duty.role.value, "sector": "" if of_all else duty.sector}


def _overlaps(entries: Entries, _: Planning) -> Iterable[Finding]:
    """Two rows that put two people in one place: the later one can begin when the earlier one ends."""
    rows = [entry for entry in entries["duties"] if entry.record is not None and entry.line]
    rows.sort(key=lambda entry: (entry.record.role, entry.record.sector, entry.record.start, entry.record.end))
    for _cell, of_cell in groupby(rows, key=lambda entry: entry.record.cell):
        yield from _overlaps_of(of_cell)


def _overlaps_of(rows: Iterable[Entry]) -> Iterator[Finding]:
    last: Entry | None = None
    for row in rows:
        if last is not None and row.record.start < last.record.end:
            ways: tuple[Way, ...] = (Way(leaves_out=(row.line,)),)
            if row.record.end > last.record.end:
                shown = INSTANT.write(last.record.end)
                ways = (Way(shown if isinstance(shown, str) else f"{shown:%d/%m/%Y %H:%M}"), *ways)
            yield Finding("duties", row.line, "start", MistakeCode.OVERLAP, {"line": str(last.line)}, ways)
        if last is None or row.record.end > last.record.end:
            last = row
