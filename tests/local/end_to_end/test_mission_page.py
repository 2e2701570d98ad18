"""The contractor's page behind the link of the SMS, on a phone."""

from http import HTTPStatus

from playwright.sync_api import expect

from local.operator.client import OperatorClient
from local.scenarios.agent import Agent
from local.scenarios.visitor import Visitor
from local.scenarios.world import World
from permanence.domain.dispatch.dispatch import DispatchStatus, StepStatus
from permanence.domain.reference.patrimoine import Patrimoine
from tests.local.end_to_end.browsing import PHONE, Browsing
from tests.local.end_to_end.missions import (
    contractors_of,
    dispatch_of,
    dwelling_in,
    link_to,
    report,
    send_a_mission,
)

CALLER = "+33639984472"


def test_opening_changes_nothing_refusing_asks_once_more_and_the_next_one_accepts_and_reports(
    world: World, patrimoine: Patrimoine, operator: OperatorClient, sophie: Agent, browsing: Browsing
) -> None:
    first, second = contractors_of(patrimoine, "Vesoul")
    malfunction_id = send_a_mission(world, sophie, CALLER, dwelling_in(patrimoine, "Échenoz-la-Méline")).malfunction_id
    page = browsing.window(PHONE)
    page.goto(link_to(operator, first.phone))
    expect(page.get_by_role("button", name="J’accepte")).to_be_visible()
    browsing.keep(page, "mission-answer")
    assert dispatch_of(world, malfunction_id).steps[0].status is StepStatus.CALLING

    page.get_by_role("link", name="Je refuse").click()
    expect(page.get_by_role("heading", name="Pourquoi refusez-vous ?")).to_be_visible()
    browsing.keep(page, "mission-decline")
    assert dispatch_of(world, malfunction_id).steps[0].status is StepStatus.CALLING
    page.get_by_label("Trop loin").check()
    page.get_by_role("button", name="Confirmer le refus").click()
    expect(page.get_by_role("heading", name="Refus noté")).to_be_visible()

    page.goto(link_to(operator, second.phone))
    page.get_by_role("button", name="J’accepte").click()
    expect(page.get_by_role("heading", name="Quand arrivez-vous ?")).to_be_visible()
    expect(page.get_by_text("Pernot")).to_be_visible()
    browsing.keep(page, "mission-arrival")
    page.get_by_label("30 min", exact=True).check()
    page.get_by_role("button", name="Confirmer mon arrivée").click()
    browsing.keep(page, "mission-en-route")
    page.get_by_role("button", name="Je suis sur place").click()
    browsing.keep(page, "mission-report")
    page.get_by_label("Mise en sécurité").check()
    page.get_by_label("En une phrase").fill("Eau coupée, flexible à remplacer.")
    page.get_by_role("button", name="Terminer").click()
    expect(page.get_by_role("heading", name="Mission terminée, merci")).to_be_visible()
    dispatch = dispatch_of(world, malfunction_id)
    assert dispatch.status is DispatchStatus.REPORTED
    assert (dispatch.steps[0].note, dispatch.report_note) == ("Trop loin", "Eau coupée, flexible à remplacer.")


def test_the_second_to_accept_is_told_who_has_the_mission(
    world: World, patrimoine: Patrimoine, operator: OperatorClient, sophie: Agent
) -> None:
    first, second = contractors_of(patrimoine, "Vesoul")
    sent = send_a_mission(world, sophie, CALLER, dwelling_in(patrimoine, "Rioz"))
    slow, quick = (Visitor(world.outputs["public_url"]) for _ in (first, second))
    slow.open(link_to(operator, first.phone))
    sophie.go_back_to(sent.call)
    sophie.desk.press("Suivant")
    link = link_to(operator, second.phone)
    quick.open(link).press("J’accepte")
    slow.press("J’accepte")
    assert f"{second.name} l’a acceptée" in slow.text
    dispatch = dispatch_of(world, sent.malfunction_id)
    assert dispatch.winner is not None
    assert dispatch.steps[dispatch.winner].responder.name == second.name
    report(world, link, sent.malfunction_id)


def test_an_altered_link_is_answered_politely_and_changes_nothing(
    world: World, patrimoine: Patrimoine, operator: OperatorClient, sophie: Agent
) -> None:
    first, _ = contractors_of(patrimoine, "Vesoul")
    sent = send_a_mission(world, sophie, CALLER, dwelling_in(patrimoine, "Jussey"))
    link = link_to(operator, first.phone)
    before = answers_to(world, sent.malfunction_id)
    other = "3" if link.endswith("2") else "2"
    for altered in (link[:-1], link[:-1] + other, f"{link}%00", f"{link}é"):
        stranger = Visitor(world.outputs["public_url"]).open(altered)
        assert stranger.status == HTTPStatus.NOT_FOUND
        assert "Ce lien ne mène à aucune mission" in stranger.text
        assert stranger.post(f"{altered}/accepter").status == HTTPStatus.NOT_FOUND
    assert answers_to(world, sent.malfunction_id) == before
    Visitor(world.outputs["public_url"]).open(link).press("J’accepte")
    report(world, link, sent.malfunction_id)


def answers_to(world: World, malfunction_id: str) -> tuple[object, ...]:
    """What a person with a link can change; receipts of the SMS and of the call may come at any moment."""
    dispatch = dispatch_of(world, malfunction_id)
    steps = ((step.status, step.note, step.late_accepted_at) for step in dispatch.steps)
    return dispatch.status, dispatch.winner, dispatch.announced_arrival_at, dispatch.on_site_at, *steps
