"""Times, durations and numbers inside French sentences.

They carry U+00A0, so that no line breaks inside them; the fine spaces before « : » and inside guillemets belong to each
medium (`web.formats.typography` for pages).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from permanence.domain.french_dates import day_of_month
from permanence.domain.instants import to_paris

NBSP = "\u00a0"


def unsplit(text: str) -> str:
    """The text with « Habitat 70 » held on one line."""
    return text.replace("Habitat 70", f"Habitat{NBSP}70")


def clock(instant: datetime) -> str:
    """An aware instant on the clocks of Paris: ``23 h 13``, ``0 h 48``."""
    local = to_paris(instant)
    return f"{local.hour}{NBSP}h{NBSP}{local.minute:02}"


def spell_duration(duration: timedelta) -> str:
    """``48 s``, ``4 min 05``, ``1 h 02 min``."""
    seconds = int(duration.total_seconds())
    if seconds < 60:
        return f"{seconds}{NBSP}s"
    if seconds < 3600:
        return f"{seconds // 60}{NBSP}min{NBSP}{seconds % 60:02}"
    return f"{seconds // 3600}{NBSP}h{NBSP}{seconds % 3600 // 60:02}{NBSP}min"


def spell_minutes(minutes: int) -> str:
    """A delay told in whole minutes: ``7 min``, ``1 h``, ``1 h 29``."""
    hours, left = divmod(minutes, 60)
    if not hours:
        return f"{left}{NBSP}min"
    return f"{hours}{NBSP}h{NBSP}{left:02}" if left else f"{hours}{NBSP}h"


def number(count: int) -> str:
    """``2 704``: thousands apart."""
    return f"{count:,}".replace(",", NBSP)


def telephone(number: str | None) -> str:
    """A French number of E.164 in pairs, ``06 39 98 21 05``; any other as it is; none is a withheld number."""
    if not number:
        return "numéro masqué"
    if number.startswith("+33") and len(number) == 12 and number[1:].isdigit():
        national = "0" + number[3:]
        return NBSP.join(national[i : i + 2] for i in range(0, 10, 2))
    return number


def spell_days(days: Sequence[date]) -> str:
    """Days of one month, in order: ``le 3``, ``le 1er et le 3``, ``du 1er au 20 et le 23``."""
    spans: list[list[date]] = []
    for day in days:
        if spans and day - spans[-1][-1] == timedelta(days=1):
            spans[-1].append(day)
        else:
            spans.append([day])
    words = [_spell_span(span[0], span[-1]) for span in spans]
    return " et ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _spell_span(first: date, last: date) -> str:
    if first == last:
        return f"le{NBSP}{day_of_month(first)}"
    return f"du{NBSP}{day_of_month(first)} au{NBSP}{day_of_month(last)}"
