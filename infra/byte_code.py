"""Byte code beside the sources, of the interpreter that will run them.

A zip keeps no time that Python could hold byte code against, and a function cannot write to its own folder: without
byte code in it, each cold start compiles all that it imports. It is never checked (PEP 552, "unchecked"), because what
has been deployed does not change.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.settings import BUILD, Target

LAMBDA_PYTHON = "3.13"
ENGINE_PYTHON = BUILD / "engine-venv" / "bin" / "python"  # the local engine runs functions under its own
_ASK = "import importlib.util, sys; print('%d.%d' % sys.version_info[:2], importlib.util.MAGIC_NUMBER.hex())"


@dataclass(frozen=True, slots=True)
class Compiler:
    """An interpreter by its command; `magic` is what its byte code begins with, in hex."""

    command: str
    magic: str


@cache
def compiler_for(target: Target) -> Compiler | None:
    """The interpreter that runs the functions of this target, or its equal on this machine; when there is none, which
    is said once, they ship without byte code."""
    found = find_compiler(str(ENGINE_PYTHON)) if target == "local" else find_compiler(f"python{LAMBDA_PYTHON}")
    if found is None:
        print(
            f"byte code: Python {LAMBDA_PYTHON} is not on this machine, so the functions ship without byte code "
            "and every cold start will compile what it imports.",
            file=sys.stderr,
            flush=True,
        )
    return found


def find_compiler(command: str) -> Compiler | None:
    """The interpreter of this name, if it runs: a name on the PATH may be a stub (pyenv's, of a version that is not
    chosen)."""
    try:
        told = _run(command, "-c", _ASK)
    except OSError:
        return None
    if told.returncode != 0:
        return None
    version, magic = told.stdout.split()
    return Compiler(command, magic) if Path(command).name in ("python", f"python{version}") else None


def compile_below(folder: Path, place: str, compiler: Compiler) -> None:
    """Byte code for every source below `folder`, which will lie at `place` where it runs. The same sources give the
    same bytes. Raises RuntimeError naming what does not compile."""
    arguments = ("-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", place)
    done = _run(compiler.command, *arguments, str(folder))
    if done.returncode != 0:
        raise RuntimeError(f"{folder} does not compile under {compiler.command}:\n{done.stdout.strip()}")


def _run(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # The order of a set in byte code follows the seed; pyenv's choice among its versions follows its variable.
    environ = {**os.environ, "PYTHONHASHSEED": "0", "PYENV_VERSION": LAMBDA_PYTHON}
    for variable in ("PYTHONPATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE"):
        environ.pop(variable, None)
    return subprocess.run([command, *arguments], env=environ, capture_output=True, text=True, check=False)  # noqa: S603 - an interpreter of ours
