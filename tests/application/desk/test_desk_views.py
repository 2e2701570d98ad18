"""What the desk's pages are told, at the edges of hours and places (R12, R28, R42)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from permanence.application.desk.fiche import contact_of, read_phone
from permanence.application.desk.mission import mission_panel
from permanence.application.desk.place import place_of
from permanence.application.desk.post import greeting, on_call_now
from permanence.domain.calls.call import Call, CallStatus
from permanence.domain.dispatch.chain import freeze_chain
from permanence.domain.dispatch.dispatch import Dispatch, Step
from permanence.domain.dispatch.events import (
    Accept,
    AnnounceArrival,
    Arrive,
    CallNext,
    DeadlineReached,
    Start,
    SupervisorAcknowledges,
)
from permanence.domain.dispatch.malfunction import Malfunction, MalfunctionStatus
from permanence.domain.dispatch.rules import advance
from permanence.domain.dispatch.supervisor import CALLS_AT_FIRST
from permanence.domain.instants import PARIS
from permanence.domain.main_courante.fiche import CallForm, Place
from permanence.domain.reference.calendar import Service
from permanence.domain.reference.rota import OnCallPerson, OnCallRole
from tests.functions.desk.desk_world import CALL, CALLER, ENTREPRISES, PATRIMOINE, ROTA, SATURDAY_NIGHT, habitat70

FORM = CallForm(CALL, "id-Nadège", "Nadège Roussel", SATURDAY_NIGHT)


@pytest.mark.parametrize(
    ("hour", "minute", "said"), [(4, 59, "bonsoir"), (5, 0, "bonjour"), (17, 59, "bonjour"), (18, 0, "bonsoir")]
)
def test_the_salutation_follows_the_clocks_of_paris(hour: int, minute: int, said: str) -> None:
    at = datetime(2026, 7, 14, hour, minute, tzinfo=PARIS)
    assert greeting(habitat70(), Service.ASTREINTE, "Nadège", at) == f"Astreinte Habitat 70, Nadège, {said}."


@pytest.mark.parametrize(
    ("typed", "address", "commune", "agency"),
    [
        ("6 impasse des Forges, Vesoul", "6 impasse des Forges", "Vesoul", "vesoul"),
        ("6 impasse des Forges,VESOUL", "6 impasse des Forges", "Vesoul", "vesoul"),
        ("6 impasse des Forges Vesoul", "6 impasse des Forges Vesoul", "Vesoul", "vesoul"),
        ("3 rue Basse, Besançon", "3 rue Basse", "Besançon", ""),
        ("derrière la gare", "derrière la gare", "derrière la gare", ""),
    ],
)
def test_a_free_address_is_read_as_far_as_it_goes(typed: str, address: str, commune: str, agency: str) -> None:
    place = place_of(replace(FORM, free_address=typed), PATRIMOINE, habitat70().guide)
    assert place is not None
    assert (place.address, place.commune, place.agency, place.building_id) == (address, commune, agency, None)


@pytest.mark.parametrize("typed", ["", "   "])
def test_without_a_dwelling_or_an_address_there_is_no_place(typed: str) -> None:
    assert place_of(replace(FORM, free_address=typed), PATRIMOINE, habitat70().guide) is None


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("06 39 98 12 47", "+33639981247"),
        ("06\u00a039\u00a098\u00a012\u00a047", "+33639981247"),
        ("0639981247", "+33639981247"),
        ("+41 22 730 51 11", "+41227305111"),
        ("06 39", None),
        ("refusé", None),
        ("", None),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, e164: str | None) -> None:
    assert read_phone(typed) == e164


@pytest.mark.parametrize(
    ("fields", "phone"),
    [
        ({"mobile": "06 39 98 55 66", "landline": "03 53 01 44 10"}, "+33639985566"),
        ({"mobile": "refusé", "landline": "03 53 01 44 10"}, "+33353014410"),
        ({"mobile": "refusé"}, CALLER),
    ],
)
def test_the_caller_is_told_where_he_said_else_where_he_called_from(fields: dict[str, str], phone: str) -> None:
    call = Call(CALL, CallStatus.IN_PROGRESS, caller=CALLER)
    assert contact_of(replace(FORM, fields=fields), call).phone == phone


def test_a_withheld_number_that_is_refused_leaves_nobody_to_call() -> None:
    call = Call(CALL, CallStatus.IN_PROGRESS, caller=None)
    assert contact_of(replace(FORM, fields={"mobile": "refusé"}), call).phone is None


@pytest.mark.parametrize(("shift_s", "names"), [(-1, []), (0, ["Sylvie Mourot", "Malika Benali"])])
def test_who_is_on_call_is_shown_from_the_start_of_the_duty_the_cadre_first(shift_s: int, names: list[str]) -> None:
    at = ROTA[0].start + timedelta(seconds=shift_s)
    assert [person.name for person in on_call_now(ROTA, at)] == names


# --- the words for the tenant ----------------------------------------------------------------------------------------


def started() -> Malfunction:
    contract = habitat70()
    place = Place("D104", "BOUVIER-B", "12 rue Baron Bouvier", "bât. B", "70000", "Vesoul", "", "vesoul", "Vesoul")
    motif = contract.motifs["plomberie_logement"]
    chain = freeze_chain(contract.dispatch, motif, place, PATRIMOINE, ENTREPRISES, ROTA, at=SATURDAY_NIGHT)
    dispatch = advance(
        Dispatch("482-913", tuple(Step(responder) for responder in chain)), Start(), SATURDAY_NIGHT, contract.dispatch
    ).dispatch
    return Malfunction(
        "0123456789abcdef", "2026-1187", 1, MalfunctionStatus.OPEN, SATURDAY_NIGHT, motif.motif_id, motif.label, "",
        place, (), dispatch,
    )  # fmt: skip


def said_after(*events: CallNext | Accept | AnnounceArrival | Arrive) -> str:
    malfunction = started()
    dispatch = malfunction.dispatch
    assert dispatch is not None
    for event in events:
        dispatch = advance(dispatch, event, SATURDAY_NIGHT, habitat70().dispatch).dispatch
    panel = mission_panel(malfunction, dispatch, SATURDAY_NIGHT)
    assert not [line.name for line in panel.chain if line.name in panel.say]
    return panel.say.replace("\u00a0", " ")


def test_a_handover_during_a_dispatch_is_shown_and_changes_nobody_in_the_chain() -> None:
    malfunction = started()
    dispatch = malfunction.dispatch
    assert dispatch is not None
    relief = OnCallPerson("relief", "Aline Jacquot", "+33639980299")
    handed_over = tuple(replace(duty, person=relief) if duty.role is OnCallRole.TECHNICIEN else duty for duty in ROTA)
    before = mission_panel(malfunction, dispatch, SATURDAY_NIGHT, ROTA)
    after = mission_panel(malfunction, dispatch, SATURDAY_NIGHT, handed_over)
    assert before.rota_changes == ()
    (change,) = after.rota_changes
    assert change.startswith("Aline Jacquot, technicien d’astreinte")
    assert after.chain == before.chain


def test_the_panel_says_how_far_the_duty_supervisor_knows() -> None:
    malfunction, terms = started(), habitat70().dispatch
    dispatch = advance(Dispatch("482-913", ()), Start(), SATURDAY_NIGHT, terms).dispatch
    said = []
    for _ in range(CALLS_AT_FIRST + 1):
        said.append(mission_panel(malfunction, dispatch, SATURDAY_NIGHT).supervisor)
        due = dispatch.supervisor_deadline
        assert due is not None
        dispatch = advance(dispatch, DeadlineReached(0, due), due, terms).dispatch
    assert said[CALLS_AT_FIRST - 1] == "appel n° 4 en cours, rappelé sans confirmation"
    assert said[CALLS_AT_FIRST].startswith("injoignable après 5 appels, rappelé toutes les 10 minutes")
    told = advance(dispatch, SupervisorAcknowledges(), SATURDAY_NIGHT, terms).dispatch
    assert mission_panel(malfunction, told, SATURDAY_NIGHT).supervisor == "bien reçu à 23\u00a0h\u00a012"


def test_the_tenant_hears_how_far_it_is_and_never_a_name() -> None:
    assert said_after() == "J’appelle l’entreprise et je vous préviens dès que quelqu’un accepte."
    assert said_after(CallNext(0)) == said_after()
    assert "Une autre est appelée" in said_after(CallNext(0), CallNext(1))
    assert "technicien d’astreinte" in said_after(CallNext(0), CallNext(1), CallNext(2))
    assert said_after(Accept(0, "keys")) == ("L’entreprise a accepté. Son heure d’arrivée n’est pas encore annoncée.")
    assert "vers 23 h 37" in said_after(Accept(0, "keys"), AnnounceArrival(0, 25))
    assert "sur place depuis 23 h 12" in said_after(Accept(0, "keys"), Arrive(0))
    assert "restez joignable" in said_after(*(CallNext(step) for step in range(5)))
