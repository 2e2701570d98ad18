"""What is written at synthesis and imported: found by an interpreter that looked for it before it was there."""

from collections.abc import Callable
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from contracts.schema import load
from infra import assets, contract
from infra.settings import ROOT


@pytest.mark.parametrize(
    ("module", "folder", "package", "build"),
    [
        (
            contract,
            "CONTRACT_LAYER",
            "permanence_contract",
            lambda: contract.build_contract(load(ROOT / "contracts" / "habitat70")),
        ),
        (assets, "STATIC_LAYER", "permanence_static", assets.build_static_files),
    ],
)
def test_a_layer_that_is_made_after_the_path_was_searched_is_found(
    module: object,
    folder: str,
    package: str,
    build: Callable[[], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`make bench` and `make test` on a fresh clone."""
    monkeypatch.setattr(module, folder, tmp_path / "layer")
    path = [str(tmp_path / "layer" / "python")]
    assert PathFinder.find_spec(package, path) is None
    build()
    assert PathFinder.find_spec(package, path) is not None
