"""The made-up reference data is whole: exact counts, fictional numbers only, and a full chain from every building."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from local.scenarios.patrimoine import (
    COMMUNES,
    made_up_annuaire,
    made_up_entreprises,
    made_up_patrimoine,
    on_call_people,
    on_call_sectors,
    planning_of_year,
    rota_of_year,
)
from permanence.application.reference.signed import signed_of
from permanence.domain.contract import Contract
from permanence.domain.dispatch.chain import freeze_chain
from permanence.domain.dispatch.dispatch import Role
from permanence.domain.main_courante.fiche import Place
from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.annuaire_checks import AnnuaireCode, annuaire_points
from permanence.domain.reference.documents import Circumstances
from permanence.domain.reference.planning import Planning, planning_of, resolved
from permanence.domain.reference.planning_checks import planning_points
from permanence.domain.reference.rota import EVERY_SECTOR, OnCallRole, on_duty

FICTIONAL = re.compile(r"\+3363998\d{4}|\+3335301\d{4}")
SATURDAY_NIGHT = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
PATRIMOINE = made_up_patrimoine()
ENTREPRISES = made_up_entreprises(PATRIMOINE)


@pytest.mark.parametrize("wanted", [40, 600, 12_000])
def test_there_are_exactly_as_many_dwellings_as_asked_each_with_its_own_ids(wanted: int) -> None:
    dwellings = made_up_patrimoine(wanted).dwellings
    assert len(dwellings) == wanted
    assert len({dwelling.dwelling_id for dwelling in dwellings}) == wanted
    assert len({dwelling.file_number for dwelling in dwellings}) == wanted
    assert len({(d.commune, d.address, d.details) for d in dwellings}) == wanted


def test_all_149_communes_of_the_tender_have_dwellings_and_the_towns_most_of_them() -> None:
    homes = Counter(dwelling.commune for dwelling in made_up_patrimoine(12_000).dwellings)
    assert set(homes) == {commune.name for commune in COMMUNES}
    assert len(homes) == 149
    assert homes.most_common(1)[0][0] == "Vesoul"


def test_a_commune_is_known_by_a_code_and_a_postcode_of_haute_saone() -> None:
    assert len({commune.code for commune in COMMUNES}) == len(COMMUNES)
    assert all(re.fullmatch(r"70[0-9]{3}", text) for commune in COMMUNES for text in (commune.code, commune.postcode))


def test_the_same_call_gives_the_same_data() -> None:
    assert made_up_patrimoine() == PATRIMOINE


def test_every_agency_of_the_contract_has_dwellings(contract: Contract) -> None:
    assert {dwelling.agency for dwelling in PATRIMOINE.dwellings} == set(contract.agencies)
    assert {dwelling.sector for dwelling in PATRIMOINE.dwellings} == set(on_call_sectors())


def test_every_number_is_fictional_belongs_to_one_person_and_is_not_the_reception_s(contract: Contract) -> None:
    numbers = [
        number
        for contractor in ENTREPRISES.contractors
        for number in (contractor.phone, contractor.second_phone)
        if number is not None
    ] + [person.phone for person in on_call_people()]
    assert all(FICTIONAL.fullmatch(number) for number in numbers)
    assert [number for number, count in Counter(numbers).items() if count > 1] == []
    assert not {
        contract.numbers.inbound,
        contract.numbers.desk_line,
        contract.numbers.duty_supervisor,
        *contract.numbers.fallback,
    } & set(numbers)


def test_the_annuaire_and_the_planning_of_two_years_need_no_correction(contract: Contract) -> None:
    annuaire, planning = (
        made_up_annuaire(),
        planning_of((*planning_of_year(2026).duties, *planning_of_year(2027).duties)),
    )
    others = {"annuaire": annuaire, "planning": planning, "patrimoine": PATRIMOINE}
    circumstances = Circumstances(SATURDAY_NIGHT, SATURDAY_NIGHT, signed_of(contract), others)
    told = (
        *annuaire_points(Annuaire(), annuaire, circumstances),
        *planning_points(Planning(), planning, circumstances),
    )
    assert [(point.code, point.subject) for point in told] == [(AnnuaireCode.NOT_TRAINED, "karim-daoud")]
    supervisor = on_duty(resolved(planning, annuaire), EVERY_SECTOR, OnCallRole.SUPERVISEUR, SATURDAY_NIGHT)
    assert supervisor is not None
    assert supervisor.phone == contract.numbers.duty_supervisor


def test_every_motif_in_every_building_leads_to_a_whole_chain(contract: Contract) -> None:
    duties = rota_of_year(2026)
    for dwelling in {dwelling.building_id: dwelling for dwelling in PATRIMOINE.dwellings}.values():
        place = Place(
            dwelling.dwelling_id,
            dwelling.building_id,
            dwelling.address,
            dwelling.details,
            dwelling.postcode,
            dwelling.commune,
            dwelling.residence,
            dwelling.agency,
            dwelling.sector,
        )
        for motif in contract.motifs.values():
            chain = freeze_chain(contract.dispatch, motif, place, PATRIMOINE, ENTREPRISES, duties, at=SATURDAY_NIGHT)
            roles = [responder.role for responder in chain]
            assert roles[-2:] == [Role.TECHNICIEN, Role.CADRE]
            assert (roles[0] is Role.CONTRACTOR) is motif.contractor_first


def test_the_places_that_scenarios_name_exist() -> None:
    places = {(d.commune, d.address, d.building) for d in PATRIMOINE.dwellings}
    assert ("Vesoul", "12 rue Baron Bouvier", "") in places
    assert {("Gray", "14 rue des Tanneurs", building) for building in "AB"} <= places
