"""Lists, numbers and delays as somebody typed them, and what the checks say of them in French (R5, R14, R42)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from decisions.typed import typed_day
from permanence.application.timeline.french import telephone
from permanence.domain.french_names import of_place
from permanence.domain.frozen import dataclass
from permanence.domain.reference.calendar import OverflowDelay
from permanence.domain.reference.cell_kinds import e164
from permanence.domain.reference.documents import Point, Signed
from permanence.domain.reference.listes import DEFAULT_RANK, EVERY_AGENCY, Listes
from permanence.domain.reference.listes_kind import RANKS, Entry, ListesCode, Sort
from permanence.domain.reference.recording import Campaign
from permanence.web.formats import day, duration, plural
from permanence.web.requests import Form

MOST_TYPED = 8000
_APART = re.compile(r"[\s,;]+")
_LINES = re.compile(r"[\n,;]+")
_DIGITS = re.compile(r"\d{1,5}", re.ASCII)

RANK_LABELS: Mapping[str, str] = {
    DEFAULT_RANK: "Chaque rang, sauf ceux-ci",
    "contractor": "Prestataire",
    "contractor_second_number": "Second numéro du prestataire",
    "second_contractor": "Second prestataire",
    "technicien": "Technicien d’astreinte",
    "cadre": "Cadre d’astreinte",
}


class Section(StrEnum):
    """The forms of the page, as addresses name them."""

    MAILING = "diffusion"
    FALLBACK = "secours"
    OVERFLOW = "debordement"
    DELAYS = "delais"
    CAMPAIGN = "enregistrement"
    SENDERS = "expediteurs"


_SENTENCES: Mapping[str, str] = {
    ListesCode.NOBODY: "{what} : il en faut au moins un.",
    ListesCode.TOO_MANY: "{what} : pas plus de {most}.",
    ListesCode.NOT_AN_ADDRESS: "{what} : « {value} » n’est pas une adresse de courriel.",
    ListesCode.NOT_A_NUMBER: "{what} : « {value} » n’est pas un numéro de téléphone.",
    ListesCode.OUR_NUMBER: (
        "{what} : le {value} mène à la permanence. Un appel renvoyé vers lui y reviendrait sans fin ; "
        "donnez un autre numéro."
    ),
    ListesCode.TWICE: "{what} : {value} y est deux fois.",
    ListesCode.UNKNOWN_AGENCY: "« {value} » n’est pas une agence du contrat.",
    ListesCode.OUT_OF_BOUNDS: "{what} : entre {least} et {most} secondes.",
    ListesCode.OVER_CAP: "{what} : pas plus de {most} secondes ; ensuite, le suivant est appelé de toute façon.",
    ListesCode.PAST_DAY: "{what} : ce jour est passé ou commencé ; commencez demain au plus tôt.",
    ListesCode.LATE_DAY: "{what} : ce jour est passé ; un délai commence aujourd’hui ou plus tard.",
    ListesCode.BEGUN_DAY: (
        "{what} : un délai qui a commencé ne change plus. Ajoutez-en un qui commence aujourd’hui ou plus tard."
    ),
    ListesCode.TOO_FAR_DAY: "{what} : dans plus de deux ans, vérifiez l’année.",
    ListesCode.BACKWARDS_DAYS: "{what} : elle ne finit pas après son début.",
    ListesCode.WITHOUT_REASON: "{what} : il manque le motif.",
    ListesCode.REASON_TOO_LONG: "{what} : le motif est trop long.",
    ListesCode.THREE_MINUTES: (
        "L’attente chez vous et l’alarme au poste font trois minutes ou plus ensemble : l’alarme viendrait trop tard."
    ),
    ListesCode.NEVER_RECORDED: "Sans campagne, aucun appel n’est enregistré.",
}
_LABELS: Mapping[Sort, str] = {
    Sort.FALLBACK: "Numéros de secours",
    Sort.ALARM: "Alarme au poste",
    Sort.SENDERS: "Expéditeurs de fichiers",
}


def liste_sentence(point: Point) -> str:
    sort, _, name = point.subject.partition(".")
    told = dict(point.detail)
    if sort == Sort.FALLBACK and point.code in (ListesCode.OUR_NUMBER, ListesCode.TWICE):
        told["value"] = telephone(told["value"])
    return _SENTENCES[point.code].format(what=_label(Sort(sort), name, told.get("agency", "")), **told)


def label_of(entry: Entry, agency_names: Mapping[str, str]) -> str:
    return _label(entry.sort, entry.name, agency_names.get(entry.name, entry.name))


def _label(sort: Sort, name: str, agency: str) -> str:
    match sort:
        case Sort.MAILING:
            return f"Liste de l’agence {of_place(agency)}" if agency else "Liste du contrat"
        case Sort.ANSWER:
            return f"Délai de réponse, {RANK_LABELS.get(name, name).lower()}"
        case Sort.OVERFLOW:
            return f"Attente avant débordement{_from(name)}"
        case Sort.CAMPAIGN:
            return f"Campagne{_from(name)}"
    return _LABELS[sort]


def _from(name: str) -> str:
    return f" à partir du {day(date.fromisoformat(name))}" if name else ""


def value_words(entry: Entry) -> str:
    """What an entry says, in one line."""
    match entry.sort:
        case Sort.MAILING | Sort.SENDERS:
            return ", ".join(entry.value) or "personne"
        case Sort.FALLBACK:
            return ", ".join(map(telephone, entry.value)) or "aucun"
        case Sort.CAMPAIGN:
            return f"{entry.value.reason}, jusqu’au {day(entry.value.ends_before - timedelta(days=1))}"
    return seconds_words(entry.value)


def seconds_words(seconds: int) -> str:
    return f"{plural(seconds, 'seconde')}" if seconds < 120 else duration(seconds)


@dataclass(frozen=True)
class TypedListes:
    """The fields of one section, as they were typed."""

    section: Section
    words: Mapping[str, str]

    def read(self, in_force: Listes) -> tuple[Listes | None, tuple[str, ...]]:
        """What would be in force with them, or the fields that say nothing that can be."""
        read: Callable[[Listes], Iterator[tuple[str, Any]]] = {
            Section.MAILING: self._mailing,
            Section.FALLBACK: self._fallback,
            Section.OVERFLOW: self._overflow,
            Section.DELAYS: self._delays,
            Section.CAMPAIGN: self._campaign,
            Section.SENDERS: self._senders,
        }[self.section]
        told = dict(read(in_force))
        mistakes = tuple(name for name, value in told.items() if value is None)
        return (None, mistakes) if mistakes else (replace(in_force, **told), ())

    def _mailing(self, _: Listes) -> Iterator[tuple[str, Any]]:
        lists = {name.removeprefix("list-"): _several(words, _APART) for name, words in self.words.items()}
        yield "mailing", {agency: addresses for agency, addresses in lists.items() if addresses or not agency}

    def _fallback(self, _: Listes) -> Iterator[tuple[str, Any]]:
        yield "fallback", tuple(e164(one) or one for one in _several(self.words["fallback"], _LINES))

    def _overflow(self, in_force: Listes) -> Iterator[tuple[str, Any]]:
        from_day, seconds = typed_day(self.words["overflow_from"]), _seconds(self.words["overflow_seconds"])
        if from_day is None or seconds is None:
            yield from _missing(overflow_from=from_day, overflow_seconds=seconds)
            return
        others = [delay for delay in in_force.overflow_delays if delay.from_day != from_day]
        delays = sorted([*others, OverflowDelay(from_day, seconds)], key=lambda delay: delay.from_day)
        yield "overflow_delays", tuple(delays)

    def _delays(self, _: Listes) -> Iterator[tuple[str, Any]]:
        typed = {rank: self.words[f"answer-{rank}"] for rank in RANKS}
        told = {rank: _seconds(words) for rank, words in typed.items() if words or rank == DEFAULT_RANK}
        alarm = _seconds(self.words["alarm"])
        if alarm is None or None in told.values():
            yield from _missing(alarm=alarm, **{f"answer-{rank}": value for rank, value in told.items()})
            return
        yield "answer_within_s", told
        yield "alarm_after_wait_s", alarm

    def _campaign(self, in_force: Listes) -> Iterator[tuple[str, Any]]:
        first, last = typed_day(self.words["campaign_from"]), typed_day(self.words["campaign_to"])
        reason = self.words["campaign_reason"]
        if first is None or last is None or not reason:
            yield from _missing(campaign_reason=reason or None, campaign_from=first, campaign_to=last)
            return
        others = [campaign for campaign in in_force.campaigns if campaign.starts_on != first]
        campaigns = sorted([*others, Campaign(first, last + timedelta(days=1), reason)], key=lambda one: one.starts_on)
        yield "campaigns", tuple(campaigns)

    def _senders(self, _: Listes) -> Iterator[tuple[str, Any]]:
        yield "senders", _several(self.words["senders"], _APART)


def typed_listes(form: Form, signed: Signed) -> TypedListes | None:
    """The section that the form is of, None when it is of none."""
    section = next((one for one in Section if one == form.one("section")), None)
    if section is None:
        return None
    names = {
        Section.MAILING: [f"list-{agency}" for agency in (EVERY_AGENCY, *signed.agencies)],
        Section.FALLBACK: ["fallback"],
        Section.OVERFLOW: ["overflow_from", "overflow_seconds"],
        Section.DELAYS: [*(f"answer-{rank}" for rank in RANKS), "alarm"],
        Section.CAMPAIGN: ["campaign_reason", "campaign_from", "campaign_to"],
        Section.SENDERS: ["senders"],
    }[section]
    return TypedListes(section, {name: form.one(name)[:MOST_TYPED] for name in names})


def shown_words(listes: Listes, signed: Signed) -> Mapping[str, str]:
    """What stands in the fields before anybody types."""
    return {
        **{f"list-{agency}": "\n".join(listes.mailing.get(agency, ())) for agency in (EVERY_AGENCY, *signed.agencies)},
        "fallback": "\n".join(map(telephone, listes.fallback)),
        "overflow_from": "",
        "overflow_seconds": "",
        **{f"answer-{rank}": str(listes.answer_within_s.get(rank, "")) for rank in RANKS},
        "alarm": str(listes.alarm_after_wait_s),
        "campaign_reason": "",
        "campaign_from": "",
        "campaign_to": "",
        "senders": "\n".join(listes.senders),
    }


def _several(words: str, between: re.Pattern[str]) -> tuple[str, ...]:
    return tuple(one.strip() for one in between.split(words) if one.strip())


def _seconds(words: str) -> int | None:
    return int(words) if _DIGITS.fullmatch(words) else None


def _missing(**found: Any) -> Iterator[tuple[str, None]]:
    return ((name, None) for name, value in found.items() if value is None)
