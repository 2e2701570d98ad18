"""The picture of docs/architecture.md is kept by import-linter; a picture nobody can break would prove nothing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from infra.settings import ROOT

PACKAGE = "layers/permanence/python"


def _lint(root: Path) -> tuple[int, str]:
    path = os.pathsep.join((str(root / PACKAGE), str(root / "functions")))
    linted = subprocess.run(
        [str(ROOT / ".venv" / "bin" / "lint-imports"), "--no-logo", "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    return linted.returncode, linted.stdout + linted.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages as they are, free to be broken."""
    for folder in (PACKAGE, "functions", "deployment", "infra"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_import_contracts_hold() -> None:
    code, output = _lint(ROOT)
    assert code == 0, output


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("infra/settings.py", "import deployment.finding", "Nothing stands on the commands"),
        ("deployment/finding.py", "import infra.mail", "they start without CDK"),
        ("layers/permanence/python/permanence/domain/calls/call.py", "import time", "The domain is pure"),
        ("layers/permanence/python/permanence/domain/reference/rota.py", "import boto3", "The domain is pure"),
        (
            "layers/permanence/python/permanence/application/reception/ports.py",
            "import permanence.adapters.clock",
            "Functions stand on what is live",
        ),
        ("layers/permanence/python/permanence/application/reception/ports.py", "import boto3", "Use cases know ports"),
        (
            "layers/permanence/python/permanence/domain/reference/rota.py",
            "import permanence.domain.calls.call",
            "Rooms of the domain",
        ),
        (
            "layers/permanence/python/permanence/application/desk/post.py",
            "import permanence.application.extranet.lists",
            "Rooms of the use cases",
        ),
        (
            "layers/permanence/python/permanence/domain/dispatch/dispatch.py",
            "import permanence.domain.dispatch.rules",
            "No circle",
        ),
        ("functions/desk/__init__.py", "import extranet", "Functions stand on what is live"),
        ("functions/desk/__init__.py", "import permanence.adapters.dynamodb.calls", "Functions make no adapter"),
        ("functions/call_webhook/__init__.py", "import pydantic", "A cold start is felt"),
    ],
)
def test_a_broken_contract_is_named(copy: Path, module: str, line: str, broken: str) -> None:
    with (copy / module).open("a") as source:
        source.write(f"\n{line}\n")
    code, output = _lint(copy)
    assert code != 0
    assert any(broken in told and "BROKEN" in told for told in output.splitlines()), output
