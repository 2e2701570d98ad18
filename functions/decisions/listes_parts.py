"""Mailing lists, numbers and delays on their page: one form each (R5, R14, R42)."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from decisions.listes_typed import (
    RANK_LABELS,
    TypedListes,
    label_of,
    liste_sentence,
    seconds_words,
    shown_words,
    value_words,
)
from decisions.parts import Action, Check, Coming, Parts, Row
from permanence.application.extranet.referentiel import DocumentView
from permanence.application.timeline.french import telephone
from permanence.application.timeline.sheets import CellKind, Column, Sheet
from permanence.domain.instants import midnight, paris_day
from permanence.domain.reference.documents import Signed
from permanence.domain.reference.listes import EVERY_AGENCY, Listes
from permanence.domain.reference.listes_kind import LISTES, RANKS, entries_of
from permanence.web.formats import plural


def shown(view: DocumentView, signed: Signed) -> Mapping[str, Any]:
    body: Listes = view.body
    today = paris_day(view.now)
    begun = [delay for delay in body.overflow_delays if delay.from_day <= today]
    return {
        **typed_into(body, signed),
        "agencies": {EVERY_AGENCY: "Liste du contrat", **signed.agencies},
        "overflow_now": begun[-1] if begun else None,
        "overflow_to_come": [delay for delay in body.overflow_delays if delay.from_day > today],
        "campaigns": [one for one in body.campaigns if one.ends_before > today],
        "campaigns_past": [one for one in body.campaigns if one.ends_before <= today],
        "today": today,
        "mistakes": (),
        "preview": None,
    }


def typed_into(in_force: Listes, signed: Signed, typed: TypedListes | None = None) -> Mapping[str, Any]:
    """What stands in the fields: what is in force, but for the one section that was sent."""
    words = {**shown_words(in_force, signed), **(typed.words if typed else {})}
    return {"typed": words, "at": typed.section if typed else ""}


def row(view: DocumentView, signed: Signed) -> Row:
    body: Listes = view.body
    lists = [addresses for addresses in body.mailing.values() if addresses]
    addresses = len({address for one in lists for address in one})
    return Row(
        speaks_of=(
            f"{plural(addresses, 'adresse')} dans {plural(len(lists), 'liste')}, "
            f"{plural(len(body.fallback), 'numéro de secours', 'numéros de secours')}"
        ),
        coming=tuple(_comes(view)),
        checks=tuple(_checks(view, signed)),
    )


def _comes(view: DocumentView) -> Iterator[Coming]:
    body: Listes = view.body
    for delay in body.overflow_delays:
        if midnight(delay.from_day) > view.now:
            yield Coming(midnight(delay.from_day), "Attente avant débordement", "", seconds_words(delay.seconds))
    for campaign in body.campaigns:
        if midnight(campaign.starts_on) > view.now:
            yield Coming(midnight(campaign.starts_on), "Enregistrement", "", campaign.reason)
        if midnight(campaign.ends_before) > view.now:
            yield Coming(midnight(campaign.ends_before), "Fin de l’enregistrement", "", campaign.reason)


def _checks(view: DocumentView, signed: Signed) -> Iterator[Check]:
    body: Listes = view.body
    without = [name for agency, name in signed.agencies.items() if not body.mailing.get(agency)]
    if without:
        yield Check("wait", f"Sans liste à elle, la liste du contrat sert : {', '.join(without)}")
    else:
        yield Check("ok", "Chaque agence a sa liste")
    yield Check("info", f"Numéros de secours : {', '.join(map(telephone, body.fallback))}")
    if signed.records_calls and not any(one.ends_before > paris_day(view.now) for one in body.campaigns):
        yield Check("wait", "Sans campagne, aucun appel n’est enregistré")


def sheets(listes: Listes, signed: Signed) -> tuple[Sheet, ...]:
    columns = (Column("Quoi", CellKind.TEXT, 44), Column("Valeur", CellKind.TEXT, 90))
    rows = ((label_of(entry, signed.agencies), value_words(entry)) for entry in entries_of(listes))
    return (Sheet("Listes et numéros", columns, rows),)


PARTS = Parts(
    kind=LISTES,
    title="Listes de diffusion et numéros",
    icon="at-sign",
    action=Action("Modifier", " les listes et les numéros", "/referentiel/listes", "pencil"),
    sentence=liste_sentence,
    changes_template="listes_changes.html",
    row=row,
    template="listes.html",
    shown=shown,
    sheets=sheets,
    counted={
        "addresses": ("adresse", "adresses"),
        "lists": ("liste", "listes"),
        "fallback": ("numéro de secours", "numéros de secours"),
    },
    before_first="Celles du contrat",
    words={
        "ranks": {rank: RANK_LABELS[rank] for rank in RANKS},
        "label_of": label_of,
        "value_words": value_words,
        "seconds_words": seconds_words,
        "last_day": lambda campaign: campaign.ends_before - timedelta(days=1),
    },
)
