"""A kind leaves as files: a template to fill, what is in force, and how to prepare one (R30, R74)."""

from base64 import b64decode
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from decisions.kinds import PARTS
from permanence.application.reference.file_forms import FORMS
from permanence.domain.reference.table_forms import HELP_SHEET
from tests.functions.decisions.decisions_world import PAGE, World, announced, approved, proposed
from tests.web.browser import http_event


@pytest.fixture
def world() -> World:
    return World()


def workbook(world: World, path: str) -> Workbook:
    """What the browser of somebody who is signed in is sent."""
    answer = world.handle(http_event("GET", path, cookies=world.browser().cookies))
    assert answer["statusCode"] == 200
    return load_workbook(BytesIO(b64decode(answer["body"])), read_only=True)


def test_what_is_in_force_of_the_calendrier_leaves_as_a_list_and_is_noted(world: World) -> None:
    proposed(world)
    approved(world)

    exported = workbook(world, f"{PAGE}/en-vigueur.xlsx")

    header, closure = exported["Fermetures"].iter_rows(values_only=True)
    assert header == ("Début", "Fin", "Compte", "Motif")
    assert closure[2:] == ("Réunion", "réunion de service")
    (line,) = [line for line in world.audit.lines.values() if line["action"] == "export"]
    assert line["what"] == "document:calendrier"


@pytest.mark.parametrize("name", sorted(PARTS))
def test_every_kind_leaves_as_a_file(world: World, name: str) -> None:
    assert workbook(world, f"/referentiel/{name}/en-vigueur.xlsx").sheetnames


@pytest.mark.parametrize("name", sorted(FORMS.keys() & PARTS.keys()))
def test_a_template_and_what_is_in_force_leave_in_the_form_that_is_read(world: World, name: str) -> None:
    for address in ("modele.xlsx", "en-vigueur.xlsx"):
        assert workbook(world, f"/referentiel/{name}/{address}").sheetnames[-1] == HELP_SHEET


@pytest.mark.parametrize("name", sorted(FORMS))
def test_how_a_file_is_prepared_tells_each_of_its_columns(world: World, name: str) -> None:
    page = world.browser().get(f"/referentiel/{name}/preparer")
    assert page.status == 200
    assert page.page.select("tbody th")


def test_what_comes_by_no_file_has_no_template(world: World) -> None:
    announced(world)
    for address in (
        "calendrier/modele.xlsx",
        "calendrier/preparer",
        "x/modele.xlsx",
        "x/en-vigueur.xlsx",
        "x/preparer",
    ):
        assert world.browser().get(f"/referentiel/{address}").status == 404
