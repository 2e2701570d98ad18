"""What a cell may hold and how it is written back: texts, identifiers, numbers, telephone numbers, names (R30).

Each reader takes a cell that is not blank and gives the value of the record, or raises `Misread` with what would mend
it. What `write` gives, `read` reads back as the same value.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any

from permanence.domain.frozen import dataclass
from permanence.domain.reference.places import normalise
from permanence.domain.reference.tables import Cell, Mark, Misread, MistakeCode, Way, spelled
from permanence.domain.writable_text import writable

LONGEST_LINE, LONGEST_TEXT = 250, 2_000
MOST_GUESSES = 100  # of one column: a file whose names are all unknown is not worth a guess each

_NOT_ZEROS = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1"})
_LOOKS_LIKE_DIGITS = re.compile(r"[0-9OoIl]*[0-9][0-9OoIl]*")


def _as_it_is(value: Any) -> Cell:
    known: Cell = value
    return known


@dataclass(frozen=True)
class CellKind:
    """`read` raises Misread; `write` gives what the file shows. `choices` are the only values, as they are written."""

    read: Callable[[Cell], Any]
    write: Callable[[Any], Cell] = _as_it_is
    choices: tuple[str, ...] = ()


# --- texts -----------------------------------------------------------------------------------------------------------


def _plain(cell: Cell) -> str:
    """The text of a cell; a number without the point that Excel gave it."""
    if isinstance(cell, str):
        return writable(cell).strip()
    if isinstance(cell, date | datetime | time | timedelta):
        raise Misread(MistakeCode.BECAME_A_DATE)
    return spelled(cell)


def _read_text(cell: Cell) -> str:
    return _bounded(" ".join(_plain(cell).split()), LONGEST_LINE)


def _read_long_text(cell: Cell) -> str:
    lines = (" ".join(line.split()) for line in _plain(cell).splitlines())
    return _bounded("\n".join(lines).strip(), LONGEST_TEXT)


def _bounded(text: str, longest: int) -> str:
    if len(text) > longest:
        raise Misread(MistakeCode.TOO_LONG, limit=str(longest))
    if not text:
        raise Misread(MistakeCode.MISSING)
    return text


TEXT = CellKind(_read_text)
LONG_TEXT = CellKind(_read_long_text)


def identifier(width: int = 0) -> CellKind:
    """A code kept as text whatever Excel made of it; of `width` digits, when all of them are that long."""

    def read(cell: Cell) -> str:
        text = _read_text(cell)
        if isinstance(cell, float) and not cell.is_integer():
            raise Misread(MistakeCode.NOT_AN_IDENTIFIER)
        if width and text.isdigit() and len(text) < width:
            raise Misread(MistakeCode.ZEROS_LOST, [Way(text.zfill(width))], width=str(width))
        return text

    return CellKind(read)


def _read_floor(cell: Cell) -> str:
    """A level, 0 being the ground; what is no level stays as it was written."""
    text = _digits(_read_text(cell))
    words = normalise(text)
    if words in ("rdc", "rez de chaussee", "rc"):
        return "0"
    if words in ("sous sol", "ss"):
        return "-1"
    level = re.fullmatch(r"(-?\d+) ?(?:er|ere|e|eme|ème|ere? étage|e étage)?", text.casefold())
    return str(int(level[1])) if level else text


def _digits(text: str) -> str:
    """Refuses a letter that stands for a digit, as in O2."""
    if not text.isdigit() and len(text) > 1 and _LOOKS_LIKE_DIGITS.fullmatch(text):
        raise Misread(MistakeCode.LETTER_FOR_DIGIT, [Way(text.translate(_NOT_ZEROS))])
    return text


FLOOR = CellKind(_read_floor)

# --- numbers ---------------------------------------------------------------------------------------------------------


def whole(least: int, most: int) -> CellKind:
    """A whole number from `least` to `most`, both included."""

    def read(cell: Cell) -> int:
        if isinstance(cell, float) and not cell.is_integer():
            raise Misread(MistakeCode.NOT_WHOLE)
        text = _digits("".join(_plain(cell).split()))
        if not re.fullmatch(r"-?\d{1,15}", text, re.ASCII):
            raise Misread(MistakeCode.NOT_A_NUMBER)
        if not least <= int(text) <= most:
            raise Misread(MistakeCode.OUT_OF_BOUNDS, least=str(least), most=str(most))
        return int(text)

    return CellKind(read)


def _read_postcode(cell: Cell) -> str:
    text = _digits("".join(_plain(cell).split()))
    if re.fullmatch(r"[1-9]\d{3}", text, re.ASCII):
        raise Misread(MistakeCode.ZEROS_LOST, [Way(text.zfill(5))], width="5")
    if not re.fullmatch(r"\d{5}", text, re.ASCII):
        raise Misread(MistakeCode.NOT_A_POSTCODE)
    return text


POSTCODE = CellKind(_read_postcode)
_YES, _NO = frozenset({"oui", "o", "x", "vrai", "1", "yes"}), frozenset({"non", "n", "faux", "0", "no"})


def _read_yes_or_no(cell: Cell) -> bool:
    word = normalise(_plain(cell))
    if word not in _YES | _NO:
        raise Misread(MistakeCode.NOT_YES_OR_NO)
    return word in _YES


YES_OR_NO = CellKind(_read_yes_or_no, lambda value: "oui" if value else "non", ("oui", "non"))

# --- telephone and mail ----------------------------------------------------------------------------------------------

_SEPARATORS = re.compile(r"[\s.\-()/_]+|\(0\)")
_SEVERAL = re.compile(r"\s*(?:/|;|,|\bou\b|\bet\b|\n)\s*")
_NATIONAL = re.compile(r"0[1-9]\d{8}")
_WORLDWIDE = re.compile(r"\+(?!33)[1-9]\d{7,14}")
_MAIL = re.compile(r"[A-Za-z0-9._%+\-']+@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")


def spelled_phone(number: str) -> str:
    """E.164 as it is written in France: « 06 39 98 12 40 »; another country's stays as it is."""
    if re.fullmatch(r"\+33\d{9}", number):
        national = f"0{number[3:]}"
        return " ".join(national[at : at + 2] for at in range(0, 10, 2))
    return number


def e164(text: str) -> str | None:
    """A French number, or one that says its country; None when it is neither."""
    bare = _SEPARATORS.sub("", text.replace("(0)", "").replace("\u200b", ""))
    bare = re.sub(r"^00(?=[1-9])", "+", bare)
    bare = re.sub(r"^\+330?(?=[1-9]\d{8}$)", "0", bare)
    if _NATIONAL.fullmatch(bare):
        return f"+33{bare[1:]}"
    return bare if _WORLDWIDE.fullmatch(bare) else None


def _read_phone(cell: Cell) -> str:
    text = _plain(cell)
    number = e164(text)
    if number is not None:
        return number
    bare = _SEPARATORS.sub("", text)
    if re.fullmatch(r"[1-9]\d{8}", bare, re.ASCII):
        raise Misread(MistakeCode.ZERO_LOST, [Way(spelled_phone(f"+33{bare}"))])
    several = [found for found in map(e164, _SEVERAL.split(text)) if found]
    if len(several) > 1:
        raise Misread(MistakeCode.TWO_NUMBERS, [Way(spelled_phone(found)) for found in several])
    mended = e164(bare.translate(_NOT_ZEROS)) if _LOOKS_LIKE_DIGITS.fullmatch(bare.removeprefix("+")) else None
    if mended:
        raise Misread(MistakeCode.LETTER_FOR_DIGIT, [Way(spelled_phone(mended))])
    raise Misread(MistakeCode.NOT_A_PHONE)


PHONE = CellKind(_read_phone, spelled_phone)


def _read_mail(cell: Cell) -> str:
    text = "".join(_plain(cell).removeprefix("mailto:").split())
    if len(text) <= LONGEST_LINE and _MAIL.fullmatch(text):
        return text
    mended = text.replace(",", ".").rstrip(".;")
    if mended != text and _MAIL.fullmatch(mended):
        raise Misread(MistakeCode.NOT_A_MAIL, [Way(mended)])
    raise Misread(MistakeCode.NOT_A_MAIL)


MAIL = CellKind(_read_mail)

# --- names of what is known ------------------------------------------------------------------------------------------


def one_of(names: Mapping[str, str], *, also: Mapping[str, str] | None = None) -> CellKind:
    """One of what is known, id → name: read by its name, however it is typed, or by its id; written as its name, or as
    its id where others bear the same. `also` are further words for an id, word → id.

    What is unknown suggests the nearest name.
    """
    by_words: dict[str, set[str]] = {}
    for known_id, name in names.items():
        by_words.setdefault(normalise(name), set()).add(known_id)
        by_words.setdefault(normalise(known_id), set()).add(known_id)
    for word, known_id in (also or {}).items():
        by_words.setdefault(normalise(word), set()).add(known_id)
    spelling = {
        known_id: name if by_words[normalise(name)] == {known_id} else known_id for known_id, name in names.items()
    }
    guessed: dict[str, tuple[Way, ...]] = {}

    def read(cell: Cell) -> str:
        text = _read_text(cell)
        if text in names:
            return text
        words = normalise(text)
        found = by_words.get(words, set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise Misread(MistakeCode.NAME_OF_MANY, [Way(known_id) for known_id in sorted(found)], ticked=False)
        raise Misread(MistakeCode.UNKNOWN_NAME, guess(words))

    def guess(words: str) -> tuple[Way, ...]:
        if words not in guessed and len(guessed) < MOST_GUESSES:
            near = get_close_matches(words, by_words, 1, 0.75)
            ids = by_words[near[0]] if near else ()
            guessed[words] = tuple(Way(spelling[known_id], reason="nearest") for known_id in sorted(ids))
        return guessed.get(words, ())

    return CellKind(read, lambda value: spelling.get(value, value), tuple(sorted(spelling.values())))


def several(kind: CellKind) -> CellKind:
    """Some of them in one cell, between commas or on lines of their own; a tuple, whose blank is ()."""

    def read(cell: Cell) -> tuple[Any, ...]:
        parts = [part for part in re.split(r"[;,\n]", _plain(cell)) if part.strip()]
        return tuple(dict.fromkeys(kind.read(part) for part in parts))

    return CellKind(read, lambda values: ", ".join(str(kind.write(value)) for value in values), kind.choices)


def refuse_mark(cell: Mark) -> Misread:
    """Why a marked cell is not taken; what merged cells show is a suggestion."""
    if cell.kind.value == "covered":
        shown = spelled(cell)
        return Misread(MistakeCode.MERGED, [Way(shown, reason="merged")] if shown else [])
    return Misread(MistakeCode.BROKEN_FORMULA if cell.kind.value == "error" else MistakeCode.NOT_COMPUTED)
