"""What a scenario waits for has come when it counts as true."""

import pytest

from local.scenarios.telling import until

AT_ONCE = -1.0


@pytest.mark.parametrize("found", [True, 1, "a call", [0], {"sid": None}])
def test_what_counts_as_true_is_handed_over(found: object) -> None:
    assert until(lambda: found, "result", AT_ONCE) is found


@pytest.mark.parametrize("found", [None, False, 0, 0.0, "", [], {}, ()])
def test_nothing_none_and_no_one_are_still_to_come(found: object) -> None:
    with pytest.raises(TimeoutError, match="no result"):
        until(lambda: found, "result", AT_ONCE)
