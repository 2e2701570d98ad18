"""Finding a dwelling while the caller speaks: any part of its address, residence, commune or file number (R33).

The index is built once per version of the patrimoine. Each typed word must match a word of the dwelling: exactly, as a
beginning, or, when that finds too little, with a typo. Words that only say what kind of thing follows (rue, bâtiment)
help the order and exclude nothing. A house number and its bis are one word, however either was written; next to it come
the same number with the letter B, and the number alone.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from permanence.domain.frozen import dataclass
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine
from permanence.domain.reference.places import expand, plain_words

LONGEST_QUERY = 120
MOST_WORDS = 10

_ARTICLES = frozenset(
    (
        "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les",
    )
)  # fmt: skip
_KIND_WORDS = frozenset(
    (
        "allee", "avenue", "batiment", "boulevard", "chemin", "cite", "commune", "dossier", "escalier", "etage",
        "faubourg", "impasse", "logement", "lotissement", "place", "porte", "quai", "residence", "route", "rue",
        "square",
    )
) | _ARTICLES  # fmt: skip
_STRONG, _COMPOUND, _LABEL, _DOOR, _FLOOR = 1.0, 0.97, 0.95, 0.6, 0.3
_EXACT, _BEGINNING, _ONE_LETTER, _TYPO, _TWO_TYPOS = 1.0, 0.9, 0.4, 0.65, 0.5
_OTHER_SUFFIX, _WITHOUT_SUFFIX = 0.85, 0.7
_SHORTEST_WITH_TYPO = 4
_SHORTEST_WITH_TWO_TYPOS = 7
_SHORTEST_NUMBER_WITH_TYPO = 6
_MISSING_WORD_PENALTY = 0.5
_DISPLAYED_WORD = re.compile(r"[^\W_]+")
_SUFFIXES = {"b": "bis", "bis": "b", "t": "ter", "ter": "t", "q": "quater", "quater": "q"}
_LONG_SUFFIX = re.compile(r"bis|ter|quater")
_SUFFIX = re.compile(r"[a-z]|bis|ter|quater")
_SUFFIXED = re.compile(rf"(\d+)({_SUFFIX.pattern})")
# As one types; 2e is a floor before it is a house.
_HOUSE_NUMBER = re.compile(r"(\d{1,4})(bis?|te?r?|q(?:u(?:a(?:t(?:er?)?)?)?)?|[a-df-z])")

_Weights = Mapping[str, float]


@dataclass(frozen=True)
class Marked:
    """A line to show and the half-open spans of it that match what was typed."""

    text: str
    spans: tuple[tuple[int, int], ...]

    @property
    def pieces(self) -> tuple[tuple[str, bool], ...]:
        """The line cut for a template: (text, is it a match)."""
        pieces, position = [], 0
        for start, end in self.spans:
            pieces += [(self.text[position:start], False), (self.text[start:end], True)]
            position = end
        return tuple(piece for piece in (*pieces, (self.text[position:], False)) if piece[0])


@dataclass(frozen=True)
class Hit:
    """One dwelling found: its address, then its commune, residence and file number."""

    dwelling: Dwelling
    address: Marked
    locality: Marked


@dataclass(frozen=True)
class Found:
    """The best hits, best first, and how many dwellings match in all."""

    hits: tuple[Hit, ...]
    total: int


@dataclass(frozen=True)
class DwellingIndex:
    """`postings` leads from a word to the dwellings (by position) that have it, by the weight of the field.

    `names` and `numbers` are its words, sorted; a typo is looked for among words of the same kind.
    """

    dwellings: tuple[Dwelling, ...]
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    postings: Mapping[str, Mapping[float, Sequence[int]]]


def build_index(patrimoine: Patrimoine) -> DwellingIndex:
    """About 0.2 s for 12,000 dwellings."""
    dwellings = tuple(sorted(patrimoine.dwellings, key=_reading_order))
    postings: dict[str, dict[float, list[int]]] = {}
    for position, dwelling in enumerate(dwellings):
        for word, weight in _words_of(dwelling).items():
            postings.setdefault(word, {}).setdefault(weight, []).append(position)
    words = sorted(postings)
    names = tuple(word for word in words if not word[0].isdigit())
    return DwellingIndex(dwellings, names, tuple(word for word in words if word[0].isdigit()), postings)


def search(index: DwellingIndex, text: str, limit: int = 20) -> Found:
    """What matches a text as it is being typed; nothing for an empty text. A few milliseconds for 12,000 dwellings."""
    typed = _typed_words(text)
    suffixed = _maybe_suffixed(typed)
    required = [word for word in typed if word not in _KIND_WORDS and word not in suffixed.values()] or typed
    if not required:
        return Found((), 0)
    matches = {word: _matches(index, word) for word in (*typed, *suffixed)}
    scores = _combine(index, matches, required, may_miss=0)
    if len(scores) < limit:
        matches = {word: {**_typos(index, word), **exact} for word, exact in matches.items()}
        scores = _combine(index, matches, required, may_miss=0)
    if not scores and len(required) > 1:
        scores = _combine(index, matches, required, may_miss=1)
    best = sorted(scores, key=lambda position: (-round(scores[position], 3), position))[:limit]
    return Found(tuple(_hit(index.dwellings[position], matches) for position in best), len(scores))


# --- what a dwelling is found by -------------------------------------------------------------------------------------


def _words_of(dwelling: Dwelling) -> dict[str, float]:
    weights: dict[str, float] = {}
    for weight, texts in (
        (_FLOOR, (_floor_words(dwelling.floor),)),
        (_DOOR, (dwelling.door, dwelling.stair)),
        (_LABEL, (dwelling.building, "batiment" if dwelling.building else "")),
        (_STRONG, (dwelling.street, dwelling.residence)),
        # Gray comes before Arc-lès-Gray.
        (_STRONG if dwelling.commune.isalpha() else _COMPOUND, (dwelling.commune,)),
        (_STRONG, (dwelling.postcode, dwelling.file_number)),
    ):
        for text in texts:
            weights.update(dict.fromkeys(_index_words(text), weight))
    return weights | _number_words(dwelling.street_number, dwelling.building)


@lru_cache(maxsize=4096)
def _number_words(street_number: str, building: str) -> dict[str, float]:
    """« 12 bis » is 12bis, and 12 a little less than the house next door is; building B of 12 is 12b too."""
    words = _join_suffixes(plain_words(street_number), _SUFFIX)
    weights = dict.fromkeys(words, _STRONG)
    for word in words:
        if suffixed := _SUFFIXED.fullmatch(word):
            weights |= {suffixed[1]: _COMPOUND, suffixed[2]: _COMPOUND}
        elif word.isdigit() and _SUFFIX.fullmatch(label := building.casefold()):
            weights[word + label] = _LABEL
    return weights


def _join_suffixes(words: Sequence[str], suffix: re.Pattern[str]) -> list[str]:
    """12, bis → 12bis."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1].isdigit() and suffix.fullmatch(word):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


@lru_cache(maxsize=4096)
def _index_words(text: str) -> tuple[str, ...]:
    return tuple(expand(word) for word in plain_words(text))


@cache
def _floor_words(floor: str) -> str:
    ordinal = {"0": "rdc rez chaussee", "1": "1er"}.get(floor, f"{floor}e")
    return f"{floor} {ordinal} etage"


def _reading_order(dwelling: Dwelling) -> tuple[object, ...]:
    """As a person lists addresses: numbers by value, then building, stair, floor and door."""
    return (
        dwelling.commune,
        dwelling.street,
        _natural(dwelling.street_number),
        dwelling.building,
        dwelling.stair,
        _natural(dwelling.floor),
        _natural(dwelling.door),
        dwelling.dwelling_id,
    )


def _natural(label: str) -> tuple[int, str]:
    digits = re.match(r"-?\d+", label)
    return (int(digits.group()) if digits else 0, label)


# --- what was typed --------------------------------------------------------------------------------------------------


def _typed_words(text: str) -> list[str]:
    words = _join_suffixes(plain_words(text[:LONGEST_QUERY])[:MOST_WORDS], _LONG_SUFFIX)
    return list(dict.fromkeys(expand(word) if expand(word) in _KIND_WORDS else word for word in words))


def _maybe_suffixed(typed: Sequence[str]) -> dict[str, str]:
    """12, b → 12b, and its letter, which may as well be a building's: both help the order and exclude nothing."""
    return {
        number + letter: letter
        for number, letter in pairwise(typed)
        if number.isdigit() and len(letter) == 1 and _HOUSE_NUMBER.fullmatch(number + letter)
    }


def _matches(index: DwellingIndex, typed: str) -> dict[str, float]:
    """The words of the index that a typed word is, or begins, with a weight each."""
    words = index.numbers if typed[0].isdigit() else index.names
    weights = dict.fromkeys(_beginning_with(words, typed), _ONE_LETTER if len(typed) == 1 else _BEGINNING)
    for whole, weight in (*_other_numbers(typed), (typed, _EXACT), (expand(typed), _EXACT)):
        if whole in index.postings:
            weights[whole] = weight
    return weights


def _other_numbers(typed: str) -> Iterator[tuple[str, float]]:
    """What else a house number may be called in the file: 12bis, 12b; else the number that all of them share."""
    if suffixed := _HOUSE_NUMBER.fullmatch(typed):
        number, suffix = suffixed.groups()
        yield number, _WITHOUT_SUFFIX
        if suffix in _SUFFIXES:
            yield number + _SUFFIXES[suffix], _OTHER_SUFFIX


def _beginning_with(words: Sequence[str], beginning: str) -> Iterator[str]:
    for position in range(bisect_left(words, beginning), len(words)):
        if not words[position].startswith(beginning):
            return
        yield words[position]


def _typos(index: DwellingIndex, typed: str) -> dict[str, float]:
    """The words that a typed word, or the beginning typed so far, misses by a letter or two."""
    from rapidfuzz import process  # noqa: PLC0415  (of a search with typos: too slow for every cold start)
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    words, shortest, longer = index.names, _SHORTEST_WITH_TYPO, _SHORTEST_WITH_TWO_TYPOS
    if typed[0].isdigit():
        words, shortest, longer = index.numbers, _SHORTEST_NUMBER_WITH_TYPO, LONGEST_QUERY
    if len(typed) < shortest or typed in _KIND_WORDS:
        return {}
    allowed = 2 if len(typed) >= longer else 1
    weights: dict[str, float] = {}
    for length in (len(typed) - 1, len(typed), len(typed) + 1, None):
        beginnings = [word[:length] for word in words]
        for _, distance, position in process.extract(
            typed, beginnings, scorer=OSA.distance, score_cutoff=allowed, limit=None
        ):
            weight = _TYPO if distance <= 1 else _TWO_TYPOS
            weights[words[position]] = max(weight, weights.get(words[position], 0.0))
    return weights


def _combine(
    index: DwellingIndex, matches: Mapping[str, _Weights], required: Sequence[str], *, may_miss: int
) -> dict[int, float]:
    """Score by position of the dwellings that have every required word, but for so many of them."""
    by_word = {word: _by_dwelling(index, weights) for word, weights in matches.items()}
    kept: set[int] = set()
    for missed in range(len(required)) if may_miss else (None,):
        parts = sorted((by_word[word].keys() for n, word in enumerate(required) if n != missed), key=len)
        kept |= set(parts[0]).intersection(*parts[1:])
    scores = dict.fromkeys(kept, -_MISSING_WORD_PENALTY * may_miss)
    for weights_of_dwellings in by_word.values():
        for position in kept & weights_of_dwellings.keys():
            scores[position] += weights_of_dwellings[position]
    return scores


def _by_dwelling(index: DwellingIndex, weights: _Weights) -> dict[int, float]:
    """The best weight of one typed word in each dwelling that has it."""
    weighted = [
        (weight * field_weight, positions)
        for word, weight in weights.items()
        for field_weight, positions in index.postings[word].items()
    ]
    best: dict[int, float] = {}
    for weight, positions in sorted(weighted, key=lambda part: part[0]):
        best.update(dict.fromkeys(positions, weight))
    return best


# --- what is shown ---------------------------------------------------------------------------------------------------


def _hit(dwelling: Dwelling, matches: Mapping[str, _Weights]) -> Hit:
    address = ", ".join(part for part in (dwelling.address, dwelling.details) if part)
    place = f"{dwelling.postcode} {dwelling.commune}"
    file_number = f"dossier {dwelling.file_number}" if dwelling.file_number else ""
    locality = " · ".join(part for part in (place, dwelling.residence, file_number) if part)
    lines = (_displayed_words(address), _displayed_words(locality))
    spans: tuple[set[tuple[int, int]], ...] = (set(), set())
    for typed, weights in matches.items():
        if typed in _ARTICLES:
            continue
        shown = [weights.get(word, 0.0) for words in lines for word, _, _ in words]
        best = max(shown, default=0.0)
        for line, words in enumerate(lines):
            spans[line].update(
                _matching_part(typed, word, start, end)
                for word, start, end in words
                if best > 0 and weights.get(word, 0.0) == best
            )
    return Hit(dwelling, Marked(address, _merge(spans[0])), Marked(locality, _merge(spans[1])))


def _displayed_words(line: str) -> list[tuple[str, int, int]]:
    """Each word with its place in the line; a number and its suffix are one word more."""
    words = [
        (word, match.start(), match.end())
        for match in _DISPLAYED_WORD.finditer(line)
        for word in _index_words(match.group())
    ]
    numbers = [
        (number + suffix, start, end)
        for (number, start, _), (suffix, _, end) in pairwise(words)
        if number.isdigit() and _SUFFIX.fullmatch(suffix)
    ]
    return words + numbers


def _matching_part(typed: str, word: str, start: int, end: int) -> tuple[int, int]:
    """The typed beginning of a word; the whole word when it is spelt otherwise on the screen."""
    is_beginning = word.startswith(typed) and len(word) == end - start
    return (start, start + len(typed)) if is_beginning else (start, end)


def _merge(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
