"""A patrimoine is sent by its file on a page, mended there, approved, and found at the desk within the minute (R30)."""

import re
import time
from dataclasses import replace
from io import BytesIO

from openpyxl import load_workbook
from playwright.sync_api import expect

from local.operator.client import OperatorClient
from local.scenarios.agent import Agent, call_in
from local.scenarios.telling import until
from local.scenarios.world import World
from permanence.adapters.excel.forms import write_body
from permanence.application.reference.file_forms import FORMS
from permanence.application.reference.signed import seeds_of, signed_of
from permanence.domain.reference.documents import Circumstances
from permanence.domain.reference.listes_kind import LISTES
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine
from tests.local.end_to_end.browsing import Browsing

SENDER = "patrimoine@habitat70.example"
CALLER = "+33639984481"
AT_MOST_S = 60


def test_a_file_mended_and_approved_on_its_page_is_found_at_the_desk(
    world: World, patrimoine: Patrimoine, operator: OperatorClient, browsing: Browsing, sophie: Agent
) -> None:
    first = patrimoine.dwellings[0]
    named = {"dwelling_id": "9999999", "file_number": "D9999999", "door": "7"}
    new = replace(first, **named, street_number="170", street="rue du Halage")
    paul = browsing.signed_in(world.user("habitat70"), "/referentiel/fichiers")

    paul.locator("#kind").select_option("patrimoine")
    file = {"name": "patrimoine.xlsx", "mimeType": "", "buffer": with_a_mistake(world, patrimoine, new)}
    paul.locator("#file").set_input_files(file)
    paul.get_by_role("button", name="Déposer").click()
    expect(paul.locator(".faults tbody tr")).to_have_count(1)
    browsing.keep(paul, "fichier-a-corriger")
    paul.get_by_role("button", name="Accepter 1 suggestion cochée").click()
    expect(paul.locator("main")).to_contain_text("Plus rien à corriger")
    browsing.keep(paul, "fichier-corrige")
    paul.get_by_role("button", name="Mettre en vigueur").click()
    approved_at = time.monotonic()
    expect(paul.get_by_role("status")).to_contain_text("Version approuvée")

    call = call_in(world, CALLER)
    sophie.take(call)
    until(lambda: finds(sophie, new), "the new dwelling at the desk", AT_MOST_S)
    assert time.monotonic() - approved_at <= AT_MOST_S
    sophie.hang_up(call)


def test_a_file_sent_by_mail_is_approved_from_its_answer_and_found_at_the_desk(
    world: World, patrimoine: Patrimoine, operator: OperatorClient, browsing: Browsing, sophie: Agent
) -> None:
    named = {"dwelling_id": "9999998", "file_number": "D9999998", "door": "8"}
    new = replace(patrimoine.dwellings[0], **named, street_number="172", street="rue du Moulin")
    world.put_in_force(LISTES, replace(seeds_of(world.contract)[LISTES.name], senders=(SENDER,)))
    operator.send_from_outside("pirate@ailleurs.example", ("patrimoine.xlsx", b"PK"))
    operator.send_from_outside(SENDER, ("patrimoine.xlsx", whole_with(world, patrimoine, new)))

    answer = until(lambda: next((mail for mail in operator.mails() if SENDER in mail.to), None), "the answer", 120)
    assert "Rien à corriger" in answer.text
    (page,) = re.findall(r"/referentiel/fichiers/[\w-]+", answer.text)
    paul = browsing.signed_in(world.user("habitat70"), page)
    paul.get_by_role("button", name="Mettre en vigueur").click()
    expect(paul.get_by_role("status")).to_contain_text("Version approuvée")
    paul.goto("/referentiel/courriels")
    expect(paul.locator("tbody")).to_contain_text("pirate@ailleurs.example")
    browsing.keep(paul, "courriels-mis-a-part")

    call = call_in(world, CALLER)
    sophie.take(call)
    until(lambda: finds(sophie, new), "the new dwelling at the desk", AT_MOST_S)
    sophie.hang_up(call)


def whole_with(world: World, patrimoine: Patrimoine, new: Dwelling) -> bytes:
    now = world.now()
    others = {"annuaire": world.reference_data.annuaire(now), "entreprises": world.reference_data.entreprises(now)}
    form = FORMS["patrimoine"](Circumstances(now, now, signed_of(world.contract), others))
    return write_body(form, replace(patrimoine, dwellings=(*patrimoine.dwellings, new)), now)


def with_a_mistake(world: World, patrimoine: Patrimoine, new: Dwelling) -> bytes:
    """The whole file with one dwelling more, whose agency lacks a letter."""
    book = load_workbook(BytesIO(whole_with(world, patrimoine, new)))
    page = book["Logements"]
    (agency,) = [cell.column for cell in page[1] if cell.value == "Agence"]
    cell = page.cell(page.max_row, agency)
    cell.value = str(cell.value)[:-1]
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def finds(sophie: Agent, dwelling: Dwelling) -> bool:
    sophie.desk.press("Chercher", q=dwelling.address)
    return dwelling.dwelling_id in str(sophie.desk.page)
