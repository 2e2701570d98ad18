"""The file of Entreprises: the companies, and who of them holds which motif where and until when (R30, R32, R40)."""

from collections.abc import Mapping
from typing import Any

from permanence.domain.reference.across_rows import no_clash
from permanence.domain.reference.cell_kinds import PHONE, TEXT, YES_OR_NO, CellKind, identifier, one_of
from permanence.domain.reference.entreprises import Contractor, ContractorAssignment, Entreprises
from permanence.domain.reference.places import normalise, plain_words
from permanence.domain.reference.shared_columns import (
    ENDS_BEFORE,
    PLACE,
    RANK,
    STARTS_ON,
    WHERE,
    contractor_column,
    in_order,
    motif_column,
    values_by,
    zone_of,
    zone_values,
)
from permanence.domain.reference.table_forms import Column, FileForm, Link, SheetForm, Values


def entreprises_form(agencies: Mapping[str, str], motifs: Mapping[str, str]) -> FileForm[Entreprises]:
    """`agencies` and `motifs` are those of the contract, id → name."""
    return FileForm(
        "entreprises",
        "Entreprises",
        (_contractors(), _assignments(one_of(agencies), one_of(motifs))),
        checks=(no_clash("assignments", _held),),
        links=(Link("assignments", "contractor_id", to="contractors", id_field="contractor_id", name_field="name"),),
    )


def _contractors() -> SheetForm:
    columns = (
        Column(
            "contractor_id",
            "Code",
            identifier(),
            "plomberie-daval",
            "Un code à vous, qui ne change pas ; vide, il est fait du nom.",
            required=False,
            synonyms=("Identifiant", "Code entreprise", "Code fournisseur"),
        ),
        Column("name", "Nom", TEXT, "Plomberie Daval", "Tel qu’on le dit.", synonyms=("Entreprise", "Raison sociale")),
        Column("trade", "Métier", TEXT, "plomberie", "Son corps d’état.", synonyms=("Corps d’état", "Activité")),
        Column(
            "phone",
            "Téléphone",
            PHONE,
            "06 39 98 12 40",
            "Celui qui répond la nuit ; un mobile reçoit aussi le SMS.",
            synonyms=("Tél.", "Téléphone 1", "N° d’astreinte", "Mobile"),
        ),
        Column(
            "second_phone",
            "Second téléphone",
            PHONE,
            "03 84 00 00 41",
            "Appelé si le premier ne répond pas.",
            required=False,
            synonyms=("Téléphone 2", "Tél. 2", "Autre téléphone", "Fixe"),
            empty=None,
        ),
        Column(
            "hours",
            "Horaires",
            TEXT,
            "jour et nuit",
            "Quand il peut être appelé.",
            required=False,
            synonyms=("Disponibilité",),
        ),
        Column(
            "called_by_tenants",
            "Appel direct",
            YES_OR_NO,
            "non",
            "Oui, si les locataires peuvent l’appeler eux-mêmes.",
            required=False,
            synonyms=("Appelable en direct", "Locataires en direct"),
            empty=False,
        ),
    )
    names = ("Prestataires", "Sociétés", "Fournisseurs")
    return SheetForm(
        "contractors", "Entreprises", columns, ("contractor_id",), Contractor, complete=_with_its_code, synonyms=names
    )


def _with_its_code(values: Values) -> Values:
    return values | {"contractor_id": values["contractor_id"] or "-".join(plain_words(values["name"]))}


def _assignments(agency: CellKind, motif: CellKind) -> SheetForm:
    columns = (motif_column(motif), contractor_column(TEXT), RANK, WHERE, PLACE, STARTS_ON, ENDS_BEFORE)
    values_of = values_by(columns)
    return SheetForm(
        "assignments",
        "Secteurs d’intervention",
        columns,
        ("motif", "where", "place", "rank", "starts_on"),
        ContractorAssignment,
        complete=lambda values: zone_of(in_order(values), agency),
        values_of=lambda record: zone_values(values_of(record), agency),
        synonyms=("Secteurs", "Affectations", "Interventions"),
    )


def _held(assignment: Any) -> tuple[Any, ...]:
    return assignment.motif, assignment.where, normalise(assignment.place), assignment.rank
