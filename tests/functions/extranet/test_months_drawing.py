"""The rates of the frozen months, drawn: each point where its figure is, and every word beside its own line."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from extranet.months_drawing import BOTTOM, LABEL_HEIGHT, LEFT, RIGHT, TOP, draw_months
from permanence.application.extranet.reports import FrozenReport
from permanence.domain.service_level.figures import Rate

FROZEN_AT = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)


def report(month: str, n: int, n40: int, nr: int) -> FrozenReport:
    return FrozenReport(month, FROZEN_AT, n, Rate(n40, n), Rate(nr, n), 85)


def test_the_oldest_month_stands_on_the_left_and_a_hundred_per_cent_on_top() -> None:
    drawn = draw_months([report("2026-10", 100, 80, 100), report("2026-09", 100, 85, 90)], 85)
    assert drawn is not None
    assert [(month.at, month.label) for month in drawn.months] == [(LEFT, "sept."), (RIGHT, "oct.")]
    qs1, qs2 = drawn.series
    assert qs2.points[-1].y == TOP
    assert qs1.points[0].y == drawn.target
    assert qs1.points[-1].y == BOTTOM
    assert drawn.floor == 80


def test_the_scale_goes_down_to_the_lowest_rate() -> None:
    drawn = draw_months([report("2026-10", 100, 42, 90), report("2026-09", 100, 90, 90)], 85)
    assert drawn is not None
    assert drawn.floor == 40
    assert all(TOP <= point.y <= BOTTOM for series in drawn.series for point in series.points)


@pytest.mark.parametrize("others", [[], [report("2026-09", 0, 0, 0)]])
def test_one_month_with_calls_makes_no_line(others: list[FrozenReport]) -> None:
    assert draw_months([report("2026-10", 100, 90, 95), *others], 85) is None


def test_no_words_overlap_when_all_rates_end_at_the_target() -> None:
    drawn = draw_months([report("2026-10", 100, 85, 85), report("2026-09", 100, 90, 95)], 85)
    assert drawn is not None
    heights = sorted([drawn.target_label_at, *(series.label_at for series in drawn.series)])
    assert all(below - above >= LABEL_HEIGHT for above, below in pairwise(heights))


def test_a_year_is_shown_and_no_more() -> None:
    months = [f"{2026 - number // 12}-{12 - number % 12:02}" for number in range(24)]
    drawn = draw_months([report(month, 10, 9, 10) for month in months], 85)
    assert drawn is not None
    assert len(drawn.months) == 12
    assert drawn.months[-1].label == "déc."
