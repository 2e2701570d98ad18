"""What the checks say of an annuaire, in French."""

from collections.abc import Mapping
from datetime import date, datetime

from permanence.application.timeline.french import clock, telephone
from permanence.domain.reference.annuaire import ReceptionFunction, StaffRole
from permanence.domain.reference.annuaire_checks import AnnuaireCode
from permanence.domain.reference.documents import Point
from permanence.web.formats import day, plural

ROLES: Mapping[str, str] = {
    StaffRole.AGENCY_MANAGER: "responsable d’agence",
    StaffRole.CADRE: "cadre d’astreinte",
    StaffRole.TECHNICIEN: "technicien d’astreinte",
    ReceptionFunction.DUTY_SUPERVISOR: "superviseur de permanence",
    ReceptionFunction.SUPERVISEUR: "superviseur",
    ReceptionFunction.AGENT: "téléconseiller",
}
_MISSING = {
    "trained_on": "la date de sa formation à la GRC",
    "trained_by": "qui l’a formé à la GRC",
    "trained_on trained_by": "la date de sa formation à la GRC, et qui l’a formé",
}
_SENTENCES: Mapping[str, str] = {
    AnnuaireCode.WITHOUT_ID: "{name} n’a pas d’identifiant : le planning et le patrimoine ne peuvent pas le nommer.",
    AnnuaireCode.WITHOUT_NAME: "Une personne n’a pas de nom (identifiant « {subject} »).",
    AnnuaireCode.NOT_WRITABLE: "« {name} » porte un caractère qui ne s’écrit nulle part : retapez sa ligne.",
    AnnuaireCode.TWICE: "« {subject} » est deux fois dans l’annuaire.",
    AnnuaireCode.UNKNOWN_AGENCY: "{name} est d’une agence que le contrat ne connaît pas : « {agency} ».",
    AnnuaireCode.NOT_A_NUMBER: "Le numéro de {name} ne s’appelle pas : « {phone} ».",
    AnnuaireCode.NOT_A_MAIL: "L’adresse de {name} n’en est pas une : « {mail} ».",
    AnnuaireCode.MISSING_NUMBER: "{name} est {role}, et n’a pas de numéro.",
    AnnuaireCode.STILL_ON_CALL: "« {name} » n’y est plus, et le planning lui garde {duties} jusqu’au {until} : "
    "changez d’abord le planning.",
    AnnuaireCode.MUTE_ON_CALL: "{name} n’a plus de numéro, et le planning lui garde {duties} jusqu’au {until}.",
    AnnuaireCode.STILL_CONTACT: "« {name} » n’y est plus, et reste le contact de {places} dans le patrimoine : "
    "changez d’abord le patrimoine.",
    AnnuaireCode.TRAINED_LATER: "La formation de {name} est datée du {day} : ce jour n’est pas encore passé.",
    AnnuaireCode.MISSING_MAIL: "{name} est {role}, et n’a pas d’adresse de courriel.",
    AnnuaireCode.LANDLINE: "{name} est d’astreinte et n’a qu’un fixe : l’appel, sans SMS.",
    AnnuaireCode.SAME_NUMBER: "Le {phone} est à la fois celui de {name} et de {others}.",
    AnnuaireCode.NO_MANAGER: "{agency} n’a pas de responsable d’agence : personne n’est nommé pour ses appels de VIP.",
    AnnuaireCode.NO_CADRE: "L’annuaire ne nomme aucun cadre d’astreinte.",
    AnnuaireCode.NO_TREATMENT: "{name} n’a pas de consigne : la règle commune s’applique.",
    AnnuaireCode.UNKNOWN_CALLER: "{name} est un VIP sans numéro.",
    AnnuaireCode.NOT_TRAINED: "Pour {name}, il manque {missing}.",
    AnnuaireCode.NO_GRC_ID: "{name} n’a pas d’identifiant GRC.",
    AnnuaireCode.SAME_GRC_ID: "L’identifiant GRC « {grc_id} » est à la fois celui de {name} et de {others} : "
    "il est nominatif.",
}


def annuaire_sentence(point: Point) -> str:
    told = {"subject": point.subject} | dict(point.detail)
    if "role" in told:
        told["role"] = ROLES[told["role"]]
    if "missing" in told:
        told["missing"] = _MISSING[told["missing"]]
    if "day" in told:
        told["day"] = day(date.fromisoformat(told["day"]))
    if "phone" in told:
        told["phone"] = telephone(told["phone"])
    if "until" in told:
        until = datetime.fromisoformat(told["until"])
        told |= {"until": f"{day(until)}, {clock(until)}", "duties": plural(int(told["count"]), "astreinte")}
    if "places" in told:
        told["places"] = told["places"] or "tout le patrimoine"
    return _SENTENCES[point.code].format_map(told)
