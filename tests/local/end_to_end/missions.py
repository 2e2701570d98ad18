"""Missions as the tests of this folder start, read and end them."""

from dataclasses import dataclass

from local.operator.client import OperatorClient
from local.operator.views import CallView
from local.scenarios.agent import Agent, call_in
from local.scenarios.patrimoine import made_up_entreprises
from local.scenarios.telling import until
from local.scenarios.visitor import Visitor, mission_link
from local.scenarios.world import World
from permanence.domain.dispatch.dispatch import Dispatch, DispatchStatus
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.reference.entreprises import Contractor
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine

MOTIF = "plomberie_logement"


def contractors_of(patrimoine: Patrimoine, commune: str) -> tuple[Contractor, Contractor]:
    """The first and the second company for a burst pipe."""
    entreprises = made_up_entreprises(patrimoine)
    chain = sorted(
        (a for a in entreprises.assignments if a.motif == MOTIF and a.place == commune), key=lambda each: each.rank
    )
    by_id = {contractor.contractor_id: contractor for contractor in entreprises.contractors}
    first, second = (by_id[assignment.contractor_id] for assignment in chain)
    return first, second


@dataclass(frozen=True, slots=True)
class Sent:
    """A mission that was sent, and the call it came from, which is over."""

    call: CallView
    malfunction_id: str


def send_a_mission(world: World, agent: Agent, caller: str, dwelling: Dwelling) -> Sent:
    """A call about a burst pipe, from the ringing to the closed fiche."""
    call = call_in(world, caller)
    agent.take(call)
    agent.walk_the_guide()
    agent.choose(f"{dwelling.street_number} {dwelling.street} {dwelling.commune}", dwelling)
    agent.send()
    agent.hang_up(call)
    agent.close("Pernot", "Gérard", "L’eau coule encore sous l’évier.")
    malfunction_id = world.malfunction_of_call(call.sid)
    if malfunction_id is None:
        raise LookupError(call.sid)
    return Sent(call, malfunction_id)


def dwelling_in(patrimoine: Patrimoine, commune: str) -> Dwelling:
    """One of the dwellings of a commune; a test that has the commune to itself meets no other's malfunction there."""
    return next(dwelling for dwelling in patrimoine.dwellings if dwelling.commune == commune)


def malfunction_of(world: World, malfunction_id: str) -> Malfunction:
    malfunction = world.malfunctions.get(malfunction_id)
    if malfunction is None:
        raise LookupError(malfunction_id)
    return malfunction


def dispatch_of(world: World, malfunction_id: str) -> Dispatch:
    dispatch = malfunction_of(world, malfunction_id).dispatch
    if dispatch is None:
        raise LookupError(malfunction_id)
    return dispatch


def link_to(operator: OperatorClient, phone: str) -> str:
    """The mission's address in the SMS to a phone."""
    return mission_link(operator.wait_for_message(phone, "/m/").body)


def report(world: World, link: str, malfunction_id: str) -> None:
    """Whoever accepted comes and ends the mission, so that nothing of it rings in a later test."""
    mission = Visitor(world.outputs["public_url"]).open(link)
    mission.press("sur place")
    mission.open(link).press("Terminer", resultat="réalisée", texte="Joint changé.")
    until(lambda: dispatch_of(world, malfunction_id).status is DispatchStatus.REPORTED, "report")
