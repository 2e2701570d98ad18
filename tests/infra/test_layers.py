"""Each function gets the layers that it imports, and no other."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from infra.settings import ROOT
from tests.infra.synthesis import Template

FUNCTIONS = sorted(folder.name for folder in (ROOT / "functions").iterdir() if (folder / "__init__.py").exists())
CODE = (ROOT / "layers" / "permanence" / "python", ROOT / "functions")
# Packages that are read as folders of data: a string names them, no import does.
DATA = {"permanence_contract", "permanence_static"}
MOST_LAYERS, MOST_BYTES = 5, 250 * 1024 * 1024  # Lambda's own limits


@pytest.mark.parametrize("target", ["aws", "local"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_gets_the_packages_that_its_handler_can_reach_and_no_other(
    target: str, function: str, request: pytest.FixtureRequest
) -> None:
    template: Template = request.getfixturevalue(target)
    own, *layers = template.folders_of(function)
    known = {_plain(one.name): one for folder in layers for one in distributions(path=[str(folder)])}
    owner = {root: name for name, one in known.items() for root in _roots(one)}
    shipped = {owner.get(entry.name.partition(".")[0], entry.name) for folder in layers for entry in _packages(folder)}
    reached = {owner.get(root, root) for root in _reachable(f"{function}.handler")}
    assert shipped == _with_what_they_require(reached, known) - {entry.name for entry in _packages(own)}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_and_its_layers_are_within_the_limits_of_lambda(aws: Template, function: str) -> None:
    folders = aws.folders_of(function)
    assert len(folders) - 1 <= MOST_LAYERS
    unzipped = sum(file.stat().st_size for folder in folders for file in folder.rglob("*") if file.is_file())
    assert unzipped <= MOST_BYTES


def test_no_layer_is_made_that_no_function_gets(aws: Template) -> None:
    given = {layer for function in FUNCTIONS for layer in aws.layers_of(function)}
    assert aws.of_type("AWS::Lambda::LayerVersion").keys() == given


def _packages(folder: Path) -> Iterator[Path]:
    """What can be imported from a folder."""
    for entry in folder.iterdir():
        if not entry.name.endswith(".dist-info") and entry.name != "__pycache__":
            yield entry


def _roots(distribution: Distribution) -> set[str]:
    """The names that its modules are imported by."""
    paths = [file.parts[0] for file in distribution.files or ()]
    return {path.partition(".")[0] for path in paths if not path.endswith(".dist-info") and path != ".."}


def _with_what_they_require(names: set[str], known: dict[str, Distribution]) -> set[str]:
    wanted, found = list(names), set()
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            required = map(Requirement, (known[name].requires or []) if name in known else [])
            wanted += [_plain(one.name) for one in required if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _reachable(start: str) -> frozenset[str]:
    """The packages that a module of ours imports, itself or through others of ours, at once or later."""
    wanted, seen, roots = [start], set(), set()
    while wanted:
        module = wanted.pop()
        if module in seen:
            continue
        seen.add(module)
        roots.add(module.partition(".")[0])
        if source := _source(module):
            wanted += _imported(source)
    return frozenset(roots - sys.stdlib_module_names)


def _source(module: str) -> Path | None:
    path = module.replace(".", "/")
    candidates = (folder / name for folder in CODE for name in (f"{path}.py", f"{path}/__init__.py"))
    return next((file for file in candidates if file.exists()), None)


def _imported(source: Path) -> Iterator[str]:
    """Each name as if it were a module, too: `from package import module`."""
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.Constant(value=str(word)) if word in DATA:
                yield word
