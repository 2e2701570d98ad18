"""Compiled packages of the layers: made for Lambda's processor, its libc and its Python (arm64, Amazon Linux 2023)."""

import re
import struct
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.tags import Tag, cpython_tags, parse_tag
from packaging.utils import canonicalize_name

from infra.byte_code import LAMBDA_PYTHON
from infra.layers import ARCHITECTURE, PYTHON
from tests.infra.synthesis import Template

GLIBC = (2, 34)  # « Amazon Linux 2023 … glibc 2.34 », the base of python3.13 (lambda-runtimes)
ELF, CLASS_64, LITTLE_ENDIAN, AARCH64 = b"\x7fELF", 2, 1, 183  # e_machine of the ELF specification for AArch64
EXTENSION = re.compile(r"\.(cpython-313-aarch64-linux-gnu|abi3)\.so$")
BUNDLED = re.compile(r"\.so(\.\d+)*$")  # a library that a wheel carries for its extensions, in a folder `….libs`
NATIVE = re.compile(r"\.(so|dll|dylib|pyd|a|o|exe)(\.|$)")


def _layers(template: Template) -> Iterator[Path]:
    for layer in template.of_type("AWS::Lambda::LayerVersion").values():
        yield template.asset(layer["Content"]) / "python"


def _native(template: Template) -> list[Path]:
    """Files that hold machine code, by their name or their first bytes."""
    files = (file for layer in _layers(template) for file in layer.rglob("*") if file.is_file())
    return [file for file in files if NATIVE.search(file.name) or file.read_bytes()[:4] == ELF]


def _misfit(file: Path) -> str | None:
    """Why Lambda's Python could not load a file of machine code, or nothing."""
    content = file.read_bytes()
    if content[:4] != ELF:
        return "not ELF"
    machine = struct.unpack_from("<H", content, 18)[0]
    if (content[4], content[5], machine) != (CLASS_64, LITTLE_ENDIAN, AARCH64):
        return f"for machine {machine}"
    wanted = max((tuple(map(int, v.split(b"."))) for v in re.findall(rb"GLIBC_(\d+\.\d+)", content)), default=(2, 0))
    if wanted > GLIBC:
        return f"needs glibc {'.'.join(map(str, wanted))}"
    if not (EXTENSION.search(file.name) or (file.parent.name.endswith(".libs") and BUNDLED.search(file.name))):
        return "for another Python"
    return None


def _platforms() -> list[str]:
    """What a wheel may say that it was made for, the newest libc first."""
    return [f"manylinux_2_{minor}_aarch64" for minor in range(GLIBC[1], 16, -1)] + ["manylinux2014_aarch64"]


def _accepted() -> set[Tag]:
    version = tuple(map(int, LAMBDA_PYTHON.split(".")))
    pure = {Tag(python, "none", "any") for python in ("py3", "py2.py3", f"py{version[0]}{version[1]}", "cp313")}
    return {*cpython_tags(version, platforms=_platforms()), *pure, *parse_tag("py2.py3-none-any")}


def test_machine_code_of_every_layer_runs_on_the_functions_processor_libc_and_python(aws: Template) -> None:
    assert (PYTHON.name, ARCHITECTURE.name) == ("python3.13", "arm64")
    native = _native(aws)
    assert native  # markupsafe and rapidfuzz have some
    assert {str(file): why for file in native if (why := _misfit(file))} == {}


def test_every_package_of_every_layer_was_shipped_as_a_wheel_for_this_platform(aws: Template) -> None:
    accepted, checked = _accepted(), 0
    for layer in _layers(aws):
        for package in distributions(path=[str(layer)]):
            told = package.read_text("WHEEL") or ""
            tags = {tag for line in re.findall(r"^Tag: (\S+)$", told, re.MULTILINE) for tag in parse_tag(line)}
            assert tags & accepted, f"{canonicalize_name(package.name)}: {sorted(map(str, tags))}"
            checked += 1
    assert checked


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("_speedups.cpython-313-aarch64-linux-gnu.so", (AARCH64, b"GLIBC_2.17"), None),
        ("_speedups.abi3.so", (AARCH64, b"GLIBC_2.34"), None),
        ("_speedups.cpython-313-aarch64-linux-gnu.so", (62, b"GLIBC_2.17"), "for machine 62"),
        ("_speedups.cpython-313-aarch64-linux-gnu.so", (AARCH64, b"GLIBC_2.17\0GLIBC_2.38"), "needs glibc 2.38"),
        ("_speedups.cpython-311-aarch64-linux-gnu.so", (AARCH64, b"GLIBC_2.17"), "for another Python"),
        ("_speedups.so", (AARCH64, b""), "for another Python"),
    ],
)
def test_what_lambda_could_not_load_is_told(
    name: str, content: tuple[int, bytes], why: str | None, tmp_path: Path
) -> None:
    machine, symbols = content
    file = tmp_path / name
    file.write_bytes(ELF + bytes([CLASS_64, LITTLE_ENDIAN]) + bytes(12) + struct.pack("<H", machine) + symbols)
    assert _misfit(file) == why
