"""The astreinte decision tree as data, and the walk through it (R20-R23)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class OutcomeKind(StrEnum):
    CONTRACTOR = "contractor"  # one of the seven motifs of R22: envoyer en intervention
    STAFF = "staff"  # straight to the technicien d'astreinte (R23)
    CADRE = "cadre"  # a cadre decides
    EMERGENCY = "emergency"  # the caller dials the emergency services; staff may follow
    COMPANY = "company"  # the tenant calls a company directly
    REFUSED = "refused"  # no danger to goods or persons (R21), logged and counted


@dataclass(frozen=True, slots=True)
class TriageOutcome:
    """Where the tree leads: what is said last, whom to send, which emergency numbers to give first.

    `motif` is a motif id of the contract when someone is sent; `chain` says whether a dispatch starts.
    """

    outcome_id: str
    kind: OutcomeKind
    label: str
    say: str
    motif: str | None = None
    emergency_numbers: tuple[str, ...] = ()
    informs_cadre: bool = False
    call_back_after_s: int | None = None

    @property
    def starts_dispatch(self) -> bool:
        return self.motif is not None


@dataclass(frozen=True, slots=True)
class Answer:
    """`goto` names a node or an outcome of the guide."""

    answer_id: str
    label: str
    detail: str
    goto: str


@dataclass(frozen=True, slots=True)
class Question:
    """`say` is read aloud to the caller; `topic` is the short form shown once answered."""

    node_id: str
    topic: str
    say: str
    answers: tuple[Answer, ...]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """A version of the guide de traitement (R20)."""

    guide_id: str
    title: str
    version: str
    approved_on: str
    start: str
    questions: Mapping[str, Question]
    outcomes: Mapping[str, TriageOutcome]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a path leads: the answered questions with the answers given, then a question or an outcome."""

    answered: tuple[tuple[Question, Answer], ...]
    question: Question | None
    outcome: TriageOutcome | None
