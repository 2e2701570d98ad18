"""What the checks say of a planning, and what it does to the nights, in French."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from decisions.parts import EffectWords
from permanence.application.timeline.french import clock, spell_minutes
from permanence.domain.french_dates import MONTHS, day_of_month
from permanence.domain.reference.documents import Effect, Point
from permanence.domain.reference.nights import nights_of
from permanence.domain.reference.planning_checks import PlanningCode
from permanence.domain.reference.planning_effects import PlanningEffect
from permanence.domain.reference.rota import EVERY_SECTOR, OnCallRole
from permanence.web.formats import day, plural, span

ROLES: Mapping[str, str] = {
    OnCallRole.TECHNICIEN: "technicien d’astreinte",
    OnCallRole.CADRE: "cadre d’astreinte",
    OnCallRole.SUPERVISEUR: "superviseur de permanence",
}
_SENTENCES: Mapping[str, str] = {
    PlanningCode.GAP: "{place} : personne pendant {length}, {when}.",
    PlanningCode.OVERLAP: "{place} : deux personnes pendant {length}, {when} : {people}.",
    PlanningCode.MORE: "Et {count} autres trous ou recouvrements, qui ne sont pas dits un par un.",
    PlanningCode.UNKNOWN_PERSON: "« {person} » n’est pas dans l’annuaire : {duties}, {first}.",
    PlanningCode.MISSING_NUMBER: "{person} n’a pas de numéro dans l’annuaire : {duties}, {first}.",
    PlanningCode.BACKWARDS: "{place}, {day} : la fin n’est pas après le début.",
    PlanningCode.TOO_FAR: "{place} : une astreinte commencée le {day} finirait à plus de deux ans. Vérifiez l’année.",
    PlanningCode.ONE_SECTOR: "{place} : le {role} vaut pour tous les secteurs, pas pour « {sector} » ({when}).",
    PlanningCode.ENDS_SOONER: "Plus personne à partir du {day}, {clock} : le planning en vigueur va jusqu’au {until}.",
    PlanningCode.OPEN_GAP: "{place} : personne à certaines heures où le CRC est ouvert ({holes}, {first}). "
    "Une fermeture exceptionnelle y trouverait un trou.",
    PlanningCode.SUPERVISOR_GAP: "Aucun superviseur de permanence pendant {length} ({holes}, {first}) : "
    "le numéro du contrat est appelé.",
    PlanningCode.LANDLINE: "{person} n’a qu’un fixe : l’appel, sans SMS ({duties}).",
    PlanningCode.OTHER_ROLE: "{person} est de service comme {role}, ce que l’annuaire ne dit pas ({duties}).",
    PlanningCode.UNKNOWN_SECTOR: "Aucun logement du patrimoine n’est du secteur « {sector} ».",
    PlanningCode.BEGINS_LATER: "Rien n’est prévu avant le {day}, {clock}.",
}


def planning_sentence(point: Point) -> str:
    told = dict(point.detail)
    if "start" in told:
        start = datetime.fromisoformat(told["start"])
        told |= {"day": day(start), "clock": clock(start)}
        if "end" in told:
            when = when_of(start, datetime.fromisoformat(told["end"]))
            told |= {"when": when, "first": when if told.get("count", "1") == "1" else f"d’abord {when}"}
    if "last" in told:
        told["until"] = day(datetime.fromisoformat(told["last"]))
    if "role" in told:
        told |= {"place": place_of(told["role"], told["sector"]), "role": ROLES[told["role"]]}
    if "minutes" in told:
        told["length"] = spell_minutes(int(told["minutes"]))
    if "count" in told:
        count = int(told["count"])
        told |= {"duties": plural(count, "astreinte"), "holes": plural(count, "trou")}
    return _SENTENCES[point.code].format_map(told)


def planning_effect(effect: Effect) -> EffectWords:
    count, told = effect.count, effect.detail
    if effect.code == PlanningEffect.MISSIONS:
        return EffectWords("mission en cours touchée", " : la chaîne de chacune est figée à son départ")
    if effect.code == PlanningEffect.NUMBERS:
        others = count - len(effect.subjects)
        more = f", et {plural(others, 'autre')}" if others else ""
        who = "personnes d’astreinte changent" if count > 1 else "personne d’astreinte change"
        return EffectWords(f"{who} de numéro", f" : {', '.join(effect.subjects)}{more}")
    night = "nuits" if count > 1 else "nuit"
    place, length = place_of(told["role"], told["sector"]), spell_minutes(int(told.get("minutes", "0")))
    match effect.code:
        case PlanningEffect.UNCOVERED:
            then = " : le numéro du contrat est appelé, " if told["role"] == OnCallRole.SUPERVISEUR else " : personne, "
            fact, sequel = f"{night} sans {_whom(told['role'], told['sector'])}", f"{then}{length}, "
        case PlanningEffect.DOUBLE:
            fact, sequel = f"{night} à deux personnes : {place}", f", {length}, "
        case PlanningEffect.COVERED:
            fact, sequel = f"{night} de plus : {place}", ", "
        case _:
            change = "changent" if count > 1 else "change"
            fact, sequel = f"{night} {change} de main : {place}", f", {told['was']} → {told['becomes']}, "
    return EffectWords(fact, sequel + _nights_words(told))


def place_of(role: str, sector: str) -> str:
    """Gray, Cadre d’astreinte, Superviseur de permanence, Tous secteurs."""
    if role == OnCallRole.TECHNICIEN:
        return "Tous secteurs" if sector == EVERY_SECTOR else sector
    words = ROLES[role]
    return words[0].upper() + words[1:]


def when_of(start: datetime, end: datetime) -> str:
    """dans la nuit du 27 au 28 mars, or from when until when."""
    nights = nights_of(start, end)
    if len(nights) == 1 and end - start <= timedelta(hours=16):
        return f"dans la {night_words(nights[0])}"
    return span(start, end)


def night_words(evening: date) -> str:
    """nuit du 27 au 28 mars, nuit du 31 mars au 1er avril."""
    morning = evening + timedelta(days=1)
    month = "" if evening.month == morning.month else f" {MONTHS[evening.month - 1]}"
    return f"nuit du {day_of_month(evening)}{month} au {day_of_month(morning)} {MONTHS[morning.month - 1]}"


def _whom(role: str, sector: str) -> str:
    of_sector = f" à {sector}" if role == OnCallRole.TECHNICIEN and sector != EVERY_SECTOR else ""
    return f"{ROLES[role].split(' ')[0] if role != OnCallRole.SUPERVISEUR else ROLES[role]}{of_sector}"


def _nights_words(told: Mapping[str, str]) -> str:
    if "first" not in told:
        return f"de jour, {span(datetime.fromisoformat(told['start']), datetime.fromisoformat(told['end']))}"
    first, last = date.fromisoformat(told["first"]), date.fromisoformat(told["last"])
    return night_words(first) if first == last else f"de la {night_words(first)} à la {night_words(last)}"
