"""The path that everything else widens: a caller, an agent at a browser, a contractor at a phone, Habitat 70."""

from io import BytesIO
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from local.operator.client import OperatorClient
from local.operator.views import CallView
from local.scenarios.agent import BURST_PIPE, PHONES
from local.scenarios.telling import PATIENCE_S, until
from local.scenarios.world import LANDLORD, World
from permanence.domain.dispatch.dispatch import DispatchStatus
from permanence.domain.reference.entreprises import Contractor
from permanence.domain.reference.patrimoine import Patrimoine
from tests.local.end_to_end.browsing import Browsing
from tests.local.end_to_end.missions import contractors_of, dispatch_of, link_to, malfunction_of, report

TENANT = "+33639984471"
WITHIN_MS = 2_000
DESCRIPTION = "Le plafond de la salle de bains goutte, l’eau coule encore."


def test_a_call_becomes_a_mission_that_a_contractor_accepts_and_habitat_70_reads(
    world: World, patrimoine: Patrimoine, operator: OperatorClient, browsing: Browsing
) -> None:
    plumber, _ = contractors_of(patrimoine, "Gray")
    lea = world.user("teleconseiller")
    door = browsing.window()
    door.goto("/desk")
    browsing.keep(door, "sign-in")
    desk = browsing.signed_in(lea, "/desk")
    browsing.keep(desk, "desk-idle")

    call = take_a_call(world, desk, PHONES[lea["email"]])
    walk_the_guide_by_keyboard(desk)
    find_the_dwelling_with_a_typo(desk)
    fill_in(desk)
    malfunction_id = send_once(world, desk, call, plumber)
    browsing.keep(desk, "desk-call")
    accept_by_two_keys(world, desk, malfunction_id, plumber)
    wrap_up(world, desk, call)

    until(lambda: has_recording(world, call), "recording in the bucket")
    paul = browsing.signed_in(world.user("habitat70"), "/extranet")
    browsing.keep(paul, "extranet-today")
    read_the_main_courante(paul, world, malfunction_id, plumber)
    browsing.keep(paul, "extranet-main-courante")
    hear_the_recording(paul, world)
    the_excel_has_the_rows_shown(paul)
    report(world, link_to(operator, plumber.phone), malfunction_id)


def take_a_call(world: World, desk: Page, phone: str) -> CallView:
    operator = world.operator
    call = operator.place_call(TENANT, world.outputs["numbers"][LANDLORD])
    operator.wait_for_words(call.sid, "Bienvenue")
    the_desk_asks_again_in_time(desk)
    desk.locator(f"#prendre-{call.sid}").click()
    operator.wait_for_ringing(phone)
    operator.answer(phone)
    operator.press(phone, "1")
    operator.wait_for_call(call.sid, lambda known: known.conference is not None, what="conference")
    expect(desk.locator("#ligne-dire")).to_contain_text("À dire en décrochant")
    expect(desk.locator("#ligne-dire")).to_contain_text("Habitat 70, Léa, bonsoir")
    expect(desk.locator("#ligne-commandes")).to_contain_text("Enregistrement en cours")
    return call


def the_desk_asks_again_in_time(desk: Page) -> None:
    with desk.expect_request("**/desk/direct?*", timeout=WITHIN_MS) as asked:
        pass
    assert asked.value.response() is not None


def walk_the_guide_by_keyboard(desk: Page) -> None:
    for question, answer in BURST_PIPE:
        expect(desk.locator("#guide input[name=question]")).to_have_value(question)
        digit = desk.locator(f"#guide input[value={answer}]").get_attribute("data-digit")
        assert digit is not None
        desk.keyboard.press(digit)
        desk.keyboard.press("Enter")
    expect(desk.locator("#guide [data-outcome]")).to_contain_text("le prestataire")


def find_the_dwelling_with_a_typo(desk: Page) -> None:
    desk.get_by_role("searchbox").press_sequentially("14 rue des taneurs gray")
    hit = desk.locator("#hits label", has_text="rue des Tanneurs").first
    hit.click()
    expect(desk.locator("#mission")).to_contain_text("rue des Tanneurs")


def fill_in(desk: Page) -> None:
    for name, words in (("last_name", "Belkacem"), ("first_name", "Nadia"), ("description", DESCRIPTION)):
        desk.locator(f"#f-{name}").fill(words)
    desk.locator("select[name=mail__absent]").select_option("refusé")
    desk.locator("select[name=landline__absent]").select_option("sans objet")


def send_once(world: World, desk: Page, call: CallView, plumber: Contractor) -> str:
    """A double click sends one mission."""
    desk.get_by_role("button", name="Envoyer en intervention").dblclick()
    expect(desk.locator("#mission")).to_contain_text("Mission en cours")
    (opened,) = (m for m in world.malfunctions.of_month("2026-11") if TENANT in {c.phone for c in m.contacts})
    world.operator.wait_for_ringing(plumber.phone)
    world.operator.wait_for_message(plumber.phone)
    sent = [message for message in world.operator.messages() if message.to == plumber.phone]
    called = [known for known in world.operator.calls() if known.phone == plumber.phone]
    assert (len(sent), len(called)) == (1, 1)
    expect(desk.locator("#f-description")).to_have_value(DESCRIPTION)
    return opened.malfunction_id


def accept_by_two_keys(world: World, desk: Page, malfunction_id: str, plumber: Contractor) -> None:
    """One key is no agreement, the second is; the desk shows it by itself."""
    desk.evaluate("window.isTheSamePage = true")
    world.operator.answer(plumber.phone)
    world.operator.press(plumber.phone, "1")
    world.operator.wait_for(lambda: is_asked_again(world, plumber), PATIENCE_S, "the second question")
    assert dispatch_of(world, malfunction_id).status is DispatchStatus.CALLING
    world.operator.press(plumber.phone, "1")
    chain = desk.locator("#mission .chain li", has_text=plumber.name)
    expect(chain.first).to_contain_text("Accepté")
    world.operator.press(plumber.phone, "25#")
    expect(desk.locator("#mission")).to_contain_text("arrivée")
    assert desk.evaluate("window.isTheSamePage")
    told = world.operator.wait_for_message(TENANT, "a accepté")
    assert plumber.name not in told.body


def wrap_up(world: World, desk: Page, call: CallView) -> None:
    desk.get_by_role("button", name="Raccrocher").click()
    world.operator.wait_for_end(call.sid)
    expect(desk.locator("#ligne-dire")).to_contain_text("Appel terminé")
    desk.locator("#f-follow_up").fill("Entreprise appelée, l’appelante est prévenue par SMS.")
    desk.locator("#f-answer_given").fill("Robinet d’arrêt fermé ; une entreprise vient.")
    desk.get_by_role("button", name="Enregistrer et clore").click()
    desk.wait_for_url("**/desk")
    record = world.calls.get(call.sid)
    assert record is not None
    assert record.form is not None
    assert record.form.closed_at is not None


def read_the_main_courante(paul: Page, world: World, malfunction_id: str, plumber: Contractor) -> None:
    paul.get_by_role("link", name=malfunction_of(world, malfunction_id).number).click()
    timeline = paul.locator("ol.tl")
    for words in ("Belkacem", DESCRIPTION, plumber.name, "Accepté"):
        expect(timeline).to_contain_text(words)


def hear_the_recording(paul: Page, world: World) -> None:
    """A reason first; then the browser plays what our own address leads to."""
    listening = paul.locator("form.listen").first
    listening.get_by_label("Motif de l’écoute").select_option(label="Contrôle qualité")
    with paul.expect_response(lambda response: response.request.resource_type == "media" and response.ok) as sound:
        listening.get_by_role("button", name="Écouter").click()
        player = paul.locator("audio")
        player.evaluate("audio => audio.play()")
    assert sound.value.headers["content-type"] == "audio/wav"
    asked_first = sound.value.request.redirected_from
    assert asked_first is not None
    assert asked_first.url.startswith(f"{world.outputs['public_url']}/extranet/enregistrements/")
    assert player.evaluate("audio => audio.duration") > 0


def the_excel_has_the_rows_shown(paul: Page) -> None:
    shown = paul.locator("ol.tl time")
    assert sheet_rows(paul, "Excel") == shown.count()
    paul.get_by_role("link", name="Mains courantes").first.click()
    assert sheet_rows(paul, "Excel") == paul.locator("main tbody tr").count()


def sheet_rows(paul: Page, link: str) -> int:
    """Rows of the Excel behind a link, without its heading."""
    with paul.expect_download() as download:
        paul.get_by_role("link", name=link).click()
    book = openpyxl.load_workbook(BytesIO(Path(download.value.path()).read_bytes()))
    (sheet,) = book.worksheets
    return sheet.max_row - 1


def has_recording(world: World, call: CallView) -> bool:
    record = world.calls.get(call.sid)
    return record is not None and any(recording.object_key for recording in record.call.recordings)


def is_asked_again(world: World, plumber: Contractor) -> bool:
    phone = world.operator.phone(plumber.phone)
    return phone is not None and any("tapez encore 1" in line.text for line in phone.calls[-1].transcript)
