"""Packages that a build writes, while others may be reading them: another synthesis, the other half of the tests."""

import importlib
import os
from collections.abc import Mapping
from pathlib import Path


def write_package(folder: Path, files: Mapping[str, bytes]) -> None:
    """The files of a package and no others. Each is there whole or not at all; what has not changed is not touched.
    An interpreter that has it on its path finds it from then on."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in files.items():
        file = folder / name
        if not file.exists() or file.read_bytes() != body:
            fresh = file.with_name(f".{name}.{os.getpid()}")
            fresh.write_bytes(body)
            fresh.replace(file)
    for file in folder.iterdir():
        if file.name not in files and not file.name.startswith((".", "__pycache__")):
            file.unlink(missing_ok=True)
    importlib.invalidate_caches()
