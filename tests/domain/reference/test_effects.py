"""R30, R40: what a version does to the night, counted in buildings."""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings

from permanence.domain.reference.buildings import buildings_of
from permanence.domain.reference.documents import Effect, UnderWay
from permanence.domain.reference.effects import (
    MOST_OF_A_SORT,
    PlaceEffect,
    Reference,
    effects_on_the_night,
    of_entreprises,
    of_patrimoine,
)
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.patrimoine import NamedContractor, Patrimoine
from permanence.domain.reference.places import Where
from permanence.domain.reference.resolver import contractors_for
from tests.domain.reference.small_town import (
    BOUVERET,
    DAVAL,
    DWELLINGS,
    MONDAY,
    MOTIFS,
    ROUSSEL,
    any_entreprises,
    any_patrimoine,
    circumstances,
    contract,
    contractor,
    dwelling,
    entreprises,
    town,
)

PLUMBING, GATE = MOTIFS
EVERYWHERE = entreprises(contract(DAVAL), contract(BOUVERET, motif=GATE))


def told(before: Reference, after: Reference) -> list[tuple[str, int, dict[str, str]]]:
    found = effects_on_the_night(before, after, MOTIFS, MONDAY)
    return [(one.code, one.count, {key: one.detail[key] for key in one.detail if key != "communes"}) for one in found]


def test_nothing_changes_where_the_same_is_said_again() -> None:
    assert told(Reference(town(), EVERYWHERE), Reference(town(), EVERYWHERE)) == []


def test_buildings_that_change_their_plumber_are_one_effect() -> None:
    named = town(*(NamedContractor(building, PLUMBING, "roussel", 1) for building in ("BAT-1", "BAT-2", "BAT-3")))

    (effect,) = effects_on_the_night(Reference(town(), EVERYWHERE), Reference(named, EVERYWHERE), MOTIFS, MONDAY)

    assert effect == Effect(
        PlaceEffect.CONTRACTOR,
        3,
        {"before": "Daval", "after": "Roussel", "trade": "plomberie", "communes": "2"},
        ("Gray", "Vesoul"),
        ("BAT-1", "BAT-2", "BAT-3"),
    )


def test_buildings_left_without_a_contractor_are_told_by_motif() -> None:
    in_gray = entreprises(contract(DAVAL), contract(BOUVERET, Where.COMMUNE, "Gray", motif=GATE))
    assert told(Reference(town(), EVERYWHERE), Reference(town(), in_gray)) == [("uncovered", 2, {"motif": GATE})]
    assert told(Reference(town(), in_gray), Reference(town(), in_gray)) == [("still_uncovered", 2, {"motif": GATE})]
    assert told(Reference(town(), in_gray), Reference(town(), EVERYWHERE)) == [
        ("covered", 2, {"motif": GATE, "contractor": "Bouveret"})
    ]


def test_a_new_building_without_a_contractor_is_a_new_hole() -> None:
    smaller, nobody = town(dwellings=DWELLINGS[:-1]), entreprises(contract(DAVAL, Where.COMMUNE, "Gray"))
    held = replace(nobody, assignments=(*nobody.assignments, contract(BOUVERET, motif=GATE)))
    assert told(Reference(smaller, held), Reference(town(), held)) == [
        ("uncovered", 1, {"motif": PLUMBING}),
        ("still_uncovered", 1, {"motif": PLUMBING}),
    ]


def test_another_second_contractor_and_other_numbers_are_told_apart() -> None:
    second = replace(EVERYWHERE, assignments=(*EVERYWHERE.assignments, contract(ROUSSEL, rank=2)))
    number = replace(EVERYWHERE, contractors=(replace(DAVAL, phone="+33639980999"), ROUSSEL, BOUVERET))
    assert told(Reference(town(), EVERYWHERE), Reference(town(), second)) == [
        ("next_contractors", 4, {"contractor": "Daval"})
    ]
    assert told(Reference(town(), EVERYWHERE), Reference(town(), number)) == [("numbers", 4, {"contractor": "Daval"})]


def test_a_building_that_changes_its_agency_and_its_sector_says_so() -> None:
    moved = town(dwellings=(*DWELLINGS[:2], dwelling(3, "BAT-2", agency="vesoul", sector="Vesoul"), *DWELLINGS[3:]))
    assert told(Reference(town(), EVERYWHERE), Reference(moved, EVERYWHERE)) == [
        ("agency", 1, {"agency": "vesoul"}),
        ("sector", 1, {"sector": "Vesoul"}),
    ]


def test_ways_of_changing_that_are_many_stand_together() -> None:
    companies = [contractor(f"Plombier {letter}") for letter in "ABCDEFGHIJKLMN"]
    housed = tuple(dwelling(number, f"BAT-{number}") for number in range(len(companies)))
    named = (NamedContractor(f"BAT-{number}", PLUMBING, who.contractor_id, 1) for number, who in enumerate(companies))
    held = replace(EVERYWHERE, contractors=(*EVERYWHERE.contractors, *companies))
    before, after = (Reference(town(*names, dwellings=housed), held) for names in ((), tuple(named)))

    found = effects_on_the_night(before, after, MOTIFS, MONDAY)

    assert len(found) == MOST_OF_A_SORT
    assert [one.count for one in found] == [1] * (MOST_OF_A_SORT - 1) + [3]
    assert found[-1].detail == {"ways": "3", "communes": "1"}


def test_each_kind_tells_its_effects_in_the_words_of_the_contract_and_that_no_mission_changes() -> None:
    nobody = entreprises(contract(DAVAL))
    told_of = (
        of_entreprises(EVERYWHERE, nobody, circumstances(patrimoine=town())),
        of_patrimoine(town(dwellings=()), town(), circumstances(entreprises=nobody)),
    )
    for effects in told_of:
        assert [(one.code, one.count, one.detail.get("motif")) for one in effects] == [
            ("uncovered", 4, "Portail bloqué"),
            ("missions", 0, None),
        ]


def test_open_malfunctions_at_an_address_that_goes_are_told_and_missions_counted() -> None:
    """Dwelling 2 goes, its building stays; BAT-3 goes with its only dwelling."""
    under_way = (
        UnderWay("2026-1218", "LOG-2", "BAT-1", "Gray", has_mission=True),
        UnderWay("2026-1219", "LOG-1", "BAT-1", "Gray", has_mission=True),
        UnderWay("2026-1220", None, "BAT-1", "Gray", has_mission=False),
        UnderWay("2026-1221", None, "BAT-3", "Vesoul", has_mission=False),
        UnderWay("2026-1222", None, None, "Lure", has_mission=False),
        UnderWay("2026-1223", "LOG-99", "BAT-99", "Lure", has_mission=False),
    )
    kept = town(dwellings=tuple(one for one in DWELLINGS if one.dwelling_id not in {"LOG-2", "LOG-4"}))
    around = replace(circumstances(entreprises=EVERYWHERE), under_way=under_way)

    assert of_patrimoine(town(), kept, around) == (
        Effect(PlaceEffect.REMOVED, 2, {"numbers": "2026-1218, 2026-1221", "communes": "2"}, ("Gray", "Vesoul")),
        Effect(PlaceEffect.MISSIONS, 0, {"under_way": "2"}),
    )
    assert of_patrimoine(town(), town(), around) == (Effect(PlaceEffect.MISSIONS, 0, {"under_way": "2"}),)


@settings(max_examples=40)
@given(any_patrimoine(), any_entreprises(), any_patrimoine(), any_entreprises())
def test_what_is_counted_is_what_resolving_each_place_before_and_after_finds(
    patrimoine: Patrimoine, held: Entreprises, patrimoine_after: Patrimoine, held_after: Entreprises
) -> None:
    before, after = Reference(patrimoine, held), Reference(patrimoine_after, held_after)
    were, are = buildings_of(patrimoine.dwellings), buildings_of(patrimoine_after.dwellings)
    uncovered: Counter[tuple[str, str]] = Counter()
    replaced: dict[tuple[str, str], set[str]] = {}
    for building_id, building in are.items():
        was = were.get(building_id)
        for motif in MOTIFS:
            then = contractors_for(patrimoine, held, motif, was, MONDAY) if was else ()
            now = contractors_for(patrimoine_after, held_after, motif, building, MONDAY)
            if not now:
                uncovered["still_uncovered" if was and not then else "uncovered", motif] += 1
            elif then and then[0].contractor != now[0].contractor:
                names = then[0].contractor.name, now[0].contractor.name
                replaced.setdefault(names, set()).add(building_id)
    found = effects_on_the_night(before, after, MOTIFS, MONDAY)
    by_motif = {(one.code, one.detail["motif"]): one.count for one in found if "uncovered" in one.code}
    by_names = {
        (one.detail["before"], one.detail["after"]): set(one.subjects) for one in found if one.code == "contractor"
    }
    assert by_motif == dict(uncovered)
    assert by_names == replaced
    assert all(one.count == len(one.subjects) for one in found)
