"""How many pages were asked for, and how many of them were refused or failed: figures for alarms, of nobody."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

_FIRST_REFUSAL, _FIRST_FAILURE = 400, 500


def count_page(metrics: Metrics, answered: Mapping[str, Any]) -> None:
    """Count one HTTP API answer by its status alone."""
    status = int(answered["statusCode"])
    metrics.add_metric("Page", MetricUnit.Count, 1)
    if status >= _FIRST_FAILURE:
        metrics.add_metric("PageFailed", MetricUnit.Count, 1)
    elif status >= _FIRST_REFUSAL:
        metrics.add_metric("PageRefused", MetricUnit.Count, 1)
