"""Commands that end: synthesis, bootstrap, deployment. Each writes its own log and fails with the end of it."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from infra.settings import BUILD, ROOT
from local.engine.places import log_file
from local.engine.processes import TICK_S, StartFailed, end_of_log
from local.engine.progress import Progress


@dataclass(slots=True)
class Running:
    """A command on its way; leaving its `with` block ends it."""

    name: str
    process: subprocess.Popen[bytes]

    def finish(self, progress: Progress) -> None:
        """Wait; raises StartFailed."""
        began = time.monotonic()
        while self.process.poll() is None:
            progress.still(f"{self.name}, {time.monotonic() - began:.0f} s")
            time.sleep(TICK_S)
        if self.process.returncode != 0:
            raise StartFailed(f"{self.name} failed:\n{end_of_log(log_file(self.name))}\n({log_file(self.name)})")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def launch(name: str, command: Sequence[str], environ: Mapping[str, str], folder: Path = ROOT) -> Running:
    with log_file(name).open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            list(command),
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    return Running(name, process)


def plain_environment() -> dict[str, str]:
    """What a child needs of ours, without the AWS account or the Python of whoever runs this."""
    kept = ("HOME", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR", "USER")
    environ = {name: os.environ[name] for name in kept if name in os.environ}
    environ["PATH"] = f"{BUILD / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    # Caches of Node's tools stay in the project folder.
    environ["CDK_HOME"] = str(BUILD / "cdk-home")
    environ["JSII_RUNTIME_PACKAGE_CACHE_ROOT"] = str(BUILD / "jsii-cache")
    return environ
