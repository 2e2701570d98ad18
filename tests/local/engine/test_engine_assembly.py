"""An old assembly is deployed again only when nothing it is made of has changed."""

from pathlib import Path

import pytest

from local.engine.assembly import LOCKS, SOURCES, fingerprint


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project in small."""
    for folder in SOURCES:
        (tmp_path / folder / "part").mkdir(parents=True)
        (tmp_path / folder / "part" / "file.py").write_text("a = 1\n")
    for name in LOCKS:
        (tmp_path / name).write_text("{}")
    return tmp_path


@pytest.mark.parametrize("changed", [*(f"{folder}/part/file.py" for folder in SOURCES), *LOCKS])
def test_a_change_anywhere_asks_for_a_new_assembly(root: Path, changed: str) -> None:
    before = fingerprint(root)
    (root / changed).write_text("a = 2\n")
    assert fingerprint(root) != before


def test_a_new_a_renamed_and_a_missing_file_ask_for_a_new_assembly(root: Path) -> None:
    seen = {fingerprint(root)}
    file = root / "functions" / "part" / "file.py"
    (file.with_name("other.py")).write_text("")
    seen.add(fingerprint(root))
    file.rename(file.with_name("renamed.py"))
    seen.add(fingerprint(root))
    file.with_name("renamed.py").unlink()
    seen.add(fingerprint(root))
    assert len(seen) == 4


def test_compiled_python_changes_nothing(root: Path) -> None:
    before = fingerprint(root)
    cache = root / "infra" / "__pycache__"
    cache.mkdir()
    (cache / "file.pyc").write_bytes(b"\0")
    assert fingerprint(root) == before
