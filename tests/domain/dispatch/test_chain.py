"""Who is called, in which order, and why (R40, R42, R43)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.contract import DispatchTerms, Motif
from permanence.domain.dispatch.chain import freeze_chain
from permanence.domain.dispatch.dispatch import Responder, Role
from permanence.domain.main_courante.fiche import Place
from permanence.domain.reference.entreprises import Contractor, ContractorAssignment, Entreprises
from permanence.domain.reference.patrimoine import Dwelling, NamedContractor, Patrimoine
from permanence.domain.reference.places import Where
from permanence.domain.reference.rota import EVERY_SECTOR, Duty, OnCallPerson, OnCallRole

NIGHT = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
TERMS = DispatchTerms(answer_within_s={"default": 240, "cadre": 120}, cap_from_creation_s=600, link_valid_h=72)
COLONNE = Motif("colonne_bouchee", "P6/H12", "Colonne d’eaux usées bouchée", "colonne", "colonne", True, False)
INCENDIE = Motif("incendie", "H1", "Incendie", "incendie", "incendie", False, True)

CURAGE = Contractor("curage", "Assainissement du Val de Saône", "assainissement", "+33639982105", "+33353014410")
LACROIX = Contractor("lacroix", "Hydro-Curage Lacroix", "assainissement", "+33639984730")
BELHADJ = OnCallPerson("t1", "Karim Belhadj", "+33639980561")
MOUROT = OnCallPerson("c1", "Sylvie Mourot", "+33639980562")

DWELLING = Dwelling(
    "LOG-1", "BAT-1", "0412887", "Les Tanneurs", "B", "14", "rue des Tanneurs", "70100", "Gray", "", "1", "104",
    "gray", "Gray",
)  # fmt: skip
PLACE = Place("LOG-1", "BAT-1", DWELLING.address, DWELLING.details, "70100", "Gray", "Les Tanneurs", "gray", "Gray")
FREE_ADDRESS = Place(None, None, "3 rue inconnue", "", "", "GRAY", "", "", "")
DUTIES = (
    Duty("Gray", OnCallRole.TECHNICIEN, BELHADJ, NIGHT - timedelta(days=3), NIGHT + timedelta(days=3)),
    Duty(EVERY_SECTOR, OnCallRole.CADRE, MOUROT, NIGHT - timedelta(days=3), NIGHT + timedelta(days=3)),
)


def commune(
    contractor: Contractor, rank: int = 1, since: date = date(2026, 3, 1), ends_before: date | None = None
) -> ContractorAssignment:
    return ContractorAssignment(
        "colonne_bouchee", contractor.contractor_id, rank, since, ends_before, Where.COMMUNE, "Gray"
    )


def chain(
    *assignments: ContractorAssignment,
    motif: Motif = COLONNE,
    place: Place = PLACE,
    duties: tuple[Duty, ...] = DUTIES,
    contractors: tuple[Contractor, ...] = (CURAGE, LACROIX),
    at: datetime = NIGHT,
    reason: str = "",
    named: tuple[NamedContractor, ...] = (),
) -> list[Responder]:
    patrimoine, entreprises = Patrimoine(dwellings=(DWELLING,), named=named), Entreprises(contractors, assignments)
    return list(
        freeze_chain(TERMS, motif, place, patrimoine, entreprises, duties, at=at, direct_to_staff_reason=reason)
    )


def test_the_chain_is_contractor_second_number_second_contractor_technicien_cadre() -> None:
    responders = chain(commune(CURAGE), commune(LACROIX, rank=2))
    assert [(one.role, one.phone) for one in responders] == [
        (Role.CONTRACTOR, "+33639982105"),
        (Role.CONTRACTOR_SECOND_NUMBER, "+33353014410"),
        (Role.SECOND_CONTRACTOR, "+33639984730"),
        (Role.TECHNICIEN, "+33639980561"),
        (Role.CADRE, "+33639980562"),
    ]


def test_both_numbers_of_a_company_are_one_person() -> None:
    first, second, *_ = chain(commune(CURAGE))
    assert first.person_id == second.person_id == "curage"


def test_each_rank_has_its_own_time_to_answer() -> None:
    assert [one.answer_within_s for one in chain(commune(LACROIX))] == [240, 240, 120]


def test_an_sms_goes_to_french_mobiles_only() -> None:
    by_phone = {one.phone: one.sms_phone for one in chain(commune(CURAGE))}
    assert by_phone["+33639982105"] == "+33639982105"
    assert by_phone["+33353014410"] is None


@pytest.mark.parametrize(
    ("phone", "can_receive"),
    [("+33712345678", True), ("+41791234567", False), ("+33812345678", False), ("+33612345678", True)],
)
def test_a_number_that_is_no_french_mobile_gets_no_sms(phone: str, can_receive: bool) -> None:
    odd = Contractor("odd", "Odd", "plomberie", phone)
    (first, *_) = chain(commune(odd), contractors=(odd,))
    assert (first.sms_phone == phone) is can_receive


def test_the_reason_names_the_motif_the_place_and_the_contract() -> None:
    first, *_ = chain(commune(CURAGE))
    assert first.reason == (
        "Motif « Colonne d’eaux usées bouchée », commune de Gray, contrat en vigueur depuis le 1er mars 2026"
    )


def test_a_contract_on_the_building_beats_one_on_the_commune() -> None:
    own = ContractorAssignment("colonne_bouchee", "lacroix", 1, date(2026, 1, 2), where=Where.BUILDING, place="BAT-1")
    first, *_ = chain(commune(CURAGE), own)
    assert first.name == LACROIX.name
    assert "bâtiment Les Tanneurs, contrat en vigueur depuis le 2 janvier 2026" in first.reason


def test_who_is_named_on_the_building_comes_before_every_contract_of_its_zones() -> None:
    own = replace(commune(CURAGE), where=Where.BUILDING, place="BAT-1")
    first, *_ = chain(own, named=(NamedContractor("BAT-1", "colonne_bouchee", "lacroix", 1),))
    assert first.name == LACROIX.name
    assert "bâtiment Les Tanneurs, prestataire nommé au patrimoine" in first.reason


def test_a_motif_of_habitat_70_goes_straight_to_its_staff() -> None:
    responders = chain(commune(CURAGE), motif=INCENDIE)
    assert [one.role for one in responders] == [Role.TECHNICIEN, Role.CADRE]
    assert responders[0].reason == (
        "Motif « Incendie », appel direct de l’astreinte Habitat 70 : technicien d’astreinte, secteur Gray"
    )


def test_a_reason_skips_the_contractors_and_is_the_reason_of_the_technicien() -> None:
    responders = chain(commune(CURAGE), reason="l’entreprise est déjà sur un autre sinistre")
    assert [one.role for one in responders] == [Role.TECHNICIEN, Role.CADRE]
    assert responders[0].reason == (
        "Motif « Colonne d’eaux usées bouchée », sans prestataire, l’entreprise est déjà sur un autre sinistre : "
        "technicien d’astreinte, secteur Gray"
    )


@pytest.mark.parametrize(
    ("article", "contractor_first", "may"),
    [("P6/H12", True, True), ("P1", True, False), ("H1", False, False), ("P6/H12", False, False)],
)
def test_only_a_motif_of_both_lists_may_skip_its_contractor(article: str, contractor_first: bool, may: bool) -> None:
    motif = replace(COLONNE, article=article, contractor_first=contractor_first)
    assert motif.may_skip_contractor is may


def test_without_contractor_the_technicien_comes_first_and_the_reason_says_so() -> None:
    first, *_ = chain()
    assert first.role is Role.TECHNICIEN
    assert "aucun prestataire sous contrat" in first.reason


@pytest.mark.parametrize(
    ("day", "holds"),
    [(date(2026, 11, 20), True), (date(2026, 11, 21), False), (date(2026, 11, 22), False)],
)
def test_a_contract_holds_until_the_day_it_ends(day: date, holds: bool) -> None:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    first, *_ = chain(commune(CURAGE, ends_before=date(2026, 11, 21)), at=at)
    assert (first.role is Role.CONTRACTOR) is holds


def test_a_contract_begins_at_midnight_in_paris() -> None:
    begins = commune(CURAGE, since=date(2026, 11, 22))
    assert chain(begins, at=datetime(2026, 11, 21, 22, 59, tzinfo=UTC))[0].role is Role.TECHNICIEN
    assert chain(begins, at=datetime(2026, 11, 21, 23, 0, tzinfo=UTC))[0].role is Role.CONTRACTOR


def test_a_free_address_finds_the_contractor_and_the_sector_of_its_commune() -> None:
    responders = chain(commune(CURAGE), place=FREE_ADDRESS)
    assert [one.role for one in responders] == [
        Role.CONTRACTOR,
        Role.CONTRACTOR_SECOND_NUMBER,
        Role.TECHNICIEN,
        Role.CADRE,
    ]


def test_a_missing_number_is_skipped_and_the_second_is_called() -> None:
    without = Contractor("curage", CURAGE.name, CURAGE.trade, "", CURAGE.second_phone)
    first, *_ = chain(commune(without), contractors=(without,))
    assert (first.role, first.phone) == (Role.CONTRACTOR_SECOND_NUMBER, "+33353014410")


def test_the_reason_of_a_choice_names_the_commune_as_one_says_it() -> None:
    at_hericourt = replace(commune(CURAGE), place="Héricourt")
    (first, *_) = chain(at_hericourt, place=replace(PLACE, building_id=None, commune="Héricourt"))
    assert "commune d’Héricourt" in first.reason


def test_two_people_with_one_number_are_called_once_and_both_named() -> None:
    shared = OnCallPerson("c2", "Anne Tournier", BELHADJ.phone)
    duties = (DUTIES[0], Duty(EVERY_SECTOR, OnCallRole.CADRE, shared, DUTIES[1].start, DUTIES[1].end))
    responders = chain(duties=duties)
    assert [one.phone for one in responders] == [BELHADJ.phone]
    assert responders[0].name == "Karim Belhadj"
    assert responders[0].reason.endswith("même numéro qu’Anne Tournier")


def test_nobody_on_call_and_no_contractor_is_an_empty_chain() -> None:
    assert chain(duties=()) == []


def test_the_handover_decides_who_is_called() -> None:
    after = OnCallPerson("t2", "Aline Jacquot", "+33639980563")
    duties = (
        Duty("Gray", OnCallRole.TECHNICIEN, BELHADJ, NIGHT - timedelta(days=7), NIGHT),
        Duty("Gray", OnCallRole.TECHNICIEN, after, NIGHT, NIGHT + timedelta(days=7)),
    )
    assert chain(duties=duties, at=NIGHT - timedelta(microseconds=1))[0].name == "Karim Belhadj"
    assert chain(duties=duties, at=NIGHT)[0].name == "Aline Jacquot"


PHONES = st.sampled_from(["", "+33639980001", "+33639980002", "+33353010001", "+33353010002"])


@given(phones=st.lists(PHONES, min_size=6, max_size=6))
def test_every_number_is_called_once_and_none_is_lost(phones: list[str]) -> None:
    first = Contractor("a", "A", "plomberie", phones[0], phones[1] or None)
    second = Contractor("b", "B", "plomberie", phones[2], phones[3] or None)
    duties = (
        Duty("Gray", OnCallRole.TECHNICIEN, OnCallPerson("t", "T", phones[4]), DUTIES[0].start, DUTIES[0].end),
        Duty(EVERY_SECTOR, OnCallRole.CADRE, OnCallPerson("c", "C", phones[5]), DUTIES[0].start, DUTIES[0].end),
    )
    called = [
        one.phone for one in chain(commune(first), commune(second, rank=2), duties=duties, contractors=(first, second))
    ]
    assert called == list(dict.fromkeys(phone for phone in phones if phone))
