"""What a button of the mission panel says is what is done, or nothing: the turn may have moved on (R42, R44)."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from permanence.application.dispatch.acting import act_on_dispatch
from permanence.domain.dispatch.dispatch import Channel, ChannelStatus, DispatchStatus, ReportResult, StepStatus
from permanence.domain.dispatch.events import (
    Accept,
    Arrive,
    Cancel,
    DeadlineReached,
    Decline,
    DispatchEvent,
    Receipt,
    Report,
)
from permanence.domain.main_courante.log import EntryKind
from tests.functions.desk.desk_missions import (
    MISSION,
    PAGE,
    agrees,
    at_home,
    call_next,
    guided,
    press,
    sent,
    the_malfunction,
)
from tests.functions.desk.desk_world import BURST_PIPE, World, agent
from tests.web.browser import Browser

HELPER = {"helper_name": "Garage Petit", "helper_phone": "06 39 98 44 55", "helper_reason": "A un bac étanche"}
REASON = {"cancel_reason": "L’eau était celle du voisin"}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def browser(world: World) -> Browser:
    """The page shows that the first contractor is being called."""
    browser = guided(world)
    sent(world, browser)
    return browser.get(PAGE)


def meanwhile(world: World, *events: DispatchEvent) -> None:
    for event in events:
        act_on_dispatch(world.malfunctions, MISSION, event, world.now, world.dispatching)


def is_refused(world: World, browser: Browser, button: str, typed: Mapping[str, str]) -> str:
    """Nothing was done, and what was typed is still there: what the page says."""
    before = the_malfunction(world)
    entries = list(world.store.entries[MISSION])
    page = press(browser, button, **typed).page
    assert browser.status == 409
    assert (the_malfunction(world), world.store.entries[MISSION]) == (before, entries)
    for name, value in typed.items():
        field = page.find(id=name)
        assert field is None or field.get("value") in (value, None)
    return " ".join(page.find(id="change").get_text(" ").split())


CALLED_BUTTONS: tuple[tuple[str, Mapping[str, str]], ...] = (("b-accord", {}), ("b-suivant", {}), ("b-annuler", REASON))


@pytest.mark.parametrize(("button", "typed"), CALLED_BUTTONS)
@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Decline(0, by="keys"), "Plomberie Daval a refusé à 23 h 12. Plomberie Daval, 2e numéro : appel en cours."),
        (DeadlineReached(0), "Plomberie Daval : sans accord à 23 h 22."),
        (Cancel("doublon"), "La mission a été annulée."),
    ],
)
def test_an_act_on_a_turn_that_has_moved_on_does_nothing_and_says_what_changed(
    world: World, browser: Browser, button: str, typed: Mapping[str, str], event: DispatchEvent, words: str
) -> None:
    if isinstance(event, DeadlineReached):
        world.now = the_malfunction(world).dispatch.steps[0].deadline  # type: ignore[union-attr, assignment]
    meanwhile(world, event)
    said = is_refused(world, browser, button, typed)
    assert said.startswith("Rien n’a été fait, la situation a changé entre-temps. ")
    assert words in said


@pytest.mark.parametrize(("button", "typed"), [("b-suivant", {}), ("b-annuler", REASON)])
def test_who_has_accepted_meanwhile_is_neither_passed_over_nor_called_off_by_surprise(
    world: World, browser: Browser, button: str, typed: Mapping[str, str]
) -> None:
    meanwhile(world, Accept(0, by="page"))
    assert "Plomberie Daval a accepté à 23 h 12." in is_refused(world, browser, button, typed)


@pytest.mark.parametrize(("button", "typed"), CALLED_BUTTONS)
def test_a_receipt_that_arrives_meanwhile_refuses_nobody(
    world: World, browser: Browser, button: str, typed: Mapping[str, str]
) -> None:
    ringing = Receipt(0, Channel.VOICE, ChannelStatus.RINGING)
    meanwhile(world, ringing, Receipt(0, Channel.SMS, ChannelStatus.DELIVERED))
    assert press(browser, button, **typed).status == 303


def test_the_page_that_refused_shows_how_it_stands_and_does_it_when_asked_again(world: World, browser: Browser) -> None:
    meanwhile(world, Decline(0, by="keys"))
    is_refused(world, browser, "b-annuler", REASON)
    assert browser.page.find(id="annulation").has_attr("open")
    assert press(browser, "b-annuler").status == 303
    (line,) = [entry.data for entry in world.store.entries[MISSION] if entry.kind is EntryKind.CANCELLED]
    assert line["reason"] == REASON["cancel_reason"]


@pytest.mark.parametrize(
    ("button", "typed"),
    [
        ("b-arrivee", {"told_minutes": "30"}),
        ("b-sur-place", {}),
        ("b-compte-rendu", {"told_result": "réalisée", "told_report": "Joint changé"}),
        ("b-annuler", REASON),
    ],
)
@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Arrive(0), "Plomberie Daval est sur place depuis 23 h 12."),
        (Report(0, ReportResult.REALISEE, ""), "Plomberie Daval a rendu compte à 23 h 12."),
        (Cancel("doublon"), "La mission a été annulée."),
    ],
)
def test_what_is_noted_of_who_has_the_mission_is_noted_only_as_he_was_shown(
    world: World, browser: Browser, button: str, typed: Mapping[str, str], event: DispatchEvent, words: str
) -> None:
    agrees(browser).get(PAGE)
    meanwhile(world, event)
    assert words in is_refused(world, browser, button, typed)


def test_nobody_is_noted_beside_who_has_accepted_meanwhile(world: World, browser: Browser) -> None:
    call_next(browser, times=5).get(PAGE)
    meanwhile(world, Accept(4, by="page"))
    said = is_refused(world, browser, "b-prise-en-charge", HELPER)
    assert "Sylvie Mourot a accepté à 23 h 12." in said


def test_a_button_of_a_mission_that_the_fiche_no_longer_follows_does_nothing(world: World, browser: Browser) -> None:
    colleague = world.browser().get(PAGE)
    press(colleague, "b-annuler", **REASON)
    press(colleague.get(PAGE), "b-autre")
    colleague.get(PAGE).post(f"{PAGE}/intervention", {})
    press(browser, "b-suivant")
    assert browser.status == 409
    assert "ne suit plus la mission" in browser.text
    calling = [known.dispatch for known in world.store.malfunctions.values() if known.malfunction_id != MISSION]
    assert [dispatch.current for dispatch in calling if dispatch] == [0]


def test_a_yes_that_comes_after_anothers_is_said_to_be_noted_after_the_event(world: World, browser: Browser) -> None:
    world.now += timedelta(minutes=11)
    meanwhile(world, DeadlineReached(0), Decline(1, by="keys"))
    page = browser.get(PAGE)
    chosen = page.page.select("#accord option")[-1]["value"]
    meanwhile(world, Accept(2, by="keys"))
    press(page, "b-accord", accord=chosen)
    assert browser.status == 409
    assert "après coup : il est noté à la main courante. Sanitaires Roussel a accepté" in browser.text


def test_a_yes_that_was_noted_already_is_not_said_to_come_after_the_event(world: World, browser: Browser) -> None:
    browser.get(PAGE)
    meanwhile(world, Accept(0, by="keys"), Report(0, ReportResult.REALISEE, ""))
    agrees(browser)
    assert browser.status == 409
    assert "Plomberie Daval a rendu compte à 23 h 12." in browser.text
    assert "après coup" not in browser.text
    assert EntryKind.LATE_ACCEPTANCE not in [entry.kind for entry in world.store.entries[MISSION]]


# --- who refused, or was not waited for ------------------------------------------------------------------------------


def offered(browser: Browser) -> str:
    """Whose agreement the button names by itself."""
    return " ".join(browser.page.find(id="accord-de").get_text().split())


@pytest.mark.parametrize("passed", ["refused", "passed over"])
def test_who_refused_or_was_passed_over_is_never_offered_and_his_yes_is_asked_twice(
    world: World, browser: Browser, passed: str
) -> None:
    meanwhile(world, Decline(0, by="keys")) if passed == "refused" else call_next(browser)
    assert offered(browser.get(PAGE)) == "de Plomberie Daval, 2e numéro"
    former = browser.page.select("#accord option")[-1]
    press(browser, "b-accord", accord=former["value"])
    assert the_malfunction(world).dispatch.winner is None  # type: ignore[union-attr]
    why = "Plomberie Daval a refusé à 23 h 12." if passed == "refused" else "passé au suivant par Nadège Roussel"
    assert why in browser.text
    again = browser.page.find(id="b-confirmer")
    assert "Plomberie Daval" in again.get_text()
    assert browser.post(f"{PAGE}/accord", {"confirmed": again["value"]}).status == 303
    assert the_malfunction(world).dispatch.winner == 0  # type: ignore[union-attr]


def test_once_nobody_is_left_nobody_is_offered_and_an_unchosen_agreement_says_so(
    world: World, browser: Browser
) -> None:
    call_next(browser, times=5).get(PAGE)
    assert offered(browser) == "de qui ?"
    assert browser.page.select("#numeros [checked]") == []
    page = browser.post(f"{PAGE}/accord", {}).page
    assert browser.status == 422
    assert page.find(id="p-accord").get_text() == "à choisir"
    assert the_malfunction(world).dispatch.winner is None  # type: ignore[union-attr]


def test_the_confirmation_of_a_yes_speaks_of_the_refusal_it_was_asked_about(world: World, browser: Browser) -> None:
    call_next(browser).get(PAGE)
    press(browser, "b-accord", accord=browser.page.select("#accord option")[-1]["value"])
    again = browser.page.find(id="b-confirmer")["value"]
    meanwhile(world, Decline(0, by="keys"))
    browser.post(f"{PAGE}/accord", {"confirmed": again})
    assert browser.status == 409
    assert "Plomberie Daval a refusé" in browser.text
    assert the_malfunction(world).dispatch.winner is None  # type: ignore[union-attr]


def test_a_refusal_stays_on_the_desk_when_its_author_accepts_after_all(world: World, browser: Browser) -> None:
    meanwhile(world, Decline(0, by="keys", note="Trop loin"), Accept(0, by="page"))
    line = browser.get(PAGE).page.select_one(".chain li").get_text(" ")
    assert the_malfunction(world).dispatch.status is DispatchStatus.ACCEPTED  # type: ignore[union-attr]
    assert "refus à 23 h 12" in " ".join(line.split())
    assert "Trop loin" in line


def test_who_was_passed_over_is_not_shown_as_silent(world: World, browser: Browser) -> None:
    call_next(browser)
    line = " ".join(browser.get(PAGE).page.select_one(".chain li").get_text(" ").split())
    assert the_malfunction(world).dispatch.steps[0].status is StepStatus.PASSED_OVER  # type: ignore[union-attr]
    assert "Passé au suivant" in line
    assert "« Suivant » par Nadège Roussel" in line
    assert "Sans réponse" not in line


# --- the other live panels -------------------------------------------------------------------------------------------


def test_the_other_open_missions_lead_to_their_fiche(world: World, browser: Browser) -> None:
    other = world.taken(world.browser(), "CA2")
    (link,) = other.get("/desk/appels/CA2").page.select(".mini a")
    assert link["href"] == f"{PAGE}#mission"


def test_after_the_send_one_thing_only_is_to_be_said_about_the_intervention(browser: Browser) -> None:
    said = browser.page.select("main .say")
    assert [one.find(class_="lb").get_text() for one in said] == ["À dire en décrochant", "À dire sur l’intervention"]


# --- before the mission ----------------------------------------------------------------------------------------------


def test_nobody_is_sent_for_a_motif_that_a_colleague_has_changed_meanwhile(world: World) -> None:
    door = (*BURST_PIPE[:2], ("quoi", "communs"), ("communs", "porte"), ("porte_hall", "fermee"))
    late = at_home(guided(world))
    shown = late.page.find(id="b-envoyer")
    colleague = world.browser()
    for _ in range(3):
        colleague.get(PAGE).post(f"{PAGE}/revenir", {})
    world.answers(colleague.get(PAGE), door[2:])
    late.post(f"{PAGE}/intervention", {"motif": shown["value"]}, csrf="csrf of id-Nadège")
    assert late.status == 409
    assert "la décision du guide a changé entre-temps" in late.text
    assert world.store.malfunctions == {}
    assert press(late, "b-envoyer").status == 303
    assert the_malfunction(world).motif == "porte_hall_bloquee"


def test_a_call_does_not_join_a_mission_that_has_ended_meanwhile(world: World, browser: Browser) -> None:
    hugo = world.taken(world.browser(agent("Hugo", "Lambert")), "CA2")
    hugo.post("/desk/appels/CA2/fiche", {"dwelling": "D112"}).get("/desk/appels/CA2")
    meanwhile(world, Cancel("doublon"))
    hugo.post(f"/desk/appels/CA2/rattacher/{MISSION}", {})
    assert hugo.status == 409
    assert "ce dysfonctionnement a été clos entre-temps" in hugo.text
    assert world.store.forms["CA2"].malfunction_id is None
    assert len(the_malfunction(world).contacts) == 1
