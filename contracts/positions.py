"""Where in a TOML file a field stands, so that an engineer can go straight to the mistake."""

import re

_TABLE = re.compile(r"^\s*(\[{1,2})\s*([^\]]+?)\s*\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*(?:\"([^\"]+)\"|([A-Za-z0-9_-]+))\s*=")


def line_of(text: str, field: tuple[str | int, ...]) -> int | None:
    """The line (from 1) of a field path such as ``("question", 3, "answers", 1, "goto")``; the nearest known parent's
    line when the field itself is missing or stands inside a value of several lines; None when nothing is known."""
    nearest: tuple[int, int] | None = None
    here: tuple[str | int, ...] = ()
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        table, key = _TABLE.match(line), _KEY.match(line)
        if table:
            name = table[2].strip('"')
            if table[1] == "[[":
                seen[name] = seen.get(name, -1) + 1
                here = (name, seen[name])
            else:
                here = tuple(name.split("."))
            found = here
        elif key:
            found = (*here, key[1] or key[2])
        else:
            continue
        if found == field[: len(found)] and (nearest is None or len(found) > nearest[0]):
            nearest = (len(found), number)
    return nearest[1] if nearest else None
