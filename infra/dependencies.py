"""Third-party packages as Lambda layers, without Docker, exactly as uv.lock pins them.

Built twice: for Lambda (arm64), and for the interpreter of the local engine, which runs functions under its own
whatever their Runtime says.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from infra.byte_code import ENGINE_PYTHON, LAMBDA_PYTHON
from infra.settings import BUILD, ROOT, Target
from infra.shipping import LAYER_PLACE, Shipped, ship

# botocore carries the models of 400 services, 25 MB that each cold start and each local worker would unpack.
AWS_SERVICES = frozenset({"cognito-idp", "dynamodb", "s3", "secretsmanager", "sesv2", "sqs", "sts"})
# Lambda's Python 3.13 runs on Amazon Linux 2023 (glibc 2.34).
LAMBDA_PLATFORM = ("--python-platform", "aarch64-manylinux_2_28", "--python-version", LAMBDA_PYTHON)
# Where numbers are and who carries them: phonenumbers brings it in 20 MB, and only whether a number is valid is asked.
UNUSED_FOLDERS = ("bin", "share", "phonenumbers/geodata", "phonenumbers/carrierdata", "phonenumbers/tzdata")


def ship_dependencies(group: str, target: Target) -> Shipped:
    """The layer of one dependency group of pyproject.toml."""
    requirements = _uv(
        "export", "--frozen", "--quiet", "--no-hashes", "--no-header", "--no-annotate", "--only-group", group
    )
    platform = LAMBDA_PLATFORM if target == "aws" else ("--python", str(ENGINE_PYTHON))
    python = " ".join(platform) if target == "aws" else f"local {sys.version_info[:2]}"

    def install(folder: Path) -> None:
        print(f"layers: packages of group {group} for {python}", file=sys.stderr, flush=True)
        listing = folder.with_name(f"{folder.name}.txt")
        listing.write_text(requirements)
        site = folder / "python"
        _uv(
            *("pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target", str(site)),
            *platform,
            *("--requirements", str(listing)),
        )
        _leave_out_what_no_function_uses(site)

    recipe = "\n".join((python, *sorted(AWS_SERVICES), *UNUSED_FOLDERS, requirements))
    return ship(f"{group}-dependencies", target, LAYER_PLACE, recipe, install)


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


def _uv(*arguments: str) -> str:
    command = [str(BUILD / "bootstrap" / "bin" / "uv"), "--color", "never", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own uv, our own arguments
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:5])} failed:\n{done.stderr.strip()}")
    return done.stdout
