"""Columns that several files have, and what two of them say together (R30)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from permanence.domain.reference.cell_dates import DATE, LAST_DAY
from permanence.domain.reference.cell_kinds import TEXT, CellKind, identifier, one_of, whole
from permanence.domain.reference.places import Where
from permanence.domain.reference.table_forms import Column, Values
from permanence.domain.reference.tables import Misread, MistakeCode, spelled

BUILDING = Column(
    "building_id",
    "Code immeuble",
    identifier(),
    "0412",
    "Le même pour tous les logements qui partagent hall et parties communes.",
    synonyms=("Immeuble", "N° immeuble", "Code bâtiment"),
)
RANK = Column(
    "rank",
    "Rang",
    whole(1, 9),
    "1",
    "1 est appelé le premier ; vide vaut 1.",
    required=False,
    synonyms=("Ordre", "Priorité"),
    empty=1,
)
STARTS_ON = Column(
    "starts_on",
    "Début de contrat",
    DATE,
    "01/03/2026",
    "Le premier jour du contrat.",
    synonyms=("Début", "Du", "Date de début", "Date d’effet"),
)
ENDS_BEFORE = Column(
    "ends_before",
    "Fin de contrat",
    LAST_DAY,
    "28/02/2027",
    "Le dernier jour du contrat ; vide tant qu’il n’a pas de fin.",
    required=False,
    synonyms=("Fin", "Au", "Date de fin", "Échéance"),
    empty=None,
)

ZONES: Mapping[Where, str] = {
    Where.EVERYWHERE: "Partout",
    Where.AGENCY: "Agence",
    Where.COMMUNE: "Commune",
    Where.RESIDENCE: "Résidence",
    Where.BUILDING: "Immeuble",
}
_ZONE = one_of(
    {where.value: words for where, words in ZONES.items()},
    also={"tout": "everywhere", "tout le patrimoine": "everywhere", "ville": "commune", "bâtiment": "building"},
)

WHERE = Column(
    "where",
    "Zone",
    _ZONE,
    "Commune",
    "Partout, Agence, Commune, Résidence ou Immeuble.",
    synonyms=("Type de zone", "Périmètre", "Niveau"),
)
PLACE = Column(
    "place",
    "Lieu",
    TEXT,
    "Gray",
    "Le nom de l’agence, de la commune ou de la résidence, ou le code de l’immeuble ; vide pour Partout.",
    required=False,
    synonyms=("Nom de la zone", "Nom du lieu", "Secteur"),
)


def zone_of(values: Values, agencies: CellKind) -> Values:
    """The two columns together: an agency by its signed id, « Partout » without a place."""
    where, place = Where(values["where"]), values["place"]
    if where is Where.EVERYWHERE:
        place = ""
    elif not place:
        raise Misread(MistakeCode.MISSING, field="place")
    elif where is Where.AGENCY:
        try:
            place = agencies.read(place)
        except Misread as misread:
            raise misread.about("place") from misread
    return values | {"where": where, "place": place}


def zone_values(values: Mapping[str, Any], agencies: CellKind) -> dict[str, Any]:
    """The inverse of `zone_of`."""
    place = values["place"]
    return {**values, "place": spelled(agencies.write(place)) if values["where"] is Where.AGENCY else place}


def values_by(columns: Iterable[Column]) -> Callable[[Any], dict[str, Any]]:
    """The fields of a record that are columns."""
    fields = [column.field for column in columns]
    return lambda record: {field: getattr(record, field) for field in fields}


def in_order(values: Values) -> Values:
    """Refuses a period that ends before it starts."""
    if values["ends_before"] is not None and values["ends_before"] <= values["starts_on"]:
        raise Misread(MistakeCode.ENDS_BEFORE_START, field="ends_before")
    return values


def motif_column(motif: CellKind, *, required: bool = True, help_: str = "Le motif, comme au contrat.") -> Column:
    example = "Portail de stationnement bloqué fermé"
    return Column("motif", "Motif", motif, example, help_, required=required, synonyms=("Type de panne", "Domaine"))


def contractor_column(contractor: CellKind) -> Column:
    return Column(
        "contractor_id",
        "Prestataire",
        contractor,
        "Plomberie Daval",
        "Son nom ou son code, comme dans le fichier Entreprises.",
        synonyms=("Entreprise", "Société", "Intervenant"),
    )
