"""A function finds what it imports in its own layers, and what it reads in its own environment."""

import os
import subprocess
import sys

import pytest

from infra.settings import ROOT
from tests.infra.synthesis import Template

FUNCTIONS = sorted(folder.name for folder in (ROOT / "functions").iterdir() if (folder / "__init__.py").exists())


def _modules_after_import(template: Template, function: str) -> set[str]:
    """What a bare interpreter (no site-packages) has loaded after it imported the handler from its layers."""
    path = os.pathsep.join(map(str, template.folders_of(function)))
    script = f"import sys, {function}.handler as h; assert callable(h.handler); print(*sys.modules)"
    started = subprocess.run(
        [sys.executable, "-S", "-B", "-c", script],
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr
    return set(started.stdout.split())


@pytest.mark.parametrize("function", [name for name in FUNCTIONS if name != "call_webhook"])
def test_a_function_starts_with_its_layers_and_an_empty_environment(local: Template, function: str) -> None:
    assert "permanence" in _modules_after_import(local, function)


def test_the_webhook_loads_nothing_heavy_before_its_first_answer(local: Template) -> None:
    heavy = {"boto3", "pydantic", "jinja2", "phonenumbers", "openpyxl", "aws_xray_sdk"}
    assert not _modules_after_import(local, "call_webhook") & heavy
