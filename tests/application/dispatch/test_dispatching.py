"""From « envoyer en intervention » to one person who has said yes (R40-R46)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permanence.application.dispatch.deciding import MOST_ATTEMPTS, note
from permanence.application.dispatch.dispatching import new_reference
from permanence.application.dispatch.joining import CallLink, complete_call, join_call
from permanence.application.dispatch.mission_links import key_of_token
from permanence.application.dispatch.ports import Decision, Timer
from permanence.application.reception.ports import PastRetention, VersionConflict
from permanence.domain.contract import Contract
from permanence.domain.dispatch.actions import Log, Outcome
from permanence.domain.dispatch.dispatch import Channel, ChannelStatus, DispatchStatus, ReportResult, Role
from permanence.domain.dispatch.events import (
    Accept,
    AnnounceArrival,
    Arrive,
    CallNext,
    Cancel,
    DeadlineReached,
    Decline,
    DispatchEvent,
    Receipt,
    Report,
)
from permanence.domain.dispatch.gsm7 import SEPTETS_PER_MESSAGE, septets
from permanence.domain.dispatch.malfunction import MalfunctionStatus
from permanence.domain.dispatch.notices import NoticeKind
from permanence.domain.main_courante.fiche import Contact
from permanence.domain.main_courante.log import EntryKind
from permanence.domain.reference.entreprises import Entreprises
from tests.application.dispatch.night import (
    DAVAL_LANDLINE,
    DAVAL_MOBILE,
    MALFUNCTION_ID,
    ROUSSEL_MOBILE,
    SATURDAY_NIGHT,
    TENANT,
    Night,
    burst_pipe,
    caller,
)
from tests.fakes.store import StoreDown


@pytest.fixture
def night(contract: Contract) -> Night:
    return Night(contract)


@pytest.fixture
def called(night: Night) -> Night:
    night.start()
    return night


# --- start -----------------------------------------------------------------------------------------------------------


def test_a_dispatch_calls_the_first_contractor_by_sms_and_voice_at_once(called: Night) -> None:
    notices = called.store.notices_of(MALFUNCTION_ID)
    assert set(notices) == {"s0-sms", "s0-voice"}
    assert {notice.to for notice in notices.values()} == {DAVAL_MOBILE}
    assert {notice.step for notice in notices.values()} == {0}
    assert called.dispatch.status is DispatchStatus.CALLING
    assert called.dispatch.current == 0


def test_the_sms_leads_to_the_mission_and_only_a_digest_of_its_link_is_kept(called: Night) -> None:
    sms = called.notice("s0-sms")
    assert "https://permanence.example/m/TOKEN00001" in sms.text
    assert "482-913" in sms.text
    used = septets(sms.text)
    assert used is not None
    assert used <= SEPTETS_PER_MESSAGE
    (link,) = called.store.links.values()
    assert link.token_hash == key_of_token("TOKEN00001")
    assert (link.malfunction_id, link.step) == (MALFUNCTION_ID, 0)
    valid_h = called.contract.dispatch.link_valid_h
    assert link.expires_at == SATURDAY_NIGHT + timedelta(hours=valid_h)


def test_the_main_courante_opens_with_the_call_the_motif_and_the_chain(called: Night) -> None:
    kinds = [entry.kind for entry in called.store.entries[MALFUNCTION_ID]]
    assert kinds[:4] == [
        EntryKind.CALL_LINKED,
        EntryKind.OPENED,
        EntryKind.DISPATCH_STARTED,
        EntryKind.STEP_STARTED,
    ]
    assert called.lines(EntryKind.CALL_LINKED)[0]["call"] == "CA1"
    assert called.lines(EntryKind.OPENED)[0]["path"] == "danger:non > lieu:logement"
    assert called.malfunction.number == "2026-0001"
    assert called.malfunction.status is MalfunctionStatus.OPEN
    assert called.store.linked_calls[MALFUNCTION_ID] == ["CA1"]


def test_a_timer_is_pending_from_the_start(called: Night) -> None:
    cap_s = called.contract.dispatch.cap_from_creation_s
    assert called.store.timers == {(MALFUNCTION_ID, Timer(0, SATURDAY_NIGHT + timedelta(seconds=cap_s)))}


def test_who_starts_at_the_same_moment_and_loses_gets_the_one_that_was_kept(night: Night) -> None:
    add = night.malfunctions.add

    def lost(decision: Decision) -> None:
        add(replace(decision, malfunction=replace(decision.malfunction, number="2026-0099")))
        raise VersionConflict(decision.malfunction.malfunction_id)

    night.malfunctions.add = lost  # type: ignore[method-assign]
    assert night.start().number == "2026-0099"


def test_who_collides_with_a_start_that_comes_to_nothing_starts(night: Night) -> None:
    """The table refuses both while the other is under way, and keeps neither when it fails."""
    add = night.malfunctions.add

    def collides(decision: Decision) -> None:
        night.malfunctions.add = add  # type: ignore[method-assign]
        raise VersionConflict(decision.malfunction.malfunction_id)

    night.malfunctions.add = collides  # type: ignore[method-assign]
    night.start()
    assert list(night.store.malfunctions) == [MALFUNCTION_ID]
    assert len(night.store.notices_of(MALFUNCTION_ID)) == 2


def test_starting_twice_is_starting_once(called: Night) -> None:
    first = called.malfunction
    called.pass_time(seconds=1)
    assert called.start() == first
    assert called.malfunction == first
    assert len(called.store.notices) == 2


def test_the_year_of_a_number_is_that_of_paris(night: Night) -> None:
    night.now = night.now.replace(month=12, day=31, hour=23, minute=30)
    assert night.start().number == "2027-0001"


@pytest.mark.parametrize("malfunction_id", ["", "short", "a" * 65, "with space", "a.b.c.d.e", "é" * 10, "../../secret"])
def test_a_malformed_client_made_id_starts_nothing(night: Night, malfunction_id: str) -> None:
    with pytest.raises(ValueError, match="named by"):
        night.start(burst_pipe(malfunction_id))
    assert night.store.malfunctions == {}


def test_a_reason_calls_the_technicien_directly_and_stays_in_the_main_courante(night: Night) -> None:
    night.start(burst_pipe(motif="porte_hall_bloquee", direct_to_staff_reason="Un malade attend les secours"))
    assert [step.responder.role for step in night.dispatch.steps] == [Role.TECHNICIEN, Role.CADRE]
    assert "Un malade attend les secours" in night.lines(EntryKind.STEP_STARTED)[0]["reason"]
    assert night.lines(EntryKind.OPENED)[0]["direct_to_staff_reason"] == "Un malade attend les secours"


def test_no_reason_skips_the_contractor_of_a_motif_that_is_his_alone(night: Night) -> None:
    with pytest.raises(ValueError, match="both lists"):
        night.start(burst_pipe(direct_to_staff_reason="Plus vite"))
    assert night.store.malfunctions == {}


def test_a_motif_that_the_contract_does_not_know_starts_nothing(night: Night) -> None:
    with pytest.raises(KeyError):
        night.start(burst_pipe(motif="jardinage"))
    assert night.store.malfunctions == {}


def test_without_anyone_to_call_the_desk_is_alarmed_at_once(night: Night) -> None:
    night.reference.companies = Entreprises()
    night.reference.rota = ()
    assert night.start().status is MalfunctionStatus.OPEN
    assert night.dispatch.status is DispatchStatus.EXHAUSTED
    assert night.lines(EntryKind.CHAIN_EXHAUSTED) == [{}]


def test_a_rota_edit_during_a_dispatch_changes_nothing_in_its_chain(called: Night) -> None:
    before = [step.responder for step in called.dispatch.steps]
    called.reference.rota = ()
    called.happen(CallNext(0))
    assert [step.responder for step in called.dispatch.steps] == before


# --- moving on -------------------------------------------------------------------------------------------------------


def test_a_landline_gets_the_voice_call_alone(called: Night) -> None:
    called.happen(Decline(0, "keys"))
    assert called.dispatch.steps[1].responder.phone == DAVAL_LANDLINE
    assert {"s1-voice"} == {key for key in called.store.notices_of(MALFUNCTION_ID) if key.startswith("s1-")}


def test_acceptance_tells_the_tenant_and_whoever_was_called_before(called: Night) -> None:
    called.happen(DeadlineReached(0, SATURDAY_NIGHT + timedelta(hours=1)))
    called.pass_time(hours=1)
    called.happen(DeadlineReached(0))
    called.happen(Decline(1, "keys"))
    assert called.dispatch.current == 2
    assert called.happen(Accept(2, "keys")).outcome is Outcome.DONE
    told = {key: notice for key, notice in called.store.notices_of(MALFUNCTION_ID).items() if not key.startswith("s")}
    assert {notice.to for key, notice in told.items() if key.startswith("tenant-accepted-")} == {TENANT}
    assert told["told-0-taken_by_another"].to == DAVAL_MOBILE
    assert "Sanitaires Roussel" not in "".join(notice.text for notice in told.values())
    assert called.dispatch.steps[2].responder.phone == ROUSSEL_MOBILE
    assert [line["news"] for line in called.lines(EntryKind.TENANT_TOLD)] == ["accepted"]
    assert [line["name"] for line in called.lines(EntryKind.RESPONDER_TOLD)] == ["Plomberie Daval"]


def test_a_tenant_who_wants_a_call_or_has_a_landline_gets_no_sms(night: Night) -> None:
    night.start(burst_pipe(link=caller("CA1", told_by_sms=False)))
    join_call(night.malfunctions, MALFUNCTION_ID, caller("CA2", "+33353010101"), night.now)
    join_call(night.malfunctions, MALFUNCTION_ID, caller("CA3", None), night.now)
    night.happen(Accept(0, "page"))
    assert not [key for key in night.store.notices_of(MALFUNCTION_ID) if key.startswith("tenant")]
    assert night.lines(EntryKind.TENANT_TOLD) == []


def test_two_callers_with_one_number_get_one_sms(called: Night) -> None:
    join_call(called.malfunctions, MALFUNCTION_ID, caller("CA2"), called.now)
    join_call(called.malfunctions, MALFUNCTION_ID, caller("CA3", "+33639980199"), called.now)
    called.happen(Accept(0, "page"))
    told = [notice for key, notice in called.store.notices_of(MALFUNCTION_ID).items() if key.startswith("tenant")]
    assert sorted(notice.to for notice in told) == [TENANT, "+33639980199"]
    assert {notice.kind for notice in told} == {NoticeKind.SMS}


def test_a_whole_building_on_the_line_still_fits_one_transaction(called: Night) -> None:
    for number in range(60):
        phone = f"+336399800{number:02}"
        join_call(called.malfunctions, MALFUNCTION_ID, caller(f"CB{number}", phone), called.now)
    called.happen(Accept(0, "page"))
    told = [key for key in called.store.notices_of(MALFUNCTION_ID) if key.startswith("tenant")]
    assert len(told) == 20


def test_a_repeat_saves_nothing_and_says_whose_the_mission_is(called: Night) -> None:
    called.happen(Accept(0, "keys"))
    version = called.malfunction.version
    again = called.happen(Accept(0, "page"))
    assert (again.outcome, again.saved) == (Outcome.ALREADY_YOURS, False)
    assert called.malfunction.version == version


def test_a_reported_mission_is_closed_and_an_exhausted_one_stays_open(called: Night) -> None:
    for step in range(len(called.dispatch.steps)):
        called.happen(Decline(step, "keys"))
    assert called.dispatch.status is DispatchStatus.EXHAUSTED
    assert called.malfunction.status is MalfunctionStatus.OPEN
    called.happen(Accept(0, "agent", confirmed=True))
    called.happen(AnnounceArrival(0, 30))
    called.happen(Arrive(0))
    assert called.malfunction.status is MalfunctionStatus.OPEN
    called.happen(Report(0, ReportResult.REALISEE, "Joint remplacé"))
    assert called.malfunction.status is MalfunctionStatus.CLOSED


def test_a_cancelled_mission_is_closed(called: Night) -> None:
    called.happen(Cancel("fausse alerte"))
    assert called.malfunction.status is MalfunctionStatus.CLOSED


def test_an_answer_whose_save_was_overtaken_is_decided_again(called: Night) -> None:
    called.malfunctions.conflicts = MOST_ATTEMPTS - 1
    assert called.happen(Accept(0, "keys")).outcome is Outcome.DONE
    assert called.dispatch.winner == 0


def test_an_answer_that_could_never_be_saved_is_never_done(called: Night) -> None:
    called.malfunctions.conflicts = MOST_ATTEMPTS
    with pytest.raises(VersionConflict):
        called.happen(Accept(0, "keys"))
    assert called.dispatch.winner is None


def test_an_answer_while_the_table_is_down_is_never_done(called: Night) -> None:
    called.store.is_down = True
    with pytest.raises(StoreDown):
        called.happen(Accept(0, "keys"))
    assert called.dispatch.winner is None


def test_a_purged_malfunction_is_not_recreated(night: Night) -> None:
    with pytest.raises(PastRetention):
        night.happen(Accept(0, "page"))
    with pytest.raises(PastRetention):
        join_call(night.malfunctions, MALFUNCTION_ID, caller("CA2"), night.now)
    assert night.store.malfunctions == {}


# --- one main courante per malfunction -------------------------------------------------------------------------------


def test_a_neighbour_joins_the_same_main_courante_once(called: Night) -> None:
    for _ in range(2):
        join_call(called.malfunctions, MALFUNCTION_ID, caller("CA2", "+33639980199"), called.now)
    assert [contact.call_id for contact in called.malfunction.contacts] == ["CA1", "CA2"]
    assert [line["call"] for line in called.lines(EntryKind.CALL_LINKED)] == ["CA1", "CA2"]
    assert called.store.linked_calls[MALFUNCTION_ID] == ["CA1", "CA2"]


def test_two_agents_on_the_same_malfunction_lose_nothing(called: Night) -> None:
    called.malfunctions.conflicts = 1
    join_call(called.malfunctions, MALFUNCTION_ID, caller("CA2", "+33639980199"), called.now)
    called.malfunctions.conflicts = 1
    note(called.malfunctions, MALFUNCTION_ID, Log(EntryKind.NOTICE_DELIVERED, {}), called.now)
    assert [line["call"] for line in called.lines(EntryKind.CALL_LINKED)] == ["CA1", "CA2"]
    assert called.lines(EntryKind.NOTICE_DELIVERED) == [{}]


# --- the fiche, once it is closed ------------------------------------------------------------------------------------

NEIGHBOUR = CallLink(Contact("CA2", "Lucas Jeannin", "+33639980199"), "Karim", "L’eau tombe du plafond.")
UNNAMED = CallLink(Contact("CA2", "", None), "Karim", "")


def test_the_answer_given_to_a_caller_joins_the_main_courante_once(called: Night) -> None:
    join_call(called.malfunctions, MALFUNCTION_ID, UNNAMED, called.now)
    for _ in range(2):
        complete_call(called.malfunctions, MALFUNCTION_ID, NEIGHBOUR, "Plombier en route.", called.now)
    assert called.lines(EntryKind.FICHE_CLOSED) == [
        {
            "call": "CA2",
            "caller_name": "Lucas Jeannin",
            "agent_name": "Karim",
            "description": "L’eau tombe du plafond.",
            "answer_given": "Plombier en route.",
        }
    ]


def test_who_gave_his_name_and_number_late_is_told_from_then_on(called: Night) -> None:
    join_call(called.malfunctions, MALFUNCTION_ID, UNNAMED, called.now)
    complete_call(called.malfunctions, MALFUNCTION_ID, NEIGHBOUR, "Plombier en route.", called.now)
    assert [contact.name for contact in called.malfunction.contacts] == ["Mme Corinne Jeannin", "Lucas Jeannin"]
    called.happen(Accept(0, "page"))
    told = {notice.to for notice in called.store.notices_of(MALFUNCTION_ID).values() if notice.step is None}
    assert told == {TENANT, "+33639980199"}


def test_who_wants_no_sms_still_wants_none_once_the_fiche_is_closed(called: Night) -> None:
    silent = caller("CA2", "+33639980199", told_by_sms=False)
    join_call(called.malfunctions, MALFUNCTION_ID, silent, called.now)
    complete_call(called.malfunctions, MALFUNCTION_ID, NEIGHBOUR, "Noté.", called.now)
    assert called.malfunction.contacts[1].told_by_sms is False


def test_a_fiche_closed_after_the_mission_is_still_told(called: Night) -> None:
    called.happen(Accept(0, "page"))
    called.happen(Report(0, ReportResult.REALISEE, ""))
    assert called.malfunction.status is MalfunctionStatus.CLOSED
    complete_call(called.malfunctions, MALFUNCTION_ID, caller("CA1"), "Compteur fermé.", called.now)
    assert [line["answer_given"] for line in called.lines(EntryKind.FICHE_CLOSED)] == ["Compteur fermé."]
    assert called.malfunction.status is MalfunctionStatus.CLOSED


def test_closing_a_fiche_costs_two_requests_and_a_repeat_one(called: Night) -> None:
    before = called.store.requests
    complete_call(called.malfunctions, MALFUNCTION_ID, caller("CA1"), "Noté.", called.now)
    assert called.store.requests - before == 2
    complete_call(called.malfunctions, MALFUNCTION_ID, caller("CA1"), "Noté.", called.now)
    assert called.store.requests - before == 3


def test_what_was_described_first_stays_the_description(night: Night) -> None:
    night.start(burst_pipe(link=CallLink(Contact("CA1", "", TENANT), "Camille", "")))
    complete_call(night.malfunctions, MALFUNCTION_ID, caller("CA1"), "Noté.", night.now)
    join_call(night.malfunctions, MALFUNCTION_ID, UNNAMED, night.now)
    complete_call(night.malfunctions, MALFUNCTION_ID, NEIGHBOUR, "Noté.", night.now)
    assert night.malfunction.description == "De l’eau coule du plafond"


def test_nothing_is_completed_past_its_time(night: Night) -> None:
    with pytest.raises(PastRetention):
        complete_call(night.malfunctions, MALFUNCTION_ID, NEIGHBOUR, "Noté.", night.now)


# --- properties ------------------------------------------------------------------------------------------------------

STEPS = st.integers(0, 5)
EVENTS: st.SearchStrategy[DispatchEvent] = st.one_of(
    st.builds(Accept, STEPS, st.sampled_from(["keys", "page", "agent"])),
    st.builds(Decline, STEPS, st.just("page"), st.just("")),
    st.builds(DeadlineReached, STEPS),
    st.builds(Receipt, STEPS, st.sampled_from(Channel), st.sampled_from(ChannelStatus), st.just("")),
    st.builds(CallNext, STEPS),
    st.builds(AnnounceArrival, STEPS, st.integers(1, 90)),
    st.builds(Arrive, STEPS),
    st.builds(Report, STEPS, st.sampled_from(ReportResult), st.just("")),
    st.builds(Cancel, st.just("")),
)


@given(st.lists(st.tuples(EVENTS, st.integers(0, 700)), max_size=25))
@settings(max_examples=150, deadline=None)
def test_whatever_happens_every_decision_can_be_saved_and_nobody_is_told_twice(
    contract: Contract, happenings: list[tuple[DispatchEvent, int]]
) -> None:
    night = Night(contract)
    night.start()
    for event, seconds in happenings:
        night.pass_time(seconds=seconds)
        night.happen(event)
    entries = [(entry.version, entry.n) for entry in night.store.entries[MALFUNCTION_ID]]
    assert entries == sorted(set(entries))
    accepted = [key for key in night.store.notices_of(MALFUNCTION_ID) if key.startswith("tenant-accepted-")]
    assert len(accepted) <= 1
    is_open = night.malfunction.status is MalfunctionStatus.OPEN
    assert is_open == (night.dispatch.status not in {DispatchStatus.REPORTED, DispatchStatus.CANCELLED})


def test_references_have_the_form_that_people_read() -> None:
    assert all(len(reference) == 7 and reference[3] == "-" for reference in (new_reference() for _ in range(50)))


def test_a_mission_keeps_the_versions_that_its_chain_was_made_of_whatever_is_approved_later(night: Night) -> None:
    night.reference.numbers = {"patrimoine": 3, "entreprises": 0, "annuaire": 2, "planning": 7}
    night.start()
    night.reference.numbers = {"patrimoine": 4, "entreprises": 1, "annuaire": 2, "planning": 8}
    night.happen(Accept(0, by="keys"))

    assert night.malfunction.decided_by == {"patrimoine": 3, "entreprises": 0, "annuaire": 2, "planning": 7}
    (opened,) = night.lines(EntryKind.OPENED)
    assert opened["versions"] == "patrimoine 3, annuaire 2, planning 7"
