from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from deployment import at_hand
from infra import settings
from tests.deployment.account import ALARM_MAIL, CERTIFICATE, DOMAIN, HOST, Account
from tests.local.operator.conftest import operator_url

__all__ = ["account", "operator_url"]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account in which nothing was ever made."""
    monkeypatch.setenv("MOTO_ACM_VALIDATION_WAIT", "3600")
    with mock_aws():
        yield Account()


@pytest.fixture
def stage_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """That of production, filled in."""
    told = {"public_host": HOST, "certificate_arn": CERTIFICATE, "mail_domain": DOMAIN, "alarm_mail": ALARM_MAIL}
    file = tmp_path / "habitat70" / "production.toml"
    file.parent.mkdir()
    file.write_text("\n".join(f'{name} = "{value}"' for name, value in told.items()), "utf-8")
    read = settings.read_settings
    monkeypatch.setattr(at_hand, "read_settings", lambda context, environ: read(context, environ, tmp_path))
