"""The messages on their page: one form a service, one for the contractors' line, one for the notice (R11, R12)."""

from collections.abc import Iterator, Mapping
from typing import Any

from decisions.messages_typed import LABELS, SECTIONS, TypedTexts, label_of, text_sentence
from decisions.parts import Action, Check, Parts, Row
from permanence.application.extranet.referentiel import DocumentView
from permanence.application.timeline.sheets import CellKind, Column, Sheet
from permanence.domain.reference.documents import Signed
from permanence.domain.reference.messages import Messages, ServiceMessages
from permanence.domain.reference.messages_kind import MESSAGES, texts_of
from permanence.web.formats import day, plural


def shown(view: DocumentView, _: Signed) -> Mapping[str, Any]:
    return {**sections(view.body), "mistakes": (), "preview": None}


def sections(in_force: Messages, typed: TypedTexts | None = None) -> Mapping[str, Any]:
    """Each with its texts: those in force, but for the one section that was sent."""
    told: dict[str, dict[str, str]] = {where: {} for where in SECTIONS}
    for text in texts_of(in_force):
        told[text.where][text.name] = text.words
    if typed is not None:
        told[typed.where] |= typed.words
    return {"told": told, "at": typed.where if typed else ""}


def row(view: DocumentView, signed: Signed) -> Row:
    count = sum(text.words != "" and text.name in _SPOKEN for text in texts_of(view.body))
    return Row(
        speaks_of=f"Accueil, attente, fin d’appel, formules, enregistrement : {plural(count, 'texte')}",
        checks=(*_notice(view.body, signed), *map(_agreement, view.body.by_service.items())),
    )


_SPOKEN = ("welcome", "waiting", "closing", "greeting", "notice")


def _notice(messages: Messages, signed: Signed) -> Iterator[Check]:
    if not signed.records_calls:
        yield Check("info", "Le contrat ne prévoit aucun enregistrement")
    elif messages.recording_notice:
        yield Check("ok", "L’avis passe avant tout enregistrement")


def _agreement(told: tuple[str, ServiceMessages]) -> Check:
    service, messages = told
    if not messages.agreed_on:
        return Check("wait", f"Formule, {service} : pas encore convenue")
    return Check("ok", f"Formule, {service} : convenue avec {messages.agreed_with} le {day(messages.agreed_on)}")


def sheets(messages: Messages, _: Signed) -> tuple[Sheet, ...]:
    columns = (Column("Message", CellKind.TEXT, 44), Column("Texte", CellKind.TEXT, 90))
    rows = ((label_of(text.where, text.name), text.words) for text in texts_of(messages))
    return (Sheet("Messages", columns, rows, names_people=False),)


PARTS = Parts(
    kind=MESSAGES,
    title="Messages",
    icon="megaphone",
    action=Action("Modifier", " les messages", "/referentiel/messages", "pencil"),
    sentence=text_sentence,
    changes_template="messages_changes.html",
    row=row,
    template="messages.html",
    shown=shown,
    sheets=sheets,
    counted={"texts": ("texte", "textes")},
    before_first="Ceux du contrat",
    words={"sections": SECTIONS, "labels": LABELS, "label_of": label_of},
)
