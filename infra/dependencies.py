"""Third-party packages as Lambda layers, without Docker, exactly as uv.lock pins them.

Built twice: for Lambda (Python 3.13 on arm64), and for the interpreter of the local engine, which runs functions
under its own whatever their Runtime says.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.settings import BUILD, ROOT, Stage

# botocore carries the models of 400 services, 25 MB that each cold start and each local worker would unpack.
AWS_SERVICES = frozenset({"cognito-idp", "dynamodb", "s3", "secretsmanager", "sesv2", "sqs", "sts"})
# Lambda's Python 3.13 runs on Amazon Linux 2023 (glibc 2.34).
LAMBDA_PLATFORM = ("--python-platform", "aarch64-manylinux_2_28", "--python-version", "3.13")
# Where numbers are and who carries them: phonenumbers brings it in 20 MB, and only whether a number is valid is asked.
UNUSED_FOLDERS = ("bin", "phonenumbers/geodata", "phonenumbers/carrierdata", "phonenumbers/tzdata")
RECIPE = "1"  # part of the fingerprint: raise it when the way of building changes


@dataclass(frozen=True, slots=True)
class DependencyLayer:
    """`folder` is the layer's asset root; `fingerprint` changes only when its content can."""

    folder: Path
    fingerprint: str


def build_dependencies(group: str, stage: Stage) -> DependencyLayer:
    """The layer of one dependency group of pyproject.toml; nothing is done when it is already built."""
    (BUILD / "layers").mkdir(parents=True, exist_ok=True)
    with (BUILD / "layers" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two syntheses may need the same layer at once
        return _build(group, stage)


def _build(group: str, stage: Stage) -> DependencyLayer:
    requirements = _uv(
        "export", "--frozen", "--quiet", "--no-hashes", "--no-header", "--no-annotate", "--only-group", group
    )
    platform = LAMBDA_PLATFORM if stage == "aws" else ("--python", _engine_python())
    target = " ".join(platform) if stage == "aws" else f"local {sys.version_info[:2]}"
    recipe = "\n".join((RECIPE, target, *sorted(AWS_SERVICES), requirements))
    fingerprint = hashlib.sha256(recipe.encode()).hexdigest()
    folder = BUILD / "layers" / f"{group}-{stage}"
    stamp = BUILD / "layers" / f"{group}-{stage}.fingerprint"
    if stamp.exists() and folder.is_dir() and stamp.read_text() == fingerprint:
        return DependencyLayer(folder, fingerprint)
    print(f"layers: packages of group {group} for {target}", file=sys.stderr, flush=True)
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    listing = BUILD / "layers" / f"{group}-{stage}.txt"
    listing.write_text(requirements)
    site = folder / "python"
    _uv(
        *("pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target", str(site)),
        *platform,
        *("--requirements", str(listing)),
    )
    _leave_out_what_no_function_uses(site)
    stamp.write_text(fingerprint)
    return DependencyLayer(folder, fingerprint)


def _leave_out_what_no_function_uses(site: Path) -> None:
    for folder in UNUSED_FOLDERS:
        shutil.rmtree(site / folder, ignore_errors=True)
    (site / ".lock").unlink(missing_ok=True)
    for cache in list(site.rglob("__pycache__")):
        shutil.rmtree(cache)
    models = site / "botocore" / "data"
    if models.is_dir():
        for model in models.iterdir():
            if model.is_dir() and model.name not in AWS_SERVICES:
                shutil.rmtree(model)


def _engine_python() -> str:
    return str(BUILD / "engine-venv" / "bin" / "python")


def _uv(*arguments: str) -> str:
    command = [str(BUILD / "bootstrap" / "bin" / "uv"), "--color", "never", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own uv, our own arguments
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:5])} failed:\n{done.stderr.strip()}")
    return done.stdout
