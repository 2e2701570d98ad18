"""Which parts of the suite run under the functions' Python, and what is said where there is none."""

import platform
from pathlib import Path

import pytest

from infra.lambda_python import PARTS, prepare, run
from infra.settings import ROOT

# Run under the project's own interpreter alone, which is also the local engine's.
ELSEWHERE = {
    "bench": "figures",
    "deployment": "what a person runs from his machine",
    "docs": "no code",
    "face": "pages in a browser; their functions are in `functions`",
    "failures": "five minutes: `make runtime PARTS=failures`",
    "fakes": "no tests of their own",
    "infra": "synthesis",
    "local": "the engine and the operator of this machine",
}


def test_every_folder_of_tests_runs_under_the_functions_python_or_says_why_not() -> None:
    folders = {folder.name for folder in (ROOT / "tests").iterdir() if list(folder.rglob("*.py"))}
    assert folders == {*PARTS, *ELSEWHERE}
    assert not set(PARTS) & ELSEWHERE.keys()


def test_a_machine_without_that_python_says_that_it_was_not_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert run(prepare()) == 0
    assert capsys.readouterr().out == (
        "tests: Python 3.13, which runs the functions on AWS, is not on this machine: "
        f"all of it ran under Python {platform.python_version()} only.\n"
    )


def test_the_python_that_ran_is_named_and_its_failures_are_failures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    interpreter = tmp_path / "python"
    interpreter.write_text('#!/bin/sh\ncase "$*" in *platform*) echo 3.13.9;; *tests/broken*) exit 1;; esac\n')
    interpreter.chmod(0o755)
    assert run(interpreter, ["domain", "web"]) == 0
    assert "tests: passed under Python 3.13.9, as on AWS: domain web. All else runs under" in capsys.readouterr().out
    assert run(interpreter, ["domain", "broken"]) == 1
    assert "3.13.9" not in capsys.readouterr().out
