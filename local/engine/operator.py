"""The process of the telephone operator: started with this clone's code, and again when that has changed."""

import hashlib
from dataclasses import dataclass

import httpx

from infra.settings import ROOT
from local.engine import cloud, commands, processes
from local.engine.assembly import fingerprint
from local.engine.places import PYTHON, TEMPORARY
from local.engine.progress import Progress

NAME = "operator"
SOURCES = ("local/operator",)
LOCKS = ("uv.lock",)
ANSWERS_WITHIN_S = 10


@dataclass(frozen=True, slots=True)
class Operator:
    """The provider's account here, and its `numbers` in E.164."""

    account: str
    token: str
    numbers: tuple[str, ...]

    def start(self, port: int, progress: Progress) -> None:
        """Wait until it answers; raises StartFailed."""
        environ = {**commands.plain_environment(), "PYTHONPATH": str(ROOT), "TMPDIR": str(TEMPORARY)}
        processes.start(NAME, self._command(port), environ, port, self._version(port))
        cloud.wait_until_it_answers(NAME, _clock(port), progress)

    def renew(self, progress: Progress) -> bool:
        """Start it again on its port when it runs other code, or other numbers, than it would now; whether it was.

        What it had in memory goes: calls, messages, mails, faults. The time stays, since the functions go by it too.
        """
        (running,) = (process for process in processes.recorded() if process.name == NAME)
        if running.version == self._version(running.port):
            return False
        with progress.step("telephone operator changed: starting it again, without its calls, messages and mails"):
            time = httpx.get(_clock(running.port), timeout=ANSWERS_WITHIN_S).raise_for_status().json()
            processes.stop([running])
            self.start(running.port, progress)
            httpx.put(_clock(running.port), json=time, timeout=ANSWERS_WITHIN_S).raise_for_status()
        return True

    def _command(self, port: int) -> list[str]:
        command = [str(PYTHON), "-m", "local.operator", "--port", str(port)]
        command += ["--account-sid", self.account, "--auth-token", self.token]
        return command + [word for number in self.numbers for word in ("--number", number)]

    def _version(self, port: int) -> str:
        made_of = [fingerprint(ROOT, SOURCES, LOCKS), *self._command(port)]
        return hashlib.sha256("\0".join(made_of).encode()).hexdigest()


def _clock(port: int) -> str:
    return f"http://127.0.0.1:{port}/clock"
