"""The timeline tells what the log holds, to a French reader."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from permanence.application.timeline.lines import Family, Mark
from permanence.application.timeline.main_courante import timeline
from permanence.domain.instants import format_instant
from permanence.domain.main_courante.log import Entry, EntryKind

START = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)


def entry(minutes: float, kind: EntryKind, **data: str) -> Entry:
    return Entry(version=int(minutes * 100) + 1, n=0, at=START + timedelta(minutes=minutes), kind=kind, data=data)


def contractor_called(minutes: float = 2, step: str = "0") -> Entry:
    return entry(
        minutes,
        EntryKind.STEP_STARTED,
        step=step,
        name="Plomberie Daval",
        role="contractor",
        phone="+33639982105",
        reason="motif",
    )


@pytest.mark.parametrize("kind", list(EntryKind))
def test_every_kind_of_entry_has_its_sentence(kind: EntryKind) -> None:
    (line,) = timeline([entry(1, kind)])
    assert line.text


def test_everything_about_one_person_called_is_one_line() -> None:
    lines = timeline(
        [
            contractor_called(),
            entry(2.1, EntryKind.RECEIPT, step="0", channel="sms", status="delivered"),
            entry(5, EntryKind.ACCEPTED, step="0", name="Plomberie Daval", by="keys"),
        ]
    )
    assert len(lines) == 1
    assert lines[0].title == "Plomberie Daval"
    assert lines[0].state is not None
    assert lines[0].state.word == "Accepté"
    assert lines[0].text == (
        "Plomberie Daval : accepté. 06\u00a039\u00a098\u00a021\u00a005. SMS délivré à 23\u00a0h\u00a014, "
        "touche 1, confirmée, à 23\u00a0h\u00a017."
    )


def test_a_voicemail_is_never_shown_as_an_agreement() -> None:
    (line,) = timeline(
        [
            contractor_called(),
            entry(3, EntryKind.RECEIPT, step="0", channel="voice", status="voicemail"),
            entry(6, EntryKind.NO_ANSWER, step="0", name="Plomberie Daval"),
        ]
    )
    assert line.state is not None
    assert line.state.word == "Répondeur"
    assert line.mark is Mark.PAST
    assert "Un répondeur ne vaut pas accord." in line.sentences[-1]


def test_a_refusal_keeps_its_reason_and_its_hour() -> None:
    (line,) = timeline(
        [
            contractor_called(),
            entry(6, EntryKind.DECLINED, step="0", name="Plomberie Daval", by="page", note="trop loin"),
        ]
    )
    assert line.mark is Mark.BAD
    assert line.quote == "trop loin"
    assert line.at == START + timedelta(minutes=6)


@pytest.mark.parametrize("later", [EntryKind.ACCEPTED, EntryKind.RECEIPT, EntryKind.PASSED_OVER, EntryKind.NO_ANSWER])
def test_a_refusal_stays_told_whatever_comes_after(later: EntryKind) -> None:
    refused, *_ = timeline(
        [
            contractor_called(),
            entry(6, EntryKind.DECLINED, step="0", name="Plomberie Daval", by="keys", note="trop loin"),
            entry(9, later, step="0", name="Plomberie Daval", by="keys", channel="sms", status="delivered"),
        ]
    )
    assert refused.state is not None
    assert (refused.state.word, refused.quote) == ("Refusé", "trop loin")
    assert "ouche 2 à 23\u00a0h\u00a018" in refused.text


def test_who_comes_back_on_his_refusal_has_a_line_for_each() -> None:
    lines = timeline(
        [
            contractor_called(),
            entry(6, EntryKind.DECLINED, step="0", name="Plomberie Daval", by="keys"),
            entry(9, EntryKind.ACCEPTED, step="0", name="Plomberie Daval", by="agent"),
        ]
    )
    assert [line.state and line.state.word for line in lines] == ["Refusé", "Accepté"]
    assert lines[1].sentences == (
        "Accord donné au téléconseiller à 23\u00a0h\u00a021.",
        "Revient sur son refus de 23\u00a0h\u00a018.",
    )


def test_who_was_not_waited_for_is_told_with_the_agent_who_went_on() -> None:
    (line,) = timeline(
        [contractor_called(), entry(3, EntryKind.PASSED_OVER, step="0", name="Plomberie Daval", by="Nadège Roussel")]
    )
    assert line.state is not None
    assert line.state.word == "Passé au suivant"
    assert "« Suivant » par Nadège Roussel à 23\u00a0h\u00a015, sans attendre l’échéance." in line.sentences


def test_the_next_one_is_said_to_be_called_only_when_he_is() -> None:
    refused = entry(6, EntryKind.DECLINED, step="0", name="Plomberie Daval", by="keys")
    called = replace(contractor_called(6, "1"), version=refused.version, n=1)
    alone, *_ = timeline([contractor_called(), refused])
    followed, *_ = timeline([contractor_called(), refused, called])
    assert ("Suivant appelé" in alone.text, "Suivant appelé" in followed.text) == (False, True)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-89, "1\u00a0h\u00a029 avant l’heure annoncée"),
        (-60, "1\u00a0h avant l’heure annoncée"),
        (-7, "7\u00a0min avant l’heure annoncée"),
        (0, "à l’heure annoncée"),
        (12, "12\u00a0min après l’heure annoncée"),
    ],
)
def test_an_arrival_is_told_against_what_was_announced(minutes: int, words: str) -> None:
    announced = START + timedelta(minutes=110)
    lines = timeline(
        [
            entry(10, EntryKind.ARRIVAL_ANNOUNCED, step="0", name="Daval", arrival=format_instant(announced)),
            entry(110 + minutes, EntryKind.ON_SITE, step="0", name="Daval"),
        ]
    )
    assert lines[0].title == "Arrivée annoncée : 1\u00a0h\u00a002"
    assert lines[1].aside == words


def test_entries_in_any_order_give_the_same_timeline() -> None:
    entries = [
        entry(0, EntryKind.CALL_LINKED, call="CA1", caller_name="Mme Vauthier", agent_name="Camille", wait_s="18"),
        entry(1, EntryKind.OPENED, motif="Fuite", tree_version="12"),
        contractor_called(),
        entry(9, EntryKind.REPORTED, step="0", name="Daval", result="réalisée", note="Joint changé."),
    ]
    assert timeline(reversed(entries)) == timeline(entries)


def test_a_call_leads_to_its_record_and_tells_who_took_it() -> None:
    (line,) = timeline(
        [entry(0, EntryKind.CALL_LINKED, call="CA1", caller_name="Mme Vauthier", agent_name="Camille", wait_s="18")]
    )
    assert line.family is Family.INCOMING
    assert line.call_id == "CA1"
    assert line.aside == "pris par Camille, attente 18\u00a0s"


LINKED = entry(0, EntryKind.CALL_LINKED, call="CA1", caller_name="", agent_name="Camille", description="", wait_s="18")
FICHE = entry(
    9,
    EntryKind.FICHE_CLOSED,
    call="CA1",
    caller_name="Lucas Jeannin",
    agent_name="Camille",
    description="L’eau tombe du plafond.",
    answer_given="Plombier en route",
)


def test_the_line_of_a_call_holds_the_answer_that_was_given() -> None:
    (line,) = timeline([LINKED, FICHE])
    assert (line.at, line.title) == (START, "Appel de Lucas Jeannin")
    assert line.aside == "pris par Camille, attente 18\u00a0s"
    assert line.sentences == ("L’eau tombe du plafond.", "Réponse apportée : Plombier en route.")
    assert "Plombier en route." in line.text


def test_what_a_fiche_leaves_out_does_not_hide_what_was_told_before() -> None:
    silent = replace(FICHE, data={"call": "CA1", "caller_name": "", "answer_given": "Noté"})
    named = replace(LINKED, data={**LINKED.data, "caller_name": "Mme Vauthier"})
    (line,) = timeline([named, silent])
    assert line.title == "Appel de Mme Vauthier"


def test_the_answer_to_one_caller_is_not_told_as_another_callers() -> None:
    other = replace(LINKED, version=2, data={"call": "CA2", "caller_name": "Mme Vauthier"})
    answered = {line.call_id: "Réponse apportée" in line.text for line in timeline([LINKED, other, FICHE])}
    assert answered == {"CA1": True, "CA2": False}


@pytest.mark.parametrize(("status", "word"), [(None, None), ("delivered", "Décroché"), ("failed", "Injoignable")])
def test_a_call_to_the_supervisor_is_one_line_with_what_became_of_it(status: str | None, word: str | None) -> None:
    called = entry(1, EntryKind.SUPERVISOR_CALLED, attempt="2")
    receipts = [entry(2, EntryKind.NOTICE_DELIVERED, key="supervisor-voice-2", status=status)] if status else []
    (line,) = timeline([called, *receipts])
    assert line.aside == "appel n° 2"
    assert (line.state.word if line.state else None) == word


def test_the_reason_to_skip_the_contractor_is_told_to_the_reader() -> None:
    (line,) = timeline([entry(1, EntryKind.OPENED, motif="Porte bloquée", direct_to_staff_reason="Un malade attend")])
    assert "Directement au technicien d’astreinte : Un malade attend." in line.text


def told(minutes: float, version: int, kind: EntryKind, **data: str) -> Entry:
    return Entry(version=version, n=0, at=START + timedelta(minutes=minutes), kind=kind, data=data)


@pytest.mark.parametrize(
    ("statuses", "word"),
    [
        ([], None),
        (["delivered"], "Délivré"),
        (["delivered", "delivered"], "Délivrés"),
        (["delivered", "failed"], "Non délivré"),
    ],
)
def test_what_tenants_were_told_is_one_line_with_its_receipts(statuses: list[str], word: str | None) -> None:
    news = told(1, 3, EntryKind.TENANT_TOLD, news="accepted", text="Une entreprise arrive.")
    receipts = [
        told(2, 4 + n, EntryKind.NOTICE_DELIVERED, key=f"tenant-accepted-3-{n}", status=status)
        for n, status in enumerate(statuses)
    ]
    (line,) = timeline([news, *receipts])
    assert line.quote == "Une entreprise arrive."
    assert (line.state.word if line.state else None) == word


def test_a_receipt_of_another_news_is_not_mixed_in() -> None:
    lines = timeline(
        [
            told(1, 3, EntryKind.TENANT_TOLD, news="accepted", text="Acceptée."),
            told(2, 5, EntryKind.TENANT_TOLD, news="arrival", text="Vers 23 h 58."),
            told(3, 6, EntryKind.NOTICE_DELIVERED, key="tenant-arrival-5-0", status="delivered"),
        ]
    )
    assert [line.state.word if line.state else None for line in lines] == [None, "Délivré"]


def test_somebody_is_said_to_be_called_once_the_provider_has_told_of_it() -> None:
    (asked,) = timeline([contractor_called()])
    (called,) = timeline([contractor_called(), entry(2.1, EntryKind.RECEIPT, step="0", channel="voice", status="sent")])
    assert [line.state.word for line in (asked, called) if line.state] == ["Appel demandé", "Appelé"]
