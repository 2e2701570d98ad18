"""The calendrier on its page: what changes hours and what is announced, and the forms that enter it."""

from collections.abc import Mapping
from typing import Any

from decisions.announced import NO_PEAK_TYPED, NO_WORKS_TYPED, PLACES, TypedPeak, TypedWorks, announced_sentence
from decisions.exceptional import (
    NO_OPENING_TYPED,
    NO_TAKEOVER_TYPED,
    TypedOpening,
    TypedTakeover,
    exceptional_sentence,
)
from decisions.parts import Action, Check, Coming, Parts, Row
from decisions.typed import ACCOUNTS, NOTHING_TYPED, TypedClosure, closure_sentence
from permanence.application.extranet.calendrier import view_calendrier
from permanence.application.extranet.referentiel import DocumentView
from permanence.application.timeline.french import clock, spell_minutes
from permanence.application.timeline.sheets import CellKind, Column, Sheet
from permanence.domain.reference.announced import Peak
from permanence.domain.reference.announcing import AnnouncedCode
from permanence.domain.reference.calendrier import CALENDRIER, Account, Calendrier, Counters, PlannedClosure
from permanence.domain.reference.documents import Point, Signed
from permanence.domain.reference.exceptional import WHOLE_CRC, Opening, Takeover
from permanence.domain.reference.exceptional_points import ExceptionalCode
from permanence.web.formats import plural, short_day

Typed = TypedClosure | TypedPeak | TypedWorks | TypedOpening | TypedTakeover


def sentence(point: Point) -> str:
    """What a check says, and of which entry."""
    if point.code in set(AnnouncedCode):
        return announced_sentence(point)
    return exceptional_sentence(point) if point.code in set(ExceptionalCode) else closure_sentence(point)


def forms(typed: Typed = NOTHING_TYPED) -> Mapping[str, Any]:
    """`typed` is the one form of the page that was sent; the others are empty."""
    empty: tuple[Typed, ...] = (
        NOTHING_TYPED,
        NO_PEAK_TYPED,
        NO_WORKS_TYPED,
        NO_OPENING_TYPED,
        NO_TAKEOVER_TYPED,
    )
    return {"at": typed.entry, "forms": {one.entry: one for one in (*empty, typed)}}


def shown(view: DocumentView, signed: Signed) -> Mapping[str, Any]:
    calendrier = view_calendrier(view.body, signed, view.now)
    held = [_held(*account) for account in calendrier.accounts]
    return {"calendrier": calendrier, "held": held, "mistakes": (), "unknown_place": "", "preview": None, **forms()}


def row(view: DocumentView, signed: Signed) -> Row:
    calendrier = view_calendrier(view.body, signed, view.now)
    closures = f"{plural(len(calendrier.coming), 'à venir', 'à venir')}, {plural(len(calendrier.past), 'passée')}"
    peaks = plural(len(calendrier.coming_peaks), "à venir", "à venir")
    works = plural(len(calendrier.coming_works), "annoncé")
    coming = (
        *map(_closure_comes, calendrier.coming),
        *map(_peak_comes, calendrier.coming_peaks),
        *(_opening_comes(one, signed) for one in calendrier.coming_openings),
        *(edge for one in calendrier.takeovers for edge in _takeover_comes(one)),
    )
    return Row(
        speaks_of=f"Fermetures du CRC : {closures}. Pics annoncés : {peaks}. Travaux : {works}",
        coming=tuple(sorted(coming, key=lambda one: one.at)),
        checks=(
            *(
                Check("wait", f"Prise en charge totale en cours : {one.reason}")
                for one in calendrier.takeovers
                if one.start <= view.now
            ),
            *(Check("info", _held(year, held)) for year, held in calendrier.accounts),
        ),
    )


def hours_of(closure: PlannedClosure) -> str:
    if closure.account is Account.COMPANY_DAY:
        return "toute la journée"
    return f"de {clock(closure.start)} à {clock(closure.end)}"


def _closure_comes(closure: PlannedClosure) -> Coming:
    return Coming(closure.start, "Fermeture", hours_of(closure), f"{closure.reason}, les appels vont à l’astreinte")


def _peak_comes(peak: Peak) -> Coming:
    return Coming(
        peak.start, "Pic annoncé", f"de {clock(peak.start)} au {short_day(peak.end)}, {clock(peak.end)}", peak.what
    )


def _opening_comes(opening: Opening, signed: Signed) -> Coming:
    who = "Ouverture du CRC" if opening.agency == WHOLE_CRC else f"Ouverture, {signed.agencies[opening.agency]}"
    return Coming(opening.start, who, f"de {clock(opening.start)} à {clock(opening.end)}", opening.reason)


def _takeover_comes(takeover: Takeover) -> tuple[Coming, Coming]:
    return (
        Coming(takeover.start, "Prise en charge totale", clock(takeover.start), takeover.reason),
        Coming(takeover.end, "Fin de la prise en charge totale", clock(takeover.end), takeover.reason),
    )


def _held(year: int, held: Counters) -> str:
    minutes = int(held.meetings.total_seconds()) // 60
    meetings = spell_minutes(minutes) if minutes else "aucune heure"
    return (
        f"{year} : {meetings} de réunion sur 30 h, {held.half_days} demi-journée sur 1, "
        f"{held.company_days} journée d’entreprise sur 1"
    )


def sheets(calendrier: Calendrier, signed: Signed) -> tuple[Sheet, ...]:
    """What is in force, sort by sort."""
    begins, ends = Column("Début", CellKind.MINUTE, 18), Column("Fin", CellKind.MINUTE, 18)
    closures = ((one.start, one.end, ACCOUNTS[one.account], one.reason) for one in calendrier.closures)
    peaks = ((one.start, one.end, one.what) for one in calendrier.peaks)
    works = ((one.start, one.end, PLACES[one.where], one.place, one.what) for one in calendrier.works)
    names = {WHOLE_CRC: "tout le CRC", **signed.agencies}
    openings = ((one.start, one.end, names.get(one.agency, one.agency), one.reason) for one in calendrier.openings)
    takeovers = ((one.start, one.end, one.reason) for one in calendrier.takeovers)
    agency, why = Column("Agence", CellKind.TEXT, 24), Column("Raison", CellKind.TEXT, 50)
    what = (begins, ends, Column("Compte", CellKind.TEXT, 24), Column("Motif", CellKind.TEXT, 40))
    where = (Column("Sorte de lieu", CellKind.TEXT, 24), Column("Lieu", CellKind.TEXT, 30))
    return (
        Sheet("Fermetures", what, closures, names_people=False),
        Sheet("Pics annoncés", (begins, ends, Column("Annonce", CellKind.TEXT, 50)), peaks, names_people=False),
        Sheet("Ouvertures", (begins, ends, agency, why), openings, names_people=False),
        Sheet("Prises en charge totales", (begins, ends, why), takeovers, names_people=False),
        Sheet("Travaux", (begins, ends, *where, Column("Travaux", CellKind.TEXT, 50)), works, names_people=False),
    )


PARTS = Parts(
    kind=CALENDRIER,
    title="Calendrier et fermetures",
    icon="calendar-x",
    action=Action("Fermeture", " à ajouter", "/referentiel/calendrier#fermeture", "plus"),
    sentence=sentence,
    changes_template="calendrier_changes.html",
    row=row,
    template="calendrier.html",
    shown=shown,
    counted={
        "closures": ("fermeture", "fermetures"),
        "peaks": ("pic annoncé", "pics annoncés"),
        "works": ("avis de travaux", "avis de travaux"),
        "openings": ("ouverture", "ouvertures"),
        "takeovers": ("prise en charge totale", "prises en charge totales"),
    },
    sheets=sheets,
    before_first="Celui du contrat",
    words={"accounts": ACCOUNTS, "places": PLACES, "hours_of": hours_of},
)
