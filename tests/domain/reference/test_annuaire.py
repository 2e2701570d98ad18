"""The annuaire: who can be called, whom nobody may drop, who was trained when and by whom (R25, R30, R92)."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from permanence.domain.reference.annuaire import (
    Annuaire,
    Person,
    ReceptionFunction,
    ReceptionPerson,
    StaffRole,
    Vip,
)
from permanence.domain.reference.annuaire_checks import (
    ANNUAIRE,
    AnnuaireCode,
    annuaire_changes,
    annuaire_points,
)
from permanence.domain.reference.documents import Change, Circumstances
from permanence.domain.reference.planning import PlannedDuty, Planning
from permanence.domain.reference.rota import OnCallRole
from tests.domain.reference.test_calendar import WEEK, paris
from tests.fakes.documents import signed

NOW = paris(2026, 11, 30, 9, 5)
KARIM = Person("karim", "Karim Belhadj", mobile="+33639980301", roles=(StaffRole.TECHNICIEN,))
SYLVIE = Person(
    "sylvie",
    "Sylvie Mourot",
    agency="gray",
    mobile="+33639980218",
    mail="sylvie.mourot@habitat70.example",
    roles=(StaffRole.CADRE, StaffRole.AGENCY_MANAGER),
)
MAIRE = Vip("Anne Viennot", "maire", "Mairie de Gray", "+33353012001", "La passer au directeur.")
RACHID = ReceptionPerson(
    "rachid",
    "Rachid Amrani",
    ReceptionFunction.DUTY_SUPERVISOR,
    "+33639989970",
    "",
    "PERM01",
    date(2026, 11, 2),
    "Claire Humbert",
)
WHOLE = Annuaire((KARIM, SYLVIE), (MAIRE,), (RACHID,))


def told(annuaire: Annuaire, **others: Any) -> list[tuple[str, str, bool]]:
    circumstances = Circumstances(NOW, NOW, replace(signed(WEEK), agencies={"gray": "Agence de Gray"}), others)
    return [(point.code, point.subject, point.blocks) for point in annuaire_points(Annuaire(), annuaire, circumstances)]


def staff(*people: Person) -> Annuaire:
    return replace(WHOLE, people=(SYLVIE, *people))


def reception(*people: ReceptionPerson) -> Annuaire:
    return replace(WHOLE, reception=people)


def test_a_whole_annuaire_has_no_point() -> None:
    assert told(WHOLE) == []


@pytest.mark.parametrize(
    ("annuaire", "expected"),
    [
        (staff(KARIM, KARIM), (AnnuaireCode.TWICE, "karim", True)),
        (staff(replace(KARIM, person_id="rachid", mobile="+33639980302")), (AnnuaireCode.TWICE, "rachid", True)),
        (staff(replace(KARIM, person_id="")), (AnnuaireCode.WITHOUT_ID, "", True)),
        (staff(replace(KARIM, name=" ")), (AnnuaireCode.WITHOUT_NAME, "karim", True)),
        (staff(replace(KARIM, name="Karim\x00")), (AnnuaireCode.NOT_WRITABLE, "karim", True)),
        (staff(replace(KARIM, agency="dole")), (AnnuaireCode.UNKNOWN_AGENCY, "karim", True)),
        (staff(replace(KARIM, mobile="0639980301")), (AnnuaireCode.NOT_A_NUMBER, "karim", True)),
        (staff(replace(KARIM, mail="karim")), (AnnuaireCode.NOT_A_MAIL, "karim", True)),
        (staff(replace(KARIM, mobile="")), (AnnuaireCode.MISSING_NUMBER, "karim", True)),
        (staff(replace(KARIM, mobile="", landline="+33353012011")), (AnnuaireCode.LANDLINE, "karim", False)),
        (staff(replace(KARIM, mobile=SYLVIE.mobile)), (AnnuaireCode.SAME_NUMBER, "sylvie", False)),
        (replace(WHOLE, people=(KARIM,)), (AnnuaireCode.NO_MANAGER, "gray", False)),
        (replace(WHOLE, people=(KARIM,)), (AnnuaireCode.NO_CADRE, "", False)),
        (replace(WHOLE, people=(replace(SYLVIE, mail=""),)), (AnnuaireCode.MISSING_MAIL, "sylvie", False)),
        (replace(WHOLE, vips=(MAIRE, MAIRE)), (AnnuaireCode.TWICE, "Anne Viennot", True)),
        (replace(WHOLE, vips=(replace(MAIRE, treatment=""),)), (AnnuaireCode.NO_TREATMENT, "Anne Viennot", False)),
        (replace(WHOLE, vips=(replace(MAIRE, phone=""),)), (AnnuaireCode.UNKNOWN_CALLER, "Anne Viennot", False)),
        (reception(replace(RACHID, mobile="")), (AnnuaireCode.MISSING_NUMBER, "rachid", True)),
        (reception(replace(RACHID, trained_on=date(2026, 12, 1))), (AnnuaireCode.TRAINED_LATER, "rachid", True)),
        (reception(replace(RACHID, trained_on=None)), (AnnuaireCode.NOT_TRAINED, "rachid", False)),
        (reception(replace(RACHID, trained_by="")), (AnnuaireCode.NOT_TRAINED, "rachid", False)),
        (reception(replace(RACHID, grc_id="")), (AnnuaireCode.NO_GRC_ID, "rachid", False)),
        (
            reception(RACHID, replace(RACHID, person_id="lea", mobile="")),
            (AnnuaireCode.SAME_GRC_ID, "rachid", False),
        ),
    ],
)
def test_what_is_missing_or_wrong_is_named(annuaire: Annuaire, expected: tuple[str, str, bool]) -> None:
    assert expected in told(annuaire)


def test_who_is_still_on_call_cannot_be_dropped_nor_lose_the_number() -> None:
    def duty(who: str, day: int) -> PlannedDuty:
        return PlannedDuty("Gray", OnCallRole.TECHNICIEN, who, paris(2026, 11, day), paris(2026, 11, day, 12))

    planning = Planning((duty("parti", 20), duty("karim", 30), duty("lucie", 30)))
    assert told(WHOLE, planning=planning) == [(AnnuaireCode.STILL_ON_CALL, "lucie", True)]
    mute = replace(WHOLE, people=(*WHOLE.people, Person("lucie", "Lucie Jacquot")))
    assert told(mute, planning=planning) == [(AnnuaireCode.MUTE_ON_CALL, "lucie", True)]


def test_a_contact_of_the_patrimoine_cannot_be_dropped() -> None:
    contacts = [SimpleNamespace(person_id="lucie", place=place) for place in ("Gray", "Vesoul", "Gray")]
    assert told(WHOLE, patrimoine=SimpleNamespace(contacts=contacts)) == [(AnnuaireCode.STILL_CONTACT, "lucie", True)]


def test_changes_are_by_person_and_by_vip() -> None:
    later = replace(
        WHOLE, people=(replace(KARIM, mobile="+33639980399"),), vips=(replace(MAIRE, organisation="Région"),)
    )
    assert annuaire_changes(WHOLE, later) == (
        Change(KARIM, later.people[0]),
        Change(SYLVIE, None),
        Change(None, later.vips[0]),
        Change(MAIRE, None),
    )
    assert ANNUAIRE.changes(WHOLE, WHOLE) == ()


def test_a_person_is_called_on_the_mobile_that_an_sms_reaches() -> None:
    both = replace(KARIM, landline="+33353012011")
    assert staff(both).on_call["karim"].phone == KARIM.mobile
    assert staff(replace(both, mobile="")).on_call["karim"].phone == both.landline
    assert staff().on_call["rachid"].phone == RACHID.mobile
    assert [one.name for one in WHOLE.managers_of("gray")] == ["Sylvie Mourot"]
