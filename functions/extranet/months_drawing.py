"""The two rates of the frozen months as a line each: figures in, places on the page out."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from extranet.drawing import Tick
from permanence.application.extranet.reports import FrozenReport
from permanence.domain.frozen import dataclass
from permanence.web.formats import SHORT_MONTHS

MONTHS_SHOWN = 12
LEFT, RIGHT, TOP, BOTTOM = 48.0, 690.0, 16.0, 226.0
HIGHEST_FLOOR, STEP = 80, 5
LABEL_HEIGHT = 17.0
ZERO = Decimal(0)


@dataclass(frozen=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True)
class Series:
    """One rate; `label_at` is the height of the words beside its last point, which overlap nothing."""

    name: str
    last: Decimal
    points: tuple[Point, ...]
    label_at: float

    @property
    def path(self) -> str:
        """The points of an SVG polyline."""
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)


@dataclass(frozen=True)
class MonthsChart:
    """In the coordinates of an 820 by 262 drawing."""

    series: tuple[Series, ...]
    months: tuple[Tick, ...]
    lines: tuple[Tick, ...]
    target: float
    target_label_at: float
    floor: int


def draw_months(newest_first: Sequence[FrozenReport], target_percent: int) -> MonthsChart | None:
    """The oldest on the left, months without a call left out; None while there is no line to draw."""
    reports = [report for report in newest_first[:MONTHS_SHOWN] if report.calls][::-1]
    if len(reports) < 2:
        return None
    columns = [("QS1", [r.qs1.percent or ZERO for r in reports]), ("QS2", [r.qs2.percent or ZERO for r in reports])]
    lowest = min(*(value for _, values in columns for value in values), Decimal(target_percent))
    floor = min(HIGHEST_FLOOR, int(lowest) // STEP * STEP)
    across = [LEFT + (RIGHT - LEFT) * number / (len(reports) - 1) for number in range(len(reports))]

    def height(percent: Decimal | int) -> float:
        return BOTTOM - (BOTTOM - TOP) * float(percent - floor) / (100 - floor)

    target_at = height(target_percent)
    labels = _apart([target_at, *(height(values[-1]) for _, values in columns)])
    every = STEP if 100 - floor <= 6 * STEP else 2 * STEP
    return MonthsChart(
        series=tuple(
            Series(
                name, values[-1], tuple(Point(x, height(value)) for x, value in zip(across, values, strict=True)), at
            )
            for (name, values), at in zip(columns, labels[1:], strict=True)
        ),
        months=tuple(Tick(x, SHORT_MONTHS[int(r.month[5:]) - 1]) for x, r in zip(across, reports, strict=True)),
        lines=tuple(Tick(height(percent), str(percent)) for percent in range(floor, 101, every)),
        target=target_at,
        target_label_at=labels[0],
        floor=floor,
    )


def _apart(heights: Sequence[float]) -> tuple[float, ...]:
    """The same heights, in the same order, pushed down until each has room for its words."""
    placed = list(heights)
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    for above, below in pairwise(order):
        placed[below] = max(placed[below], placed[above] + LABEL_HEIGHT)
    return tuple(placed)
