"""The cloud assembly of the local target, synthesized again only when something it is made of has changed."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from infra.settings import ROOT
from local.engine import commands
from local.engine.places import ASSEMBLY, ENGINE_PYTHON, PYTHON
from local.engine.progress import Progress

SOURCES = ("contracts", "functions", "infra", "layers")
LOCKS = ("cdk.json", "package-lock.json", "uv.lock")
FINGERPRINT = ASSEMBLY / "fingerprint"


class Synthesis:
    """On its way from the start of its `with` block; nothing to do when the assembly is current."""

    def __init__(self) -> None:
        self._fingerprint = fingerprint(ROOT)
        current = FINGERPRINT.exists() and FINGERPRINT.read_text() == self._fingerprint
        self._command = None if current else _synthesize()

    def finish(self, progress: Progress) -> None:
        """Raises StartFailed."""
        if self._command is None:
            progress.tell("synthesis: nothing has changed since the last one")
            return
        with progress.step("synthesis"):
            self._command.finish(progress)
        FINGERPRINT.write_text(self._fingerprint)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._command is not None:
            self._command.end()


def fingerprint(root: Path, folders: Sequence[str] = SOURCES, locks: Sequence[str] = LOCKS) -> str:
    """Of the names and contents of everything the assembly is made of, and of the interpreter functions run under."""
    digest = hashlib.sha256(str(ENGINE_PYTHON.resolve()).encode())
    files = [file for folder in folders for file in (root / folder).rglob("*") if _is_source(file)]
    for file in sorted([*files, *(root / name for name in locks)]):
        digest.update(str(file.relative_to(root)).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _is_source(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts and not file.name.startswith(".")


def _synthesize() -> commands.Running:
    shutil.rmtree(ASSEMBLY, ignore_errors=True)
    context = {**json.loads((ROOT / "cdk.json").read_text())["context"], "stage": "local"}
    environ = {
        **commands.plain_environment(),
        "CDK_CONTEXT_JSON": json.dumps(context),
        "CDK_OUTDIR": str(ASSEMBLY),
        "PYTHONPATH": str(ROOT / "layers/permanence/python"),
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20,21",
    }
    return commands.launch("synthesis", [str(PYTHON), "-m", "infra.app"], environ)
