"""What a file changes is told so that somebody reads it: alike changes are one, counted in rows."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.frozen import dataclass
from permanence.domain.reference.alike import MOST_NAMED, MOST_WAYS, How, difference
from permanence.domain.reference.cell_kinds import PHONE, TEXT
from permanence.domain.reference.instructions import Instruction, InstructionSort
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.patrimoine_file import patrimoine_form
from permanence.domain.reference.table_forms import Column, FileForm, SheetForm


@dataclass(frozen=True)
class Door:
    door_id: str
    building_id: str
    street: str
    commune: str
    agency: str
    phone: str = ""


@dataclass(frozen=True)
class Doors:
    doors: tuple[Door, ...] = ()


FORM = FileForm(
    "doors",
    "Portes",
    (
        SheetForm(
            "doors",
            "Portes",
            (
                Column("door_id", "N°", TEXT, "1", ""),
                Column("building_id", "Immeuble", TEXT, "B", ""),
                Column("street", "Rue", TEXT, "rue", ""),
                Column("commune", "Commune", TEXT, "Gray", ""),
                Column("agency", "Agence", TEXT, "Gray", ""),
                Column("phone", "Tél.", PHONE, "03 84 65 18 15", "", required=False),
            ),
            keys=("door_id",),
            make=Door,
        ),
    ),
)
GRAY = tuple(Door(f"G{n}", f"B{n % 3}", f"{n % 3} rue de Gray", "Gray", "Gray") for n in range(9))
LURE = tuple(Door(f"L{n}", "BL", "1 rue de Lure", "Lure", "Lure") for n in range(4))


def test_cells_that_change_alike_are_one_with_their_rows_and_their_buildings() -> None:
    moved = tuple(replace(one, agency="Lure") for one in GRAY)
    told = difference(FORM, Doors(GRAY + LURE), Doors(moved + LURE))
    (only,) = told.alike
    assert (told.added, told.changed, told.removed, told.same) == (0, 9, 0, 4)
    assert (only.how, only.column, only.before, only.after) == (How.CHANGED, "Agence", "Gray", "Lure")
    assert (only.where, only.rows, only.buildings) == ("Gray", 9, 3)
    assert only.names == ("0 rue de Gray", "1 rue de Gray", "2 rue de Gray")


def test_values_are_told_as_people_write_them() -> None:
    told = difference(FORM, Doors(LURE[:1]), Doors((replace(LURE[0], phone="+33384651815"),)))
    assert [(one.before, one.after) for one in told.alike] == [("", "03 84 65 18 15")]


def test_rows_that_come_and_go_are_told_by_where_they_are() -> None:
    told = difference(FORM, Doors(GRAY), Doors(LURE))
    assert [(one.how, one.where, one.rows, one.named) for one in told.alike] == [
        (How.ADDED, "Lure", 4, 1),
        (How.REMOVED, "Gray", 9, 3),
    ]


def test_a_column_that_says_too_many_different_things_is_one_row() -> None:
    many = tuple(Door(str(n), "B", "rue", "Gray", "Gray") for n in range(MOST_WAYS + 5))
    told = difference(FORM, Doors(many), Doors(tuple(replace(one, street=f"rue {one.door_id}") for one in many)))
    (only,) = told.alike
    assert (only.values, only.rows, len(only.names)) == (MOST_WAYS + 5, MOST_WAYS + 5, min(MOST_NAMED, MOST_WAYS + 5))


DOORS = st.lists(
    st.builds(
        Door,
        st.sampled_from("abcdef"),
        st.sampled_from("BC"),
        st.just("rue"),
        st.sampled_from(["Gray", "Lure"]),
        st.just("x"),
    ),
    unique_by=lambda one: one.door_id,
).map(lambda doors: Doors(tuple(doors)))


@given(before=DOORS, after=DOORS)
def test_each_row_is_counted_once_and_changes_only_where_something_differs(before: Doors, after: Doors) -> None:
    told = difference(FORM, before, after)
    assert told.added + told.changed + told.same == len(after.doors)
    assert told.removed + told.changed + told.same == len(before.doors)
    assert bool(told.alike) is (set(before.doors) != set(after.doors))
    assert sum(one.rows for one in told.alike if one.how is not How.CHANGED) == told.added + told.removed


INSTRUCTIONS = patrimoine_form({}, {}, {}, {})
CODES = tuple(Instruction(f"B{n // 2}", "", InstructionSort.CODE, f"{n}2A45") for n in range(4))
KEYS = Instruction("B0", "", InstructionSort.KEYS, "coffre 5591")
VALVE = Instruction("B0", "", InstructionSort.STOP_VALVE, "cave de droite")


def test_a_code_that_takes_the_place_of_another_is_told_without_either() -> None:
    renewed = (*(replace(one, text=f"9{one.text}") for one in CODES), replace(KEYS, text="chez le gardien"))
    before = Patrimoine(instructions=(*CODES, KEYS, VALVE))
    after = Patrimoine(instructions=(*renewed, replace(VALVE, text="cave de gauche")))

    told = difference(INSTRUCTIONS, before, after)

    assert (told.added, told.changed, told.removed, told.same) == (0, 6, 0, 0)
    assert [(one.column, one.before, one.after, one.rows, one.buildings) for one in told.alike] == [
        ("Code d’accès", "ancien code", "nouveau code", 4, 2),
        ("Clés", "anciennes clés", "nouvelles clés", 1, 1),
        ("Vanne d’arrêt", "cave de droite", "cave de gauche", 1, 1),
    ]


@given(st.lists(st.sampled_from((*CODES, KEYS)), unique=True), st.lists(st.sampled_from((*CODES, KEYS)), unique=True))
def test_whatever_comes_and_goes_nothing_that_lets_in_is_told(
    before: list[Instruction], after: list[Instruction]
) -> None:
    told = difference(INSTRUCTIONS, Patrimoine(instructions=tuple(before)), Patrimoine(instructions=tuple(after)))
    assert told.added + told.changed + told.same == len(after)
    assert told.removed + told.changed + told.same == len(before)
    assert not [one for one in (*CODES, KEYS) if one.text in str(told)]
