"""Texts as somebody typed them, and what the checks say of them in French (R11, R12, R87)."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date

from decisions.typed import typed_day
from permanence.domain.frozen import dataclass
from permanence.domain.reference.calendar import Service
from permanence.domain.reference.documents import Point
from permanence.domain.reference.messages import Messages
from permanence.domain.reference.messages_kind import (
    DESK_LINE,
    LONGEST_NAME,
    RECORDING,
    AgreementCode,
    Text,
    texts_of,
    with_text,
)
from permanence.domain.reference.spoken_texts import LONGEST_SPOKEN, TextCode
from permanence.web.requests import Form

MOST_TYPED = 2000
"""Of one text: more is no text that somebody typed, and what is too long is said, not cut."""

SECTIONS: Mapping[str, tuple[str, str]] = {
    Service.DEBORDEMENT: ("debordement", "Débordement"),
    Service.ASTREINTE: ("astreinte", "Astreinte"),
    Service.TAKEOVER: ("prise-en-charge", "Prise en charge totale"),
    DESK_LINE: ("ligne", "Ligne des intervenants"),
    RECORDING: ("enregistrement", "Enregistrement"),
}
"""By where a text is heard: its name in addresses, and its title."""

LABELS: Mapping[str, str] = {
    "welcome": "Accueil",
    "waiting": "Attente",
    "closing": "Fin d’appel",
    "greeting": "Formule du téléconseiller",
    "agreed_with": "Convenue avec",
    "agreed_on": "Convenue le",
    "notice": "Avis, avant tout enregistrement",
}
_SENTENCES: Mapping[str, str] = {
    TextCode.EMPTY: "{what} : il manque le texte.",
    TextCode.TOO_LONG: f"{{what}} : plus de {LONGEST_SPOKEN} caractères, l’appelant l’écouterait trop longtemps.",
    TextCode.NOT_WRITABLE: "{what} : un caractère ne peut pas être lu. Retapez ce texte.",
    TextCode.BRACES: "{what} : une accolade n’est pas refermée.",
    TextCode.UNKNOWN_NAME: (
        "{what} : « {{{name}}} » n’est pas connu ici. "
        "Une formule connaît {{agent}} et {{salutation}}, les autres textes rien."
    ),
    TextCode.NOBODY: "{what} : il manque {{agent}}, le prénom de qui répond.",
    AgreementCode.HALF: "{what} : avec qui et quand vont ensemble.",
    AgreementCode.TO_COME: "{what} : cette date n’est pas encore venue.",
    AgreementCode.TOO_LONG: f"{{what}} : plus de {LONGEST_NAME} caractères.",
}


def text_sentence(point: Point) -> str:
    where, _, name = point.subject.rpartition(".")
    return _SENTENCES[point.code].format(what=label_of(where, name), **{"name": "", **point.detail})


def label_of(where: str, name: str) -> str:
    """« Accueil, astreinte »"""
    title = SECTIONS[where][1]
    return f"{LABELS[name]}, {title[:1].lower()}{title[1:]}"


@dataclass(frozen=True)
class TypedTexts:
    """The fields of one section, as they were typed."""

    where: str
    words: Mapping[str, str] = field(default_factory=dict)

    def read(self, in_force: Messages) -> tuple[Messages | None, tuple[str, ...]]:
        """What would be in force with them, or the fields that say nothing that can be."""
        day = self.words.get("agreed_on", "")
        if day and typed_day(day) is None:
            return None, ("agreed_on",)
        body = in_force
        for name, words in self.words.items():
            body = with_text(body, Text(self.where, name, _day(words) if name == "agreed_on" else words))
        return body, ()


def typed_texts(form: Form, in_force: Messages) -> TypedTexts | None:
    """The section that the form is of, None when it is of none; spaces and line ends as one space."""
    where = next((where for where, (slug, _) in SECTIONS.items() if slug == form.one("section")), None)
    if where is None:
        return None
    names = [text.name for text in texts_of(in_force) if text.where == where]
    return TypedTexts(where, {name: " ".join(form.one(name)[:MOST_TYPED].split()) for name in names})


def _day(words: str) -> str:
    return date.fromisoformat(words).isoformat() if words else ""
