"""How long the search for a dwelling takes while an agent types, and what it finds, in a patrimoine of full size."""

from collections.abc import Iterator
from time import perf_counter

from bench.figures import Figure, spell_s, spread
from bench.house_numbers import AT_LEAST, QUERIES, hits, numbered_streets
from local.scenarios.patrimoine import made_up_patrimoine
from permanence.application.reference.dwelling_search import build_index, search

AREA = "Search for a dwelling"
DWELLINGS = 12_000
MOST_HITS = 6
TYPED = (
    "12 rue baron bouvier vesoul",
    "14 tanneurs gray b 2e",
    "residence les tilleuls lure",
    "luxeuil victor hugo 3",
    "0404440",
    "70200",
    "rue de la republic vesoul",
    "12 rue barron bouvié",
    "heericourt",
    "xyzzy nulle part",
)


def measure() -> Iterator[Figure]:
    """Every text is typed letter by letter: each beginning is one search, as in the browser at its fastest."""
    patrimoine = made_up_patrimoine(DWELLINGS)
    began = perf_counter()
    index = build_index(patrimoine)
    built = perf_counter() - began
    spent = {}
    for text in TYPED:
        for end in range(1, len(text) + 1):
            began = perf_counter()
            search(index, text[:end], MOST_HITS)
            spent[text[:end]] = perf_counter() - began
    slowest = max(spent, key=spent.__getitem__)
    yield Figure(AREA, f"the index of {DWELLINGS:,} dwellings, once for each version", spell_s(built))
    yield Figure(AREA, "one search, letter by letter", f"{spread(list(spent.values()))}; slowest « {slowest} »")
    streets, queries = numbered_streets()
    for way, asked in queries.items():
        found = hits(streets, asked)
        told = f"{found.shown} of {QUERIES} among the first six, {found.first} first"
        yield Figure(AREA, way, told, f"≥ {AT_LEAST}", found.shown >= AT_LEAST)
