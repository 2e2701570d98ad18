"""The planning on its pages, and on the list of all documents."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from decisions.parts import Action, Check, Coming, Parts, Row
from decisions.planning_page import planning_page
from decisions.planning_typed import NOTHING_TYPED
from decisions.planning_words import place_of, planning_effect, planning_sentence, when_of
from permanence.application.extranet.referentiel import DocumentView
from permanence.application.timeline.french import clock
from permanence.domain.reference.annuaire_checks import ANNUAIRE
from permanence.domain.reference.documents import Signed
from permanence.domain.reference.planning_checks import PLANNING
from permanence.domain.reference.planning_coverage import covered
from permanence.web.formats import day

if TYPE_CHECKING:
    from decisions.room import Room


def beside(room: "Room", view: DocumentView | None) -> Mapping[str, Any]:
    """On pages of versions the names alone."""
    if view is None:
        _, annuaire = room.deciding.in_force(ANNUAIRE, room.now)
        return {"people": {one.person_id: one.name for one in annuaire.on_call.values()}}
    page = planning_page(room, view)
    return {"planning": page, "people": dict(page.people), "typed": NOTHING_TYPED, "mistakes": (), "preview": None}


def row(view: DocumentView, _: Signed) -> Row:
    start, end = covered(view.body, view.now)
    speaks_of = "Technicien par secteur, cadre, superviseur de permanence"
    if start >= end:
        return Row(speaks_of, checks=(Check("wait", "Personne n’est prévu"),))
    told = Check("info", f"Prévu jusqu’au {day(end)}, {clock(end)}")
    ends = Coming(end, "Fin du planning", f"à {clock(end)}", "au-delà, personne n’est prévu")
    return Row(speaks_of, (ends,), (told,))


PARTS = Parts(
    kind=PLANNING,
    title="Planning d’astreinte",
    icon="clock",
    action=Action(
        "Déposer", " le fichier du planning d’astreinte", "/referentiel/fichiers?document=planning", "file-spreadsheet"
    ),
    links=(
        Action("Remplacer", " quelqu’un d’astreinte", "/referentiel/planning#remplacer"),
        Action("Qui serait appelé ?", "", "/referentiel/planning#qui"),
    ),
    sentence=planning_sentence,
    effect_words=planning_effect,
    changes_template="planning_changes.html",
    row=row,
    template="planning.html",
    beside=beside,
    words={"place_of": place_of, "when_of": when_of},
    counted={"duties": ("astreinte", "astreintes")},
)
