"""What a text must be that a voice reads or an agent says: the same for the folder's and for those of a page (R11)."""

import string
from collections.abc import Collection, Iterator
from enum import StrEnum

from permanence.domain.frozen import dataclass
from permanence.domain.writable_text import writable

LONGEST_SPOKEN = 600
"""Characters: some forty seconds, and a caller who waits hears it each time."""

GREETING_NAMES = ("agent", "salutation")


class TextCode(StrEnum):
    EMPTY = "text_empty"
    TOO_LONG = "text_too_long"
    NOT_WRITABLE = "text_not_writable"
    BRACES = "text_braces"  # they do not match
    UNKNOWN_NAME = "text_unknown_name"  # detail: name
    NOBODY = "text_nobody"  # a greeting without the name of who greets


@dataclass(frozen=True)
class TextFault:
    """`name` is that of a placeholder nobody knows."""

    code: TextCode
    name: str = ""


def caller_text_faults(text: str) -> Iterator[TextFault]:
    """What is wrong with a text that a voice reads to a caller."""
    yield from _faults(text, ())


def greeting_faults(text: str) -> Iterator[TextFault]:
    """What is wrong with the formula of an agent: a person greets, by name (Art. 5-1)."""
    faults = list(_faults(text, GREETING_NAMES))
    yield from faults
    if not faults and "agent" not in _names(text):
        yield TextFault(TextCode.NOBODY)


def _faults(text: str, known: Collection[str]) -> Iterator[TextFault]:
    if not any(character.isalnum() for character in text):
        yield TextFault(TextCode.EMPTY)
        return
    if writable(text) != text:
        yield TextFault(TextCode.NOT_WRITABLE)
    if len(text) > LONGEST_SPOKEN:
        yield TextFault(TextCode.TOO_LONG)
    try:
        unknown = sorted(_names(text) - set(known))
    except ValueError:
        yield TextFault(TextCode.BRACES)
        return
    for name in unknown:
        yield TextFault(TextCode.UNKNOWN_NAME, name)


def _names(text: str) -> set[str]:
    """Of its placeholders, with what would format or convert them. Raises ValueError when braces do not match."""
    return {
        name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
        for _, name, form, conversion in string.Formatter().parse(text)
        if name is not None
    }
