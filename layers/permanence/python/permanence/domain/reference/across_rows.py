"""Checks that see several rows of a file: periods that clash, names that nobody bears (R30, R40).

They say at which cell; whether the whole may come into force is for the checks of its kind.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from datetime import date
from typing import Any

from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.places import Where, normalise
from permanence.domain.reference.table_forms import Entries, Entry, Finding
from permanence.domain.reference.tables import MistakeCode, Way

DWELLINGS = "Logements"
_MOST_COMPARED = 1_000  # new names: more of them are no names of communes
_OFTEN = 10  # times as often as the name that it may be meant for


def no_clash(sheet: str, key: Callable[[Any], Hashable]) -> Callable[[Entries, Any], Iterator[Finding]]:
    """A check: of the rows that have one key, no two hold on the same day."""

    def check(entries: Entries, _: Any) -> Iterator[Finding]:
        groups: dict[Hashable, list[Entry]] = {}
        for entry in entries[sheet]:
            if entry.record is not None:
                groups.setdefault(key(entry.record), []).append(entry)
        for group in groups.values():
            group.sort(key=lambda entry: (entry.record.starts_on, entry.line))
            yield from _clashes(sheet, group)

    return check


def _clashes(sheet: str, group: list[Entry]) -> Iterator[Finding]:
    """Each row that begins before one above it has ended; the one that lasts longest counts."""
    last: Entry | None = None
    for entry in group:
        if last is not None and entry.record.starts_on < (last.record.ends_before or date.max):
            ways = (Way(leaves_out=(entry.line,)), Way(leaves_out=(last.line,)))
            yield Finding(sheet, entry.line, "starts_on", MistakeCode.OVERLAP, {"line": str(last.line)}, ways)
        if last is None or (entry.record.ends_before or date.max) > (last.record.ends_before or date.max):
            last = entry


def known_buildings(sheet: str) -> Callable[[Entries, Any], Iterator[Finding]]:
    """A check: the building that a row names has a dwelling."""

    def check(entries: Entries, _: Any) -> Iterator[Finding]:
        known = {entry.of("building_id") for entry in entries["dwellings"]}
        if None in known:  # a row of the dwellings does not say its building: it may be this one
            return
        width = _width(known)
        for entry in entries[sheet]:
            if entry.record is None or (named := entry.record.building_id) in known:
                continue
            if named.zfill(width) in known:
                yield _zeros(sheet, entry, "building_id", named, width)
            else:
                detail, way = {"sheet": DWELLINGS}, Way(leaves_out=(entry.line,))
                yield Finding(sheet, entry.line, "building_id", MistakeCode.UNKNOWN_REFERENCE, detail, (way,))

    return check


def lost_zeros(field: str) -> Callable[[Entries, Patrimoine], Iterator[Finding]]:
    """A check: a new code of the dwellings that Excel took for a number, where others of them, or those in force, begin
    with zeros and are all of one width."""

    def check(entries: Entries, in_force: Patrimoine) -> Iterator[Finding]:
        rows = entries["dwellings"]
        known = {getattr(one, field) for one in in_force.dwellings}
        width = _width(known | {entry.of(field) for entry in rows})
        for entry in rows if width else ():
            code = entry.of(field)
            if isinstance(code, str) and code.isdigit() and len(code) < width and code not in known:
                yield _zeros("dwellings", entry, field, code, width)

    return check


def _width(codes: Iterable[str | None]) -> int:
    """How wide all codes of digits are that begin with a zero; 0 where there are none, or of several widths."""
    widths = {len(code) for code in codes if code and code.isdigit() and len(code) > 1 and code[0] == "0"}
    return widths.pop() if len(widths) == 1 else 0


def _zeros(sheet: str, entry: Entry, field: str, code: str, width: int) -> Finding:
    ways = (Way(code.zfill(width)),)
    return Finding(sheet, entry.line, field, MistakeCode.ZEROS_LOST, {"width": str(width)}, ways, ticked=True)


def one_letter_off(word: str, known: Collection[str]) -> str | None:
    """The word among these that is one letter more, less, other, or two letters exchanged; None when none is."""
    return next((other for other in known if _is_one_letter_off(word, other)), None)


def _is_one_letter_off(one: str, other: str) -> bool:
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    exchanged = left[:2] == right[1::-1] and left[2:] == right[2:]
    return exchanged or left[1:] == right[1:] or left[1:] == right or left == right[1:]


def doubtful_communes(entries: Entries, in_force: Patrimoine) -> Iterator[Finding]:
    """A commune that is new, and one letter away from one that is known or far more frequent, under one postcode."""
    rows = [entry.record for entry in entries["dwellings"] if entry.record is not None]
    held = Counter((one.postcode, one.commune) for one in rows)
    known = {(one.postcode, one.commune) for one in in_force.dwellings}
    new = held.keys() - known
    if len(new) > _MOST_COMPARED:
        return
    doubtful = {place: other for place in new if (other := _meant(place, held, known))}
    if not doubtful:
        return
    for entry in entries["dwellings"]:
        place = entry.of("postcode"), entry.of("commune")
        if place in doubtful:
            other = doubtful[place]
            way = (Way(other, reason="nearest"),)
            yield Finding(
                "dwellings", entry.line, "commune", MistakeCode.NEAR_ANOTHER, {"other": other}, way, ticked=True
            )


def _meant(place: tuple[str, str], held: Counter[tuple[str, str]], known: Iterable[tuple[str, str]]) -> str | None:
    postcode, commune = place
    words = {normalise(name): name for code, name in known if code == postcode}
    often = {name: count for (code, name), count in held.items() if code == postcode}
    words |= {normalise(name): name for name, count in often.items() if count >= _OFTEN * held[place]}
    word = normalise(commune)
    near = None if word in words else one_letter_off(word, words)
    return None if near is None else words[near]


_FIELDS = {Where.COMMUNE: "commune", Where.RESIDENCE: "residence", Where.BUILDING: "building_id"}


def _names(dwellings: Iterable[Entry], field: str) -> dict[str, str]:
    """What they hold in one field, by its words."""
    return {normalise(name): name for name in {entry.of(field) for entry in dwellings}}


def places_of_contacts(entries: Entries, _: Patrimoine) -> Iterator[Finding]:
    """A contact for a commune, a residence or a building that no dwelling is in."""
    dwellings = entries["dwellings"]
    if not entries["contacts"] or any(entry.record is None for entry in dwellings):
        return
    known = {where: _names(dwellings, field) for where, field in _FIELDS.items()}
    for entry in entries["contacts"]:
        contact = entry.record
        if contact is None or contact.where not in known or normalise(contact.place) in known[contact.where]:
            continue
        words = known[contact.where]
        near = one_letter_off(normalise(contact.place), words) if contact.where is not Where.BUILDING else None
        ways = (Way(words[near], reason="nearest"),) if near else (Way(leaves_out=(entry.line,)),)
        detail = {"sheet": DWELLINGS}
        yield Finding("contacts", entry.line, "place", MistakeCode.UNKNOWN_REFERENCE, detail, ways, ticked=bool(near))
