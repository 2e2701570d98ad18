"""The first day: in which order an empty system is filled, and what each thing that is missing blocks (R30)."""

from dataclasses import replace

import pytest

from decisions.first_day import missing, steps
from decisions.kinds import PARTS
from permanence.application.access.members import Member
from permanence.application.extranet.referentiel import DocumentView
from permanence.domain.reference.in_force import SEED
from tests.functions.decisions.decisions_world import CLAIRE, MONDAY, NADEGE, World, approved, proposed

AGENT = replace(CLAIRE, user_id="u1", groups=("teleconseiller",))
PEOPLE = tuple(Member(person, MONDAY) for person in (CLAIRE, NADEGE, AGENT))
EMPTY = DocumentView(MONDAY, SEED, None, {}, None, ())


def test_a_system_without_an_account_of_a_group_says_what_that_blocks() -> None:
    views = dict.fromkeys(PARTS, EMPTY)
    (accounts,) = [step for step in steps(PARTS, views, PEOPLE[:2]) if step.title == "Comptes"]
    assert not accounts.is_there
    assert accounts.fact == "Superviseur : 1, Habitat 70 : 1, téléconseiller : aucun."
    assert accounts.blocks == "Sans téléconseiller, seul un superviseur prend les appels."


def test_a_closed_account_is_none() -> None:
    closed = replace(PEOPLE[0], disabled_at=MONDAY)
    accounts = steps(PARTS, dict.fromkeys(PARTS, EMPTY), (closed, *PEOPLE[1:]))[0]
    assert "Habitat 70 : aucun" in accounts.fact


@pytest.mark.parametrize("name", PARTS)
def test_each_document_is_a_line_that_a_version_in_force_fulfils(name: str) -> None:
    views = dict.fromkeys(PARTS, EMPTY)
    there = DocumentView(MONDAY, 1, None, dict.fromkeys(PARTS[name].counted, 2), None, ())

    def line(of: dict[str, DocumentView]) -> bool:
        (step,) = [step for step in steps(PARTS, of, PEOPLE) if step.title == PARTS[name].title]
        return step.is_there

    assert not line(views)
    assert line(views | {name: there})


def test_what_the_contract_ships_is_not_missing() -> None:
    names = {step.title for step in missing(steps(PARTS, dict.fromkeys(PARTS, EMPTY), PEOPLE))}
    assert "Calendrier et fermetures" not in names


def test_the_page_tells_the_order_and_the_list_of_documents_leads_to_it() -> None:
    world = World()
    browser = world.browser().get("/referentiel")
    assert "Premier jour, il manque : Comptes" in browser.text
    page = browser.get("/referentiel/premier-jour")
    assert "Sans téléconseiller, seul un superviseur prend les appels." in page.text
    assert "Jusqu’à une première version, les heures du contrat valent" in page.text
    assert not page.page.select('a[href="/equipe"]')
    assert world.browser(NADEGE).get("/referentiel/premier-jour").page.select('.first-day a[href="/equipe"]')
    proposed(world)
    approved(world)
    assert "Version 1 en vigueur" in page.get("/referentiel/premier-jour").text
