"""An empty system is filled by its pages alone, in the order that they say, and the night obeys it (R30).

After everything else of this folder: it takes out of force what the others stand on, and puts it back.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from local.operator.client import OperatorClient
from local.scenarios.agent import Agent
from local.scenarios.patrimoine import made_up_annuaire, made_up_entreprises, made_up_patrimoine, planning_of_year
from local.scenarios.visitor import Visitor
from local.scenarios.world import World
from permanence.adapters.dynamodb.items import to_attributes
from permanence.adapters.dynamodb.timetable import slots_attribute, timetable_key
from permanence.application.reference.file_forms import FORMS
from permanence.application.reference.signed import signed_of
from permanence.domain.instants import PARIS
from permanence.domain.reference.documents import Circumstances
from permanence.domain.reference.table_forms import HELP_SHEET
from tests.local.conftest import SATURDAY_EVENING
from tests.local.end_to_end.browsing import Browsing
from tests.local.end_to_end.missions import contractors_of, dwelling_in, link_to, report, send_a_mission

CALLER = "+33639984490"
FIRST_DAY = "/referentiel/premier-jour"
PATRIMOINE = made_up_patrimoine(300)
BODIES: dict[str, Any] = {
    "annuaire": made_up_annuaire(),
    "entreprises": made_up_entreprises(PATRIMOINE),
    "patrimoine": PATRIMOINE,
    "planning": planning_of_year(SATURDAY_EVENING.year),
}


@pytest.fixture
def empty(world: World, operator: OperatorClient) -> Iterator[None]:
    """Nothing of what comes by file is in force, as on the day after a deployment. The desk starts a dispatch by what
    it read at most 30 s ago: it starts anew instead."""
    world.set_now(SATURDAY_EVENING)
    names = {f"#{kind}": slots_attribute(kind) for kind in BODIES}
    before = world.table.client.get_item(TableName=world.table.name, Key=to_attributes(timetable_key(world.table)))
    known = {f":{kind}": before["Item"][names[f"#{kind}"]] for kind in BODIES}
    _change(world, f"REMOVE {', '.join(names)}", names)
    world.start_anew("desk")
    yield
    _change(world, f"SET {', '.join(f'#{kind} = :{kind}' for kind in BODIES)}", names, known)
    world.start_anew("desk")


@pytest.mark.usefixtures("empty")
def test_an_empty_system_is_filled_by_its_pages_alone_and_the_night_obeys_it(
    world: World, operator: OperatorClient, browsing: Browsing
) -> None:
    claire = browsing.signed_in(world.user("habitat70"), FIRST_DAY)
    browsing.keep(claire, "premier-jour")

    for kind in in_the_order_of_the_page(claire):
        upload(claire, kind, filled(template(claire, kind), world, kind))
        put_in_force(claire)
        claire.goto(FIRST_DAY)
    expect(claire.locator("main")).to_contain_text("Tout ce qu’il faut pour appeler la bonne personne est en vigueur")
    browsing.keep(claire, "premier-jour-rempli")
    claire.goto("/referentiel")
    browsing.keep(claire, "referentiel")
    world.start_anew("desk")

    # The session that the tests before share did not outlive the purge at the end of the story.
    sophie = Agent.on_duty(world, world.user("superviseur"))
    sent = send_a_mission(world, sophie, CALLER, dwelling_in(PATRIMOINE, "Gray"))
    plumber, _ = contractors_of(PATRIMOINE, "Gray")
    operator.wait_for_ringing(plumber.phone)
    link = link_to(operator, plumber.phone)
    Visitor(world.outputs["public_url"]).open(link).press("J’accepte")
    report(world, link, sent.malfunction_id)


def in_the_order_of_the_page(page: Page) -> Iterator[str]:
    """What the page says is to be done next, until nothing is."""
    while page.locator(".first-day > li[data-t=now]").count():
        link = page.locator(".first-day > li[data-t=now] a.btn").get_attribute("href")
        assert link is not None
        yield link.rpartition("=")[2]


def template(page: Page, kind: str) -> bytes:
    page.goto("/referentiel")
    with page.expect_download() as asked:
        page.locator(f"#{kind}").get_by_role("link", name="Modèle").click()
    return asked.value.path().read_bytes()


def filled(content: bytes, world: World, kind: str) -> bytes:
    """The template with its example taken out, and the rows of what it is to say."""
    at = SATURDAY_EVENING.astimezone(PARIS)
    form = FORMS[kind](Circumstances(at, at, signed_of(world.contract), BODIES))
    book = load_workbook(BytesIO(content))
    rows = form.rows_of(BODIES[kind])
    for sheet in form.sheets:
        page = book[sheet.title]
        page.delete_rows(2)
        for row in rows[sheet.key]:
            page.append(row)
    del book[HELP_SHEET]
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def upload(page: Page, kind: str, content: bytes) -> None:
    page.locator(f"#{kind}").get_by_role("link", name="Déposer").click()
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.locator("#file").set_input_files({"name": f"{kind}.xlsx", "mimeType": media_type, "buffer": content})
    page.get_by_role("button", name="Déposer").click()


def put_in_force(page: Page) -> None:
    """Once it is read."""
    expect(page.get_by_role("button", name="Mettre en vigueur")).to_be_enabled()
    page.get_by_role("button", name="Mettre en vigueur").click()
    expect(page.locator("main")).to_contain_text("En vigueur")


def _change(world: World, how: str, names: dict[str, str], values: dict[str, Any] | None = None) -> None:
    world.table.client.update_item(
        TableName=world.table.name,
        Key=to_attributes(timetable_key(world.table)),
        UpdateExpression=how,
        ExpressionAttributeNames=names,
        **({"ExpressionAttributeValues": values} if values else {}),
    )
