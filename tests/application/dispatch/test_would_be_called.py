"""Who would be called is the chain that a dispatch would freeze, with the links that it lacks and why (R40, R42)."""

from dataclasses import replace
from datetime import date, timedelta

from permanence.application.desk.place import place_of_dwelling
from permanence.application.dispatch.would_be_called import Known, LeftOut, Link, Missing, would_be_called
from permanence.domain.contract import Contract
from permanence.domain.dispatch.chain import freeze_chain
from permanence.domain.dispatch.dispatch import Role
from permanence.domain.reference.patrimoine import NamedContractor
from permanence.domain.reference.places import Where
from permanence.domain.reference.planning import Planning, resolved
from tests.domain.reference.test_calendar import paris
from tests.functions.decisions.planning_world import (
    ANNUAIRE,
    CARNOT,
    ENTREPRISES,
    PATRIMOINE,
    SUPERVISEUR,
    holed,
    spring,
)

NIGHT = paris(2027, 3, 28, 3, 30)
PLACE = place_of_dwelling(CARNOT)


def known(planning: Planning) -> Known:
    return Known(PATRIMOINE, ENTREPRISES, ANNUAIRE, planning)


def test_the_links_are_those_of_the_dispatch_each_at_its_hour(contract: Contract) -> None:
    motif = contract.motifs["eclairage_communs"]
    told = would_be_called(contract, known(spring()), motif, PLACE, NIGHT)
    chain = freeze_chain(
        contract.dispatch, motif, PLACE, PATRIMOINE, ENTREPRISES, resolved(spring(), ANNUAIRE), at=NIGHT
    )
    links = [one for one in told.chain if isinstance(one, Link)]
    assert tuple(one.responder for one in links) == chain
    waited = timedelta(0)
    for link in links:
        assert link.at == NIGHT + waited
        waited += timedelta(seconds=link.responder.answer_within_s)
    assert told.alarm_at == NIGHT + waited
    assert (told.supervisor.name, told.supervisor.phone) == ("Rachid Amrani", "+33639989971")
    assert not told.is_open


def test_what_is_left_out_says_why_in_its_place(contract: Contract) -> None:
    told = would_be_called(contract, known(holed()), contract.motifs["eclairage_communs"], PLACE, NIGHT)
    assert [one.responder.role if isinstance(one, Link) else one.why for one in told.chain] == [
        Role.CONTRACTOR,
        Role.CONTRACTOR_SECOND_NUMBER,
        LeftOut.ENDED,
        LeftOut.NOBODY,
        Role.CADRE,
    ]
    ended, hole = (one for one in told.chain if isinstance(one, Missing))
    assert (ended.name, ended.day) == ("Électricité Comtoise", date(2027, 2, 28))
    assert (hole.role, hole.start, hole.end) == (
        Role.TECHNICIEN,
        paris(2027, 3, 27, 20),
        paris(2027, 3, 28, 8, 30),
    )


def test_a_contract_to_come_is_left_out_and_says_from_when(contract: Contract) -> None:
    elec, comtoise = ENTREPRISES.assignments
    later = replace(ENTREPRISES, assignments=(elec, replace(comtoise, starts_on=date(2027, 5, 1), ends_before=None)))
    told = would_be_called(
        contract, replace(known(spring()), entreprises=later), contract.motifs["eclairage_communs"], PLACE, NIGHT
    )
    (missing,) = (one for one in told.chain if isinstance(one, Missing))
    assert (missing.why, missing.day) == (LeftOut.NOT_BEGUN, date(2027, 5, 1))


def test_who_is_unknown_and_who_a_narrower_zone_replaces_are_told_as_the_resolver_leaves_them_out(
    contract: Contract,
) -> None:
    there = known(spring())
    elec, comtoise = there.entreprises.assignments
    everywhere = replace(comtoise, rank=1, ends_before=None)
    narrower = replace(elec, where=Where.COMMUNE, place=PLACE.commune)
    named = (NamedContractor(PLACE.building_id or "", "eclairage_communs", "nobody", 1),)
    known_then = replace(
        there,
        patrimoine=replace(there.patrimoine, named=named),
        entreprises=replace(there.entreprises, assignments=(everywhere, narrower)),
    )
    told = would_be_called(contract, known_then, contract.motifs["eclairage_communs"], PLACE, NIGHT)
    assert [(one.name, one.why) for one in told.chain if isinstance(one, Missing)] == [
        ("nobody", LeftOut.UNKNOWN),
        ("Électricité Comtoise", LeftOut.REPLACED),
    ]


def test_a_motif_of_the_staff_leaves_no_contractor_out(contract: Contract) -> None:
    motif = next(one for one in contract.motifs.values() if not one.contractor_first)
    told = would_be_called(contract, known(spring()), motif, PLACE, NIGHT)
    assert [one.responder.role for one in told.chain if isinstance(one, Link)] == [Role.TECHNICIEN, Role.CADRE]
    assert len(told.chain) == 2


def test_without_a_planned_supervisor_the_contract_s_number_is_called(contract: Contract) -> None:
    without = Planning(tuple(one for one in spring().duties if one.cell != SUPERVISEUR))
    told = would_be_called(contract, known(without), contract.motifs["eclairage_communs"], PLACE, NIGHT)
    assert (told.supervisor.name, told.supervisor.phone) == ("", contract.numbers.duty_supervisor)


def test_while_the_crc_is_open_it_says_so(contract: Contract) -> None:
    motif = contract.motifs["eclairage_communs"]
    assert would_be_called(contract, known(spring()), motif, PLACE, paris(2027, 3, 24, 10)).is_open
