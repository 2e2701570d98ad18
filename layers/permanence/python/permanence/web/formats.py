"""How values read on a French screen: one place for spaces, dates, durations, telephone numbers and money.

Everything here returns plain text; the templates escape it.
"""

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from permanence.application.timeline.french import NBSP, clock, spell_duration, unsplit
from permanence.domain.french_dates import DAYS, MONTHS, day_of_month
from permanence.domain.instants import to_paris

THIN = "\u202f"
SHORT_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")

_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_BEFORE_SIGN = re.compile(r"[ \u00a0]+(?=[;:!?%€»](?:[\s.,)\]<»]|$))")
_AFTER_OPENING = re.compile(r"«[ \u00a0]+")
_TIME = re.compile(r"(?<=\d) (?:(h|min) (?=\d\d\b)|(?=(?:h|min|s|ans)\b))")
_PHONE = re.compile(r"(?<!\d)(?:0 800(?: \d\d){3}|0\d(?: \d\d){4})(?!\d)")
_NUMBER_SIGN = re.compile(r"\b(n[°o]|N°) (?=\d)")


_SOMETHING_TO_SET = re.compile(r"['«»;:!?%€\d]")


def typography(text: str) -> str:
    """Set French spaces and apostrophes in a text written with plain ones (guide.md of the visual language).

    U+202F before ``; : ! ? % €`` and inside « »; U+00A0 in times, units, telephone numbers and « Habitat 70 ». Setting
    a text twice changes nothing.
    """
    if not _SOMETHING_TO_SET.search(text):
        return text
    text = _APOSTROPHE.sub("’", text)
    text = _BEFORE_SIGN.sub(THIN, text)
    text = _AFTER_OPENING.sub(f"«{THIN}", text)
    text = _PHONE.sub(lambda found: found[0].replace(" ", NBSP), text)
    text = unsplit(text)
    text = _NUMBER_SIGN.sub(rf"\1{NBSP}", text)
    return _TIME.sub(lambda found: f"{NBSP}{found[1]}{NBSP}" if found[1] else NBSP, text)


def _local_day(value: date | datetime) -> date:
    return to_paris(value).date() if isinstance(value, datetime) else value


def day(value: date | datetime) -> str:
    """samedi 21 novembre 2026; an instant is read in Paris."""
    local = _local_day(value)
    return f"{DAYS[local.weekday()]} {day_of_month(local)} {MONTHS[local.month - 1]} {local.year}"


def short_day(value: date | datetime) -> str:
    """sam. 21 nov."""
    local = _local_day(value)
    return f"{DAYS[local.weekday()][:3]}.{NBSP}{day_of_month(local)}{NBSP}{SHORT_MONTHS[local.month - 1]}"


def span(start: datetime, end: datetime) -> str:
    """mar. 1er déc., de 9 h 00 à 11 h 30, or du mar. 1er déc., 9 h 00, au jeu. 3 déc., 18 h 00."""
    first, last = _local_day(start), _local_day(end)
    if first == last:
        return f"{short_day(first)}, de {clock(start)} à {clock(end)}"
    return f"du {short_day(first)}, {clock(start)}, au {short_day(last)}, {clock(end)}"


def month(value: str) -> str:
    """``2026-11`` to novembre 2026."""
    year, number = value.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def moment(value: datetime, now: datetime) -> str:
    """23 h 12 today, sam. 21 nov., 23 h 12 on another Paris-local day."""
    if _local_day(value) == _local_day(now):
        return clock(value)
    return f"{short_day(value)}, {clock(value)}"


def duration(value: timedelta | float) -> str:
    """18 s, 2 min 14, 1 h 05 min, from a timedelta or seconds; whole seconds, never negative."""
    length = value if isinstance(value, timedelta) else timedelta(seconds=value)
    return spell_duration(max(length, timedelta(0)))


def count(value: int) -> str:
    """12041 to 12 041."""
    return f"{value:,}".replace(",", THIN)


def decimal(value: Decimal, places: int = 2) -> str:
    """1234.5 to 1 234,50, half up."""
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded:,}".replace(",", THIN).replace(".", ",")


def signed(value: Decimal) -> str:
    """−11,34, +1,00, 0,00: a difference shows its sign."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + decimal(abs(value))


def money(value: Decimal) -> str:
    """1 234,50 €."""
    return f"{decimal(value)}{THIN}€"


def percent(value: Decimal, places: int = 2) -> str:
    """87,26 %; the value is already in per cent."""
    return f"{decimal(value, places)}{THIN}%"


def upper_first(text: str) -> str:
    """``rue Baron Bouvier`` to ``Rue Baron Bouvier``: a street at the start of a line."""
    return text[:1].upper() + text[1:]


def plural(number: int, singular: str, plural_form: str | None = None) -> str:
    """2 appels, 1 appel, 0 appel: French is singular under two."""
    word = singular if abs(number) < 2 else (plural_form or f"{singular}s")
    return f"{count(number)}{NBSP}{word}"
