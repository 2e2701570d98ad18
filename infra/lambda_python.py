"""The suite under the Python that runs the functions on AWS, where this machine has it.

`make test` runs everything under the project's own interpreter, then what ships once more under Lambda's, from a
virtual environment of its own with the same locked packages. Nothing is downloaded but packages: without that Python,
one sentence says that it was not asked.
"""

import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.byte_code import LAMBDA_PYTHON, find_compiler
from infra.settings import BUILD, ROOT

ENVIRONMENT = BUILD / "lambda-python-venv"
# The tests of all that is in a layer or a function. `failures` would add five minutes to one and a half.
PARTS = ("adapters", "application", "contracts", "domain", "functions", "live", "web")
WORKERS = ("--numprocesses=auto", "--maxprocesses=4")


def prepare(command: str = f"python{LAMBDA_PYTHON}") -> Path | None:
    """The interpreter with the locked packages, brought up to date; None when this machine has no such Python.

    Raises subprocess.CalledProcessError when a package cannot be had: uv has said which."""
    if find_compiler(command) is None:
        return None
    environ = {
        **os.environ,
        "PYENV_VERSION": LAMBDA_PYTHON,
        "UV_PROJECT_ENVIRONMENT": str(ENVIRONMENT),
        "UV_PYTHON_DOWNLOADS": "never",
    }
    uv = BUILD / "bootstrap" / "bin" / "uv"
    subprocess.run([uv, "sync", "--frozen", "--quiet", "--python", command], cwd=ROOT, env=environ, check=True)  # noqa: S603 - our own uv
    return ENVIRONMENT / "bin" / "python"


def run(interpreter: Path | None, parts: Sequence[str] = PARTS) -> int:
    """pytest's status for these folders of tests under that interpreter, 0 without one. Says which Python ran."""
    if interpreter is None:
        _say(
            f"Python {LAMBDA_PYTHON}, which runs the functions on AWS, is not on this machine: "
            f"all of it ran under Python {platform.python_version()} only."
        )
        return 0
    named = " ".join(parts)
    _say(f"what ships, under the Python of the functions on AWS: {named}")
    folders = [f"tests/{part}" for part in parts]
    done = subprocess.run([str(interpreter), "-m", "pytest", *WORKERS, *folders], cwd=ROOT, check=False)  # noqa: S603 - an interpreter of ours
    if done.returncode == 0:
        asked = [str(interpreter), "-c", "import platform; print(platform.python_version())"]
        version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - an interpreter of ours
        _say(
            f"passed under Python {version}, as on AWS: {named}. All else runs under {platform.python_version()} only."
        )
    return done.returncode


def _say(sentence: str) -> None:
    print(f"tests: {sentence}", flush=True)


def main() -> None:
    match sys.argv[1:]:
        case _ if platform.python_version().startswith(f"{LAMBDA_PYTHON}."):
            _say(f"all of it runs under Python {platform.python_version()}, as on AWS.")
        case ["--prepare"]:
            prepare()
        case parts:
            sys.exit(run(prepare(), parts or PARTS))


if __name__ == "__main__":
    main()
