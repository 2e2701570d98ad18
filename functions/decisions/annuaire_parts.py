"""The annuaire on its page: staff, VIP, and the register of the reception's people (R25, R74, R92)."""

from collections.abc import Mapping
from typing import Any

from decisions.annuaire_words import ROLES, annuaire_sentence
from decisions.parts import Action, Check, Parts, Row
from decisions.planning_words import planning_effect
from permanence.application.extranet.referentiel import DocumentView
from permanence.application.timeline.sheets import CellKind, Column, Sheet
from permanence.domain.reference.annuaire import Annuaire, ReceptionFunction, ReceptionPerson
from permanence.domain.reference.annuaire_checks import ANNUAIRE
from permanence.domain.reference.documents import Signed
from permanence.web.formats import plural

_COUNTED = {
    "people": ("personne", "personnes"),
    "vips": ("VIP", "VIP"),
    "reception": ("personne de la permanence", "personnes de la permanence"),
}
_FIELDS: Mapping[str, str] = {
    "name": "nom",
    "function": "fonction",
    "service": "service",
    "agency": "agence",
    "mobile": "mobile",
    "landline": "fixe",
    "mail": "courriel",
    "roles": "rôles",
    "quality": "qualité",
    "phone": "téléphone",
    "treatment": "consigne",
    "grc_id": "identifiant GRC",
    "trained_on": "date de formation",
    "trained_by": "formateur",
}
_REGISTER = (
    Column("Nom", CellKind.TEXT, 26),
    Column("Fonction", CellKind.TEXT, 26),
    Column("Identifiant GRC", CellKind.TEXT, 18),
    Column("Formé à la GRC le", CellKind.TEXT, 18),
    Column("Formé par", CellKind.TEXT, 26),
    Column("Ce qui manque", CellKind.TEXT, 40),
)


def shown(view: DocumentView, signed: Signed) -> Mapping[str, Any]:
    return {"annuaire": view.body, "agencies": signed.agencies}


def row(view: DocumentView, _: Signed) -> Row:
    annuaire: Annuaire = view.body
    checks = []
    if annuaire.reception:
        untrained = [one for one in annuaire.reception if missing(one)]
        told = plural(len(annuaire.reception), "personne de la permanence", "personnes de la permanence")
        if untrained:
            checks = [Check("wait", f"{told}, dont {len(untrained)} sans formation complète au registre")]
        else:
            checks = [Check("ok", f"{told}, au registre des formations")]
    return Row("Personnel, numéros, VIP, équipe de la permanence", checks=tuple(checks))


def missing(one: ReceptionPerson) -> str:
    """What the register lacks of a person, in words."""
    lacks = {
        "identifiant": one.grc_id,
        "date de formation": one.trained_on,
        "formateur": one.trained_by,
    }
    return ", ".join(words for words, value in lacks.items() if not value)


def changed_fields(before: Any, after: Any) -> str:
    """Which fields of an entry change, in words."""
    return ", ".join(
        words for name, words in _FIELDS.items() if getattr(before, name, None) != getattr(after, name, None)
    )


def register_sheet(annuaire: Annuaire) -> Sheet:
    """Who of the reception was trained on the GRC, when and by whom, for Habitat 70."""
    rows = (
        (
            one.name,
            ROLES[one.function].capitalize(),
            one.grc_id,
            f"{one.trained_on:%d/%m/%Y}" if one.trained_on else "",
            one.trained_by,
            missing(one),
        )
        for one in annuaire.reception
    )
    return Sheet("Registre des formations GRC", _REGISTER, rows)


PARTS = Parts(
    kind=ANNUAIRE,
    title="Annuaire",
    icon="users",
    action=Action(
        "Déposer", " le fichier de l’annuaire", "/referentiel/fichiers?document=annuaire", "file-spreadsheet"
    ),
    links=(Action("Formations", " à la GRC", "/referentiel/annuaire#permanence"),),
    sentence=annuaire_sentence,
    effect_words=planning_effect,
    changes_template="annuaire_changes.html",
    row=row,
    template="annuaire.html",
    shown=shown,
    words={
        "roles": ROLES,
        "missing": missing,
        "changed_fields": changed_fields,
        "duty_supervisor": ReceptionFunction.DUTY_SUPERVISOR,
    },
    counted=_COUNTED,
)
