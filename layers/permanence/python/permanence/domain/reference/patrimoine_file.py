"""The file of the patrimoine: its sheets and what their columns mean (R30, R32, R85, R89)."""

from collections.abc import Mapping

from permanence.domain.reference.cell_kinds import FLOOR, POSTCODE, TEXT, identifier, one_of
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine
from permanence.domain.reference.table_forms import Column, FileForm, SheetForm


def patrimoine_form(agencies: Mapping[str, str]) -> FileForm[Patrimoine]:
    """`agencies` are those of the contract, id → name."""
    return FileForm("patrimoine", "Patrimoine", (_dwellings(agencies),))


def _dwellings(agencies: Mapping[str, str]) -> SheetForm:
    return SheetForm(
        "dwellings",
        "Logements",
        (
            Column(
                "dwelling_id",
                "N° de logement",
                identifier(),
                "0412893",
                "Le numéro du logement, unique.",
                synonyms=("Logement", "Code logement", "Référence logement", "Identifiant logement", "N° UG"),
            ),
            Column(
                "building_id",
                "Code immeuble",
                identifier(),
                "0412",
                "Le même pour tous les logements qui partagent hall et parties communes.",
                synonyms=("Immeuble", "N° immeuble", "Code bâtiment"),
            ),
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
                "Le type et le nom de la voie.",
                synonyms=("Voie", "Adresse", "Libellé voie", "Nom de rue"),
            ),
            Column("postcode", "Code postal", POSTCODE, "70100", "Cinq chiffres.", synonyms=("CP",)),
            Column(
                "commune", "Commune", TEXT, "Gray", "Le nom de la commune, sans cedex.", synonyms=("Ville", "Localité")
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
                "door", "Porte", TEXT, "104", "Le numéro ou la place seuls.", required=False, synonyms=("N° de porte",)
            ),
            Column(
                "agency",
                "Agence",
                one_of(agencies),
                next(iter(agencies.values())),
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
        ),
        keys=("dwelling_id",),
        make=Dwelling,
        synonyms=("Patrimoine", "Logement", "Liste des logements", "Base patrimoine"),
    )
