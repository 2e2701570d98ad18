"""R33: any part of an address, residence, commune or file number, typos included, as one types."""

import time
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.house_numbers import AT_LEAST, TYPED, Query, hits, numbered_streets
from local.scenarios.patrimoine import made_up_patrimoine
from permanence.application.reference.dwelling_search import DwellingIndex, Hit, Marked, build_index, search
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine


def dwelling(n: int, number: str, street: str, commune: str, residence: str = "", building: str = "") -> Dwelling:
    return Dwelling(
        dwelling_id=f"LOG-{n}",
        building_id=f"BAT-{n}",
        file_number=f"04{n:05}",
        residence=residence,
        building=building,
        street_number=number,
        street=street,
        postcode="70100" if commune == "Gray" else "70000",
        commune=commune,
        stair="",
        floor="1",
        door=f"1{n:02}",
        agency="vesoul",
        sector="Vesoul",
    )


TANNEURS_A = dwelling(1, "14", "rue des Tanneurs", "Gray", "Les Tanneurs", "A")
TANNEURS_B = dwelling(2, "14", "rue des Tanneurs", "Gray", "Les Tanneurs", "B")
BOUVIER = dwelling(3, "12", "rue Baron Bouvier", "Vesoul", "Baron Bouvier")
FOCH = dwelling(4, "12", "avenue du Maréchal Foch", "Frotey-lès-Vesoul", "Le Belvédère")
EGLISE = dwelling(5, "120", "place de l’Église", "Échenoz-la-Méline", "La Cœuvre")
ALL = (TANNEURS_A, TANNEURS_B, BOUVIER, FOCH, EGLISE)


@pytest.fixture(scope="module")
def index() -> DwellingIndex:
    return build_index(Patrimoine(dwellings=ALL))


@pytest.fixture(scope="module")
def whole_patrimoine() -> DwellingIndex:
    return build_index(made_up_patrimoine(12_000))


def found(index: DwellingIndex, text: str) -> list[Dwelling]:
    return [hit.dwelling for hit in search(index, text).hits]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("taneurs gray b", TANNEURS_B),
        ("14 rue des Tanneurs, bât. B", TANNEURS_B),
        ("tanneurs bat a", TANNEURS_A),
        ("baron", BOUVIER),
        ("bouvier vesoul 12", BOUVIER),
        ("bouvié", BOUVIER),
        ("barron bouvier", BOUVIER),
        ("12 r baron", BOUVIER),
        ("av mal foch", FOCH),
        ("belvedere", FOCH),
        ("frotey", FOCH),
        ("eglise", EGLISE),
        ("pl de l'eglise echenoz", EGLISE),
        ("ECHENOZ LA MELINE", EGLISE),
        ("echenos", EGLISE),
        ("coeuvre", EGLISE),
        ("0400003", BOUVIER),
        ("dossier 04000", BOUVIER),
        ("0410003", BOUVIER),
        ("logt 103", BOUVIER),
    ],
)
def test_a_dwelling_is_found_by_what_people_type(index: DwellingIndex, typed: str, expected: Dwelling) -> None:
    assert expected in found(index, typed)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("taneurs gray b", TANNEURS_B),
        ("taneurs gray a", TANNEURS_A),
        ("120", EGLISE),
        ("0400002", TANNEURS_B),
        ("gray 14 a", TANNEURS_A),
    ],
)
def test_the_best_match_comes_first(index: DwellingIndex, typed: str, first: Dwelling) -> None:
    assert found(index, typed)[0] == first


def test_the_commune_itself_comes_before_one_that_only_contains_its_name(index: DwellingIndex) -> None:
    assert found(index, "vesoul") == [BOUVIER, FOCH]


@pytest.mark.parametrize("length", range(1, len("rue des tanneurs gray") + 1))
def test_results_stay_while_one_types(index: DwellingIndex, length: int) -> None:
    assert TANNEURS_B in found(index, "rue des tanneurs gray"[:length])


def test_a_wrong_commune_still_shows_the_street(index: DwellingIndex) -> None:
    assert found(index, "tanneurs vesoul")[0] in (TANNEURS_A, TANNEURS_B)


@pytest.mark.parametrize("typed", ["", "   ", "?!", "«»", "zzzzz", "987654321"])
def test_nothing_is_found_for_nothing(index: DwellingIndex, typed: str) -> None:
    assert search(index, typed).hits == ()
    assert search(index, typed).total == 0


def test_the_total_counts_more_than_is_shown(whole_patrimoine: DwellingIndex) -> None:
    result = search(whole_patrimoine, "rue", limit=7)
    assert len(result.hits) == 7
    assert result.total > 1000


def marks(line: Marked) -> list[str]:
    return [text for text, is_match in line.pieces if is_match]


def one(index: DwellingIndex, typed: str) -> Hit:
    return search(index, typed).hits[0]


def test_a_hit_shows_its_address_place_residence_and_file_number(index: DwellingIndex) -> None:
    hit = one(index, "0400002")
    assert hit.address.text == "14 rue des Tanneurs, bât. B, 1er étage, porte 102"
    assert hit.locality.text == "70100 Gray · Les Tanneurs · dossier 0400002"


@pytest.mark.parametrize(
    ("typed", "in_address", "in_locality"),
    [
        ("tann", ["Tann"], ["Tann"]),
        ("taneurs", ["Tanneurs"], ["Tanneurs"]),
        ("bat b tanneurs", ["Tanneurs", "bât", "B"], ["Tanneurs"]),
        ("echen", [], ["Échen"]),
        ("pl eglise", ["place", "Église"], []),
        ("coeu", [], ["Cœuvre"]),
        ("rue des tanneurs", ["rue", "Tanneurs"], ["Tanneurs"]),
    ],
)
def test_what_matches_is_marked_and_small_words_are_not(
    index: DwellingIndex, typed: str, in_address: list[str], in_locality: list[str]
) -> None:
    hit = next(h for h in search(index, typed).hits if h.dwelling in (TANNEURS_B, EGLISE))
    assert marks(hit.address) == in_address
    assert marks(hit.locality) == in_locality


@given(typed=st.text(max_size=60))
def test_any_text_is_answered_with_spans_inside_the_line(typed: str) -> None:
    for hit in search(SMALL, typed).hits:
        for line in (hit.address, hit.locality):
            assert "".join(text for text, _ in line.pieces) == line.text
            assert all(0 <= start < end <= len(line.text) for start, end in line.spans)


@given(
    target=st.sampled_from(ALL),
    position=st.integers(min_value=1, max_value=6),
    letter=st.sampled_from("aeinrst"),
    change=st.sampled_from(["replace", "insert", "drop"]),
)
def test_one_typo_in_the_name_of_a_street_loses_nobody(
    target: Dwelling, position: int, letter: str, change: str
) -> None:
    word = max(target.street.replace("’", " ").split(), key=len)
    position = min(position, len(word) - 1)
    kept = word[position:] if change == "insert" else word[position + 1 :]
    typed = word[:position] + ("" if change == "drop" else letter) + kept
    assert target in found(SMALL, typed)


@given(
    target=st.sampled_from(ALL),
    order=st.permutations(range(4)),
)
def test_the_order_of_the_words_does_not_matter(target: Dwelling, order: list[int]) -> None:
    words = [target.street_number, target.street, target.commune, target.residence]
    assert target in found(SMALL, " ".join(words[n] for n in order))


def test_the_same_words_in_another_order_find_the_same(index: DwellingIndex) -> None:
    assert found(index, "gray tanneurs b") == found(index, "b tanneurs gray")


SMALL = build_index(Patrimoine(dwellings=ALL))


@pytest.mark.parametrize(
    "typed", ["taneurs gray b", "rue", "b", "7", "12 rue baron bouvier vesoul", "echenos meline pastor"]
)
def test_12_000_dwellings_answer_while_one_types(whole_patrimoine: DwellingIndex, typed: str) -> None:
    spent = []
    for _ in range(5):
        start = time.process_time()
        search(whole_patrimoine, typed)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.05


# --- house numbers ---------------------------------------------------------------------------------------------------

NUMBERS = (("2", ""), ("12", ""), ("12 bis", ""), ("12 ter", ""), ("14", "A"), ("14", "B"), ("16B", ""), ("18 E", ""))
PASTEUR = tuple(
    dwelling(30 + n, number, "rue Pasteur", "Gray", building=building) for n, (number, building) in enumerate(NUMBERS)
)
STREET = build_index(Patrimoine(dwellings=(*ALL, *PASTEUR)))


@pytest.fixture(scope="module")
def streets() -> tuple[DwellingIndex, Mapping[str, tuple[Query, ...]]]:
    return numbered_streets()


@pytest.mark.parametrize("way", TYPED)
def test_a_house_number_is_found_however_it_is_typed(
    streets: tuple[DwellingIndex, Mapping[str, tuple[Query, ...]]], way: str
) -> None:
    index, queries = streets
    found = hits(index, queries[way])
    assert min(found.shown, found.first) >= AT_LEAST


@pytest.mark.parametrize(
    ("typed", "number", "building"),
    [
        ("12 pasteur", "12", ""),
        ("12bis pasteur", "12 bis", ""),
        ("12 bis rue pasteur gray", "12 bis", ""),
        ("12BIS, rue Pasteur", "12 bis", ""),
        ("12b pasteur", "12 bis", ""),
        ("12 b pasteur", "12 bis", ""),
        ("12ter pasteur", "12 ter", ""),
        ("12t pasteur", "12 ter", ""),
        ("12bis pasteuur", "12 bis", ""),
        ("14b pasteur", "14", "B"),
        ("pasteur 14 a", "14", "A"),
        ("2bis pasteur", "2", ""),
        ("16 bis pasteur", "16B", ""),
        ("16b pasteur", "16B", ""),
        ("18e pasteur", "18 E", ""),
    ],
)
def test_of_several_buildings_that_share_a_number_the_very_one_comes_first(
    typed: str, number: str, building: str
) -> None:
    first = found(STREET, typed)[0]
    assert (first.street_number, first.building) == (number, building)


@pytest.mark.parametrize("length", range(1, len("12bis rue pasteur") + 1))
def test_a_house_stays_while_one_types_its_number(length: int) -> None:
    assert PASTEUR[2] in found(STREET, "12bis rue pasteur"[:length])
    assert PASTEUR[1] in found(STREET, "12bis rue pasteur"[:length])


@pytest.mark.parametrize(
    ("typed", "marked"), [("12bis pasteur", ["12 bis", "Pasteur"]), ("12 pasteur", ["12", "Pasteur"])]
)
def test_a_house_number_is_marked_with_its_suffix_when_it_was_typed(typed: str, marked: list[str]) -> None:
    hit = next(hit for hit in search(STREET, typed).hits if hit.dwelling == PASTEUR[2])
    assert marks(hit.address) == marked


def test_a_floor_is_no_house_number(index: DwellingIndex) -> None:
    assert search(index, "2e").hits == ()
