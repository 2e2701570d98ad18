"""The folders that ship, one for each layer and each function: made once for each content, with byte code."""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import AssetHashType, aws_lambda

from infra.byte_code import compile_below, compiler_for
from infra.settings import BUILD, Target

SHIPPED = BUILD / "shipped"
FUNCTION_PLACE, LAYER_PLACE = "/var/task", "/opt"  # where Lambda unpacks them
RECIPE = "2"  # part of every fingerprint: raise it when the way of building changes


@dataclass(frozen=True, slots=True)
class Shipped:
    """`folder` is the asset's root; `fingerprint` changes only when its content can."""

    folder: Path
    fingerprint: str

    def code(self) -> aws_lambda.Code:
        return aws_lambda.Code.from_asset(
            str(self.folder), asset_hash=self.fingerprint, asset_hash_type=AssetHashType.CUSTOM
        )


def ship(name: str, target: Target, place: str, recipe: str, make: Callable[[Path], None]) -> Shipped:
    """What `make` puts into the folder it is given, and its byte code, for an asset that is unpacked at `place`.

    Nothing is done when the folder was made of the same `recipe` before."""
    compiler = compiler_for(target)
    magic = compiler.magic if compiler else "no byte code"
    fingerprint = hashlib.sha256("\n".join((RECIPE, place, magic, recipe)).encode()).hexdigest()
    folder = SHIPPED / target / name
    stamp = folder.with_name(f"{name}.fingerprint")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (SHIPPED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two syntheses may need the same folder at once
        if not (stamp.exists() and folder.is_dir() and stamp.read_text() == fingerprint):
            stamp.unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            if compiler:
                compile_below(folder, place, compiler)
            stamp.write_text(fingerprint)
    return Shipped(folder, fingerprint)


def ship_folder(source: Path, target: Target, place: str, below: str = "") -> Shipped:
    """A folder of ours as it is, as the folder `below` of its asset."""

    def copy(folder: Path) -> None:
        for file in sources_below(source):
            copied = folder / below / file.relative_to(source)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copied)

    return ship(source.name, target, place, content_of(source), copy)


def sources_below(folder: Path) -> Iterator[Path]:
    """Every file below, in order, but byte code and hidden ones."""
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder).parts
        if file.is_file() and "__pycache__" not in parts and not any(part.startswith(".") for part in parts):
            yield file


def content_of(folder: Path) -> str:
    """A digest of the names and contents of the sources below."""
    digest = hashlib.sha256()
    for file in sources_below(folder):
        digest.update(str(file.relative_to(folder)).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
