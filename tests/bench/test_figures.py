"""What a figure says of its promise."""

import pytest

from bench.figures import percentile, ratio, spell_s


@pytest.mark.parametrize(("ours", "held"), [(1.25, True), (1.2501, False)])
def test_a_ratio_holds_up_to_its_promise_and_misses_beyond(ours: float, held: bool) -> None:
    assert ratio("area", "what", [(ours, 1.0)] * 3, at_most=1.25).held is held


def test_a_ratio_is_the_median_of_its_pairs_so_that_one_bad_moment_does_not_count() -> None:
    slow_machine = [(1.0, 1.0), (10.0, 10.0), (9.0, 1.0)]
    assert ratio("area", "what", slow_machine, at_most=1.0).held is True


@pytest.mark.parametrize(("percent", "expected"), [(50, 10.0), (95, 19.0), (96, 20.0), (100, 20.0)])
def test_a_percentile_is_a_value_that_was_measured(percent: float, expected: float) -> None:
    assert percentile([float(value) for value in range(20, 0, -1)], percent) == expected


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.000_2, "200 µs"), (0.001, "1 ms"), (0.9994, "999 ms"), (1.0, "1.00 s"), (21.16, "21.16 s")],
)
def test_a_duration_reads_in_the_unit_that_suits_it(seconds: float, words: str) -> None:
    assert spell_s(seconds) == words
