"""The call page: the guide is answered, the place found, the fiche kept whatever is pressed (R20, R27, R28, R33)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from permanence.application.reception.ports import CallRecord, ProviderUnavailable
from permanence.domain.calls.call import CallEventKind
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.reference.announced import Works
from permanence.domain.reference.calendrier import Calendrier
from permanence.domain.reference.places import Where
from tests.fakes.documents import announced
from tests.functions.desk.desk_world import BURST_PIPE, CALL, COMPLETE, World, agent
from tests.web.browser import Browser, http_event

PAGE = f"/desk/appels/{CALL}"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def browser(world: World) -> Browser:
    """An agent on the line with a caller."""
    return world.taken(world.browser())


@pytest.fixture
def over(world: World, browser: Browser) -> Browser:
    """The caller has hung up; the fiche is open."""
    world.tell(CallEventKind.ENDED)
    return browser.get(PAGE)


def form_of(world: World, call_id: str = CALL) -> CallForm:
    return world.store.forms[call_id]


def typed(browser: Browser, name: str) -> str:
    control = browser.page.find(attrs={"name": name})
    return control.get_text() if control.name == "textarea" else str(control.get("value", ""))


# --- the guide -------------------------------------------------------------------------------------------------------


def test_the_guide_opens_on_danger_whatever_the_call(browser: Browser) -> None:
    assert "Quelqu’un est-il en danger" in browser.page.find(id="guide").get_text()


def test_each_answer_leads_to_the_next_question_and_is_kept(world: World, browser: Browser) -> None:
    world.answers(browser, BURST_PIPE[:2])
    assert form_of(world).path == BURST_PIPE[:2]
    assert typed(browser, "question") == "quoi"


def test_an_answer_sent_twice_counts_once(world: World, browser: Browser) -> None:
    answer = {"question": "danger", "answer": "non"}
    browser.post(f"{PAGE}/reponse", answer, csrf="csrf of id-Nadège")
    browser.post(f"{PAGE}/reponse", answer, csrf="csrf of id-Nadège")
    assert form_of(world).path == (("danger", "non"),)


@pytest.mark.parametrize(
    "answer", [{"question": "danger", "answer": "peut-être"}, {"question": "eau", "answer": "rue"}]
)
def test_an_answer_that_the_guide_does_not_ask_for_changes_nothing(
    world: World, browser: Browser, answer: Mapping[str, str]
) -> None:
    browser.post(f"{PAGE}/reponse", answer)
    assert form_of(world).path == ()


@pytest.mark.parametrize("action", ["fiche", "attente", "logements", "logement", "brouillon"])
def test_an_answer_chosen_but_not_validated_does_not_count(world: World, browser: Browser, action: str) -> None:
    browser.post(f"{PAGE}/{action}", {"question": "danger", "answer": "oui", "attente": "oui"})
    assert form_of(world).path == ()


def test_enter_without_script_searches_and_keeps_what_was_typed(world: World, browser: Browser) -> None:
    """A browser presses the first button of the form."""
    pressed = browser.page.find(id="fiche").find("button")
    assert pressed["formaction"] == f"{PAGE}/logements"
    browser.post(pressed["formaction"], {"q": "bouvier 112", "description": "L’eau coule"})
    assert browser.page.find(id="lgt-D112") is not None
    assert form_of(world).fields["description"] == "L’eau coule"
    assert browser.post(pressed["formaction"], {"q": ""}).location == PAGE


def test_a_dwelling_that_is_chosen_answers_the_question_of_the_address(world: World, browser: Browser) -> None:
    world.answers(browser, BURST_PIPE[:1])
    browser.post(f"{PAGE}/logement", {"dwelling": "D104"})
    assert form_of(world).path == BURST_PIPE[:2]


@pytest.mark.parametrize(
    ("where", "place", "is_there"),
    [
        (Where.COMMUNE, "VESOUL", True),
        (Where.RESIDENCE, "les tilleuls", True),
        (Where.BUILDING, "BOUVIER-B", True),
        (Where.BUILDING, "BOUVIER-A", False),
        (Where.RESIDENCE, "Vesoul", False),
    ],
)
def test_works_under_way_are_told_when_a_dwelling_there_is_chosen_and_gone_when_over(
    world: World, browser: Browser, where: Where, place: str, is_there: bool
) -> None:
    works = Works(world.now - timedelta(days=5), world.now + timedelta(hours=48), where, place, "ascenseur remplacé")
    world.part = announced(Calendrier(works=(works,)), since=world.now - timedelta(days=6))
    assert "ascenseur remplacé" not in browser.get(PAGE).text

    browser.post(f"{PAGE}/logement", {"dwelling": "D104"})
    told = "Travaux en cours : ascenseur remplacé. Fin prévue le lundi 23 novembre 2026."
    assert (told in browser.get(PAGE).text) is is_there

    world.part = announced(Calendrier(works=(replace(works, end=world.now),)), since=world.now - timedelta(days=6))
    assert "ascenseur remplacé" not in browser.get(PAGE).text


def test_a_dwelling_chosen_before_the_question_of_the_address_answers_it_once_it_is_asked(
    world: World, browser: Browser
) -> None:
    browser.post(f"{PAGE}/logement", {"dwelling": "D104"})
    assert form_of(world).path == ()
    world.answers(browser.get(PAGE), BURST_PIPE[:1])
    assert form_of(world).path == BURST_PIPE[:2]


def test_an_address_that_was_found_can_be_taken_back_and_answered_otherwise(world: World, browser: Browser) -> None:
    world.answers(browser, BURST_PIPE[:1])
    browser.post(f"{PAGE}/logement", {"dwelling": "D104"}).get(PAGE).post(f"{PAGE}/revenir", {"dwelling": "D104"})
    assert form_of(world).path == BURST_PIPE[:1]
    browser.get(PAGE).post(f"{PAGE}/fiche", {"dwelling": "D104"})
    assert form_of(world).path == BURST_PIPE[:1]
    world.answers(browser.get(PAGE), (("qui", "entreprise"),))
    assert form_of(world).path == (BURST_PIPE[0], ("qui", "entreprise"))


def test_a_free_address_answers_no_question(world: World, browser: Browser) -> None:
    world.answers(browser, BURST_PIPE[:1])
    browser.post(f"{PAGE}/logement", {"free_address": "6 impasse des Forges, Vesoul"})
    assert form_of(world).path == BURST_PIPE[:1]


def test_the_choice_of_a_dwelling_brings_the_next_question_and_says_which_one_is_chosen(
    world: World, browser: Browser
) -> None:
    world.answers(browser, BURST_PIPE[:1])
    page = chosen_there(browser, question="qui", dwelling="D104", q="bouvier")
    assert page.find(id="guide").find(attrs={"name": "question"})["value"] == "quoi"
    assert "Choisi" in page.find(id="hits").find("label").get_text()
    assert len(page.find(id="hits").find_all("label")) == 3


def test_a_dwelling_found_after_a_free_address_empties_the_field_that_would_take_its_place_again(
    world: World, browser: Browser
) -> None:
    """What the page still holds is sent with every button, « Envoyer » among them."""
    free = "6 impasse des Forges, Vesoul"
    chosen_there(browser, free_address=free)
    part = chosen_there(browser, free_address=free, dwelling="D104")
    field = part.find(id="free_address")
    assert (field["value"], field["hx-swap-oob"]) == ("", "true")
    assert browser.post(f"{PAGE}/fiche", {"free_address": field["value"], "dwelling": "D104"}).status == 303
    assert (form_of(world).dwelling_id, form_of(world).free_address) == ("D104", "")
    assert chosen_there(browser, free_address=free, dwelling="D104").find(id="free_address") is None


def chosen_there(browser: Browser, **sent: str) -> BeautifulSoup:
    """The parts of the page that a browser receives when a place is chosen on it."""
    form = {"csrf": "csrf of id-Nadège", **sent}
    event = http_event("POST", f"{PAGE}/logement", form, cookies=browser.cookies, headers={"hx-request": "true"})
    answered = browser.handler(event)
    assert answered["statusCode"] == 200
    return BeautifulSoup(answered["body"], "html.parser")


def test_an_answer_can_be_taken_back(world: World, browser: Browser) -> None:
    world.answers(browser, BURST_PIPE)
    assert form_of(world).motif == "plomberie_logement"
    browser.post(f"{PAGE}/revenir", {})
    assert (form_of(world).path, form_of(world).motif, form_of(world).outcome) == (BURST_PIPE[:4], "", "")


def test_a_life_in_danger_puts_the_emergency_services_first(world: World, browser: Browser) -> None:
    world.answers(browser, (("danger", "oui"), ("nature_danger", "feu")))
    alert = browser.page.find(id="guide").find(role="alert")
    assert "le 18, puis le 112" in " ".join(alert.get_text().split()).replace("\u00a0", " ")
    assert "Sylvie Mourot" in browser.text


def test_a_refusal_says_when_the_landlord_opens(world: World, browser: Browser) -> None:
    world.answers(
        browser, (("danger", "non"), ("qui", "adresse_connue"), ("quoi", "autre"), ("autre", "administratif"))
    )
    assert "lundi 8 h 30" in browser.text.replace("\u00a0", " ")
    assert form_of(world).outcome == "refus"
    assert not browser.page.find(id="b-envoyer")


# --- the place -------------------------------------------------------------------------------------------------------


def test_a_dwelling_is_found_as_one_types_and_nothing_typed_is_in_an_address(world: World, browser: Browser) -> None:
    token = "csrf of id-Nadège"
    asked = browser.page.find(id="q")
    assert asked["hx-post"] == f"{PAGE}/logements"
    browser.post(f"{PAGE}/logements", {"q": "bouvié vesoul 112"}, csrf=token)
    assert browser.page.find("input", attrs={"name": "dwelling", "value": "D112"}) is not None
    assert typed(browser, "q") == "bouvié vesoul 112"


def test_the_chosen_dwelling_fills_in_the_address(world: World, browser: Browser) -> None:
    browser.post(f"{PAGE}/fiche", {"dwelling": "D104"}).get(PAGE)
    assert form_of(world).dwelling_id == "D104"
    assert typed(browser, "address") == "12 rue Baron Bouvier, bât. B, 1er étage, porte 104, 70000 Vesoul"


def test_another_dwelling_changes_the_address_it_had_filled_in(world: World, browser: Browser) -> None:
    browser.post(f"{PAGE}/fiche", {"dwelling": "D104"}).get(PAGE)
    browser.post(f"{PAGE}/fiche", {"dwelling": "D002", "address": typed(browser, "address")}).get(PAGE)
    assert "bât. A" in typed(browser, "address")


def test_an_address_that_the_agent_wrote_stays(world: World, browser: Browser) -> None:
    browser.post(f"{PAGE}/fiche", {"dwelling": "D104", "address": "derrière la gare"}).get(PAGE)
    assert typed(browser, "address") == "derrière la gare"


def test_a_dwelling_that_is_not_in_the_base_is_not_chosen(world: World, browser: Browser) -> None:
    browser.post(f"{PAGE}/fiche", {"dwelling": "D999"})
    assert form_of(world).dwelling_id is None


def test_a_free_address_takes_the_place_of_a_dwelling(world: World, browser: Browser) -> None:
    browser.post(f"{PAGE}/fiche", {"dwelling": "D104"}).get(PAGE)
    browser.post(f"{PAGE}/fiche", {"dwelling": "D104", "free_address": "6 impasse des Forges, Vesoul"})
    assert (form_of(world).dwelling_id, form_of(world).free_address) == (None, "6 impasse des Forges, Vesoul")


def test_a_free_address_that_is_emptied_is_no_place_any_more(world: World, browser: Browser) -> None:
    browser.post(f"{PAGE}/fiche", {"free_address": "Gare de Vesoul", "address": "12 rue Carnot"}).get(PAGE)
    browser.post(f"{PAGE}/fiche", {"free_address": ""}).get(PAGE)
    assert (form_of(world).free_address, form_of(world).fields["address"]) == ("", "12 rue Carnot")
    browser.post(f"{PAGE}/fiche", {"dwelling": "D104", "free_address": ""}).get(PAGE)
    assert form_of(world).dwelling_id == "D104"
    browser.post(f"{PAGE}/fiche", {"description": "L’eau coule.", "free_address": ""})
    assert form_of(world).dwelling_id == "D104"


def test_without_any_import_the_call_goes_on_with_a_free_address() -> None:
    world = World()
    world.reference.current = type(world.reference.current)()
    browser = world.taken(world.browser())
    browser.post(f"{PAGE}/fiche", {"free_address": "6 impasse des Forges, Vesoul"})
    assert browser.get(PAGE).status == 200


# --- the fiche -------------------------------------------------------------------------------------------------------


def test_the_fiche_starts_with_the_callers_number(browser: Browser) -> None:
    assert typed(browser, "mobile").replace("\u00a0", " ") == "06 39 98 12 47"


@pytest.mark.parametrize("action", ["fiche", "brouillon", "revenir", "logement", "attente", "raccrocher", "clore"])
def test_whatever_is_pressed_what_was_typed_is_kept(world: World, browser: Browser, action: str) -> None:
    browser.post(f"{PAGE}/{action}", {"description": "L'eau coule\r\nsous l'évier"})
    assert form_of(world).fields["description"] == "L'eau coule\nsous l'évier"


def test_what_is_saved_while_typing_undoes_no_decision_saved_meanwhile(world: World, browser: Browser) -> None:
    typed_before = form_of(world)
    decided = replace(typed_before, malfunction_id="0123456789abcdef", dwelling_id="D104")
    get = world.calls.get

    def overtaken(call_id: str) -> CallRecord | None:
        record = get(call_id)
        world.store.forms[call_id] = decided
        return record

    world.calls.get = overtaken  # type: ignore[method-assign]
    browser.post(f"{PAGE}/brouillon", {"description": "L’eau coule", "dwelling": "D002"})
    kept = replace(form_of(world), version=decided.version)
    assert kept == replace(decided, fields={**typed_before.fields, "description": "L’eau coule"})


def test_the_page_names_each_missing_field_and_closes_nothing(world: World, over: Browser) -> None:
    over.post(f"{PAGE}/clore", {**COMPLETE, "mail__absent": "", "follow_up": " "})
    assert over.location == f"{PAGE}?avis=manque"
    over.get(over.location)
    marked = [label.get_text(" ", strip=True) for label in over.page.select(".f[data-s=todo] label")]
    assert marked == ["Courriel à remplir", "Suivi à remplir"]
    assert "2 champs" in over.text.replace("\u00a0", " ")
    assert typed(over, "last_name") == "Vauthier"
    assert form_of(world).closed_at is None


@pytest.mark.parametrize("word", ["refusé", "inconnu", "sans objet"])
def test_a_field_may_say_why_it_is_empty(world: World, over: Browser, word: str) -> None:
    over.post(f"{PAGE}/clore", {**COMPLETE, "mail__absent": word})
    assert (over.location, form_of(world).closed_at) == ("/desk", world.now)
    assert form_of(world).fields["mail"] == word


def test_the_answer_given_to_the_caller_cannot_be_refused(world: World, over: Browser) -> None:
    over.post(f"{PAGE}/clore", {**COMPLETE, "answer_given": "", "answer_given__absent": "refusé"})
    assert form_of(world).closed_at is None
    over.post(f"{PAGE}/clore", {**COMPLETE, "answer_given": "refusé"}, csrf="csrf of id-Nadège")
    assert form_of(world).closed_at is None


def test_what_was_typed_counts_before_a_word_of_refusal(world: World, browser: Browser) -> None:
    browser.post(f"{PAGE}/fiche", {"mail": "c.vauthier@exemple.fr", "mail__absent": "refusé"})
    assert form_of(world).fields["mail"] == "c.vauthier@exemple.fr"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("mobile", "06 39", "numéro à corriger"), ("mail", "corinne", "adresse à corriger")],
)
def test_a_number_or_an_address_that_is_none_is_named(
    world: World, over: Browser, field: str, value: str, words: str
) -> None:
    over.post(f"{PAGE}/clore", {**COMPLETE, field: value, f"{field}__absent": ""}).get(f"{PAGE}?avis=manque")
    assert words in over.text
    assert form_of(world).closed_at is None


def test_a_closed_fiche_stays_as_it_is(world: World, over: Browser) -> None:
    over.post(f"{PAGE}/clore", COMPLETE)
    over.post(f"{PAGE}/fiche", {**COMPLETE, "last_name": "Autre"}, csrf="csrf of id-Nadège")
    over.post(f"{PAGE}/revenir", {}, csrf="csrf of id-Nadège")
    assert form_of(world).fields["last_name"] == "Vauthier"


def test_a_call_that_nobody_answered_closes_without_a_word(world: World) -> None:
    world.call_comes_in()
    browser = world.browser().get("/desk").post(f"{PAGE}/prendre", {})
    world.tell(CallEventKind.ENDED)
    browser.get(PAGE).post(f"{PAGE}/clore", {})
    assert form_of(world).closed_at == world.now


def test_a_fiche_cannot_be_closed_while_the_phone_still_rings(world: World) -> None:
    world.call_comes_in()
    browser = world.browser().get("/desk").post(f"{PAGE}/prendre", {}).get(PAGE)
    assert "Enregistrer et clore" not in browser.text
    browser.post(f"{PAGE}/clore", {"description": "L’eau coule"})
    assert (form_of(world).closed_at, form_of(world).fields["description"]) == (None, "L’eau coule")
    assert "une fois l’appel terminé" in browser.get(browser.location).text


def test_a_fiche_cannot_be_closed_while_they_talk_and_the_end_of_the_call_brings_the_button(
    world: World, browser: Browser
) -> None:
    browser.post(f"{PAGE}/clore", COMPLETE)
    assert form_of(world).closed_at is None
    address = browser.get(PAGE).page.find(id="direct")["hx-get"]
    assert "/clore" not in browser.get(address).text
    world.tell(CallEventKind.ENDED)
    assert browser.get(address).page.find(id="cloture").find("button")["formaction"] == f"{PAGE}/clore"


def test_who_takes_a_call_that_a_colleague_gave_up_finds_an_open_fiche(world: World) -> None:
    """Also when that colleague had closed it, as the page once allowed: there is something to tell now."""
    world.call_comes_in()
    world.browser().get("/desk").post(f"{PAGE}/prendre", {})
    world.tell(CallEventKind.RELEASED, attempt="1", reason="no_answer")
    world.store.forms[CALL] = replace(form_of(world), closed_at=world.now)
    hugo = world.browser(agent("Hugo", "Lambert")).get("/desk").post(f"{PAGE}/prendre", {})
    world.tell(CallEventKind.ANSWERED, attempt="2")
    world.answers(hugo.get(PAGE), BURST_PIPE[:2])
    assert (form_of(world).closed_at, form_of(world).agent) == (None, "id-Hugo")
    assert form_of(world).path == BURST_PIPE[:2]


def test_what_a_caller_says_is_shown_as_text_in_every_field(world: World, browser: Browser) -> None:
    nasty = '"><script>x</script></textarea>'
    browser.post(f"{PAGE}/fiche", {**dict.fromkeys(COMPLETE, nasty), "free_address": nasty}).get(PAGE)
    assert all(script.get("src") for script in browser.page.find_all("script"))
    assert typed(browser, "description") == nasty


def test_a_field_longer_than_any_answer_is_cut_not_refused(world: World, browser: Browser) -> None:
    browser.post(f"{PAGE}/fiche", {"description": "x" * 5000})
    assert form_of(world).fields["description"] == "x" * 2000


def test_a_form_longer_than_any_page_is_refused(world: World, browser: Browser) -> None:
    assert browser.post(f"{PAGE}/fiche", {"description": "x" * 70_000}).status == 400


# --- the line --------------------------------------------------------------------------------------------------------


def test_hold_and_take_back(world: World, browser: Browser) -> None:
    browser.post(f"{PAGE}/attente", {"attente": "oui"})
    assert [(call, on_hold) for _, call, on_hold, _ in world.phones.holds] == [(CALL, True)]
    world.tell(CallEventKind.HELD)
    browser.get(PAGE)
    assert browser.page.find(id="b-attente")["value"] == "non"


def test_hanging_up_ends_the_callers_leg(world: World, browser: Browser) -> None:
    browser.post(f"{PAGE}/raccrocher", {})
    assert world.phones.hung_up == [CALL]


@pytest.mark.parametrize("action", ["attente", "raccrocher"])
def test_nobody_interrupts_the_call_of_a_colleague(world: World, browser: Browser, action: str) -> None:
    colleague = world.browser(agent("Hugo", "Lambert")).get(PAGE)
    assert (colleague.page.find(id="b-attente"), colleague.page.find(id="b-raccrocher")) == (None, None)
    colleague.post(f"{PAGE}/{action}", {"attente": "oui"})
    assert (world.phones.holds, world.phones.hung_up) == ([], [])
    assert "celui d’un collègue" in colleague.get(colleague.location).text


def test_a_supervisor_may_hold_and_end_any_call(world: World, browser: Browser) -> None:
    supervisor = world.browser(agent("Hugo", "Lambert", group="superviseur")).get(PAGE)
    assert supervisor.page.find(id="b-raccrocher") is not None
    supervisor.post(f"{PAGE}/attente", {"attente": "oui"})
    supervisor.get(PAGE).post(f"{PAGE}/raccrocher", {})
    assert (len(world.phones.holds), world.phones.hung_up) == (1, [CALL])


def test_a_call_that_waits_is_not_hung_up_whoever_asks(world: World) -> None:
    world.call_comes_in()
    for person in (agent(), agent("Hugo", "Lambert", group="superviseur")):
        browser = world.browser(person).get(PAGE).post(f"{PAGE}/raccrocher", {}, csrf=f"csrf of {person.user_id}")
        assert world.phones.hung_up == []
        assert "personne n’est en ligne" in browser.get(browser.location).text


def test_when_the_provider_does_not_answer_the_page_says_so(world: World, browser: Browser) -> None:
    world.phones.faults.append(ProviderUnavailable("503"))
    browser.post(f"{PAGE}/raccrocher", {})
    assert "La téléphonie n’a pas répondu" in browser.get(browser.location).text


def pressed_once(world: World, browser: Browser) -> Browser:
    """The recording runs, the caller may object: the button as the page shows it."""
    world.tell(CallEventKind.RECORDING_STARTED, recording="RE1")
    return press_objection(browser)


def press_objection(browser: Browser) -> Browser:
    button = browser.get(PAGE).page.find(id="b-objection")
    return browser.post(button["formaction"], {button["name"]: button["value"]}).get(PAGE)


def test_the_first_press_of_objection_stops_the_recording_and_erases_nothing(world: World, browser: Browser) -> None:
    pressed_once(world, browser)
    assert world.phones.stopped == [CALL]
    assert not world.calls.get(CALL).call.objected  # type: ignore[union-attr]
    assert world.imports.messages == []
    assert "Confirmer l’effacement" in browser.text


def test_the_recording_is_said_to_be_stopped_once_the_provider_has_told_its_end(world: World, browser: Browser) -> None:
    pressed_once(world, browser)
    assert "Arrêt demandé" in browser.text
    world.tell(CallEventKind.RECORDING_READY, recording="RE1", duration_s="9")
    assert "Enregistrement arrêté" in browser.get(PAGE).text


@pytest.mark.parametrize("has_ended", [False, True])
def test_a_second_press_confirms_the_erasure_during_the_call_or_after_it(
    world: World, browser: Browser, has_ended: bool
) -> None:
    pressed_once(world, browser)
    world.now += timedelta(seconds=2)
    if has_ended:
        world.tell(CallEventKind.ENDED)
    press_objection(browser)
    assert world.calls.get(CALL).call.objected  # type: ignore[union-attr]
    assert [message.body["recording"] for message in world.imports.messages] == ["RE1"]


def test_a_key_held_down_or_a_stale_page_erases_nothing(world: World, browser: Browser) -> None:
    pressed_once(world, browser)
    world.now += timedelta(seconds=1.9)
    press_objection(browser)
    world.now += timedelta(hours=1)
    browser.post(f"{PAGE}/objection", {"objection": "arreter"})
    assert not world.calls.get(CALL).call.objected  # type: ignore[union-attr]


def test_nobody_but_who_talked_and_a_supervisor_has_a_recording_stopped_or_erased(
    world: World, browser: Browser
) -> None:
    pressed_once(world, browser)
    world.tell(CallEventKind.ENDED)
    world.now += timedelta(days=1)
    colleague = world.browser(agent("Hugo", "Lambert")).get(PAGE)
    assert colleague.page.find(id="b-objection") is None
    colleague.post(f"{PAGE}/objection", {"objection": "effacer"})
    assert "lui seul, ou un superviseur, peut en effacer" in colleague.get(colleague.location).text
    assert not world.calls.get(CALL).call.objected  # type: ignore[union-attr]
    world.browser(agent("Inès", "Marchand", group="superviseur")).get(PAGE).post(
        f"{PAGE}/objection", {"objection": "effacer"}
    )
    assert world.calls.get(CALL).call.objected  # type: ignore[union-attr]


def test_an_erasure_confirmed_before_any_objection_only_stops_the_recording(world: World, browser: Browser) -> None:
    world.tell(CallEventKind.RECORDING_STARTED, recording="RE1")
    browser.post(f"{PAGE}/objection", {"objection": "effacer"})
    assert world.phones.stopped == [CALL]
    assert not world.calls.get(CALL).call.objected  # type: ignore[union-attr]


def test_a_stop_that_the_provider_did_not_answer_is_said_and_can_still_be_confirmed(
    world: World, browser: Browser
) -> None:
    world.tell(CallEventKind.RECORDING_STARTED, recording="RE1")
    world.phones.faults.append(ProviderUnavailable("503"))
    browser.get(PAGE).post(f"{PAGE}/objection", {"objection": "arreter"})
    assert "l’arrêt n’est pas sûr" in browser.get(browser.location).text
    assert "Confirmer l’effacement" in browser.text


def test_nothing_is_said_to_be_erased_before_it_is(world: World, browser: Browser) -> None:
    pressed_once(world, browser)
    world.now += timedelta(seconds=2)
    assert "Aucun enregistrement ne sera gardé" in press_objection(browser).text
    world.tell(CallEventKind.ENDED)
    assert "Aucun enregistrement ne sera gardé" in browser.get(PAGE).text
    world.tell(CallEventKind.RECORDING_ERASED, recording="RE1", reason="objected")
    assert "Son enregistrement est effacé" in browser.get(PAGE).text


def test_a_refresh_brings_the_end_of_the_call(world: World, browser: Browser) -> None:
    address = browser.page.find(id="direct")["hx-get"]
    assert "terminé" not in browser.get(address).text
    world.tell(CallEventKind.ENDED)
    assert "Appel terminé" in browser.get(address).text


def test_a_refresh_of_a_live_call_costs_one_request_beside_the_session(world: World, browser: Browser) -> None:
    address = browser.page.find(id="direct")["hx-get"]
    before = world.store.requests
    browser.get(address)
    assert world.store.requests - before == 1


def test_a_draft_saved_by_itself_costs_two_requests(world: World, browser: Browser) -> None:
    before = world.store.requests
    browser.post(f"{PAGE}/brouillon", {"description": "L’eau coule"})
    assert world.store.requests - before == 2


def test_a_refresh_never_replaces_what_is_being_typed(world: World, browser: Browser) -> None:
    address = browser.page.find(id="direct")["hx-get"].split("?")[0]
    page = browser.get(address).page
    assert page.find("textarea") is None
    assert page.find(attrs={"name": "last_name"}) is None


def test_the_fiche_of_another_call_leaves_a_way_back_to_ones_own(world: World, browser: Browser) -> None:
    world.taken(world.browser(agent("Hugo", "Lambert")), "CA2")
    page = browser.get("/desk/appels/CA2").page
    assert "Vous êtes en ligne avec" in page.find(class_="call").get_text()
    assert page.find(id="votre-appel")["href"] == page.find(id="onglet-appel")["href"] == PAGE
    assert "En appel" in page.find(id="etat").get_text()
    assert browser.get(PAGE).page.find(id="votre-appel") is None


def test_the_fiche_of_another_call_says_when_ones_own_has_ended(world: World, browser: Browser) -> None:
    world.taken(world.browser(agent("Hugo", "Lambert")), "CA2")
    address = browser.get("/desk/appels/CA2").page.find(id="direct")["hx-get"]
    world.tell(CallEventKind.ENDED)
    page = browser.get(address).page
    assert page.find(id="votre-appel") is None
    assert page.find(id="onglets").find(id="onglet-appel") is None
    assert "En appel" not in page.find(id="etat").get_text()


def test_a_colleague_sees_who_is_on_the_line(world: World, browser: Browser) -> None:
    colleague = world.browser(agent("Hugo", "Lambert")).get("/desk")
    assert "Nadège Roussel" in colleague.text
