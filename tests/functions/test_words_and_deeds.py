"""No sentence without its deed: every state that a mission can be in, and every outcome of the guide, is walked; what
the desk, the main courante, the mission's page and the list of calls say was done, a fact proves."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contracts.checks import DONE
from mission.pages import Pages
from permanence.adapters.contract_file import load_contract
from permanence.application.desk.mission import mission_panel
from permanence.application.dispatch.mission import Mission, view_mission
from permanence.application.reception.ports import CallRecord
from permanence.application.timeline.calls import call_row
from permanence.application.timeline.main_courante import timeline
from permanence.application.timeline.malfunctions import malfunction_row
from permanence.domain.calls.call import CallEvent, CallEventKind, fold
from permanence.domain.dispatch.dispatch import ChannelStatus, Dispatch, DispatchStatus, ReportResult, Role
from permanence.domain.dispatch.events import (
    Start,
)
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.main_courante.log import EntryKind
from permanence.domain.triage.guide import TriageOutcome
from tests.domain.dispatch.chains import SATURDAY_NIGHT
from tests.functions.every_history import CHAIN, after, every_history
from tests.functions.mission.mission_world import burst_pipe


def winner_is(*roles: Role) -> Callable[[Dispatch], bool]:
    return lambda one: one.winner is not None and one.steps[one.winner].responder.role in roles


def calls_or_has(role: Role) -> Callable[[Dispatch], bool]:
    def proves(one: Dispatch) -> bool:
        at_work = one.current if one.winner is None else one.winner
        return one.steps[at_work].responder.role is role

    return proves


def result_is(result: ReportResult) -> Callable[[Dispatch], bool]:
    return lambda one: one.result is result


SAID_TO_THE_TENANT: dict[str, Callable[[Dispatch], bool]] = {
    "a accepté": lambda one: one.accepted_at is not None,
    "annonce son arrivée": lambda one: one.announced_arrival_at is not None,
    "pas encore annoncée": lambda one: one.announced_arrival_at is None,
    "est sur place": lambda one: one.on_site_at is not None,
    "echnicien d’astreinte": calls_or_has(Role.TECHNICIEN),
    "adre d’astreinte": calls_or_has(Role.CADRE),
    "Un intervenant": winner_is(Role.OUTSIDE),
    "L’entreprise": winner_is(Role.CONTRACTOR, Role.SECOND_CONTRACTOR),
    "n’a pas donné son accord": lambda one: one.steps[0].ended_at is not None and one.winner is None,
    "est appelée en ce moment": lambda one: one.status is DispatchStatus.CALLING,
    "prend la suite": lambda one: one.supervisor_told_at is not None,
    "est terminée": result_is(ReportResult.REALISEE),
    "en sécurité": result_is(ReportResult.MISE_EN_SECURITE),
    "un autre passage": result_is(ReportResult.A_SUIVRE),
    "pas pu entrer": result_is(ReportResult.ACCES_IMPOSSIBLE),
    "charge de l’occupant": result_is(ReportResult.REPARATION_LOCATIVE),
    "plus rien à faire": result_is(ReportResult.ANNULEE),
    "est annulée": lambda one: one.status is DispatchStatus.CANCELLED,
    "je vous préviens": lambda one: one.status is DispatchStatus.CALLING,
}
A_DEED = re.compile(r"\b(?:a|est|ont|sont|n’a pas|prend|annonce|dit)\b")


def test_what_the_tenant_is_told_is_proved_in_every_state() -> None:
    malfunction, said = burst_pipe(), set()
    for dispatch, _ in every_history():
        panel = mission_panel(replace(malfunction, dispatch=dispatch), dispatch, SATURDAY_NIGHT)
        claims = [words for words in SAID_TO_THE_TENANT if words in panel.say]
        assert claims or not A_DEED.search(panel.say), f"no fact is named for « {panel.say} »"
        for words in claims:
            assert SAID_TO_THE_TENANT[words](dispatch), (words, panel.say, dispatch)
        said |= set(claims)
    assert said == SAID_TO_THE_TENANT.keys()


@pytest.mark.parametrize("voice", [None, *ChannelStatus])
@pytest.mark.parametrize("sms", [None, ChannelStatus.PENDING, ChannelStatus.SENT, ChannelStatus.DELIVERED])
def test_a_call_and_a_message_are_said_to_be_out_once_the_provider_has_them(
    voice: ChannelStatus | None, sms: ChannelStatus | None
) -> None:
    (started, _) = after((Dispatch("482-913", CHAIN), ()), Start())
    first = replace(started.steps[0], voice=voice, sms=sms)
    dispatch = replace(started, steps=(first, *started.steps[1:]))
    line = mission_panel(replace(burst_pipe(), dispatch=dispatch), dispatch, SATURDAY_NIGHT).chain[0]
    is_out = voice not in (None, ChannelStatus.PENDING)
    assert (line.state.word == "Appel demandé") is not is_out
    assert ("Appelé" in line.state.word) <= is_out
    assert ("SMS envoyé" in line.told) == (sms is ChannelStatus.SENT)
    assert ("SMS délivré" in line.told) == (sms is ChannelStatus.DELIVERED)
    assert ("décroché" in line.told) == (voice is ChannelStatus.DELIVERED)


def test_the_main_courante_tells_a_chain_and_a_supervisor_only_when_they_were() -> None:
    for dispatch, entries in every_history():
        kinds = {entry.kind for entry in entries}
        text = " ".join(line.text for line in timeline(entries))
        assert ("Toute la chaîne a été appelée" in text) == (
            EntryKind.CHAIN_EXHAUSTED in kinds and dispatch.was_called
        ), text
        assert ("Personne n’est à appeler" in text) == (EntryKind.CHAIN_EXHAUSTED in kinds and not dispatch.was_called)
        assert ("prend la suite" in text) == (EntryKind.SUPERVISOR_TOLD in kinds)


def test_nobody_is_said_to_be_called_on_the_page_of_a_mission_who_is_not() -> None:
    pages, malfunction = Pages(load_contract()), burst_pipe()
    seen = set()
    for dispatch, _ in every_history():
        for index in range(len(dispatch.steps)):
            for now in (SATURDAY_NIGHT, SATURDAY_NIGHT + timedelta(hours=1)):
                view = view_mission(Mission(replace(malfunction, dispatch=dispatch), dispatch, index), False, now)
                body = pages.mission(view, "/m/x").body or ""
                is_called = dispatch.status is DispatchStatus.CALLING and dispatch.current != index
                assert not ("Nous appelons le suivant" in body and not is_called), dispatch
                assert not ("appelons le suivant" in body and index == len(dispatch.steps) - 1 and not is_called)
                assert ("Compte rendu noté" in body) <= (dispatch.reported_at is not None)
                assert ("La mission est à vous" in body) <= (dispatch.winner == index)
                assert ("Refus noté" in body) <= (dispatch.steps[index].declined_at is not None)
                seen.add("appelons le suivant" in body)
    assert seen == {True, False}


def test_the_extranet_says_of_the_supervisor_what_he_said() -> None:
    malfunction, contract = burst_pipe(), load_contract()
    for dispatch, _ in every_history():
        row = malfunction_row(replace(malfunction, dispatch=dispatch), contract)
        assert row.supervisor_told_at == dispatch.supervisor_told_at


# --- the guide -------------------------------------------------------------------------------------------------------

OUTCOMES = tuple(load_contract().guide.outcomes.values())
BEGAN = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)


def forms_of(outcome: TriageOutcome) -> Iterator[CallForm]:
    """Every end that the fiche of a call can come to with this outcome."""
    closed = CallForm("CA1", "u1", "Camille", BEGAN, outcome=outcome.outcome_id, closed_at=BEGAN)
    yield closed
    yield replace(closed, malfunction_id="m1")
    yield replace(closed, cancelled_before=("m0",))


def rows_of(forms: Iterable[CallForm]) -> Iterator[tuple[CallForm, str]]:
    steps = ((CallEventKind.PRESENTED, {}), (CallEventKind.ANSWERED, {"attempt": "1"}), (CallEventKind.ENDED, {}))
    call = fold("CA1", [CallEvent("CA1", kind.value, kind, BEGAN, data) for kind, data in steps])
    for form in forms:
        yield form, call_row(CallRecord(call, form), load_contract()).outcome.word


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda one: one.outcome_id)
def test_an_outcome_of_the_guide_says_of_no_deed_that_it_is_done(outcome: TriageOutcome) -> None:
    assert not DONE.search(outcome.label)
    assert not DONE.search(outcome.say)
    for form, word in rows_of(forms_of(outcome)):
        assert not re.search(r"\b(?:prévenu|envoyé|appelé|transmis|informé|refusé)e?s?\b", word), word
        assert ("demandée" in word) == (form.malfunction_id is not None and outcome.motif is not None)
        assert ("annulée" in word) == (form.malfunction_id is None and form.cancelled_before != ())
