"""The astreinte decision tree as data, and the walk through it (R20-R23)."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from permanence.domain.frozen import dataclass


class OutcomeKind(StrEnum):
    CONTRACTOR = "contractor"  # one of the seven motifs of R22: envoyer en intervention
    STAFF = "staff"  # straight to the technicien d'astreinte (R23)
    CADRE = "cadre"  # a cadre decides
    EMERGENCY = "emergency"  # the caller dials the emergency services; staff may follow
    COMPANY = "company"  # the tenant calls a company directly
    REFUSED = "refused"  # no danger to goods or persons (R21), logged and counted
    JOIN = "join"  # about a malfunction already open: the call joins its main courante (R25, R46)


@dataclass(frozen=True)
class TriageOutcome:
    """Where the tree leads: what is said last, whom to send, which emergency numbers to give first.

    `motif` is a motif id of the contract when someone is sent. `say` may hold ``{next_opening}``, which the caller of
    the domain fills with `calendar.opening_words`.
    """

    outcome_id: str
    kind: OutcomeKind
    label: str
    say: str
    motif: str | None = None
    emergency_numbers: tuple[str, ...] = ()
    informs_cadre: bool = False
    call_back_after_s: int | None = None


class AnswerMeaning(StrEnum):
    """What an answer tells the desk, beside where it leads."""

    ADDRESS_FOUND = "address_found"  # choosing a dwelling gives this answer
    COMMON_PARTS = "common_parts"  # the malfunction is in the building, not in the caller's dwelling
    OTHER_LANDLORD = "other_landlord"  # the place is nobody's of ours


@dataclass(frozen=True)
class Answer:
    """`goto` names a node or an outcome of the guide."""

    answer_id: str
    label: str
    detail: str
    goto: str
    means: AnswerMeaning | None = None


@dataclass(frozen=True)
class Question:
    """`say` is read aloud to the caller; `topic` is the short form shown once answered."""

    node_id: str
    topic: str
    say: str
    answers: tuple[Answer, ...]
    hint: str = ""


@dataclass(frozen=True)
class Guide:
    """A version of the guide de traitement (R20)."""

    version: str
    approved_on: str
    start: str
    questions: Mapping[str, Question]
    outcomes: Mapping[str, TriageOutcome]


@dataclass(frozen=True)
class Position:
    """Where a path leads: the answered questions with the answers given, then a question or an outcome."""

    answered: tuple[tuple[Question, Answer], ...]
    question: Question | None
    outcome: TriageOutcome | None

    @property
    def is_in_common_parts(self) -> bool:
        return self._was_told(AnswerMeaning.COMMON_PARTS)

    @property
    def is_of_another_landlord(self) -> bool:
        return self._was_told(AnswerMeaning.OTHER_LANDLORD)

    def _was_told(self, meaning: AnswerMeaning) -> bool:
        return any(answer.means is meaning for _, answer in self.answered)


class InvalidPath(ValueError):
    """A path that the guide does not have: names the node and the answer at fault."""


def walk(guide: Guide, path: Sequence[tuple[str, str]]) -> Position:
    """Follow (node id, answer id) pairs from the start of the guide (R20, R21).

    An outcome is reached by answers only: the empty path stands before the first question. Raises InvalidPath when a
    node is not the one the answers lead to, when a node has no such answer, and when the path goes on past an outcome.
    """
    answered: list[tuple[Question, Answer]] = []
    here = guide.start
    for node_id, answer_id in path:
        if here in guide.outcomes:
            raise InvalidPath(f"the guide has ended at {here!r}, before node {node_id!r}")
        if node_id != here:
            raise InvalidPath(f"the answers lead to node {here!r}, not to {node_id!r}")
        question = guide.questions[here]
        answer = next((a for a in question.answers if a.answer_id == answer_id), None)
        if answer is None:
            raise InvalidPath(f"node {node_id!r} has no answer {answer_id!r}")
        answered.append((question, answer))
        here = answer.goto
    return Position(tuple(answered), guide.questions.get(here), guide.outcomes.get(here))
