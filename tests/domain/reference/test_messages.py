"""What callers hear: what is refused of a text, what changes, and that no text is lost on the way (R11, R12, R87)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.adapters.records import from_plain, to_plain
from permanence.application.reference.signed import seeds_of, signed_of
from permanence.domain.contract import Contract, contract_in_force
from permanence.domain.reference.calendar import Service
from permanence.domain.reference.documents import Circumstances
from permanence.domain.reference.in_force import ObeyedMessages, ReceptionPart
from permanence.domain.reference.messages import Messages
from permanence.domain.reference.messages_kind import (
    MESSAGES,
    AgreementCode,
    Text,
    brought_over,
    changes,
    checks,
    texts_of,
    with_text,
)
from permanence.domain.reference.spoken_texts import TextCode, TextFault, caller_text_faults, greeting_faults
from tests.domain.reference.test_calendar import paris

NOON = paris(2026, 11, 30, 12)
EMPTY = Messages()
PLACES = [text for text in texts_of(EMPTY) if text.name != "agreed_on"]
TEXTS = st.builds(
    lambda text, words: replace(text, words=words), st.sampled_from(PLACES), st.text("abé’{}", max_size=8)
)


@given(st.lists(TEXTS, max_size=6))
def test_a_body_holds_the_last_text_written_at_each_place_and_comes_back_from_the_table_the_same(
    written: list[Text],
) -> None:
    body = EMPTY
    for text in written:
        body = with_text(body, text)
    last = {text.key: text.words for text in written}

    assert [(text.key, text.words) for text in texts_of(body)] == [
        (text.key, last.get(text.key, "")) for text in texts_of(EMPTY)
    ]
    assert texts_of(from_plain(Messages, to_plain(body))) == texts_of(body)


@given(TEXTS, TEXTS)
def test_two_texts_changed_apart_are_both_there_and_the_one_brought_over_wins_at_one_place(
    mine: Text, theirs: Text
) -> None:
    in_force = with_text(EMPTY, theirs)
    merged = brought_over(EMPTY, with_text(EMPTY, mine), in_force)

    assert texts_of(merged) == texts_of(with_text(in_force, mine) if mine.words else in_force)


@given(st.text(max_size=40))
def test_what_no_check_refuses_can_be_said(text: str) -> None:
    if not list(greeting_faults(text)):
        assert "Léa" in text.format(agent="Léa", salutation="bonjour")
    if not list(caller_text_faults(text)):
        assert text.format() != ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", TextFault(TextCode.EMPTY)),
        (" … ", TextFault(TextCode.EMPTY)),
        ("a" * 601, TextFault(TextCode.TOO_LONG)),
        ("bonjour\u0000", TextFault(TextCode.NOT_WRITABLE)),
        ("bonjour {", TextFault(TextCode.BRACES)),
        ("bonjour {}", TextFault(TextCode.UNKNOWN_NAME)),
        ("bonjour {agent}", TextFault(TextCode.UNKNOWN_NAME, "agent")),
    ],
)
def test_a_text_that_a_voice_cannot_read_is_refused(text: str, fault: TextFault) -> None:
    assert list(caller_text_faults(text)) == [fault]


def test_the_seed_of_the_folder_is_a_body_without_a_point(contract: Contract) -> None:
    seed = seeds_of(contract)[MESSAGES.name]
    assert checks(seed, seed, Circumstances(NOON, NOON, signed_of(contract))) == ()
    assert changes(seed, seed) == ()


def test_the_notice_may_be_empty_only_where_nothing_is_recorded(contract: Contract) -> None:
    seed, signed = seeds_of(contract)[MESSAGES.name], signed_of(contract)
    silent = replace(seed, recording_notice="")
    points = checks(seed, silent, Circumstances(NOON, NOON, signed))
    assert [(point.code, point.subject) for point in points] == [(TextCode.EMPTY, "recording.notice")]
    assert checks(seed, silent, Circumstances(NOON, NOON, replace(signed, records_calls=False))) == ()


@pytest.mark.parametrize(
    ("who", "when", "codes"),
    [
        ("Paul Rey", None, [AgreementCode.HALF]),
        ("", date(2026, 11, 27), [AgreementCode.HALF]),
        ("Paul Rey", date(2026, 12, 1), [AgreementCode.TO_COME]),
        ("P" * 81, date(2026, 11, 27), [AgreementCode.TOO_LONG]),
        ("Paul Rey", date(2026, 11, 30), []),
    ],
)
def test_an_agreement_says_with_whom_and_when_and_not_in_advance(
    contract: Contract, who: str, when: date | None, codes: list[AgreementCode]
) -> None:
    seed: Messages = seeds_of(contract)[MESSAGES.name]
    told = replace(seed.by_service[Service.ASTREINTE], agreed_with=who, agreed_on=when)
    body = replace(seed, by_service={**seed.by_service, Service.ASTREINTE: told})
    points = checks(seed, body, Circumstances(NOON, NOON, signed_of(contract)))
    assert [point.code for point in points] == codes


def test_the_contract_in_force_says_the_messages_of_the_version_from_its_start_on(contract: Contract) -> None:
    seed: Messages = seeds_of(contract)[MESSAGES.name]
    body = with_text(seed, Text(Service.TAKEOVER, "greeting", "Ici la permanence, {agent}."))
    part = ReceptionPart(messages=(ObeyedMessages(1, NOON, body),))

    assert contract_in_force(contract, part, NOON).messages[Service.TAKEOVER].greeting == "Ici la permanence, {agent}."
    assert contract_in_force(contract, part, paris(2026, 11, 30, 11)) == contract
