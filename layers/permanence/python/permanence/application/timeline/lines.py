"""What a line of the main courante is to its reader, and the states that it shows."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from permanence.domain.dispatch.dispatch import ReportResult, Role
from permanence.domain.frozen import dataclass


class Family(StrEnum):
    """What a reader filters on."""

    INCOMING = "recus"
    OUTGOING = "emis"
    MESSAGE = "messages"
    INTERVENTION = "intervention"
    FILE = "dossier"


class Mark(StrEnum):
    """How the dot of a line looks on « le fil »."""

    PAST = "past"
    OK = "ok"
    BAD = "bad"
    NOW = "now"


@dataclass(frozen=True)
class State:
    """A state in a word; `tone` and `icon` only repeat what the word says. Tone ``""`` is neutral grey."""

    word: str
    tone: str
    icon: str


@dataclass(frozen=True)
class Line:
    """One line of the timeline; `at` in UTC; `call_id` leads to the call a line speaks of."""

    at: datetime
    family: Family
    mark: Mark
    icon: str
    title: str
    aside: str = ""
    state: State | None = None
    sentences: tuple[str, ...] = ()
    quote: str = ""
    call_id: str | None = None

    @property
    def text(self) -> str:
        """The whole line without its time, in plain sentences (mail)."""
        head = f"{self.title} : {self.state.word.lower()}" if self.state else self.title
        return " ".join(part for part in (ended(head), self.detail) if part)

    @property
    def detail(self) -> str:
        """What the line says beyond its title and state, in plain sentences."""
        aside = self.aside[:1].upper() + self.aside[1:]
        quote = f"« {self.quote} »" if self.quote else ""
        return " ".join(ended(part) for part in (aside, *self.sentences, quote) if part)


def ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "»", "!", "?")) else f"{sentence}."


ROLE_WORDS: Mapping[Role, str] = {
    Role.CONTRACTOR: "prestataire",
    Role.CONTRACTOR_SECOND_NUMBER: "2e numéro",
    Role.SECOND_CONTRACTOR: "second prestataire",
    Role.TECHNICIEN: "technicien d’astreinte",
    Role.CADRE: "cadre d’astreinte",
    Role.OUTSIDE: "hors chaîne",
}
RESULT_STATES: Mapping[ReportResult, State] = {
    ReportResult.REALISEE: State("Réalisée", "ok", "circle-check"),
    ReportResult.MISE_EN_SECURITE: State("Mise en sécurité", "info", "shield-check"),
    ReportResult.A_SUIVRE: State("À suivre", "info", "pencil"),
    ReportResult.ACCES_IMPOSSIBLE: State("Accès impossible", "wait", "lock"),
    ReportResult.REPARATION_LOCATIVE: State("Réparation locative", "", "house"),
    ReportResult.ANNULEE: State("Annulée", "", "ban"),
}
VOICEMAIL = State("Répondeur", "", "voicemail")
NO_ANSWER = State("Sans réponse", "", "phone-missed")
PASSED_OVER = State("Passé au suivant", "", "users")
