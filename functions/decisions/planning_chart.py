"""The planning as drawings: the year by weeks, one week by real hours. Never by colour alone (R31)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from decisions.planning_words import place_of
from permanence.application.extranet.planning import DayOf, Line, WeekOf, WeekView, YearView
from permanence.domain.french_dates import DAYS, MONTHS, day_of_month
from permanence.domain.frozen import dataclass
from permanence.domain.instants import midnight, paris_day
from permanence.domain.reference.planning import Cell, Held
from permanence.domain.reference.rota import OnCallRole

LEFT, WIDTH = 170.0, 1248.0
_DRAWN = WIDTH - LEFT - 8
_TONES = 3
_WIDE, _MIDDLE, _NARROW = 7.6, 6.9, 20.0  # pixels a character of a name takes, of a short one, and initials at all
_LONGEST_LABEL = 22


@dataclass(frozen=True)
class Box:
    css: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Words:
    css: str
    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class Rule:
    css: str
    x: float
    y1: float
    y2: float


@dataclass(frozen=True)
class Chart:
    """Drawn in this order; `marks` are the tips of triangles."""

    height: float
    under: tuple[Box, ...]
    rules: tuple[Rule, ...]
    marks: tuple[tuple[float, float], ...]
    boxes: tuple[Box, ...]
    words: tuple[Words, ...]


Names = Mapping[str, str]
Tones = Mapping[Cell, Mapping[str, int]]


def initials(name: str) -> str:
    """SM for Sylvie Mourot."""
    parts = [part for part in name.replace("-", " ").split() if part]
    return "".join(part[0].upper() for part in (*parts[:1], *parts[1:][-1:]))


def short_name(name: str) -> str:
    """S. Mourot."""
    first, _, last = name.partition(" ")
    return f"{first[:1]}. {last}" if last else name


def tones_of(year: YearView) -> Tones:
    """Of each cell, which of three tones a person has: those who follow one another differ as far as three can."""
    found: dict[Cell, dict[str, int]] = {}
    for line in year.lines:
        tones: dict[str, int] = {}
        for week in line.weeks:
            for who in week.people:
                tones.setdefault(who, len(tones) % _TONES)
        found[line.cell] = tones
    return found


def year_chart(view: YearView, names: Names, shown: tuple[datetime, datetime]) -> Chart:
    """`shown` is the week that the other drawing has."""
    begins, ends = view.lines[0].weeks[0].start, view.lines[0].weeks[-1].end

    def x(instant: datetime) -> float:
        return round(LEFT + (instant - begins) / (ends - begins) * _DRAWN, 1)

    bottom = 58.0 + 30 * len(view.lines)
    tones = tones_of(view)
    rules, words, boxes = [], [], []
    for number, month in enumerate(MONTHS, start=1):
        at = x(midnight(paris_day(begins + timedelta(days=2)).replace(month=number, day=1)))
        rules.append(Rule("gr", at, 4, bottom))
        words.append(Words("", at + 5, 16, month))
    for day, hours in view.clock_changes:
        at = x(midnight(day) + timedelta(hours=2))
        rules.append(Rule("clk", at, 26, bottom))
        words.append(Words("b", at - 4, 34, f"{hours} h", "end"))
    for row, line in enumerate(view.lines):
        y = 58.0 + 30 * row
        words.append(_label(line.cell, y + 17))
        for week in line.weeks:
            at, width = x(week.start), x(week.end) - x(week.start)
            boxes.append(Box(_tone_of_week(week, line, tones), at + 0.6, y, round(width - 1.2, 1), 24))
            if width >= _NARROW - 4:
                css, text = _in_week(week, names)
                words.append(Words(css, round(at + width / 2, 1), y + 16.5, text, "middle"))
    start, end = (max(begins, min(ends, instant)) for instant in shown)
    if start < end:
        boxes.append(Box("shown", x(start) - 2, 54, round(x(end) - x(start) + 4, 1), bottom - 56))
    marks = tuple((x(midnight(day) + timedelta(hours=12)), 37.0) for day in view.holidays)
    return Chart(bottom + 4, (), tuple(rules), marks, tuple(boxes), tuple(words))


def week_chart(view: WeekView, names: Names, tones: Tones) -> Chart:
    length = view.end - view.start

    def x(instant: datetime) -> float:
        return round(LEFT + (instant - view.start) / length * _DRAWN, 1)

    height = 62.0 + 54 * len(view.lines)
    under = [
        Box("holi", x(day.start), 0, round(x(day.end) - x(day.start), 1), height) for day in view.days if day.is_holiday
    ]
    under += [
        Box("open", x(span.start), 44, round(x(span.end) - x(span.start), 1), height - 44) for span in view.open_spans
    ]
    rules = [Rule("gr", x(day.start), 0, height) for day in view.days]
    words = [one for day in view.days for one in _of_day(day, x(day.start), is_first=day is view.days[0])]
    rules += [Rule("clk", x(day.start + timedelta(hours=2)), 40, height) for day in view.days if day.hours != 24]
    boxes: list[Box] = []
    for row, (cell, pieces) in enumerate(view.lines):
        y = 62.0 + 54 * row
        words.append(_label(cell, y + 21))
        for piece in view.astreinte(pieces):
            for box, text in _of_piece(piece, x(piece.start), x(piece.end), y, names, tones.get(cell, {})):
                boxes.append(box)
                words += [text] if text else []
    return Chart(height, tuple(under), tuple(rules), (), tuple(boxes), tuple(words))


def _label(cell: Cell, y: float) -> Words:
    text = "Superviseur" if cell.role is OnCallRole.SUPERVISEUR else place_of(cell.role.value, cell.sector)
    return Words("b", 0, y, text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1]}…")


def _tone_of_week(week: WeekOf, line: Line, tones: Tones) -> str:
    if week.lacks:
        return "gap"
    if week.doubles:
        return "dbl"
    return f"t{tones[line.cell][week.people[0]]}" if week.people else "none"


def _in_week(week: WeekOf, names: Names) -> tuple[str, str]:
    if week.lacks:
        return "bad plated", "0"
    if week.doubles:
        return "bad", "2"
    if not week.people:
        return "", ""
    return ("ini more" if len(week.people) > 1 else "ini"), initials(names.get(week.people[0], week.people[0]))


def _of_day(day: DayOf, at: float, *, is_first: bool) -> Iterator[Words]:
    says_month = is_first or day.day.day == 1
    month = f" {MONTHS[day.day.month - 1]}" if says_month else ""
    yield Words("b", at + 7, 17, f"{DAYS[day.day.weekday()][:3]}. {day_of_month(day.day)}{month}")
    told = [f"jour de {day.hours} h"] if day.hours != 24 else []
    told += ["férié"] if day.is_holiday else []
    if told:
        yield Words("", at + 7, 35, ", ".join(told))


def _of_piece(
    piece: Held, left: float, right: float, y: float, names: Names, tones: Mapping[str, int]
) -> Iterable[tuple[Box, Words | None]]:
    width, middle = round(right - left - 2, 1), round((left + right) / 2, 1)
    if not piece.person_ids:
        word = "Personne" if width > 8 * _WIDE else "0" if width > _NARROW else ""
        yield (
            Box("gap", left + 1, y, width, 34),
            Words("bad sm plated", middle, y + 21.5, word, "middle") if word else None,
        )
        return
    if len(piece.person_ids) > 1:
        for n, who in enumerate(piece.person_ids[:2]):
            text = _fitting(names.get(who, who), width)
            yield (
                Box("dbl", left + 1, y - 3 + 22 * n, width, 20),
                Words("bad sm", middle, y + 11.5 + 22 * n, text, "middle") if text else None,
            )
        return
    who = piece.person_ids[0]
    text = _fitting(names.get(who, who), width)
    yield (
        Box(f"t{tones.get(who, 0)}", left + 1, y, width, 34),
        Words("nm" if " " in text else "ini", middle, y + 21.5, text, "middle") if text else None,
    )


def _fitting(name: str, width: float) -> str:
    for text, each in ((name, _WIDE), (short_name(name), _MIDDLE)):
        if len(text) * each + 10 <= width:
            return text
    return initials(name) if width >= _NARROW else ""
