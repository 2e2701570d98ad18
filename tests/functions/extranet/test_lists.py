"""The calls and the mains courantes of a month, page by page and as Excel (R53)."""

import base64
import html
import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from permanence.domain.contract import Contract
from permanence.domain.dispatch.events import Accept, CallNext, Decline
from permanence.domain.dispatch.malfunction import MalfunctionStatus
from tests.functions.extranet.extranet_world import (
    MAIN_COURANTE,
    MONDAY,
    ExtranetWorld,
    after_the_night,
    rows_of,
    words,
)


@pytest.fixture
def world(contract: Contract) -> ExtranetWorld:
    return after_the_night(contract)


# --- calls -----------------------------------------------------------------------------------------------------------


def test_the_list_tells_each_call_newest_first(world: ExtranetWorld) -> None:
    read = words(world.get("/extranet/appels", "mois=2026-11"))
    assert read.index("lun. 23 nov., 13 h 05") < read.index("sam. 21 nov., 23 h 12")
    assert "Corinne Jeannin" in read
    assert "06 39 98 01 02" in read
    assert "Non décroché" in read


def test_an_excel_file_holds_exactly_the_calls_of_the_month(world: ExtranetWorld) -> None:
    rows = rows_of(world.get("/extranet/appels.xlsx", "mois=2026-11"))
    assert len(rows) == 1 + 21
    assert rows[0][:3] == ("Présenté", "Service", "Numéro")
    assert rows[-1][0].isoformat() == "2026-11-21T23:12:00"
    assert rows[-1][3] == "Corinne Jeannin"
    assert rows[-1][5] == timedelta(seconds=11)
    assert len(rows_of(world.get("/extranet/appels.xlsx", "mois=2026-10"))) == 1


def test_a_file_that_leaves_is_noted_each_time(world: ExtranetWorld) -> None:
    world.get("/extranet/appels.xlsx")
    world.get("/extranet/appels.xlsx")
    exported = [line["what"] for line in world.services.audit.lines.values() if line["action"] == "export"]
    assert exported == ["calls:2026-11", "calls:2026-11"]


def test_a_name_that_looks_like_a_formula_stays_text(world: ExtranetWorld) -> None:
    world.call("EVIL", MONDAY - timedelta(minutes=5))
    world.fill_in("EVIL", MONDAY, first='=HYPERLINK("http://evil")', last="\x07+1", malfunction_id=None)
    answer = world.get("/extranet/appels.xlsx")
    page = load_workbook(BytesIO(base64.b64decode(answer["body"]))).active
    assert page is not None
    cell = page["D2"]
    assert cell.value == '=HYPERLINK("http://evil") +1'
    assert cell.data_type == "s"
    assert "<script" not in words(world.get("/extranet/appels"))


def test_a_withheld_number_is_a_normal_case(world: ExtranetWorld) -> None:
    world.call("ANON", MONDAY - timedelta(minutes=5), caller=None)
    assert "numéro masqué" in words(world.get("/extranet/appels")).lower()


def test_a_month_without_calls_says_so(world: ExtranetWorld) -> None:
    assert "Aucun appel ce mois-là." in words(world.get("/extranet/appels", "mois=2026-09"))


def test_every_call_of_a_long_month_is_on_exactly_one_page(contract: Contract) -> None:
    world = ExtranetWorld(contract)
    for number in range(120):
        world.call(f"CALL{number:03}", MONDAY - timedelta(minutes=number), caller=f"+3363998{number:04}")
    seen: list[str] = []
    query = "mois=2026-11"
    for _ in range(3):
        body = world.get("/extranet/appels", query)["body"]
        seen += re.findall(r"06\u00a039\u00a098(?:\u00a0\d\d){2}", body)
        following = re.search(r'href="/extranet/appels\?([^"]*suite=[^"]*)"', body)
        query = following[1].replace("&amp;", "&") if following else ""
    assert query == ""
    assert len(seen) == len(set(seen)) == 120


# --- mains courantes -------------------------------------------------------------------------------------------------


def test_a_main_courante_tells_the_whole_night(world: ExtranetWorld) -> None:
    read = words(world.get(MAIN_COURANTE))
    told = [
        "23 h 12",
        "Appel de Mme Corinne Jeannin",
        "attente 11 s",
        "Plomberie Daval",
        "Répondeur",
        "Un répondeur ne vaut pas accord.",
        "Appel de M. Lucas Vauthier",
        "Enregistrement effacé :",
        "Accepté",
        "touche 1, confirmée, à 23 h 24",
        "Sur place",
        "7 min avant l’heure annoncée",
        "Compte rendu",
        "Raccord changé sous l’évier, plafond à reprendre.",
    ]
    places = [read.find(fact) for fact in told]
    assert -1 not in places, told[places.index(-1)]
    assert places == sorted(places)


def test_delays_are_told_from_the_first_call(world: ExtranetWorld) -> None:
    read = words(world.get(MAIN_COURANTE))
    assert "Premier appel au prestataire 5 min 00 Accord 12 min 05 Arrivée 50 min 45 Fin des travaux 1 h 47 min" in read
    assert "Comptés depuis le premier appel, 23 h 12." in read


def test_the_day_of_erasure_is_on_the_page_and_on_the_print(world: ExtranetWorld) -> None:
    read = words(world.get(MAIN_COURANTE))
    assert "mercredi 12 mai 2027" in read
    assert "Imprimé par Claire Humbert le lundi 23 novembre 2026 à 14 h 32. Document nominatif" in read
    assert "détruire avant le mardi 11 mai 2027" in read


def test_a_reader_chooses_what_to_see_and_the_excel_holds_just_that(world: ExtranetWorld) -> None:
    everything = rows_of(world.get(f"{MAIN_COURANTE}/lignes.xlsx"))
    messages = rows_of(world.get(f"{MAIN_COURANTE}/lignes.xlsx", "a=messages"))
    facts = [row[1] for row in messages[1:]]
    assert "SMS aux appelants" in facts
    assert not [fact for fact in facts if fact.startswith("Appel de")]
    assert len(messages) < len(everything)
    read = words(world.get(MAIN_COURANTE, "a=messages&a=recus"))
    assert "Appel de Mme Corinne Jeannin" in read
    assert "Un répondeur" not in read


def test_the_list_filters_and_its_excel_holds_what_it_shows(world: ExtranetWorld) -> None:
    assert "2026-0001" in words(world.get("/extranet/mains-courantes"))
    for query in ("agence=gray", "etat=ouvertes", "mois=2026-10"):
        assert "Aucune main courante pour ce choix." in words(world.get("/extranet/mains-courantes", query))
        assert len(rows_of(world.get("/extranet/mains-courantes.xlsx", query))) == 1
    rows = rows_of(world.get("/extranet/mains-courantes.xlsx", "agence=vesoul&mois=2026-11"))
    assert rows[1][0] == "2026-0001"
    assert rows[1][10] == "Mise en sécurité"


def test_a_refusal_and_a_suivant_are_on_the_page_and_in_the_excel_whatever_came_after(contract: Contract) -> None:
    world = ExtranetWorld(contract)
    world.night.start()
    world.night.happen(Decline(0, by="keys", note="Trop loin"))
    world.night.happen(CallNext(1, "Nadège Roussel"))
    world.night.happen(Accept(0, by="agent", confirmed=True))
    page = words(world.get(MAIN_COURANTE))
    excel = " ".join(str(cell) for row in rows_of(world.get(f"{MAIN_COURANTE}/lignes.xlsx")) for cell in row)
    for read in (page, " ".join(excel.split())):
        for told in (
            "Refusé",
            "Trop loin",
            "Passé au suivant",
            "« Suivant » par Nadège Roussel",
            "Revient sur son refus",
        ):
            assert told in read
        assert "Sans réponse" not in read


def many_malfunctions(world: ExtranetWorld, count: int, agency: str = "vesoul") -> None:
    """Copies of the night's, one a minute before it; every other one is open."""
    store, told = world.store, world.night.malfunction
    for number in range(count):
        status = MalfunctionStatus.OPEN if number % 2 else MalfunctionStatus.CLOSED
        malfunction_id, at = f"copy-{number:04}", told.opened_at - timedelta(minutes=1 + number)
        place = replace(told.place, agency=agency)
        store.malfunctions[malfunction_id] = replace(
            told, malfunction_id=malfunction_id, number=f"2026-9{number:03}", opened_at=at, status=status, place=place
        )


def pages_of(world: ExtranetWorld, path: str, query: str) -> list[list[str]]:
    """The numbers of the mains courantes on each page, by following the links."""
    pages: list[list[str]] = []
    while True:
        body = world.get(path, query)["body"]
        pages.append(re.findall(r'<th scope="row"[^>]*><a [^>]*>(2026-\d{4})</a>', body))
        following = re.search(rf'href="{path}\?([^"]*suite=[^"]*)"', body)
        if following is None:
            return pages
        query = html.unescape(following[1])


@pytest.mark.parametrize(("copies", "sizes"), [(49, [50]), (50, [50, 1]), (120, [50, 50, 21])])
def test_every_main_courante_of_a_long_month_is_on_exactly_one_page(
    world: ExtranetWorld, copies: int, sizes: list[int]
) -> None:
    many_malfunctions(world, copies)
    pages = pages_of(world, "/extranet/mains-courantes", "mois=2026-11")
    assert [len(page) for page in pages] == sizes
    shown = [number for page in pages for number in page]
    assert shown == ["2026-0001", *(f"2026-9{number:03}" for number in range(copies))]
    rows = rows_of(world.get("/extranet/mains-courantes.xlsx", "mois=2026-11"))
    assert [row[0] for row in rows[1:]] == shown


def test_a_choice_stays_from_page_to_page_and_its_excel_holds_all_of_it(world: ExtranetWorld) -> None:
    many_malfunctions(world, 110, agency="gray")
    query = "mois=2026-11&agence=gray&etat=ouvertes"
    pages = pages_of(world, "/extranet/mains-courantes", query)
    assert [len(page) for page in pages] == [50, 5]
    rows = rows_of(world.get("/extranet/mains-courantes.xlsx", query))
    assert [row[0] for row in rows[1:]] == [number for page in pages for number in page]
    assert "Excel de ce choix" in words(world.get("/extranet/mains-courantes", query))


def test_a_choice_far_back_in_a_month_is_found_by_going_on(world: ExtranetWorld) -> None:
    many_malfunctions(world, 20)
    world.night.malfunctions.looked_through = 8
    rarest = world.store.malfunctions["copy-0015"]
    world.store.malfunctions["copy-0015"] = replace(rarest, place=replace(rarest.place, agency="gray"))
    query = "mois=2026-11&agence=gray"
    assert "Il en reste de plus anciennes à parcourir." in words(world.get("/extranet/mains-courantes", query))
    assert pages_of(world, "/extranet/mains-courantes", query) == [[], [], ["2026-9015"]]


def test_the_way_back_to_the_newest_is_on_every_later_page(world: ExtranetWorld) -> None:
    many_malfunctions(world, 60)
    first = world.get("/extranet/mains-courantes", "mois=2026-11")["body"]
    following = re.search(r'href="/extranet/mains-courantes\?([^"]*suite=[^"]*)"', first)
    assert following is not None
    assert "Revenir aux plus récentes" not in first
    second = world.get("/extranet/mains-courantes", html.unescape(following[1]))["body"]
    assert 'href="/extranet/mains-courantes?mois=2026-11">Revenir aux plus récentes</a>' in second


@pytest.mark.parametrize("path", ["/extranet/appels", "/extranet/mains-courantes"])
def test_a_made_up_cursor_leads_nowhere(world: ExtranetWorld, path: str) -> None:
    assert world.get(path, "suite=hier")["statusCode"] == 404
