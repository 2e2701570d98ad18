"""The model of CloudWatch says what the tables of its user guide say: three periods, five retrieved."""

from dataclasses import replace

import pytest

from tests.infra.cloudwatch import Leeway, MetricAlarm, state_of

VALUES = {"0": 1.0, "X": 9.0, "-": None}
THREE_OF_THREE = MetricAlarm(
    metric=("service", "Name"), period_s=300, periods=3, datapoints=3, threshold=5,
    comparison="GreaterThanOrEqualToThreshold", statistic="Maximum", missing="ignore", filled_with=None, warm_up_s=0,
)  # fmt: skip
TWO_OF_THREE = replace(THREE_OF_THREE, datapoints=2)
KEPT = "the state it had"


@pytest.mark.parametrize(
    ("alarm", "told", "ignore", "breaching", "not_breaching"),
    [
        (THREE_OF_THREE, "0 - X - X", "OK", "OK", "OK"),
        (THREE_OF_THREE, "0 - - - -", "OK", "OK", "OK"),
        (THREE_OF_THREE, "- - - - -", KEPT, "ALARM", "OK"),
        (THREE_OF_THREE, "0 X X - X", "ALARM", "ALARM", "ALARM"),
        (THREE_OF_THREE, "- - X - -", KEPT, "ALARM", "OK"),
        (TWO_OF_THREE, "0 - X - X", "ALARM", "ALARM", "ALARM"),
        (TWO_OF_THREE, "0 0 X 0 X", "ALARM", "ALARM", "ALARM"),
        (TWO_OF_THREE, "0 - X - -", "OK", "ALARM", "OK"),
        (TWO_OF_THREE, "- - - - 0", "OK", "ALARM", "OK"),
        (TWO_OF_THREE, "- - - X -", KEPT, "ALARM", "OK"),
    ],
)
def test_missing_data_is_treated_as_the_guide_says(
    alarm: MetricAlarm, told: str, ignore: str, breaching: str, not_breaching: str
) -> None:
    latest_first = [VALUES[sign] for sign in reversed(told.split())]
    expected = {"ignore": ignore, "breaching": breaching, "notBreaching": not_breaching}
    found = {
        treatment: state_of(replace(alarm, missing=treatment), latest_first, KEPT, Leeway()) for treatment in expected
    }
    assert found == expected
