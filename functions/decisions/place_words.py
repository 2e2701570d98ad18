"""What the checks of patrimoine and entreprises say in French, and what a version does to the night (R30, R32, R40)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from decisions.parts import EffectWords
from permanence.application.timeline.french import number, telephone
from permanence.domain.french_dates import MONTHS, day_of_month
from permanence.domain.french_names import at_place, of_name
from permanence.domain.reference.buildings import zones_held
from permanence.domain.reference.documents import Change, Effect, Point
from permanence.domain.reference.effects import MOST_NUMBERS, PlaceEffect
from permanence.domain.reference.entreprises import Contractor, ContractorAssignment
from permanence.domain.reference.entreprises_checks import EntreprisesCode
from permanence.domain.reference.instructions import Instruction
from permanence.domain.reference.patrimoine import (
    AgencyPlace,
    Dwelling,
    InternalContact,
    MaintenanceContract,
    NamedContractor,
    Patrimoine,
)
from permanence.domain.reference.patrimoine_checks import PatrimoineCode
from permanence.domain.reference.places import Where, zone_key
from permanence.web.formats import day, plural

SEVERAL = 2
NEAR = 0.75
"""Of a name that was perhaps meant: one letter in four may be another."""
_WHO_REPAIRS: Mapping[str, str] = {
    "plomberie": "plombier",
    "électricité": "électricien",
    "serrurerie": "serrurier",
    "couverture": "couvreur",
    "chauffage": "chauffagiste",
    "menuiserie": "menuisier",
    "maçonnerie": "maçon",
    "ascenseur": "ascensoriste",
}
_SORTS: Mapping[str, tuple[str, str]] = {
    "dwelling": ("logement est écrit deux fois", "logements sont écrits deux fois"),
    "agency": ("agence est écrite deux fois", "agences sont écrites deux fois"),
    "named": ("rang a deux prestataires dans un immeuble", "rangs ont deux prestataires dans un immeuble"),
    "instruction": ("consigne est écrite deux fois", "consignes sont écrites deux fois"),
    "contact": ("interlocuteur a deux lignes", "interlocuteurs ont deux lignes"),
}
_OF_A_BUILDING: Mapping[str, tuple[str, str]] = {
    "named": ("prestataire y est nommé", "prestataires y sont nommés"),
    "instruction": ("consigne y est donnée", "consignes y sont données"),
    "maintenance": ("contrat d’entretien y est écrit", "contrats d’entretien y sont écrits"),
}
_CHANGES: Mapping[PlaceEffect, str] = {
    PlaceEffect.CONTRACTOR: "changent de prestataire",
    PlaceEffect.NEXT_CONTRACTORS: "changent de second prestataire",
    PlaceEffect.UNCOVERED: "seront sans prestataire",
    PlaceEffect.STILL_UNCOVERED: "restent sans prestataire",
    PlaceEffect.COVERED: "ont désormais un prestataire",
    PlaceEffect.NUMBERS: "seront appelés à d’autres numéros",
    PlaceEffect.AGENCY: "changent d’agence",
    PlaceEffect.SECTOR: "changent de secteur d’astreinte",
}
_WHATS: Mapping[str, str] = {"commune": "communes", "agency": "agences", "sector": "secteurs"}
_PLACES: Mapping[str, str] = {
    Where.COMMUNE: "Aucun logement n’est dans la commune",
    Where.RESIDENCE: "Aucun logement n’est dans la résidence",
    Where.BUILDING: "Aucun logement n’est dans l’immeuble",
    Where.AGENCY: "Aucun logement n’est de l’agence",
}


def patrimoine_sentence(point: Point) -> str:
    return _OF_PATRIMOINE[PatrimoineCode(point.code)](point.subject, _Detail(point.detail))


def entreprises_sentence(point: Point) -> str:
    return _OF_ENTREPRISES[EntreprisesCode(point.code)](point.subject, _Detail(point.detail))


class _Detail(dict[str, str]):
    """What fills a sentence: words by their names, figures by their counts."""

    def __getattr__(self, name: str) -> str:
        return self[name]

    @property
    def many(self) -> int:
        return int(self["count"])


def _found(singular: str, plural_form: str, d: _Detail) -> str:
    return plural(d.many, singular, plural_form)


Sentence = Callable[[str, _Detail], str]

_OF_PATRIMOINE: Mapping[PatrimoineCode, Sentence] = {
    PatrimoineCode.WITHOUT_KEY: lambda _, d: (
        f"{_found('logement n’a', 'logements n’ont', d)} pas de numéro, d’immeuble ou de commune"
        f"{f' : {d.first}' if d.first else ''}."
    ),
    PatrimoineCode.TWICE: lambda _, d: f"{_found(*_SORTS[d.sort], d)}, d’abord {d.first}.",
    PatrimoineCode.UNKNOWN_AGENCY: lambda subject, d: (
        f"« {subject} » n’est pas une agence du contrat : {plural(d.many, 'ligne')}, d’abord {d.first}."
    ),
    PatrimoineCode.UNKNOWN_CONTRACTOR: lambda subject, d: (
        f"« {subject} » n’est pas dans Entreprises : {plural(d.many, 'ligne')}, d’abord l’immeuble {d.first}."
    ),
    PatrimoineCode.UNKNOWN_MOTIF: lambda subject, d: (
        f"« {subject} » n’est pas un motif du contrat : {plural(d.many, 'ligne')}, d’abord l’immeuble {d.first}."
    ),
    PatrimoineCode.UNKNOWN_BUILDING: lambda subject, d: (
        f"L’immeuble « {subject} » n’a aucun logement : {_found(*_OF_A_BUILDING[d.sort], d)}."
    ),
    PatrimoineCode.UNKNOWN_PLACE: lambda subject, d: (
        f"{_PLACES.get(d.where, 'Aucun logement n’est à')} « {subject} », qui a pourtant un interlocuteur."
    ),
    PatrimoineCode.UNKNOWN_PERSON: lambda subject, d: (
        f"« {subject} », nommé comme interlocuteur, n’est pas dans l’annuaire : {plural(d.many, 'ligne')}."
    ),
    PatrimoineCode.BACKWARDS: lambda subject, d: (
        f"Immeuble {subject} : un contrat d’entretien ({d.domain}) ne finit pas après son début."
    ),
    PatrimoineCode.OVERLAP: lambda subject, d: (
        f"Immeuble {subject} : deux contrats d’entretien ({d.domain}) se recouvrent."
    ),
    PatrimoineCode.WRONG_FILE: lambda _, d: (
        f"{_found('logement serait retiré', 'logements seraient retirés', d)} sur {number(int(d.of))} : "
        "ce n’est sans doute pas le bon fichier. Plus de la moitié ne se retire pas en une fois."
    ),
    PatrimoineCode.MANY_REMOVED: lambda _, d: (
        f"{_found('logement serait retiré', 'logements seraient retirés', d)} sur {number(int(d.of))}."
    ),
    PatrimoineCode.STAFF_MOTIF: lambda _, d: (
        f"Aucun prestataire n’est appelé pour « {d.motif} », qui va droit à l’astreinte : {plural(d.many, 'ligne')}."
    ),
    PatrimoineCode.TWO_PLACES: lambda subject, d: (
        f"Les logements de l’immeuble {subject} sont dans plusieurs {_WHATS[d.what]} : le premier fait foi."
    ),
    PatrimoineCode.WITHOUT_SECTOR: lambda _, d: (
        f"{_found('logement n’a', 'logements n’ont', d)} pas de secteur d’astreinte : celui de la commune est pris."
    ),
    PatrimoineCode.SECTOR_WITHOUT_PLANNING: lambda subject, d: (
        f"Le secteur « {subject} », {plural(d.many, 'logement')}, n’a personne au planning d’astreinte."
    ),
}

_OF_ENTREPRISES: Mapping[EntreprisesCode, Sentence] = {
    EntreprisesCode.WITHOUT_NAME: lambda subject, d: f"L’entreprise « {subject or d.name} » n’a pas de nom.",
    EntreprisesCode.TWICE: lambda _, d: f"{d.name} est écrit deux fois.",
    EntreprisesCode.WITHOUT_NUMBER: lambda _, d: f"{d.name} n’a pas de numéro : personne ne pourrait l’appeler.",
    EntreprisesCode.NOT_A_NUMBER: lambda _, d: f"{d.name} : « {telephone(d.number)} » n’est pas un numéro à composer.",
    EntreprisesCode.UNKNOWN_CONTRACTOR: lambda subject, d: (
        f"« {subject} » a {plural(d.many, 'contrat')} et n’est pas parmi les entreprises."
    ),
    EntreprisesCode.UNKNOWN_MOTIF: lambda subject, d: (
        f"« {subject} » n’est pas un motif du contrat : {plural(d.many, 'ligne')}."
    ),
    EntreprisesCode.UNKNOWN_AGENCY: lambda subject, d: (
        f"« {subject} » n’est pas une agence du contrat : {plural(d.many, 'ligne')}."
    ),
    EntreprisesCode.BACKWARDS: lambda _, d: f"{d.name}, « {d.motif} » : le contrat ne finit pas après son début.",
    EntreprisesCode.IMPLAUSIBLE_DATE: lambda _, d: (
        f"{d.name}, « {d.motif} » : {day(date.fromisoformat(d.day))} n’est pas une date de contrat."
    ),
    EntreprisesCode.BAD_RANK: lambda _, d: f"{d.name}, « {d.motif} » : le rang {d.rank} n’est pas entre 1 et 9.",
    EntreprisesCode.RANK_TWICE: lambda _, d: (
        f"{d.name} et {d.other} ont ensemble le rang {d.rank} pour « {d.motif} », {_zone(d)}."
    ),
    EntreprisesCode.STILL_NAMED: lambda _, d: f"{d.name} ne peut pas être retiré : {_still_named(d)}.",
    EntreprisesCode.SAME_NUMBER: lambda _, d: f"{d.name} et {d.other} ont le même numéro.",
    EntreprisesCode.STAFF_MOTIF: lambda _, d: (
        f"Aucun prestataire n’est appelé pour « {d.motif} », qui va droit à l’astreinte : {plural(d.many, 'contrat')}."
    ),
    EntreprisesCode.UNKNOWN_ZONE: lambda subject, d: (
        f"{_PLACES[d.where]} « {subject} »{_and_others(d)} : le contrat qui y vaut ne sert à rien."
    ),
    EntreprisesCode.SEVERAL_RESIDENCES: lambda subject, d: (
        f"La résidence « {subject} » est dans {plural(d.many, 'commune')} : le contrat vaut dans toutes."
        " Écrivez la commune derrière pour n’en nommer qu’une."
    ),
    EntreprisesCode.ENDS_WITHOUT_NEXT: lambda _, d: (
        f"1 contrat finit le {_short(date.fromisoformat(d.day))} sans suite : {d.name}, "
        f"{plural(int(d.buildings), 'immeuble')}."
    ),
}


def unknown_place(where: Where, place: str, patrimoine: Patrimoine) -> str:
    """That no dwelling is there, with the name that was perhaps meant; empty when one is, or before any is known."""
    dwellings = patrimoine.dwellings
    if not dwellings or (where, zone_key(where, place)) in zones_held(dwellings):
        return ""
    of = {Where.COMMUNE: "commune", Where.RESIDENCE: "residence", Where.BUILDING: "building_id"}[where]
    near = get_close_matches(place, sorted({getattr(one, of) for one in dwellings}), 1, NEAR)
    return f"{_PLACES[where]} « {place} »" + (f" : est-ce « {near[0]} » ?" if near else ".")


def _zone(d: _Detail) -> str:
    named = {
        Where.EVERYWHERE.value: "partout",
        Where.AGENCY.value: f"agence {d.place}",
        Where.COMMUNE.value: f"commune {d.place}",
        Where.RESIDENCE.value: f"résidence {d.place}",
        Where.BUILDING.value: f"immeuble {d.place}",
    }[d.where]
    return named if d.many < SEVERAL else f"{named} et {plural(d.many - 1, 'autre zone', 'autres zones')}"


def _and_others(d: _Detail) -> str:
    return f", ni dans {plural(d.many - 1, 'autre lieu', 'autres lieux')}" if d.many >= SEVERAL else ""


def _still_named(d: _Detail) -> str:
    named, maintained = int(d.buildings), int(d.maintained)
    told = [f"le patrimoine le nomme dans {plural(named, 'immeuble')}"] if named else []
    told += [f"il y a {plural(maintained, 'contrat d’entretien', 'contrats d’entretien')}"] if maintained else []
    return f"{' et '.join(told)}, d’abord {d.first}"


def _short(one: date) -> str:
    """31 décembre"""
    return f"{day_of_month(one)} {MONTHS[one.month - 1]}"


# --- what a version changes -------------------------------------------------------------------------------------------

_ENTRIES: Mapping[type[Any], tuple[str, str, str]] = {
    Dwelling: ("logement", "logements", ""),
    AgencyPlace: ("agence", "agences", "e"),
    NamedContractor: ("prestataire nommé", "prestataires nommés", ""),
    Instruction: ("consigne", "consignes", "e"),
    InternalContact: ("interlocuteur", "interlocuteurs", ""),
    MaintenanceContract: ("contrat d’entretien", "contrats d’entretien", ""),
    Contractor: ("entreprise", "entreprises", "e"),
    ContractorAssignment: ("contrat d’astreinte", "contrats d’astreinte", ""),
}
"""One, several, and what makes a participle agree."""
_DONE = ("ajouté", "changé", "retiré")


def counted_changes(changes: Iterable[Change]) -> Iterator[str]:
    """18 logements ajoutés; 2 consignes retirées."""
    counts = Counter((type(change.after or change.before), _done(change)) for change in changes)
    for entry, (one, several, feminine) in _ENTRIES.items():
        for done in _DONE:
            if count := counts[entry, done]:
                agreed = f"{done}{feminine}{'s' if count >= SEVERAL else ''}"
                yield f"{plural(count, one, several)} {agreed}"


def _done(change: Change) -> str:
    if change.before is None:
        return "ajouté"
    return "retiré" if change.after is None else "changé"


# --- what a version does to the night ---------------------------------------------------------------------------------


def effect_words(effect: Effect) -> EffectWords:
    d, one = _Detail(effect.detail), effect.count < 2
    buildings, change = ("immeuble", "change") if one else ("immeubles", "changent")
    where = _where(effect)
    if "ways" in d:
        return EffectWords(f"{buildings} {_CHANGES[PlaceEffect(effect.code)]}", f"{where}, de {d.ways} autres façons.")
    match PlaceEffect(effect.code):
        case PlaceEffect.CONTRACTOR:
            who = of_name(_WHO_REPAIRS.get(d.trade, "prestataire"))
            return EffectWords(
                f"{buildings} {change} {who}", f"{where} : {d.after} sera appelé à la place {of_name(d.before)}."
            )
        case PlaceEffect.NEXT_CONTRACTORS:
            return EffectWords(
                f"{buildings} {change} de second prestataire",
                f"{where} : {d.contractor} y est toujours appelé d’abord.",
            )
        case PlaceEffect.UNCOVERED:
            return EffectWords(
                f"{buildings} {'sera' if one else 'seront'} sans prestataire",
                f"{where} pour « {d.motif} » : le technicien d’astreinte est appelé.",
            )
        case PlaceEffect.STILL_UNCOVERED:
            return EffectWords(
                f"{buildings} {'reste' if one else 'restent'} sans prestataire",
                f"{where} pour « {d.motif} », comme avant : le technicien d’astreinte est appelé.",
            )
        case PlaceEffect.COVERED:
            return EffectWords(
                f"{buildings} {'a' if one else 'ont'} désormais un prestataire",
                f"{where} pour « {d.motif} » : {d.contractor}.",
            )
        case PlaceEffect.NUMBERS:
            return EffectWords(buildings, f"{where} : {d.contractor} y est appelé à d’autres numéros.")
        case PlaceEffect.AGENCY:
            its = "son" if one else "leur"
            return EffectWords(
                f"{buildings} {change} d’agence", f"{where} : {its} courriel du matin ira {at_place(d.agency)}."
            )
        case PlaceEffect.SECTOR:
            return EffectWords(
                f"{buildings} {change} de secteur d’astreinte",
                f"{where} : le technicien du secteur « {d.sector} » est appelé.",
            )
        case PlaceEffect.REMOVED:
            opened, stay = ("ouvert", "il reste suivi") if one else ("ouverts", "ils restent suivis")
            more = "" if effect.count <= MOST_NUMBERS else " et d’autres"
            return EffectWords(
                f"{'dysfonctionnement' if one else 'dysfonctionnements'} {opened} à une adresse retirée",
                f"{where} : {d.numbers}{more}, {stay}.",
            )
        case PlaceEffect.MISSIONS:
            under_way = int(d.get("under_way", "0"))
            chains = "une chaîne lancée ne change" if under_way == 0 else "la seule chaîne lancée ne change"
            if under_way >= SEVERAL:
                chains = f"les {under_way} chaînes lancées ne changent"
            return EffectWords("mission en cours touchée", f" : {chains} pas.")


def _where(effect: Effect) -> str:
    """À Gray et à Vesoul; dans 12 communes."""
    communes = int(effect.detail.get("communes", "0"))
    if communes > len(effect.places):
        return f" dans {plural(communes, 'commune')}"
    *others, last = map(at_place, effect.places or ("",))
    return f" {', '.join(others)} et {last}" if others else f" {last}"
