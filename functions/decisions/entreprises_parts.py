"""The entreprises on their page: who they are, what they hold and until when (R30, R40)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from decisions.parts import Action, Check, Coming, Parts, Row
from decisions.patrimoine_parts import HOLES_PAGE
from decisions.place_words import counted_changes, effect_words, entreprises_sentence
from permanence.application.extranet.referentiel import DocumentView
from permanence.domain.french_names import of_name
from permanence.domain.frozen import dataclass
from permanence.domain.instants import midnight, paris_day
from permanence.domain.reference.documents import Signed
from permanence.domain.reference.entreprises import Contractor, ContractorAssignment, Entreprises
from permanence.domain.reference.entreprises_checks import LOOKS_AHEAD
from permanence.domain.reference.entreprises_kind import ENTREPRISES
from permanence.domain.reference.places import Where, normalise
from permanence.web.formats import plural

MOST_PLACES = 3
_ZONES: Mapping[Where, tuple[str, str]] = {
    Where.AGENCY: ("agence", "agences"),
    Where.COMMUNE: ("commune", "communes"),
    Where.RESIDENCE: ("résidence", "résidences"),
    Where.BUILDING: ("immeuble", "immeubles"),
}


@dataclass(frozen=True)
class Held:
    """What a contractor holds of one motif in one rank until one day, the last one within; None when it has no end."""

    motif: str
    rank: int
    zones: str
    from_day: date
    last_day: date | None
    has_begun: bool


@dataclass(frozen=True)
class Listed:
    contractor: Contractor
    held: tuple[Held, ...]


def shown(view: DocumentView, signed: Signed) -> Mapping[str, Any]:
    today = paris_day(view.now)
    return {"listed": tuple(_listed(view.body, signed, today)), "today": today, "soon": today + LOOKS_AHEAD}


def row(view: DocumentView, _: Signed) -> Row:
    body: Entreprises = view.body
    today = paris_day(view.now)
    assigned = {one.contractor_id for one in body.assignments if one.ends_before is None or one.ends_before > today}
    called = sum(one.called_by_tenants for one in body.contractors)
    speaks_of = f"{plural(len(assigned), 'prestataire')} de l’astreinte"
    if called:
        speaks_of += f", {plural(called, 'société')} que le locataire appelle"
    alone = sorted(one.name for one in body.contractors if one.contractor_id in assigned and not one.second_phone)
    checks = [Check("info", f"{plural(len(alone), 'prestataire')} sans second numéro : {_few(alone)}")] if alone else []
    if assigned and not alone:
        checks.append(Check("ok", "Chaque prestataire a un second numéro"))
    return Row(
        speaks_of if body.contractors else "Aucune entreprise encore",
        tuple(_endings(body, today)),
        tuple(checks),
    )


def _listed(body: Entreprises, signed: Signed, today: date) -> Iterator[Listed]:
    """By trade, then by name; contracts that are over are not told."""
    held: dict[str, dict[tuple[str, int, date, date | None], list[ContractorAssignment]]] = {}
    for one in body.assignments:
        if one.ends_before is None or one.ends_before > today:
            alike = held.setdefault(one.contractor_id, {})
            alike.setdefault((one.motif, one.rank, one.starts_on, one.ends_before), []).append(one)
    for contractor in sorted(body.contractors, key=lambda one: (normalise(one.trade), normalise(one.name))):
        rows = [
            Held(
                motif=signed.motifs.get(motif, motif),
                rank=rank,
                zones=_zones(alike, signed),
                from_day=starts_on,
                last_day=ends_before - timedelta(days=1) if ends_before else None,
                has_begun=starts_on <= today,
            )
            for (motif, rank, starts_on, ends_before), alike in held.get(contractor.contractor_id, {}).items()
        ]
        yield Listed(contractor, tuple(sorted(rows, key=lambda one: (one.motif, one.rank, one.from_day))))


def _zones(alike: list[ContractorAssignment], signed: Signed) -> str:
    """Partout; communes Gray, Vesoul et 12 autres."""
    by_sort: dict[Where, list[str]] = {}
    for one in alike:
        by_sort.setdefault(one.where, []).append(signed.agencies.get(one.place, one.place))
    told = []
    for where, places in by_sort.items():
        if where is Where.EVERYWHERE:
            told.append("partout")
        else:
            singular, several = _ZONES[where]
            told.append(f"{singular if len(places) == 1 else several} {_few(sorted(places, key=normalise))}")
    return " ; ".join(told)


def _few(names: list[str]) -> str:
    others = len(names) - MOST_PLACES
    return ", ".join(names[:MOST_PLACES]) + (f" et {plural(others, 'autre')}" if others > 0 else "")


def _endings(body: Entreprises, today: date) -> Iterator[Coming]:
    names = {one.contractor_id: one.name for one in body.contractors}
    days: dict[tuple[date, str], None] = {}
    for one in body.assignments:
        if one.ends_before is not None and today < one.ends_before <= today + LOOKS_AHEAD:
            days[one.ends_before, names.get(one.contractor_id, one.contractor_id)] = None
    for day, name in sorted(days):
        yield Coming(midnight(day), f"Fin de contrat {of_name(name)}", "", "")


PARTS = Parts(
    kind=ENTREPRISES,
    title="Entreprises",
    icon="wrench",
    action=Action(
        "Déposer", " le fichier des entreprises", "/referentiel/fichiers?document=entreprises", "file-spreadsheet"
    ),
    sentence=entreprises_sentence,
    changes_template="place_changes.html",
    row=row,
    template="entreprises.html",
    shown=shown,
    words={"counted_changes": counted_changes, "holes_page": HOLES_PAGE},
    counted={
        "contractors": ("entreprise", "entreprises"),
        "assignments": ("contrat d’astreinte", "contrats d’astreinte"),
    },
    before_first="Aucune entreprise",
    effect_words=effect_words,
)
