"""Where something is or holds, and places as people write them (R33, R40, R83)."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Protocol


class Where(StrEnum):
    """What a zone is named by: an agency by its signed id, a building by its id, the others as in the patrimoine."""

    EVERYWHERE = "everywhere"
    AGENCY = "agency"
    COMMUNE = "commune"
    RESIDENCE = "residence"
    BUILDING = "building"


class Somewhere(Protocol):
    """A dwelling, or the place of a malfunction: what is not known of it is empty or None."""

    @property
    def building_id(self) -> str | None: ...
    @property
    def residence(self) -> str: ...
    @property
    def commune(self) -> str: ...
    @property
    def agency(self) -> str: ...


def zones_of(somewhere: Somewhere) -> Iterator[tuple[Where, tuple[str, ...]]]:
    """The zones that cover it, the narrowest first, each with the keys that its name may have. Residences of two
    communes may bear one name: with its commune behind it, a name means one of them."""
    residence, commune = somewhere.residence, somewhere.commune
    names = {
        Where.BUILDING: (somewhere.building_id or "",),
        Where.RESIDENCE: (residence, f"{residence} {commune}") if residence else (),
        Where.COMMUNE: (commune,),
        Where.AGENCY: (somewhere.agency,),
    }
    for where, written in names.items():
        if keys := tuple(filter(None, map(normalise, written))):
            yield where, keys
    yield Where.EVERYWHERE, ("",)


def keys_of(somewhere: Somewhere) -> Collection[tuple[Where, str]]:
    """Of all zones that cover it."""
    return [(where, key) for where, keys in zones_of(somewhere) for key in keys]


def zone_key(where: Where, place: str) -> str:
    """What a zone is looked up by, in whatever way its name is written; one without a name covers nothing."""
    return "" if where is Where.EVERYWHERE else normalise(place)


def is_in(somewhere: Somewhere, where: Where, place: str) -> bool:
    """Whether a zone covers it."""
    return (where, zone_key(where, place)) in keys_of(somewhere)


# --- words as people type them ---------------------------------------------------------------------------------------

_ABBREVIATIONS = {
    "all": "allee",
    "appt": "logement",
    "appartement": "logement",
    "av": "avenue",
    "ave": "avenue",
    "bat": "batiment",
    "bd": "boulevard",
    "bld": "boulevard",
    "boul": "boulevard",
    "ch": "chemin",
    "che": "chemin",
    "chem": "chemin",
    "dr": "docteur",
    "esc": "escalier",
    "fbg": "faubourg",
    "fg": "faubourg",
    "gal": "general",
    "imp": "impasse",
    "lgt": "logement",
    "log": "logement",
    "logt": "logement",
    "lot": "lotissement",
    "mal": "marechal",
    "pl": "place",
    "q": "quai",
    "r": "rue",
    "res": "residence",
    "rte": "route",
    "sq": "square",
    "st": "saint",
    "ste": "sainte",
}
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_WORD = re.compile(r"[a-z0-9]+")


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text without case, accents, ligatures or punctuation, abbreviations as they stand."""
    folded = unicodedata.normalize("NFD", text.casefold().translate(_LIGATURES))
    return tuple(_WORD.findall("".join(c for c in folded if not unicodedata.combining(c))))


def expand(word: str) -> str:
    """A plain word with its abbreviation spelt out: bat → batiment, st → saint."""
    return _ABBREVIATIONS.get(word, word)


@lru_cache(maxsize=16384)
def normalise(text: str) -> str:
    """« Bât. B, av. St-Martin » → « batiment b avenue saint martin »: equal for all ways of writing one place."""
    return " ".join(expand(word) for word in plain_words(text))
