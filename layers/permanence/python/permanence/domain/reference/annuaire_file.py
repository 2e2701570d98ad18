"""The file of the annuaire: staff, VIP, and the reception's own people (R25, R30, R74, R92)."""

from collections.abc import Mapping

from permanence.domain.reference.annuaire import (
    Annuaire,
    Person,
    ReceptionFunction,
    ReceptionPerson,
    StaffRole,
    Vip,
)
from permanence.domain.reference.cell_dates import DATE
from permanence.domain.reference.cell_kinds import LONG_TEXT, MAIL, PHONE, TEXT, identifier, one_of, several
from permanence.domain.reference.table_forms import Column, FileForm, SheetForm, Values

STAFF_ROLES: Mapping[StaffRole, str] = {
    StaffRole.AGENCY_MANAGER: "Responsable d’agence",
    StaffRole.CADRE: "Cadre d’astreinte",
    StaffRole.TECHNICIEN: "Technicien d’astreinte",
}
FUNCTIONS: Mapping[ReceptionFunction, str] = {
    ReceptionFunction.DUTY_SUPERVISOR: "Superviseur de permanence",
    ReceptionFunction.SUPERVISEUR: "Superviseur",
    ReceptionFunction.AGENT: "Téléconseiller",
}
_PERSON_ID = Column(
    "person_id",
    "Identifiant",
    identifier(),
    "kbelhadj",
    "Un mot à vous, qui ne change pas : le planning et le patrimoine le nomment.",
    synonyms=("Matricule", "Id", "Code"),
)


def annuaire_form(agencies: Mapping[str, str]) -> FileForm[Annuaire]:
    """`agencies` are those of the contract, id → name."""
    return FileForm("annuaire", "Annuaire", (_people(agencies), _vips(), _reception()))


def _people(agencies: Mapping[str, str]) -> SheetForm:
    return SheetForm(
        "people",
        "Personnel",
        (
            _PERSON_ID,
            Column("name", "Nom", TEXT, "Karim Belhadj", "Prénom et nom.", synonyms=("Prénom et nom", "Nom et prénom")),
            Column(
                "function",
                "Fonction",
                TEXT,
                "Technicien de secteur",
                "Comme vous la dites.",
                required=False,
                synonyms=("Poste",),
            ),
            Column("service", "Service", TEXT, "Proximité", "Son service.", required=False, synonyms=("Direction",)),
            Column(
                "agency",
                "Agence",
                one_of(agencies),
                next(iter(agencies.values()), ""),
                "Parmi celles du contrat ; vide pour le siège.",
                required=False,
                synonyms=("Antenne", "Site"),
            ),
            Column(
                "mobile",
                "Mobile",
                PHONE,
                "06 39 98 03 01",
                "Il reçoit l’appel et le SMS.",
                required=False,
                synonyms=("Portable", "Tél. portable", "Tél. mobile", "GSM"),
            ),
            Column(
                "landline",
                "Fixe",
                PHONE,
                "03 53 01 20 11",
                "Appelé s’il n’y a pas de mobile ; sans SMS.",
                required=False,
                synonyms=("Tél. fixe", "Téléphone", "Ligne directe"),
            ),
            Column(
                "mail",
                "Courriel",
                MAIL,
                "karim.belhadj@habitat70.fr",
                "Son adresse.",
                required=False,
                synonyms=("Mail", "E-mail", "Adresse mail", "Messagerie"),
            ),
            Column(
                "roles",
                "Rôles",
                several(one_of({role.value: words for role, words in STAFF_ROLES.items()}, also=_SHORT_ROLES)),
                "Technicien d’astreinte",
                "Aucun, un ou plusieurs, entre virgules : Responsable d’agence, Cadre d’astreinte, "
                "Technicien d’astreinte.",
                required=False,
                synonyms=("Rôle", "Astreinte"),
                empty=(),
            ),
        ),
        keys=("person_id",),
        make=Person,
        complete=_with_roles,
        synonyms=("Annuaire", "Salariés", "Collaborateurs", "Contacts"),
    )


_SHORT_ROLES = {
    "responsable": StaffRole.AGENCY_MANAGER.value,
    "chef d’agence": StaffRole.AGENCY_MANAGER.value,
    "cadre": StaffRole.CADRE.value,
    "technicien": StaffRole.TECHNICIEN.value,
}


def _with_roles(values: Values) -> Values:
    return values | {"roles": tuple(StaffRole(role) for role in values["roles"])}


def _vips() -> SheetForm:
    return SheetForm(
        "vips",
        "VIP",
        (
            Column("name", "Nom", TEXT, "Anne Viennot", "Prénom et nom.", synonyms=("Prénom et nom", "Nom et prénom")),
            Column(
                "quality",
                "Qualité",
                TEXT,
                "Maire",
                "Élu, administrateur, préfecture, entreprise…",
                required=False,
                synonyms=("Titre", "Fonction", "Mandat"),
            ),
            Column(
                "organisation",
                "Organisme",
                TEXT,
                "Mairie de Gray",
                "Commune, institution ou entreprise.",
                required=False,
                synonyms=("Organisation", "Collectivité", "Société"),
            ),
            Column(
                "phone",
                "Téléphone",
                PHONE,
                "03 53 01 20 01",
                "Le numéro dont cette personne appelle.",
                required=False,
                synonyms=("Numéro", "Mobile"),
            ),
            Column(
                "treatment",
                "Consigne",
                LONG_TEXT,
                "La passer au directeur.",
                "Ce qu’il faut faire de son appel, en plus de la règle commune.",
                required=False,
                synonyms=("Traitement", "Conduite à tenir"),
            ),
        ),
        keys=("name", "organisation"),
        make=Vip,
        synonyms=("Élus", "Personnalités"),
    )


def _reception() -> SheetForm:
    return SheetForm(
        "reception",
        "Permanence",
        (
            _PERSON_ID,
            Column("name", "Nom", TEXT, "Rachid Amrani", "Prénom et nom.", synonyms=("Prénom et nom", "Nom et prénom")),
            Column(
                "function",
                "Fonction",
                one_of({one.value: words for one, words in FUNCTIONS.items()}, also=_SHORT_FUNCTIONS),
                "Téléconseiller",
                "Superviseur de permanence, Superviseur ou Téléconseiller.",
                synonyms=("Poste", "Rôle"),
            ),
            Column(
                "mobile",
                "Mobile",
                PHONE,
                "06 39 98 99 70",
                "Obligatoire pour un superviseur de permanence.",
                required=False,
                synonyms=("Portable", "Téléphone"),
            ),
            Column(
                "mail",
                "Courriel",
                MAIL,
                "r.amrani@permanence.example",
                "Son adresse.",
                required=False,
                synonyms=("Mail", "E-mail"),
            ),
            Column(
                "grc_id",
                "Identifiant GRC",
                identifier(),
                "PERM01",
                "Nominatif : un identifiant, une personne.",
                required=False,
                synonyms=("Login GRC", "Identifiant ACG"),
            ),
            Column(
                "trained_on",
                "Formé le",
                DATE,
                "02/11/2026",
                "Le jour de sa formation à la GRC.",
                required=False,
                synonyms=("Date de formation", "Habilité le"),
                empty=None,
            ),
            Column(
                "trained_by",
                "Formé par",
                TEXT,
                "Claire Humbert",
                "Qui l’a formé : Habitat 70, ou un référent.",
                required=False,
                synonyms=("Formateur", "Référent"),
            ),
        ),
        keys=("person_id",),
        make=ReceptionPerson,
        complete=_with_function,
        synonyms=("Réception", "Téléconseillers", "Titulaire"),
    )


_SHORT_FUNCTIONS = {
    "permanence": ReceptionFunction.DUTY_SUPERVISOR.value,
    "superviseur d’astreinte": ReceptionFunction.DUTY_SUPERVISOR.value,
    "agent": ReceptionFunction.AGENT.value,
    "téléconseillère": ReceptionFunction.AGENT.value,
}


def _with_function(values: Values) -> Values:
    return values | {"function": ReceptionFunction(values["function"])}
