"""What is wrong with an announcement that is proposed (R6, R83)."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from permanence.domain.reference.announced import Peak, Works
from permanence.domain.reference.dated import FARTHEST
from permanence.domain.reference.documents import Circumstances, Point
from permanence.domain.writable_text import writable

LONGEST_WORDS = 120


class AnnouncedCode(StrEnum):
    """What a check says of an announcement; the detail `entry` tells which sort."""

    BACKWARDS = "announced_backwards"
    PAST = "announced_past"  # it is new, and too late
    TOO_FAR = "announced_too_far"
    WITHOUT_WORDS = "announced_without_words"
    WORDS_TOO_LONG = "announced_words_too_long"


def announced_points(
    in_force: Iterable[Peak | Works], proposed: Iterable[Peak | Works], circumstances: Circumstances
) -> list[Point]:
    """All that is wrong with what is new or changed, in the order of time. A peak that begins while its proposal waits
    may still be approved, until it is over."""
    known = {one.key: one for one in in_force}
    return [
        Point(code, one.start.isoformat(), {"entry": one.entry.value}, blocks=True)
        for one in proposed
        if known.get(one.key) != one
        for code in _codes_of(one, one.key in known, circumstances)
    ]


def _codes_of(one: Peak | Works, is_known: bool, circumstances: Circumstances) -> Iterator[AnnouncedCode]:
    if any(not words.strip() or writable(words) != words for words in one.words):
        yield AnnouncedCode.WITHOUT_WORDS
    elif any(len(words) > LONGEST_WORDS for words in one.words):
        yield AnnouncedCode.WORDS_TOO_LONG
    if one.end <= one.start:
        yield AnnouncedCode.BACKWARDS
    elif not is_known and (one.enter_by < circumstances.proposed_at or one.end <= circumstances.now):
        yield AnnouncedCode.PAST
    elif one.end > circumstances.now + FARTHEST:
        yield AnnouncedCode.TOO_FAR
