"""What can be written: the characters that every file, page and message of ours can hold (XML 1.0, section 2.2).

What people and providers send passes here where it comes in. One character outside of it makes a whole workbook
unreadable, and stops whoever reads the record afterwards.
"""

import re
from collections.abc import Mapping
from typing import Any

_NOT_WRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text: str) -> str:
    """The text without controls, lone surrogates, U+FFFE and U+FFFF; what can be written stays as it is."""
    return _NOT_WRITABLE.sub("", text)


def writable_throughout(value: Any) -> Any:
    """The same for every text of decoded JSON, names of fields included."""
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, Mapping):
        return {writable(name): writable_throughout(member) for name, member in value.items()}
    if isinstance(value, list):
        return [writable_throughout(member) for member in value]
    return value
