"""A file from the page is read, mended where it is shown, put in force; what cannot be is said, and changes nothing."""

import base64
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from permanence.application.access.members import Person
from permanence.application.reference.importing import MOST_FROM_A_PAGE
from permanence.application.reference.kinds import KINDS
from permanence.domain.reference.imports import READ_BY_THEN, ImportState
from permanence.domain.reference.patrimoine import Patrimoine
from tests.functions.decisions.decisions_world import NADEGE
from tests.functions.decisions.files_world import (
    FILES,
    GRAY,
    HEADERS,
    MENDABLE,
    PATRIMOINE,
    WHOLE,
    FilesWorld,
    read,
    sent,
)
from tests.web.browser import Browser, http_event

AGENT = Person("u1", "sylvie@permanence.example", "Sylvie", "Mourot", "", ("teleconseiller",))


@pytest.fixture
def world() -> FilesWorld:
    return FilesWorld()


def here(browser: Browser) -> str:
    return browser.asked[1]


def in_force(world: FilesWorld) -> Patrimoine:
    kind = KINDS["patrimoine"]
    number = world.documents.timetable(kind).at(world.now)
    body: Patrimoine = world.documents.get(kind, number).body if number else Patrimoine()
    return body


def test_a_workbook_is_read_approved_and_obeyed(world: FilesWorld) -> None:
    browser = sent(world, world.workbook(PATRIMOINE), "patrimoine-2026-12.xlsx")
    assert "Fichier reçu" in browser.text
    assert "attend d’être lu" in browser.text
    world.read()
    browser.get(here(browser))
    assert "Plus rien à corriger" in browser.text
    assert "6 logements" in browser.text or "Ajoutés 6" in browser.text
    browser.post(f"{here(browser)}/vigueur", {"day": "", "hour": ""})
    assert browser.location.endswith("?avis=approuve")
    assert in_force(world) == PATRIMOINE
    assert "En vigueur" in browser.get(browser.location).text


def test_every_point_is_told_at_once_alike_ones_on_one_row(world: FilesWorld) -> None:
    browser = read(world, MENDABLE)
    rows = [" ".join(row.get_text(" ").split()) for row in browser.page.select(".faults tbody tr")]
    assert [row.split()[0] for row in rows] == ["2", "4", "5"]
    assert "et 1 autre, jusqu’à 3" in rows[0].replace("\u202f", " ").replace("\xa0", " ")
    assert [box.has_attr("checked") for box in browser.page.select(".faults [type=checkbox]")] == [True, True]
    assert len(browser.page.select(".faults input[name^=t]")) == 1
    assert browser.page.select_one('form[action$="/vigueur"] button').has_attr("disabled")  # type: ignore[union-attr]
    assert "Restent 4 points" in browser.text
    assert "« Nb pièces »" in browser.text
    assert world.documents.kept == {}


def test_suggestions_are_accepted_the_rest_is_typed_and_the_file_comes_back_mended(world: FilesWorld) -> None:
    browser = read(world, MENDABLE)
    browser.post(f"{here(browser)}/corriger", {"reading": "1", "g0": "0", "t1": "rue des Tanneurs", "g2": "0"})
    assert browser.location.endswith("?avis=corrige")
    world.read()
    browser.get(browser.location)
    assert "3 points corrigés" in browser.text
    assert "rue des Tanneurs" in browser.text
    file = world.handle(http_event("GET", f"{here(browser)}/corrige.xlsx", cookies=browser.cookies))
    book = load_workbook(BytesIO(base64.b64decode(file["body"])))
    assert [cell.value for cell in book.worksheets[0][2]][5] == "Gray"
    browser.post(f"{here(browser)}/vigueur", {"day": "2026-12-01", "hour": "08:00"})
    assert "à partir du mardi 1er décembre 2026" in browser.get(browser.location).text
    assert in_force(world) == Patrimoine()
    world.now += timedelta(days=2)
    assert {one.agency for one in in_force(world).dwellings} == {"gray"}
    assert len(in_force(world).dwellings) == 3


def test_who_ticks_nothing_or_answers_an_older_reading_changes_nothing(world: FilesWorld) -> None:
    browser = read(world, MENDABLE)
    page = here(browser)
    browser.post(f"{page}/corriger", {"reading": "1"})
    assert (browser.status, "Rien n’est coché" in browser.text) == (422, True)
    browser.post(f"{page}/corriger", {"reading": "7", "g0": "0"})
    assert (browser.status, "n’attend plus cette décision" in browser.text) == (409, True)
    assert world.only().reading == 1


def test_a_header_that_nobody_knew_is_said_once_and_remembered_for_who_sends(world: FilesWorld) -> None:
    other = WHOLE.replace("N° de logement", "Clé")
    browser = read(world, other)
    assert "Il manque la colonne « N° de logement »" in browser.text
    browser.post(f"{here(browser)}/colonnes", {"c0.0": "dwelling_id", "c0.7": "nonsense"})
    world.read()
    assert "Plus rien à corriger" in browser.get(here(browser).removesuffix("/colonnes")).text
    world.now += timedelta(days=1)
    assert "Plus rien à corriger" in read(world, other.replace("D1", "D9")).text
    assert "Il manque la colonne" in read(world, other.replace("D1", "D8"), person=NADEGE).text


def test_a_file_whose_kind_is_not_said_is_recognised(world: FilesWorld) -> None:
    assert "Patrimoine, fichier du" in read(world, WHOLE, kind="").text


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"\x89PNG\r\n", "photo.png", "Ce n’est ni un fichier Excel ni un CSV"),
        (b"PK\x03\x04broken", "x.xlsx", "Ce fichier est abîmé"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "x.xlsx", "mot de passe"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "x.xls", "ancien format d’Excel"),
        (b"   \n", "vide.csv", "Ce fichier est vide"),
        (b"a;b\n\x00\x01;c\n", "x.csv", "n’est pas du texte"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(
    world: FilesWorld, content: bytes, name: str, said: str
) -> None:
    browser = read(world, content, name)
    assert browser.status == 200
    assert said in browser.text
    assert "Rien n’a été changé" in browser.text
    assert world.only().state is ImportState.UNREADABLE
    assert world.documents.kept == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{HEADERS}\n", "aucune ligne sous les titres"),
        (WHOLE + WHOLE.splitlines()[1] + "\n", "déjà à la ligne 2"),
        (WHOLE.replace(";Gray;Gray;3", ";Atlantide;Gray;3"), "Ce nom n’est pas connu"),
        (WHOLE.replace("70100", "7010"), "zéros"),
        (WHOLE.replace("rue des Tanneurs", "#REF!"), "Formule cassée"),
        (WHOLE + "Total;;;;;;;\n", "C’est un total"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_at_its_place_and_nothing_is_imported(
    world: FilesWorld, content: str, said: str
) -> None:
    browser = read(world, content)
    assert said in browser.text
    assert world.documents.kept == {}


def test_what_does_not_arrive_is_said_and_kept_nowhere(world: FilesWorld) -> None:
    for content, said, status in (
        (b"", "Aucun fichier n’est choisi", 422),
        (b"x" * (MOST_FROM_A_PAGE + 1), "dépasse 4 Mo", 413),
    ):
        browser = world.browser().get(FILES).upload(FILES, "" if not content else "x.xlsx", content, {"kind": ""})
        assert browser.status == status
        assert said in browser.text
        if content:
            assert "par courriel" in browser.text
    empty = world.browser().get(FILES).upload(FILES, "x.xlsx", b"", {"kind": ""})
    assert (empty.status, "est vide" in empty.text) == (422, True)
    assert world.files_received.kept == {}
    assert world.import_files.kept == {}


def test_a_name_that_leads_elsewhere_leads_nowhere(world: FilesWorld) -> None:
    browser = sent(world, WHOLE, "../../x")
    assert world.only().file_name == "x"
    assert ".." not in browser.text
    answer = world.handle(http_event("GET", f"{here(browser)}/recu", cookies=browser.cookies))
    assert answer["headers"]["Content-Disposition"] == "attachment; filename*=UTF-8''x"
    assert base64.b64decode(answer["body"]) == WHOLE.encode()


def test_two_files_of_a_kind_are_told_on_both_and_the_one_put_in_force_sends_the_other_to_be_read_again(
    world: FilesWorld,
) -> None:
    first = sent(world, WHOLE)
    world.now += timedelta(minutes=1)
    second = sent(world, WHOLE.replace("D1", "D2"), "autre.csv")
    for browser, other in ((first, "autre.csv"), (second, "patrimoine.csv")):
        assert "autre fichier de ce document attend aussi" in browser.get(here(browser)).text
        assert other in browser.text
    world.read()
    second.get(here(second)).post(f"{here(second)}/vigueur", {"day": "", "hour": ""})
    first.get(here(first))
    assert "attend aussi" not in first.text
    assert "Une autre version est en vigueur depuis la lecture" in first.text
    assert first.post(f"{here(first)}/vigueur", {"day": "", "hour": ""}).status == 409
    page = here(first).removesuffix("/vigueur")
    assert [one.dwelling_id for one in in_force(world).dwellings] == ["D2"]
    first.get(page).post(f"{page}/relire", {})
    world.read()
    first.get(page).post(f"{page}/vigueur", {"day": "", "hour": ""})
    assert [one.dwelling_id for one in in_force(world).dwellings] == ["D1"]


def test_a_refused_file_is_over_and_its_version_withdrawn(world: FilesWorld) -> None:
    browser = read(world, WHOLE)
    page = here(browser)
    assert browser.post(f"{page}/refuser", {"why": ""}).status == 422
    browser.get(page).post(f"{page}/refuser", {"why": "fichier de novembre"})
    assert "fichier de novembre" in browser.get(browser.location).text
    assert browser.post(f"{page}/relire", {}).status == 409
    assert browser.post(f"{page}/vigueur", {"day": "", "hour": ""}).status == 409
    assert [document.version.state.value for document in world.documents.kept.values()] == ["withdrawn"]


@pytest.mark.parametrize(
    ("day", "hour", "said"),
    [
        ("2026-11-01", "08:00", "Cette date est passée"),
        ("1900-01-01", "", "Il manque le jour"),
        ("2026-02-31", "", "Il manque le jour"),
        ("", "08:00", "Il manque le jour"),
    ],
)
def test_a_day_that_cannot_be_is_said_and_nothing_enters_into_force(
    world: FilesWorld, day: str, hour: str, said: str
) -> None:
    browser = read(world, WHOLE)
    browser.post(f"{here(browser)}/vigueur", {"day": day, "hour": hour})
    assert (browser.status, said in browser.text) == (422, True)
    assert in_force(world) == Patrimoine()


def test_the_page_of_a_reading_moves_on_by_itself_and_without_script_by_a_link(world: FilesWorld) -> None:
    browser = sent(world, WHOLE)
    page = here(browser)
    part = browser.page.select_one("#lecture")
    assert part is not None
    assert (part["hx-get"], part["hx-trigger"]) == (page, "every 2s")
    assert browser.page.select_one(f'a[href="{page}"]') is not None
    known = world.only()
    world.files_received.kept[known.import_id] = replace(known, state=ImportState.READING, lines=4000)
    browser.get(page, **{"hx-request": "true"})
    assert "4 000 lignes lues" in browser.text.replace("\u202f", " ")
    assert "HX-Refresh" not in browser.headers
    world.files_received.kept[known.import_id] = known
    world.read()
    assert browser.get(page, **{"hx-request": "true"}).headers["HX-Refresh"] == "true"


def test_a_reading_that_came_to_nothing_says_so_and_can_be_asked_again(world: FilesWorld) -> None:
    browser = sent(world, WHOLE)
    page = here(browser)
    assert browser.post(f"{page}/relire", {}).status == 409
    world.files_to_read.asked.clear()
    world.now += READ_BY_THEN
    assert "La lecture n’a pas abouti" in browser.get(page).text
    browser.post(f"{page}/relire", {})
    world.read()
    assert "Plus rien à corriger" in browser.get(page).text


def test_each_reading_and_each_file_that_leaves_is_in_the_register(world: FilesWorld) -> None:
    browser = read(world, WHOLE)
    world.handle(http_event("GET", f"{here(browser)}/recu", cookies=browser.cookies))
    actions = [line["action"] for line in world.audit.lines.values()]
    assert actions == ["file.received", "read", "document.proposed", "export"]
    assert not [line for line in world.audit.lines.values() if "patrimoine.csv" in line["what"]]


def test_who_may_not_decide_cannot_send_and_who_is_no_reader_sees_nothing(world: FilesWorld) -> None:
    assert world.browser(AGENT).get(FILES).status == 403
    browser = world.browser().get(FILES).upload(FILES, "a.csv", b"x", {"kind": "calendrier"})
    assert browser.status == 403
    assert world.files_received.kept == {}


def test_an_address_of_nothing_is_a_page_that_is_not_there(world: FilesWorld) -> None:
    browser = world.browser()
    for path in ("20261130T080500Z-0123456789abcdef", "x", "20261130T080500Z-0123456789abcdef/recu"):
        assert browser.get(f"{FILES}/{path}").status == 404
    mended = sent(world, WHOLE)
    assert mended.get(f"{here(mended)}/corrige.xlsx").status == 404


def test_what_a_file_changes_is_told_before_it_is_decided(world: FilesWorld) -> None:
    browser = read(world, world.workbook(PATRIMOINE), "a.xlsx")
    browser.post(f"{here(browser)}/vigueur", {"day": "", "hour": ""})
    world.now += timedelta(days=1)
    moved = tuple(replace(one, agency="lure") for one in GRAY[:-1])
    browser = read(world, world.workbook(Patrimoine(dwellings=moved)), "b.xlsx")
    rows = [" ".join(row.get_text(" ").split()) for row in browser.page.select(".ba tbody tr")]
    assert len(rows) == 2
    assert "Agence Gray" in rows[0]
    assert rows[0].endswith("Lure 1 5")
    assert rows[1].startswith("Retirés")
    assert "par rapport à la version 1" in browser.text


def test_a_file_that_says_what_is_in_force_leaves_nothing_to_decide(world: FilesWorld) -> None:
    browser = read(world, WHOLE)
    assert "Ajoutés 1 ligne Modifiés 0 ligne Retirés 0" in browser.text
    browser.post(f"{here(browser)}/vigueur", {"day": "", "hour": ""})
    world.now += timedelta(days=1)
    assert "Ce fichier dit ce qui est déjà en vigueur" in read(world, WHOLE).text
