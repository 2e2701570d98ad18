"""Names that French elides before, communes with an article, months: on every page that says « de » before them."""

from dataclasses import replace
from typing import Any

import pytest

from permanence.adapters.contract_file import load_contract
from permanence.application.access.members import Member
from permanence.application.desk.fiche import malfunction_id_of
from tests.functions.desk.desk_world import CALL, World, agent
from tests.functions.extranet.extranet_world import CLAIRE, MAIN_COURANTE, ExtranetWorld, after_the_night
from tests.functions.sign_in.sign_in_world import SignInWorld, person
from tests.web.french import not_elided, small_streets

MONTHS = tuple(f"2026-{number:02}" for number in range(1, 13))


@pytest.fixture(scope="module")
def extranet() -> ExtranetWorld:
    world = after_the_night(load_contract())
    malfunctions = world.store.malfunctions
    for known_id, known in malfunctions.items():
        contacts = tuple(replace(contact, name="Hélène Oudot") for contact in known.contacts)
        place = replace(known.place, agency="hericourt", address="rue Baron Bouvier")
        malfunctions[known_id] = replace(known, contacts=contacts, place=place)
    world.sign_in(replace(CLAIRE, first_name="Hélène"))
    return world


def good_french(answer: dict[str, Any]) -> bool:
    return not_elided(answer["body"]) == [] and small_streets(answer["body"]) == []


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("page", ["appels", "mains-courantes", "indicateurs"])
def test_each_month_takes_its_elision(extranet: ExtranetWorld, page: str, month: str) -> None:
    answer = extranet.get(f"/extranet/{page}", f"mois={month}")
    assert not_elided(answer["body"]) == []


@pytest.mark.parametrize("path", ["/extranet", "/extranet/mains-courantes", MAIN_COURANTE])
def test_a_main_courante_names_its_agency_its_caller_and_its_street(extranet: ExtranetWorld, path: str) -> None:
    answer = extranet.get(path, "mois=2026-11")
    assert "Rue Baron Bouvier" in answer["body"] or path == "/extranet"
    assert good_french(answer)


def test_the_list_says_the_agency_as_one_says_it(extranet: ExtranetWorld) -> None:
    assert "agence d’Héricourt" in extranet.get("/extranet/mains-courantes", "mois=2026-11")["body"]


def test_the_desk_names_its_agent() -> None:
    world = World()
    world.call_comes_in()
    browser = world.browser(agent("Hélène", "Oudot")).get("/desk")
    assert "Poste d’Hélène Oudot" in browser.html
    other = world.browser(agent("Élie", "Haas"))
    browser.post(f"/desk/appels/{CALL}/prendre", {})
    for path in ("/desk", f"/desk/appels/{CALL}"):
        assert not_elided(other.get(path).html) == []


def test_the_team_names_who_gets_a_password() -> None:
    house = SignInWorld()
    known = house.members.get(person("teleconseiller").user_id)
    assert isinstance(known, Member)
    house.members.put(replace(known, person=replace(known.person, first_name="Hélène")))
    page = house.signed_in("superviseur").get(f"/equipe/{known.person.user_id}")
    page.post(f"/equipe/{known.person.user_id}/mot-de-passe", {})
    assert "Mot de passe provisoire d’Hélène Roussel" in page.html


def test_the_desk_notes_the_agreement_of_who_is_named() -> None:
    world = World()
    browser = world.browser()
    world.taken(browser)
    world.answers(browser)
    browser.post(f"/desk/appels/{CALL}/fiche", {"dwelling": "D104"}).get(f"/desk/appels/{CALL}")
    browser.post(f"/desk/appels/{CALL}/intervention", {})
    known = world.malfunctions.get(malfunction_id_of(CALL))
    assert known is not None
    assert known.dispatch is not None
    steps = tuple(
        replace(step, responder=replace(step.responder, name=f"Élec {index}"))
        for index, step in enumerate(known.dispatch.steps)
    )
    world.store.malfunctions[known.malfunction_id] = replace(known, dispatch=replace(known.dispatch, steps=steps))
    browser.get(f"/desk/appels/{CALL}")
    assert browser.page.find(id="accord-de").get_text() == "d’Élec 0"
    assert not_elided(browser.html) == []
