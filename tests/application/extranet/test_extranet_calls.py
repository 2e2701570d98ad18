"""What Habitat 70 reads of a call in its list (R53): what came of it, and never more than what was done."""

from datetime import UTC, datetime, timedelta

import pytest

from permanence.application.reception.ports import CallRecord
from permanence.application.timeline.calls import call_row
from permanence.domain.calls.call import CallEvent, CallEventKind, fold
from permanence.domain.contract import Contract
from permanence.domain.main_courante.fiche import CallForm

BEGAN = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)


def outcome_words(contract: Contract, outcome: str, malfunction_id: str | None = None, closed: bool = True) -> str:
    steps = (
        (CallEventKind.PRESENTED, 0, {"caller": "+33639981247"}),
        (CallEventKind.QUEUED, 4, {}),
        (CallEventKind.TAKEN, 12, {"agent": "u1", "agent_name": "Camille Roy", "attempt": "1"}),
        (CallEventKind.ANSWERED, 15, {"attempt": "1"}),
        (CallEventKind.ENDED, 200, {}),
    )
    events = [CallEvent("CA1", kind.value, kind, BEGAN + timedelta(seconds=s), data) for kind, s, data in steps]
    closed_at = BEGAN + timedelta(minutes=5) if closed else None
    form = CallForm(
        "CA1", "u1", "Camille Roy", BEGAN, outcome=outcome, malfunction_id=malfunction_id, closed_at=closed_at
    )
    return call_row(CallRecord(fold("CA1", events), form), contract).outcome.word


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("plomberie", "Intervention demandée"),
        ("fuite_cave_gaine", "Intervention demandée"),
        ("suivi_en_cours", "Main courante"),
        ("", "Main courante"),
    ],
)
def test_a_call_that_has_a_main_courante_says_what_was_asked_for(contract: Contract, outcome: str, words: str) -> None:
    assert outcome_words(contract, outcome, malfunction_id="m1") == words


@pytest.mark.parametrize("outcome", ["plomberie", "fuite_cave_gaine"])
def test_nobody_is_said_to_be_sent_who_was_not(contract: Contract, outcome: str) -> None:
    """The guide led to somebody, and the agent sent nobody, or cancelled."""
    assert outcome_words(contract, outcome) == "Sans intervention"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("autorite", "Cadre d’astreinte à prévenir"),
        ("incendie", "Secours à appeler"),
        ("societe_directe", "Société à appeler"),
        ("refus", "Hors astreinte"),
        ("regle", "Réglé au téléphone, sans intervention"),
        ("", "Répondu"),
        ("an outcome of another version of the guide", "Répondu"),
    ],
)
def test_a_call_without_a_main_courante_says_what_it_was_told(contract: Contract, outcome: str, words: str) -> None:
    assert outcome_words(contract, outcome) == words


def test_a_fiche_that_is_still_open_says_so(contract: Contract) -> None:
    assert outcome_words(contract, "plomberie", closed=False) == "Fiche à compléter"
