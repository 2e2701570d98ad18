"""What the files say of one place (R83, R85, R89)."""

from datetime import date

import pytest

from permanence.domain.main_courante.fiche import Place
from permanence.domain.reference.annuaire import Annuaire, Person
from permanence.domain.reference.entreprises import Contractor, Entreprises
from permanence.domain.reference.instructions import Instruction, InstructionSort
from permanence.domain.reference.patrimoine import InternalContact, MaintenanceContract, Patrimoine
from permanence.domain.reference.places import Where
from permanence.domain.reference.premises import (
    AffaireContact,
    Maintainer,
    affaire_contacts,
    instructions_for,
    maintainers_at,
)

TANNEURS = Place("LOG-1", "BAT-1", "14 rue des Tanneurs", "", "70100", "Gray", "Les Tanneurs", "gray", "Gray")
CODE = Instruction("BAT-1", "", InstructionSort.CODE, "Digicode 24B10")
VALVE = Instruction("BAT-1", "plomberie_logement", InstructionSort.STOP_VALVE, "Vanne en cave, à gauche")
ELSEWHERE = Instruction("BAT-2", "", InstructionSort.KEYS, "Clés au bar-tabac")


@pytest.mark.parametrize(
    ("motif", "told"), [("plomberie_logement", (CODE, VALVE)), ("eclairage_communs", (CODE,)), ("", (CODE,))]
)
def test_who_goes_to_a_building_is_told_what_is_for_his_motif_and_what_is_for_all(
    motif: str, told: tuple[Instruction, ...]
) -> None:
    patrimoine = Patrimoine(instructions=(CODE, ELSEWHERE, VALVE))
    assert instructions_for(patrimoine, "BAT-1", motif) == told


def test_of_a_free_address_nothing_is_told() -> None:
    nowhere = Instruction("", "", InstructionSort.OTHER, "sans lieu")
    assert instructions_for(Patrimoine(instructions=(nowhere,)), None, "plomberie_logement") == ()


@pytest.mark.parametrize(
    ("day", "is_told"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_a_maintenance_company_is_told_while_its_contract_holds(day: date, is_told: bool) -> None:
    lift = MaintenanceContract("BAT-1", "ascenseur", "ascenseurs", "C-12", date(2026, 3, 1), date(2027, 1, 1))
    unknown = MaintenanceContract("BAT-1", "portail", "nobody", "C-13", date(2026, 3, 1))
    company = Contractor("ascenseurs", "Ascenseurs Comtois", "ascenseur", "+33353014001", called_by_tenants=True)
    told = maintainers_at(Patrimoine(maintenance=(lift, unknown)), Entreprises((company,)), "BAT-1", day)
    assert told == ((Maintainer("ascenseur", "Ascenseurs Comtois", "+33353014001", "C-12"),) if is_told else ())


def test_an_affaire_goes_to_the_contact_of_the_narrowest_zone_of_each_domain() -> None:
    annuaire = Annuaire(people=(Person("perrot", "Julien Perrot"),))
    contacts = (
        InternalContact(Where.COMMUNE, "Gray", "technique", "Technique Gray", "perrot"),
        InternalContact(Where.EVERYWHERE, "", "technique", "Siège", ""),
        InternalContact(Where.AGENCY, "gray", "location", "Location Gray", "gone"),
        InternalContact(Where.COMMUNE, "Vesoul", "technique", "Technique Vesoul", ""),
    )
    assert affaire_contacts(Patrimoine(contacts=contacts), annuaire, TANNEURS) == (
        AffaireContact("location", "Location Gray", ""),
        AffaireContact("technique", "Technique Gray", "Julien Perrot"),
    )
