"""The file of the patrimoine: its sheets and what their columns mean (R30, R32, R85, R89)."""

import re
from collections.abc import Mapping

from permanence.domain.reference.across_rows import (
    DWELLINGS,
    doubtful_communes,
    known_buildings,
    lost_zeros,
    no_clash,
    places_of_contacts,
)
from permanence.domain.reference.cell_kinds import (
    FLOOR,
    LONG_TEXT,
    PHONE,
    POSTCODE,
    TEXT,
    CellKind,
    identifier,
    one_of,
)
from permanence.domain.reference.instructions import Instruction, InstructionSort
from permanence.domain.reference.patrimoine import (
    AgencyPlace,
    Dwelling,
    InternalContact,
    MaintenanceContract,
    NamedContractor,
    Patrimoine,
)
from permanence.domain.reference.places import normalise
from permanence.domain.reference.shared_columns import (
    BUILDING,
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
from permanence.domain.reference.table_forms import Column, FileForm, Renewal, SheetForm, Values
from permanence.domain.reference.tables import Misread, MistakeCode

_NUMBERED = re.compile(r"(\d{1,4}(?: ?(?:bis|ter|quater|[A-Z]))?),? +(.+)", re.IGNORECASE)
_WAYS = frozenset(
    [
        "allee",
        "avenue",
        "boulevard",
        "chemin",
        "cite",
        "cours",
        "esplanade",
        "faubourg",
        "hameau",
        "impasse",
        "lotissement",
        "montee",
        "passage",
        "place",
        "promenade",
        "quai",
        "residence",
        "route",
        "rue",
        "ruelle",
        "sentier",
        "square",
        "voie",
    ]
)

SORTS: Mapping[InstructionSort, str] = {
    InstructionSort.CODE: "Code d’accès",
    InstructionSort.KEYS: "Clés",
    InstructionSort.STOP_VALVE: "Vanne d’arrêt",
    InstructionSort.ASBESTOS: "Amiante",
    InstructionSort.OTHER: "Autre",
}
_LETS_IN: Mapping[InstructionSort, tuple[str, str]] = {
    InstructionSort.CODE: ("ancien code", "nouveau code"),
    InstructionSort.KEYS: ("anciennes clés", "nouvelles clés"),
}


def patrimoine_form(
    agencies: Mapping[str, str], motifs: Mapping[str, str], contractors: Mapping[str, str], people: Mapping[str, str]
) -> FileForm[Patrimoine]:
    """What a row may name, id → name: agencies and motifs of the contract, contractors of Entreprises, people of the
    annuaire."""
    agency, motif, contractor = one_of(agencies), one_of(motifs), one_of(contractors)
    sheets = (
        _dwellings(agency),
        _agencies(agency, agencies),
        _named(motif, contractor),
        _instructions(motif),
        _contacts(agency, one_of(people)),
        _maintenance(contractor),
    )
    checks = (
        lost_zeros("dwelling_id"),
        lost_zeros("building_id"),
        doubtful_communes,
        known_buildings("named"),
        known_buildings("instructions"),
        known_buildings("maintenance"),
        places_of_contacts,
        no_clash("maintenance", lambda record: (record.building_id, normalise(record.domain))),
    )
    return FileForm("patrimoine", "Patrimoine", sheets, checks)


def _dwellings(agency: CellKind) -> SheetForm:
    columns = (
        Column(
            "dwelling_id",
            "N° de logement",
            identifier(),
            "0412893",
            "Le numéro du logement, unique.",
            synonyms=("Logement", "Code logement", "Référence logement", "Identifiant logement", "N° UG"),
        ),
        BUILDING,
        Column(
            "file_number",
            "N° de dossier",
            identifier(),
            "D0412893",
            "Le dossier du locataire, s’il y en a un.",
            required=False,
            synonyms=("Dossier", "Dossier locataire"),
        ),
        Column(
            "residence",
            "Résidence",
            TEXT,
            "Les Tilleuls",
            "Le nom que les locataires donnent au groupe d’immeubles.",
            required=False,
            synonyms=("Nom résidence", "Groupe", "Programme"),
        ),
        Column(
            "building",
            "Bâtiment",
            TEXT,
            "B",
            "La lettre ou le numéro seul, sans « bât. ».",
            required=False,
            synonyms=("Bât.",),
        ),
        Column(
            "street_number",
            "N° dans la rue",
            TEXT,
            "14 bis",
            "Avec bis ou ter.",
            required=False,
            synonyms=("N° de rue", "N° de voie", "N° voirie", "Numéro"),
        ),
        Column(
            "street",
            "Rue",
            TEXT,
            "rue des Tanneurs",
            "Le type et le nom de la voie ; le numéro peut être devant, s’il n’a pas sa colonne.",
            synonyms=("Voie", "Adresse", "Libellé voie", "Nom de rue"),
        ),
        Column("postcode", "Code postal", POSTCODE, "70100", "Cinq chiffres.", synonyms=("CP",)),
        Column(
            "commune",
            "Commune",
            TEXT,
            "Gray",
            "Le nom de la commune, sans cedex.",
            synonyms=("Ville", "Localité"),
        ),
        Column(
            "stair",
            "Escalier",
            TEXT,
            "2",
            "Le numéro ou la lettre seuls.",
            required=False,
            synonyms=("Esc.", "Montée", "Entrée"),
        ),
        Column(
            "floor",
            "Étage",
            FLOOR,
            "1",
            "0 ou RDC pour le rez-de-chaussée, -1 pour le sous-sol.",
            required=False,
            synonyms=("Niveau",),
        ),
        Column(
            "door",
            "Porte",
            TEXT,
            "104",
            "Le numéro ou la place seuls.",
            required=False,
            synonyms=("N° de porte",),
        ),
        Column(
            "agency",
            "Agence",
            agency,
            "Gray",
            "L’agence de rattachement, parmi celles du contrat.",
            synonyms=("Antenne",),
        ),
        Column(
            "sector",
            "Secteur d’astreinte",
            TEXT,
            "Gray",
            "Le secteur du planning d’astreinte.",
            synonyms=("Secteur", "Astreinte"),
        ),
    )
    names = ("Patrimoine", "Logement", "Liste des logements", "Base patrimoine")
    return SheetForm("dwellings", DWELLINGS, columns, ("dwelling_id",), Dwelling, _with_its_number, synonyms=names)


def _with_its_number(values: Values) -> Values:
    """An address in one column: the search knows a house by its number."""
    found = None if values["street_number"] else _NUMBERED.fullmatch(values["street"])
    if found is None or normalise(found[2]).partition(" ")[0] not in _WAYS:
        return values
    return values | {"street_number": found[1], "street": found[2]}


def _agencies(agency: CellKind, names: Mapping[str, str]) -> SheetForm:
    columns = (
        Column("agency_id", "Agence", agency, "Gray", "Parmi celles du contrat.", synonyms=("Antenne",)),
        Column(
            "name",
            "Nom affiché",
            TEXT,
            "Agence de Gray",
            "Tel qu’on le dit ; vide, c’est celui du contrat.",
            required=False,
            synonyms=("Nom", "Libellé"),
        ),
        Column("address", "Adresse", TEXT, "2 quai Vergy, 70100 Gray", "Où les locataires sont reçus.", required=False),
        Column(
            "phone",
            "Téléphone",
            PHONE,
            "03 84 00 00 12",
            "Celui de l’accueil.",
            required=False,
            synonyms=("Tél.", "Numéro"),
        ),
        Column(
            "hours",
            "Horaires",
            TEXT,
            "du lundi au vendredi, 8 h 30 à 12 h",
            "Tels qu’on les dit aux locataires.",
            required=False,
            synonyms=("Heures d’ouverture", "Ouverture"),
        ),
    )

    def with_its_name(values: Values) -> Values:
        return values | {"name": values["name"] or names[values["agency_id"]]}

    return SheetForm("agencies", "Agences", columns, ("agency_id",), AgencyPlace, complete=with_its_name)


def _named(motif: CellKind, contractor: CellKind) -> SheetForm:
    columns = (BUILDING, motif_column(motif), contractor_column(contractor), RANK)
    names = ("Prestataires", "Prestataires immeuble", "Intervenants")
    keys = ("building_id", "motif", "rank")
    return SheetForm("named", "Prestataires du bâtiment", columns, keys, NamedContractor, synonyms=names)


def _instructions(motif: CellKind) -> SheetForm:
    sort = one_of(
        {sort.value: words for sort, words in SORTS.items()}, also={"digicode": "code", "vanne": "stop_valve"}
    )
    columns = (
        BUILDING,
        motif_column(motif, required=False, help_="Vide : la consigne vaut pour tous."),
        Column(
            "sort",
            "Sorte",
            sort,
            "Code d’accès",
            "Code d’accès, Clés, Vanne d’arrêt, Amiante ou Autre.",
            synonyms=("Type", "Nature", "Type de consigne"),
        ),
        Column(
            "text",
            "Consigne",
            LONG_TEXT,
            "Hall B : 12A45",
            "Ce que doit savoir qui se rend sur place.",
            synonyms=("Texte", "Information", "Détail"),
        ),
    )

    def with_its_sort(values: Values) -> Values:
        return values | {"sort": InstructionSort(values["sort"])}

    keys = ("building_id", "motif", "sort", "text")
    renewal = Renewal(keys[:-1], _renewed)
    return SheetForm("instructions", "Consignes", columns, keys, Instruction, with_its_sort, renewal=renewal)


def _renewed(before: Instruction, after: Instruction) -> tuple[str, str, str]:
    """What lets somebody in is read where it is needed, not in the list of what a file changes."""
    old, new = _LETS_IN.get(InstructionSort(after.sort), (before.text, after.text))
    return SORTS[InstructionSort(after.sort)], old, new


def _contacts(agency: CellKind, person: CellKind) -> SheetForm:
    columns = (
        WHERE,
        PLACE,
        Column(
            "domain",
            "Domaine",
            TEXT,
            "Plomberie",
            "Ce dont il s’occupe, comme dans la GRC.",
            synonyms=("Objet", "Activité"),
        ),
        Column(
            "service",
            "Service",
            TEXT,
            "Service technique",
            "À qui va une Affaire de ce domaine.",
            required=False,
            synonyms=("Pôle",),
        ),
        Column(
            "person_id",
            "Interlocuteur",
            person,
            "Karim Belhadj",
            "Son nom ou son identifiant, comme dans l’annuaire ; un service ou quelqu’un, ou les deux.",
            required=False,
            synonyms=("Personne", "Contact", "Nom"),
        ),
    )
    values_of = values_by(columns)

    def complete(values: Values) -> Values:
        if not values["service"] and not values["person_id"]:
            raise Misread(MistakeCode.MISSING, field="service")
        return zone_of(values, agency)

    return SheetForm(
        "contacts",
        "Contacts",
        columns,
        ("where", "place", "domain"),
        InternalContact,
        complete=complete,
        values_of=lambda record: zone_values(values_of(record), agency),
        synonyms=("Interlocuteurs", "Contacts internes"),
    )


def _maintenance(contractor: CellKind) -> SheetForm:
    columns = (
        BUILDING,
        Column(
            "domain",
            "Équipement",
            TEXT,
            "Ascenseur",
            "Ascenseur, chauffage, portail…",
            synonyms=("Domaine", "Installation"),
        ),
        contractor_column(contractor),
        Column(
            "reference",
            "Référence",
            identifier(),
            "2026-114",
            "Le numéro du contrat, que l’entreprise demande.",
            required=False,
            synonyms=("N° de contrat", "Contrat"),
        ),
        STARTS_ON,
        ENDS_BEFORE,
    )
    return SheetForm(
        "maintenance",
        "Contrats d’entretien",
        columns,
        ("building_id", "domain", "starts_on"),
        MaintenanceContract,
        complete=in_order,
        synonyms=("Contrats", "Entretien", "Maintenance"),
    )
