"""Where something is or holds, and places as people write them (R33, R40, R83)."""

import re
import unicodedata
from enum import StrEnum
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


def is_in(somewhere: Somewhere, where: Where, place: str) -> bool:
    """Whether a zone covers it, in whatever way its name is written; a zone without a name covers nothing."""
    if where is Where.EVERYWHERE:
        return True
    named = {
        Where.AGENCY: somewhere.agency,
        Where.COMMUNE: somewhere.commune,
        Where.RESIDENCE: somewhere.residence,
        Where.BUILDING: somewhere.building_id or "",
    }
    wanted = normalise(place)
    return bool(wanted) and normalise(named[where]) == wanted


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


def normalise(text: str) -> str:
    """« Bât. B, av. St-Martin » → « batiment b avenue saint martin »: equal for all ways of writing one place."""
    return " ".join(expand(word) for word in plain_words(text))
