from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.deployment.account import Account
from tests.local.operator.conftest import operator_url

__all__ = ["account", "operator_url"]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account in which nothing was ever made."""
    monkeypatch.setenv("MOTO_ACM_VALIDATION_WAIT", "3600")
    with mock_aws():
        yield Account()
