"""A whole call, a mission and a reading with the keyboard alone: focus seen at each stop, nothing lost, no trap."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from permanence.application.dispatch.acting import act_on_dispatch
from permanence.domain.calls.call import CallEventKind
from permanence.domain.dispatch.dispatch import Channel, ChannelStatus, DispatchStatus
from permanence.domain.dispatch.events import Receipt
from tests.face import desk_pages, extranet_pages, mission_pages
from tests.face.keys import access_key, numeric_pad, stop, tab_to, top_row
from tests.face.served import house
from tests.face.windows import PHONE, Windows
from tests.functions.decisions.files_world import MENDABLE, FilesWorld, read
from tests.functions.desk.desk_world import BURST_PIPE, CALL, World
from tests.functions.sign_in.sign_in_world import PASSWORD, SignInWorld
from tests.web.browser import Browser

PAGE = f"/desk/appels/{CALL}"


def digit_of(world: World, question: str, answer: str) -> str:
    """Which key chooses this answer."""
    asked = world.contract.guide.questions[question]
    return str([one.answer_id for one in asked.answers].index(answer) + 1)


def test_an_agent_signs_in_takes_the_call_and_sends_somebody_without_a_mouse(windows: Windows) -> None:
    way_in = SignInWorld()
    world = World(sessions=way_in.sessions, now=way_in.now)
    world.call_comes_in()
    page = windows.at(house(desk=world._handle, way_in=way_in.handle))
    page.goto("/connexion?suite=/desk")
    keyboard = page.keyboard

    assert stop(page).name == "Adresse électronique"
    keyboard.type("teleconseiller@reception.example")
    tab_to(page, "Mot de passe")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    expect(page.get_by_label("Code de votre application")).to_be_focused()
    keyboard.type("123456")
    keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/desk$"))

    tab_to(page, "Prendre")
    keyboard.press("Enter")
    expect(page).to_have_url(re.compile(PAGE))
    world.tell(CallEventKind.ANSWERED, attempt="1")
    page.reload()

    for question, answer in BURST_PIPE:
        expect(page.locator(f"input[name=question][value={question}]")).to_have_count(1)
        at = stop(page)
        assert (at.tag, at.is_marked) == ("input", True)
        keyboard.press(digit_of(world, question, answer))
        keyboard.press("Enter")
    expect(page.get_by_role("heading", name="envoyer le prestataire")).to_be_visible()

    expect(page.get_by_label("Adresse, résidence, commune ou dossier")).to_be_focused()
    keyboard.type("bouvier vesoul 104")
    expect(page.locator("#lgt-D104")).to_be_visible()
    tab_to(page, "12 rue Baron Bouvier")
    keyboard.press("Space")
    expect(page.get_by_role("button", name="Envoyer en intervention")).to_be_visible()
    tab_to(page, "Nom")
    keyboard.type("Vauthier")
    tab_to(page, "Envoyer en intervention")
    keyboard.press("Enter")
    expect(page.locator("#mission .chain")).to_be_visible()
    assert world.store.forms[CALL].fields["last_name"] == "Vauthier"

    tab_to(page, "Accord de Plomberie Daval")
    keyboard.press("Enter")
    expect(page.locator("#mission .st").filter(has_text="Accepté").first).to_be_visible()
    (sent,) = world.store.malfunctions.values()
    assert sent.dispatch is not None
    assert sent.dispatch.status is DispatchStatus.ACCEPTED


def test_enter_acts_on_what_has_the_focus_and_the_arrows_find_the_dwelling(windows: Windows) -> None:
    world, browser = desk_pages.on_the_line()
    page = windows.showing(browser)
    here, keyboard = page.url, page.keyboard
    chosen = page.locator("#guide input:checked")

    top_row(page, digit_of(world, "danger", "oui"))
    expect(chosen).to_have_attribute("value", "oui")
    access_key(page, "l")
    keyboard.type("bouvier vesoul")
    keyboard.press("Enter")
    expect(page.locator("#hits label")).to_have_count(3)
    expect(page.locator("#q")).to_be_focused()
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    expect(page.locator("#lgt-D104")).to_be_focused()
    expect(page.locator("#lgt-D104")).not_to_be_checked()
    keyboard.press("ArrowUp")
    keyboard.press("ArrowUp")
    expect(page.locator("#q")).to_be_focused()
    keyboard.type(" 112")
    keyboard.press("ArrowDown")
    expect(page.locator("#lgt-D112")).to_be_focused()
    assert world.store.forms[CALL].dwelling_id is None
    keyboard.press("Enter")
    expect(page.locator("#hits")).to_contain_text("Choisi")
    page.get_by_label("Nom", exact=True).focus()
    keyboard.type("Vauthier")
    keyboard.press("Enter")
    expect(page.locator("#brouillon")).to_contain_text("brouillon gardé à")
    expect(page.get_by_label("Nom", exact=True)).to_be_focused()

    form = world.store.forms[CALL]
    assert (page.url, form.path, form.dwelling_id, form.fields["last_name"]) == (here, (), "D112", "Vauthier")
    expect(chosen).to_have_attribute("value", "oui")


def test_a_dwelling_chosen_answers_the_address_and_the_focus_goes_on_with_the_guide(windows: Windows) -> None:
    world, browser = desk_pages.on_the_line()
    page = windows.showing(world.answers(browser, BURST_PIPE[:1]))
    access_key(page, "l")
    page.keyboard.type("bouvier 104")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#lgt-D104")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#guide input[name=question]")).to_have_value("quoi")
    expect(page.locator("#guide input[value=logement]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#guide input[name=question]")).to_have_value("logement")
    assert world.store.forms[CALL].path == BURST_PIPE[:3]


def test_the_digits_of_a_french_keyboard_choose_an_answer_without_shift(windows: Windows) -> None:
    page = windows.showing(desk_pages.the_guide_opens())
    chosen = page.locator("#guide input:checked")
    for digit, answer in (("1", "oui"), ("2", "non"), ("3", "rappel")):
        top_row(page, digit)
        expect(chosen).to_have_attribute("value", answer)
    numeric_pad(page, "1", locked=False)
    expect(chosen).to_have_attribute("value", "rappel")
    numeric_pad(page, "1", locked=True)
    expect(chosen).to_have_attribute("value", "oui")
    page.locator("#q").focus()
    top_row(page, "2")
    expect(page.locator("#q")).to_have_value("é")
    expect(chosen).to_have_attribute("value", "oui")


def test_the_fiche_is_completed_and_closed_without_a_mouse(windows: Windows) -> None:
    page = windows.showing(desk_pages.fields_are_missing())
    assert stop(page).id == "f-mobile"
    page.keyboard.press("Control+a")
    page.keyboard.type("06 39 98 12 47")
    page.keyboard.press("Tab")
    tab_to(page, "Courriel : raison de l’absence")
    page.keyboard.press("r")
    tab_to(page, "Suivi")
    page.keyboard.type("Entreprise appelée.")
    tab_to(page, "Enregistrer et clore")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/desk$"))


@pytest.mark.parametrize(
    ("letter", "shown", "where"),
    [("g", desk_pages.the_guide_opens, "guide"), ("l", desk_pages.the_guide_opens, "q"),
     ("n", desk_pages.the_guide_opens, "free_address"), ("m", desk_pages.the_guide_opens, "f-last_name"),
     ("i", desk_pages.the_guide_opens, "mission")],
)  # fmt: skip
def test_a_letter_with_alt_leads_to_each_part_of_the_call(
    windows: Windows, letter: str, shown: Callable[[], Browser], where: str
) -> None:
    page = windows.showing(shown())
    access_key(page, letter)
    expect(page.locator(f"#{where}")).to_be_focused()


@pytest.mark.parametrize(
    ("letter", "shown", "said"),
    [
        ("p", desk_pages.two_wait, "Décrochez, appuyez sur 1"),
        ("s", desk_pages.the_guide_opens, "brouillon gardé"),
        ("a", desk_pages.the_guide_opens, "Appel avec"),
        ("b", desk_pages.the_place_is_missing, "Est-ce que cela s’arrête"),
        ("e", desk_pages.ready_to_send, "Mission en cours"),
        ("u", desk_pages.the_first_is_called, "2e numéro"),
        ("k", desk_pages.the_first_is_called, "Accepté"),
        ("j", desk_pages.a_neighbour_calls, "Mission en cours"),
        ("o", desk_pages.the_guide_opens, "Confirmer l’effacement"),
        ("o", desk_pages.the_caller_may_object, "Objection notée"),
        ("c", desk_pages.the_call_is_over, "à compléter"),
        ("r", desk_pages.the_guide_opens, "Appel avec"),
    ],
)
def test_a_letter_with_alt_does_what_its_button_says(
    windows: Windows, letter: str, shown: Callable[[], Browser], said: str
) -> None:
    page = windows.showing(shown())
    assert page.locator(f"[accesskey={letter}] kbd").first.inner_text() == f"Alt {letter.upper()}"
    with page.expect_navigation():
        access_key(page, letter)
    assert said in page.locator("body").inner_text().replace("\u202f", " ")


def test_a_letter_that_chromium_keeps_for_itself_sends_somebody_all_the_same(windows: Windows) -> None:
    """Alt E opens Chromium's menu: such a key reaches the page without pressing its access key."""
    page = windows.showing(desk_pages.ready_to_send())
    with page.expect_navigation():
        is_left_to_chromium = page.evaluate(
            "document.body.dispatchEvent(new KeyboardEvent('keydown',"
            "{ key: 'e', code: 'KeyE', altKey: true, bubbles: true, cancelable: true }))"
        )
    assert not is_left_to_chromium
    assert "Mission en cours" in page.locator("body").inner_text()


def test_the_order_of_tabulation_is_the_order_of_the_call(windows: Windows) -> None:
    page = windows.showing(desk_pages.ready_to_send())
    areas = page.evaluate(
        "[...document.querySelectorAll('a,button,input:not([type=hidden]),select,textarea,summary')]"
        ".filter((one) => one.tabIndex >= 0 && !one.disabled)"
        ".map((one) => one.closest('header,.call,#guide,.midcol,#mission')?.className || '')"
    )
    order = [area for index, area in enumerate(areas) if area and area != areas[index - 1]]
    assert order == ["bar", "call", "panel guide", "midcol", "panel mission"]
    assert page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0


def _walk(page: Page) -> list[str]:
    """Once around by tabulator: what has the focus, until it leaves the page."""
    seen: list[str] = []
    page.evaluate("document.activeElement.blur()")
    for _ in range(90):
        page.keyboard.press("Tab")
        at = stop(page)
        if at.tag == "body" or (seen and at.name + at.id == seen[0]):
            return seen
        assert at.is_marked, at
        seen.append(at.name + at.id)
    raise AssertionError(f"no way out of {seen[-5:]}")


@pytest.mark.parametrize(
    "shown",
    [desk_pages.a_busy_post, desk_pages.somebody_accepted, mission_pages.on_site, extranet_pages.a_main_courante],
)
def test_nothing_holds_the_focus_for_ever(windows: Windows, shown: Callable[[], Browser]) -> None:
    assert len(_walk(windows.showing(shown()))) > 3


def test_a_refresh_takes_neither_the_focus_nor_the_words_from_who_is_typing(windows: Windows) -> None:
    world, browser = desk_pages.agreed()
    page = windows.showing(browser, clock=True)
    page.get_by_label("Compte rendu").focus()
    page.keyboard.type("Raccord chan")
    page.get_by_label("Résultat").select_option("réalisée")
    page.get_by_label("Compte rendu").focus()
    act_on_dispatch(
        world.malfunctions, desk_pages.MISSION, Receipt(0, Channel.VOICE, ChannelStatus.VOICEMAIL), world.now,
        world.dispatching,
    )  # fmt: skip
    page.clock.run_for(2_000)
    expect(page.locator("#mission")).to_contain_text("répondeur")
    expect(page.get_by_label("Compte rendu")).to_be_focused()
    page.keyboard.type("gé")
    expect(page.get_by_label("Compte rendu")).to_have_value("Raccord changé")
    expect(page.get_by_label("Résultat")).to_have_value("réalisée")


def test_a_call_that_comes_in_leaves_the_focus_where_it_is(windows: Windows) -> None:
    world = World()
    world.call_comes_in("CA1")
    page = windows.showing(world.browser().get("/desk"), clock=True)
    page.locator("#prendre-CA1").focus()
    world.call_comes_in("CA2", ago_s=2)
    page.clock.run_for(1_000)
    expect(page.locator("#prendre-CA2")).to_be_visible()
    expect(page.locator("#prendre-CA1")).to_be_focused()


def test_a_contractor_accepts_and_says_when_he_comes_without_a_mouse(windows: Windows) -> None:
    world, browser = mission_pages.contractor()
    page = windows.at(house(m=browser.handler), PHONE)
    page.goto(mission_pages.HERE)
    tab_to(page, "J’accepte")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Quand arrivez-vous")).to_be_visible()
    tab_to(page, "15 min")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Confirmer mon arrivée")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="En route")).to_be_visible()
    assert world.dispatch.winner == 0


def test_a_reader_filters_opens_a_main_courante_and_comes_back_without_a_mouse(windows: Windows) -> None:
    browser = extranet_pages.mains_courantes()
    page = windows.showing(browser)
    tab_to(page, "Ouvertes seulement")
    page.keyboard.press("Space")
    tab_to(page, "Filtrer")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("etat=ouvertes"))
    expect(page.get_by_text("Aucune main courante pour ce choix.")).to_be_visible()
    tab_to(page, "Ouvertes seulement")
    page.keyboard.press("Space")
    tab_to(page, "Filtrer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="2026-0001")).to_be_visible()
    tab_to(page, "2026-0001")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ce qui s’est passé")).to_be_visible()
    tab_to(page, "Mains courantes")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/extranet/mains-courantes$"))


def test_who_sends_a_file_mends_it_and_puts_it_in_force_without_a_mouse(windows: Windows) -> None:
    world = FilesWorld()
    browser = read(world, MENDABLE)
    page, address = windows.showing(browser), browser.asked[1]
    keyboard = page.keyboard

    tab_to(page, "Gray")
    keyboard.press("Space")
    expect(page.get_by_label("Gray")).not_to_be_checked()
    keyboard.press("Space")
    tab_to(page, "Valeur à écrire, ligne 4, colonne C")
    keyboard.type("rue des Tanneurs")
    tab_to(page, "Accepter 2 suggestions cochées")
    keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(address)))
    world.read()
    page.reload()

    expect(page.locator("main")).to_contain_text("Plus rien à corriger")
    tab_to(page, "Le")
    button = page.get_by_role("button", name="Mettre en vigueur")
    for _ in range(12):  # day, month, year, hour and minute are stops of their own
        if not button.evaluate("element => element === document.activeElement"):
            keyboard.press("Tab")
    expect(button).to_be_focused()
    keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("En vigueur")
