"""The guide leads every caller to an outcome, and nobody is sent without an answered tree (R20-R23)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.contract import Contract
from permanence.domain.triage.guide import Guide, InvalidPath, OutcomeKind, Position, walk

CHOICES = st.lists(st.integers(0, 1000), min_size=12, max_size=12)


def answer_all(guide: Guide, choices: list[int]) -> tuple[list[tuple[str, str]], Position]:
    path: list[tuple[str, str]] = []
    for choice in choices:
        position = walk(guide, path)
        if position.question is None:
            break
        answers = position.question.answers
        path.append((position.question.node_id, answers[choice % len(answers)].answer_id))
    return path, walk(guide, path)


@given(choices=CHOICES)
def test_every_path_of_answers_ends_in_an_outcome(contract: Contract, choices: list[int]) -> None:
    _, position = answer_all(contract.guide, choices)
    assert position.outcome is not None
    assert position.question is None


@given(choices=CHOICES, length=st.integers(0, 12))
def test_nobody_is_sent_without_an_answered_tree(contract: Contract, choices: list[int], length: int) -> None:
    path, _ = answer_all(contract.guide, choices)
    position = walk(contract.guide, path[:length])
    assert (position.outcome is None) is (length < len(path))
    assert (position.question is None) is (position.outcome is not None)
    assert [(q.node_id, a.answer_id) for q, a in position.answered] == path[:length]


def test_the_walk_begins_before_the_question_of_danger(contract: Contract) -> None:
    position = walk(contract.guide, [])
    assert position.answered == ()
    assert position.question is not None
    assert position.question.say == "Quelqu’un est-il en danger ?"


def test_a_burst_pipe_sends_the_plumber(contract: Contract) -> None:
    path = [
        ("danger", "non"),
        ("qui", "adresse_connue"),
        ("quoi", "logement"),
        ("logement", "eau"),
        ("eau", "coule_encore"),
    ]
    outcome = walk(contract.guide, path).outcome
    assert outcome is not None
    assert outcome.kind is OutcomeKind.CONTRACTOR
    assert contract.motifs[outcome.motif or ""].article == "P1"


def test_a_smell_of_gas_gives_the_numbers_first_and_a_call_back_in_five_minutes(contract: Contract) -> None:
    outcome = walk(contract.guide, [("danger", "oui"), ("nature_danger", "gaz")]).outcome
    assert outcome is not None
    assert outcome.emergency_numbers[0] == "0 800 47 33 33"
    assert outcome.call_back_after_s == 300
    assert outcome.motif is not None


def test_what_is_no_danger_is_refused_with_the_agreed_words_and_sends_nobody(contract: Contract) -> None:
    outcome = walk(
        contract.guide, [("danger", "non"), ("qui", "adresse_connue"), ("quoi", "autre"), ("autre", "administratif")]
    ).outcome
    assert outcome is not None
    assert outcome.kind is OutcomeKind.REFUSED
    assert outcome.motif is None
    assert "{next_opening}" in outcome.say
    assert "03 84 96 13 70" in outcome.say


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ([("qui", "adresse_connue")], "'danger'.*'qui'"),
        ([("danger", "peut_etre")], "'danger'.*'peut_etre'"),
        ([("danger", "oui"), ("nature_danger", "feu"), ("qui", "adresse_connue")], "ended at 'incendie'"),
        ([("danger", "non"), ("danger", "non")], "'qui'.*'danger'"),
    ],
)
def test_a_path_the_guide_does_not_have_is_named(contract: Contract, path: list[tuple[str, str]], reason: str) -> None:
    with pytest.raises(InvalidPath, match=reason):
        walk(contract.guide, path)
