"""Processes of one clone: recognised by the next command, stopped whole, never confused with somebody else's."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path

import pytest

from local.engine import places, processes

# A leader and a worker of its own: both hold the pipe open as long as they live.
FAMILY = """
import subprocess, sys
pipe = open(sys.argv[1], "w")
worker = subprocess.Popen(["sleep", "600"], pass_fds=[pipe.fileno()])
print("up", file=pipe, flush=True)
worker.wait()
"""
STUBBORN = """
import signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pipe = open(sys.argv[1], "w")
print("up", file=pipe, flush=True)
while True:
    signal.pause()
"""


@pytest.fixture(autouse=True)
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A clone where nothing runs, and where nothing runs after the test."""
    monkeypatch.setattr(places, "LOGS", tmp_path)
    monkeypatch.setattr(processes, "STATE", tmp_path / "processes.json")
    yield
    processes.stop(processes.recorded())


Started = tuple[processes.Process, TextIOWrapper]
Start = Callable[[str], Started]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a process, waits until it is up, gives the pipe that ends when it and its workers are gone."""
    with ExitStack() as pipes:

        def start(script: str) -> Started:
            fifo = tmp_path / "pipe"
            os.mkfifo(fifo)
            process = processes.start("engine", [sys.executable, "-c", script, str(fifo)], os.environ, 4566)
            pipe = pipes.enter_context(fifo.open())
            assert pipe.readline() == "up\n"
            return process, pipe

        yield start


def test_a_started_process_is_recognised_by_the_next_command(start: Start) -> None:
    process, _ = start(FAMILY)
    assert processes.recorded() == [process]
    assert process.alive


def test_stopping_a_process_stops_its_workers_and_forgets_it(start: Start) -> None:
    process, pipe = start(FAMILY)
    processes.stop([process])
    assert pipe.read() == ""
    assert not process.alive
    assert processes.recorded() == []


def test_a_process_that_ignores_a_polite_request_is_killed(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "GRACE_S", 0.5)
    process, pipe = start(STUBBORN)
    processes.stop([process])
    assert pipe.read() == ""
    assert not process.alive


def test_a_pid_that_was_given_to_somebody_else_is_left_alone(start: Start) -> None:
    process, _ = start(FAMILY)
    stale = replace(process, started="long ago")
    assert not stale.alive
    processes.stop([stale])
    assert process.alive


def test_a_process_that_died_by_itself_is_not_alive(start: Start) -> None:
    process, pipe = start(FAMILY)
    os.killpg(process.pid, 9)
    assert pipe.read() == ""
    os.waitpid(process.pid, 0)
    assert not process.alive
