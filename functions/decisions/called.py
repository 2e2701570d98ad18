"""« Qui serait appelé ? »: a place, a motif and an hour of Paris as they were typed, and the chain in French (R42)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from decisions.planning_typed import SEASONS, read_instant
from decisions.planning_words import when_of
from decisions.room import Room
from decisions.typed import typed_clock, typed_day
from permanence.application.desk.place import find_dwelling, place_of_dwelling
from permanence.application.dispatch.would_be_called import (
    Known,
    LeftOut,
    Link,
    Missing,
    WouldBeCalled,
    would_be_called,
)
from permanence.application.reference.dwelling_search import build_index, search
from permanence.application.reference.kinds import KINDS
from permanence.application.timeline.french import clock, spell_minutes, telephone
from permanence.application.timeline.lines import ROLE_WORDS
from permanence.domain.dispatch.dispatch import Role
from permanence.domain.french_dates import MONTHS, day_of_month
from permanence.domain.frozen import dataclass
from permanence.domain.instants import PARIS, to_paris
from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine
from permanence.domain.reference.planning import Planning
from permanence.web.formats import day
from permanence.web.requests import read_query

MOST_CHOICES = 8


@dataclass(frozen=True)
class Step:
    """One line of the chain; `tone` as a fil has it: next, off, bad. `number` counts those that are called."""

    tone: str
    number: int
    name: str
    at: str
    phone: str
    reason: str


@dataclass(frozen=True)
class Asked:
    """The form as it was typed, and what it was answered: dwellings to choose from, an hour that comes twice, or the
    steps. `note` says what hour was meant, `mistakes` the fields that said nothing."""

    text: str
    motif: str
    day: str
    clock: str
    season: str
    mistakes: tuple[str, ...] = ()
    choices: tuple[Dwelling, ...] = ()
    place: str = ""
    note: str = ""
    note_strong: str = ""
    steps: tuple[Step, ...] = ()
    ending: str = ""

    @property
    def asks_which_hour(self) -> bool:
        return "twice" in self.mistakes


def asked_of(room: Room, patrimoine: Patrimoine, annuaire: Annuaire, planning: Planning, version: int) -> Asked:
    """1 request more, and 1 for its timetable, when something was asked."""
    local = to_paris(room.now)
    asked = Asked(
        read_query(room.event, "logement", 120),
        read_query(room.event, "motif", 60),
        read_query(room.event, "le", 10) or local.date().isoformat(),
        read_query(room.event, "a", 5) or f"{local:%H:%M}",
        read_query(room.event, "saison", 5),
    )
    if not asked.text:
        return asked
    dwelling, choices = _dwelling(asked.text, patrimoine)
    its_day, its_clock = typed_day(asked.day), typed_clock(asked.clock)
    found = {
        "nowhere": bool(dwelling or choices),
        "motif": asked.motif in room.services.contract.motifs,
        "day": its_day is not None,
        "clock": its_clock is not None,
    }
    mistakes = tuple(name for name, is_there in found.items() if not is_there)
    if mistakes or dwelling is None or its_day is None or its_clock is None:
        return _with(asked, mistakes=mistakes, choices=choices)
    at, wrong = read_instant(its_day, its_clock, asked.season)
    if wrong == "twice":
        return _with(asked, mistakes=("twice",), place=_words(dwelling))
    instant = at or datetime.combine(its_day, its_clock, PARIS).astimezone(UTC)
    _, entreprises = room.deciding.in_force(KINDS["entreprises"], room.now)
    told = would_be_called(
        room.services.contract,
        Known(patrimoine, entreprises, annuaire, planning),
        room.services.contract.motifs[asked.motif],
        place_of_dwelling(dwelling),
        instant,
    )
    strong, note = _note(told, its_day, its_clock, exists=at is not None, season=asked.season)
    return _with(
        asked,
        place=_words(dwelling),
        note_strong=strong,
        note=note,
        steps=tuple(_steps(told, version)),
        ending=_ending(told),
    )


def _with(asked: Asked, **told: object) -> Asked:
    return Asked(**(vars(asked) | told))


def _dwelling(text: str, patrimoine: Patrimoine) -> tuple[Dwelling | None, tuple[Dwelling, ...]]:
    """By its number, or the only one that the words find; else those to choose from."""
    named = find_dwelling(patrimoine, text)
    if named is not None:
        return named, ()
    hits = [hit.dwelling for hit in search(build_index(patrimoine), text, MOST_CHOICES).hits]
    return (hits[0], ()) if len(hits) == 1 else (None, tuple(hits))


def _words(dwelling: Dwelling) -> str:
    parts = (dwelling.address, dwelling.details, f"{dwelling.postcode} {dwelling.commune}")
    return ", ".join(part for part in parts if part)


def _note(told: WouldBeCalled, its_day: date, its_clock: time, *, exists: bool, season: str) -> tuple[str, str]:
    what = "Le CRC est ouvert : l’astreinte n’est pas appelée." if told.is_open else "C’est l’astreinte."
    nobody = "Personne n’est appelé pour de vrai."
    if not exists:
        typed = f"{its_clock.hour} h {its_clock.minute:02}"
        strong = f"Le {day_of_month(its_day)} {MONTHS[its_day.month - 1]}, {typed} n’existe pas :"
        return strong, f"à 2 h il est 3 h. Réponse pour {clock(told.at)}, heure d’été. {what} {nobody}"
    local = to_paris(told.at)
    comes_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    of_season = f", heure d’{season}" if comes_twice and season in SEASONS else ""
    return f"{day(told.at).capitalize()}, {clock(told.at)}{of_season}.", f"{what} {nobody}"


def _steps(told: WouldBeCalled, version: int) -> Iterator[Step]:
    number, before = 0, None
    for one in told.chain:
        if isinstance(one, Missing):
            yield _left_out(one, version)
            continue
        number += 1
        yield _called(one, number, before)
        before = one
    named = (
        f"{told.supervisor.name}, superviseur de permanence" if told.supervisor.name else "superviseur de permanence"
    )
    whose = "" if told.supervisor.name else " Personne n’est prévu : c’est le numéro du contrat."
    yield Step(
        "next",
        number + 1,
        f"Alarme au poste, {named}",
        clock(told.alarm_at),
        telephone(told.supervisor.phone),
        f"Si personne n’a accepté. Jamais le silence.{whose}",
    )


def _called(link: Link, number: int, before: Link | None) -> Step:
    """The second number of a company has its reason from the first."""
    responder = link.responder
    reason = responder.reason
    if before and before.responder.person_id == responder.person_id:
        reason = f"{spell_minutes(before.responder.answer_within_s // 60)} sans accord"
    by = "SMS et appel" if responder.sms_phone else "appel seul : un fixe ne reçoit pas de SMS"
    role = ROLE_WORDS[responder.role]
    return Step(
        "next",
        number,
        f"{responder.name}, {role}",
        clock(link.at),
        f"{telephone(responder.phone)}, {by}",
        f"{reason}.",
    )


def _left_out(missing: Missing, version: int) -> Step:
    if missing.why is LeftOut.NOBODY and missing.start and missing.end:
        who = "Technicien d’astreinte" if missing.role is Role.TECHNICIEN else "Cadre d’astreinte"
        then = "on passe au cadre" if missing.role is Role.TECHNICIEN else "l’alarme sonne"
        of = f"du planning, version {version}" if version else "du planning"
        return Step("bad", 0, who, "", "", f"Trou {of}, {when_of(missing.start, missing.end)} : {then}.")
    role = ROLE_WORDS[missing.role]
    role = f"{role[0].upper()}{role[1:]}"
    if missing.why is LeftOut.UNKNOWN:
        return Step("off", 0, missing.name, "", "", f"{role}, nommé au patrimoine et absent des entreprises.")
    if missing.why is LeftOut.REPLACED:
        return Step("off", 0, missing.name, "", "", f"{role} ailleurs : un autre tient son rang à cette adresse.")
    when = f"{day_of_month(missing.day)} {MONTHS[missing.day.month - 1]} {missing.day.year}" if missing.day else ""
    verb = "fini le" if missing.why is LeftOut.ENDED else "qui ne commence que le"
    return Step("off", 0, missing.name, "", "", f"{role}, contrat {verb} {when}.")


def _ending(told: WouldBeCalled) -> str:
    minutes = int((told.alarm_at - told.at).total_seconds()) // 60
    if not minutes:
        return "Personne n’est à appeler : l’alarme sonne aussitôt."
    return f"Sans accord de personne, l’alarme sonne à {clock(told.alarm_at)}, {spell_minutes(minutes)} après l’envoi."
