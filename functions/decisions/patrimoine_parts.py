"""The patrimoine on its page: what it holds by agency, and what a version of it does to the night (R30, R32)."""

from collections.abc import Iterator, Mapping
from typing import Any

from decisions.parts import Action, Check, Parts, Row
from decisions.place_words import counted_changes, effect_words, patrimoine_sentence
from permanence.application.extranet.referentiel import DocumentView
from permanence.domain.frozen import dataclass
from permanence.domain.reference.buildings import buildings_of
from permanence.domain.reference.documents import Signed
from permanence.domain.reference.effects import PlaceEffect
from permanence.domain.reference.patrimoine import AgencyPlace, Patrimoine
from permanence.domain.reference.patrimoine_kind import PATRIMOINE
from permanence.web.formats import count

HOLES_PAGE = "/referentiel/trous"
_UNCOVERED = frozenset({PlaceEffect.UNCOVERED, PlaceEffect.STILL_UNCOVERED})


@dataclass(frozen=True)
class OfAgency:
    """`place` is None where the patrimoine does not say where the agency is."""

    name: str
    place: AgencyPlace | None
    sectors: tuple[str, ...]
    communes: int
    buildings: int
    dwellings: int


def shown(view: DocumentView, signed: Signed) -> Mapping[str, Any]:
    return {"agencies": tuple(_agencies(view.body, signed))}


def row(view: DocumentView, _: Signed) -> Row:
    """The body is not read: the holes told are those that the version in force had when it was compared."""
    effects = view.in_force.effects if view.in_force else ()
    uncovered = [effect for effect in effects if effect.code in _UNCOVERED]
    checks = [_uncovered(one.count, effect_words(one)) for one in uncovered]
    if effects and not checks:
        checks = [Check("ok", "Un prestataire pour chaque motif, dans chaque immeuble", HOLES_PAGE, "Voir aujourd’hui")]
    return Row(PARTS.figures(view.counts) or "Aucun logement encore", checks=tuple(checks))


def _uncovered(times: int, words: Any) -> Check:
    return Check("wait", f"{count(times)} {words.fact}{words.sequel}", HOLES_PAGE, "Les voir")


def _agencies(patrimoine: Patrimoine, signed: Signed) -> Iterator[OfAgency]:
    """Those of the contract, in its order."""
    places = {one.agency_id: one for one in patrimoine.agencies}
    buildings = buildings_of(patrimoine.dwellings).values()
    for agency_id, name in signed.agencies.items():
        ours = [one for one in buildings if one.agency == agency_id]
        yield OfAgency(
            name=name,
            place=places.get(agency_id),
            sectors=tuple(sorted({one.sector for one in ours if one.sector})),
            communes=len({one.commune for one in ours}),
            buildings=len(ours),
            dwellings=sum(one.dwellings for one in ours),
        )


PARTS = Parts(
    kind=PATRIMOINE,
    title="Patrimoine",
    icon="house",
    action=Action(
        "Déposer", " le fichier du patrimoine", "/referentiel/fichiers?document=patrimoine", "file-spreadsheet"
    ),
    sentence=patrimoine_sentence,
    changes_template="place_changes.html",
    row=row,
    template="patrimoine.html",
    shown=shown,
    words={"counted_changes": counted_changes, "holes_page": HOLES_PAGE},
    counted={
        "dwellings": ("logement", "logements"),
        "buildings": ("immeuble", "immeubles"),
        "communes": ("commune", "communes"),
        "agencies": ("agence", "agences"),
        "named": ("prestataire nommé", "prestataires nommés"),
        "instructions": ("consigne", "consignes"),
        "contacts": ("interlocuteur", "interlocuteurs"),
        "maintenance": ("contrat d’entretien", "contrats d’entretien"),
    },
    links=(Action("Trous", " de couverture", HOLES_PAGE),),
    before_first="Aucun patrimoine",
    heavy=True,
    effect_words=effect_words,
)
