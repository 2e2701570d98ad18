"""Pages are counted by what they came to, and by nothing else."""

import pytest
from aws_lambda_powertools.metrics import EphemeralMetrics

from permanence.web.counting import count_page


@pytest.mark.parametrize(
    ("status", "counted"),
    [
        (200, {"Page"}),
        (303, {"Page"}),
        (399, {"Page"}),
        (400, {"Page", "PageRefused"}),
        (403, {"Page", "PageRefused"}),
        (499, {"Page", "PageRefused"}),
        (500, {"Page", "PageFailed"}),
        (503, {"Page", "PageFailed"}),
    ],
)
def test_a_page_is_counted_once_and_a_refusal_is_no_failure(status: int, counted: set[str]) -> None:
    metrics = EphemeralMetrics(namespace="tests", service="pages")
    count_page(metrics, {"statusCode": status, "body": "Corinne Jeannin"})
    told = metrics.serialize_metric_set()
    assert {name for name in told if name.startswith("Page")} == counted
    assert "Jeannin" not in str(told)
