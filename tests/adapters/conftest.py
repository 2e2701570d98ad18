"""A fresh table on moto for each test."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from permanence.adapters.dynamodb.items import Table
from tests.fakes.table import create_table, make_client


@pytest.fixture
def table() -> Iterator[Table]:
    with mock_aws():
        yield create_table(make_client("dynamodb"))
