"""What lies in the zips: byte code that the runtime takes as it is, and the same bytes whoever builds."""

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import byte_code, shipping
from infra.byte_code import ENGINE_PYTHON, LAMBDA_PYTHON, compiler_for, find_compiler
from infra.layers import PYTHON
from infra.settings import ROOT, Target
from infra.shipping import LAYER_PLACE, ship_folder
from tests.infra.synthesis import Template

MAGIC_OF_LAMBDA = (3571).to_bytes(2, "little") + b"\r\n"  # CPython 3.13, Include/internal/pycore_magic_number.h
UNCHECKED_HASH = (0b01).to_bytes(4, "little")
OURS = ROOT / "layers" / "permanence"


def _assets(template: Template) -> Iterator[Path]:
    for layer in template.of_type("AWS::Lambda::LayerVersion").values():
        yield template.asset(layer["Content"])
    for function in template.of_type("AWS::Lambda::Function").values():
        yield template.asset(function["Code"])


def _without_its_byte_code(template: Template, tag: str, magic: bytes) -> list[Path]:
    """The shipped sources whose byte code is missing, of another Python, or to be checked at import."""
    lacking = []
    for asset in _assets(template):
        sources = list(asset.rglob("*.py"))
        assert sources, asset
        for source in sources:
            compiled = source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc"
            if not compiled.exists() or compiled.read_bytes()[:8] != magic + UNCHECKED_HASH:
                lacking.append(source)
    return lacking


def test_every_source_ships_to_aws_with_the_byte_code_of_its_runtime(aws: Template) -> None:
    if compiler_for("aws") is None:
        pytest.skip(f"Python {LAMBDA_PYTHON} is not on this machine")
    assert PYTHON.name == f"python{LAMBDA_PYTHON}"
    assert _without_its_byte_code(aws, "cpython-313", MAGIC_OF_LAMBDA) == []


def test_every_source_of_the_local_target_has_the_byte_code_of_the_engine(local: Template) -> None:
    asked = subprocess.run(
        [str(ENGINE_PYTHON), "-c", "import sys; print(sys.implementation.cache_tag)"],
        capture_output=True,
        text=True,
        check=True,
    )
    compiler = compiler_for("local")
    assert compiler is not None
    assert _without_its_byte_code(local, asked.stdout.strip(), bytes.fromhex(compiler.magic)) == []


def test_nothing_ships_that_nobody_reads(aws: Template) -> None:
    for asset in _assets(aws):
        assert not [file for file in asset.rglob("*") if file.name.startswith(".")]


@pytest.mark.parametrize("target", ["aws", "local"])
def test_the_same_sources_ship_as_the_same_bytes(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever and whenever they are built: another build deploys nothing."""
    built = []
    for clone in ("one", "another"):
        monkeypatch.setattr(shipping, "SHIPPED", tmp_path / clone)
        shipped = ship_folder(OURS / "python" / "permanence" / "domain", target, LAYER_PLACE)
        files = {file.relative_to(shipped.folder): file for file in shipped.folder.rglob("*") if file.is_file()}
        built.append((shipped.fingerprint, {name: file.read_bytes() for name, file in files.items()}))
    assert built[0] == built[1]


def test_another_source_ships_as_another_asset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipping, "SHIPPED", tmp_path / "shipped")
    source = tmp_path / "source"
    source.mkdir()
    (source / "module.py").write_text("ANSWER = 41\n")
    before = ship_folder(source, "local", LAYER_PLACE)
    (source / "module.py").write_text("ANSWER = 42\n")
    after = ship_folder(source, "local", LAYER_PLACE)
    assert before.fingerprint != after.fingerprint
    assert (after.folder / "module.py").read_text() == "ANSWER = 42\n"


def test_a_machine_without_the_runtime_s_python_says_so_in_one_sentence_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shipping, "SHIPPED", tmp_path)
    with_byte_code = ship_folder(OURS, "aws", LAYER_PLACE).fingerprint if compiler_for("aws") else ""
    monkeypatch.setenv("PATH", "")
    byte_code.compiler_for.cache_clear()
    try:
        first, again = (ship_folder(OURS, "aws", LAYER_PLACE) for _ in range(2))
    finally:
        byte_code.compiler_for.cache_clear()
    told = capsys.readouterr().err
    assert told.count("Python 3.13 is not on this machine") == 1
    assert "every cold start will compile" in told
    assert list(first.folder.rglob("*.py"))
    assert not list(first.folder.rglob("*.pyc"))
    assert first.fingerprint == again.fingerprint != with_byte_code


def test_a_name_on_the_path_that_runs_nothing_is_no_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pyenv leaves such stubs for versions that are not chosen."""
    stub = tmp_path / f"python{LAMBDA_PYTHON}"
    stub.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    stub.chmod(stub.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    assert find_compiler(f"python{LAMBDA_PYTHON}") is None
