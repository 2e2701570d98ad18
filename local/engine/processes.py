"""Background processes that survive the command which started them, and are recognised by the next one.

A process is known by its pid and the moment it started: a pid that was given to somebody else is not ours to stop.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from local.engine.places import STATE, log_file

GRACE_S = 2.0
TICK_S = 0.05


class StartFailed(Exception):
    """A process or a command of ours ended badly; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Process:
    name: str
    pid: int
    started: str
    port: int
    version: str = ""  # of its code, for whoever asks whether it is the present one

    @property
    def alive(self) -> bool:
        return _start_of(self.pid) == self.started


def start(name: str, command: Sequence[str], environ: Mapping[str, str], port: int, version: str = "") -> Process:
    """Start in a session of its own, so that its workers stop with it; recorded before anything can fail."""
    log = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    pid = os.posix_spawn(
        command[0],
        list(command),
        dict(environ),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log_file(name)), log, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    process = Process(name, pid, _start_of(pid) or "", port, version)
    _record([*recorded(), process])
    return process


def recorded() -> list[Process]:
    """What was started and not yet stopped, alive or not."""
    if not STATE.exists():
        return []
    return [Process(**entry) for entry in json.loads(STATE.read_text())]


def stop(stopped: Sequence[Process]) -> None:
    """SIGTERM to the processes and their workers, then SIGKILL to those that stay."""
    groups = [process.pid for process in stopped if process.alive]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in groups:
            _signal_group(pid, number)
        deadline = time.monotonic() + GRACE_S
        while any(_group_exists(pid) for pid in groups) and time.monotonic() < deadline:
            time.sleep(TICK_S)
    _record([process for process in recorded() if process not in stopped])


def end_of_log(path: Path, lines: int = 25) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


def _record(processes: Sequence[Process]) -> None:
    fresh = STATE.with_suffix(".new")
    fresh.write_text(json.dumps([asdict(process) for process in processes]))
    fresh.replace(STATE)


def _start_of(pid: int) -> str | None:
    """When a living process started, in the system's own words; None when there is none."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        state, started = fields[0], fields[19]
        return None if state == "Z" else started
    listed = subprocess.run(  # noqa: S603 - a fixed command
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout.strip() or None


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return


def _group_exists(pid: int) -> bool:
    _reap(pid)
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _reap(pid: int) -> None:
    """A child of this very command stays a zombie until it is waited for."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
