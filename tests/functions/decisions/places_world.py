"""A référentiel with the small town: Gray has a plumber, Vesoul none, everything else is repaired by one."""

from dataclasses import replace
from datetime import date

from permanence.application.reference.deciding import Deciding
from permanence.application.reference.signed import signed_of
from permanence.domain.reference.patrimoine import AgencyPlace, NamedContractor, Patrimoine
from permanence.domain.reference.patrimoine_kind import PATRIMOINE
from permanence.domain.reference.places import Where
from tests.domain.reference.small_town import BOUVERET, DAVAL, ROUSSEL, contract, entreprises, town
from tests.fakes.reference import BY_HABITAT_70, put_in_force
from tests.functions.decisions.decisions_world import MONDAY, World

HOLES = "/referentiel/trous"
PLUMBING = "plomberie_logement"


def with_a_town() -> World:
    world = World()
    motifs = [motif.motif_id for motif in world.contract.motifs.values() if motif.contractor_first]
    others = (contract(BOUVERET, motif=motif) for motif in motifs if motif != PLUMBING)
    gray = contract(DAVAL, Where.COMMUNE, "Gray", ends_before=date(2027, 1, 1))
    ended = contract(ROUSSEL, Where.COMMUNE, "Vesoul", ends_before=date(2026, 11, 1))
    place = AgencyPlace("gray", "Gray", "1 quai de la Saône", "+33384000000", "8 h à 17 h")
    put_in_force(world.documents, MONDAY, entreprises=entreprises(gray, ended, *others))
    put_in_force(world.documents, MONDAY, patrimoine=replace(town(), agencies=(place,)))
    return world


def deciding_of(world: World) -> Deciding:
    return Deciding(world.documents, world.audit, signed_of(world.contract), {}, BY_HABITAT_70)


def another_plumber_proposed() -> World:
    """Bouveret in two buildings of Gray, in version 2 of the patrimoine."""
    world = with_a_town()
    named = tuple(NamedContractor(building, PLUMBING, "bouveret", 1) for building in ("BAT-1", "BAT-2"))
    deciding = deciding_of(world)
    body: Patrimoine = deciding.in_force(PATRIMOINE, MONDAY)[1]
    deciding.propose(PATRIMOINE, replace(body, named=named), MONDAY)
    return world
