"""Geometry of the drawings: figures in, places on the page out; the templates only print them."""

from decimal import Decimal

from permanence.application.extranet.today import HalfHour, OpeningSpan
from permanence.domain.frozen import dataclass

LEFT, RIGHT, TOP, BOTTOM = 26.0, 802.0, 26.0, 232.0
HALF_HOURS = 48
FEWEST_LINES = 4
_STEP = (RIGHT - LEFT) / HALF_HOURS
_BAR = 13.2


@dataclass(frozen=True)
class Box:
    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class DayChart:
    """A day of calls by half hour, in the coordinates of an 820 by 262 drawing."""

    spans: tuple[Box, ...]
    bars: tuple[Box, ...]
    lines: tuple[Tick, ...]
    hours: tuple[Tick, ...]
    now: float
    now_label: float
    is_label_left: bool


def draw_day(half_hours: tuple[HalfHour, ...], openings: tuple[OpeningSpan, ...], now_half_hours: float) -> DayChart:
    """`now_half_hours` counts half hours from midnight, as the spans do."""
    highest = max((half_hour.total for half_hour in half_hours), default=0)
    step = -(-max(highest, FEWEST_LINES) // FEWEST_LINES)
    top = step * FEWEST_LINES
    unit = (BOTTOM - TOP) / top
    is_late = now_half_hours > HALF_HOURS - 4
    return DayChart(
        spans=tuple(
            Box("open", _across(span.start), TOP, _across(span.end) - _across(span.start), BOTTOM - TOP)
            for span in openings
        ),
        bars=tuple(box for half_hour in half_hours for box in _stack(half_hour, unit)),
        lines=tuple(Tick(BOTTOM - count * unit, str(count)) for count in range(0, top + 1, step)),
        hours=tuple(Tick(_across(2 * hour), f"{hour} h") for hour in range(0, 25, 2)),
        now=_across(now_half_hours),
        now_label=_across(now_half_hours) + (-5 if is_late else 5),
        is_label_left=is_late,
    )


def _across(half_hours: float) -> float:
    return LEFT + half_hours * _STEP


def _stack(half_hour: HalfHour, unit: float) -> list[Box]:
    boxes, foot = [], BOTTOM
    for kind, count in (("fast", half_hour.quick), ("slow", half_hour.slow), ("lost", half_hour.lost)):
        if count:
            height = count * unit
            # A hair of white between two kinds, so that they are told apart without their colour.
            boxes.append(Box(kind, _across(half_hour.index) + 1.5, foot - height, _BAR, height - 1))
            foot -= height
    return boxes


SCALE_FROM, SCALE_TO = Decimal(60), Decimal(100)


def place_on_bullet(percent: Decimal | int) -> float:
    """Where a rate stands on a bullet of 300 that begins at 60 per cent; less than that stands at its start."""
    within = min(max(Decimal(percent), SCALE_FROM), SCALE_TO)
    return float((within - SCALE_FROM) / (SCALE_TO - SCALE_FROM) * 300)
