"""`make up` on a running system starts the telephone operator again when its code has changed, and only then."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from local.engine import cloud, operator, places, processes
from local.engine.operator import Operator
from local.engine.progress import Progress
from local.operator.client import OperatorClient

OPERATOR = Operator("AC" + "7" * 32, "a token", ("+33353010070",))


@pytest.fixture(autouse=True)
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A clone whose operator is made of one file of our own as well; nothing runs after the test."""
    part = tmp_path / "part"
    part.mkdir()
    (part / "words.py").write_text("OLD = 1\n")
    monkeypatch.setattr(places, "LOGS", tmp_path)
    monkeypatch.setattr(operator, "TEMPORARY", tmp_path)
    monkeypatch.setattr(processes, "STATE", tmp_path / "processes.json")
    monkeypatch.setattr(operator, "SOURCES", (*operator.SOURCES, os.path.relpath(part, operator.ROOT)))
    yield part
    processes.stop(processes.recorded())


def test_an_operator_is_started_again_when_its_code_has_changed_and_keeps_port_and_time(clone: Path) -> None:
    told: list[str] = []
    progress = Progress(told.append)
    OPERATOR.start(cloud.free_port(), progress)
    (first,) = processes.recorded()
    with OperatorClient(f"http://127.0.0.1:{first.port}") as client:
        client.set_offset(-3600.5)
    assert not OPERATOR.renew(progress)
    assert processes.recorded() == [first]

    (clone / "words.py").write_text("NEW = 1\n")
    assert OPERATOR.renew(progress)
    (second,) = processes.recorded()
    assert not first.alive
    assert second.alive
    assert second.port == first.port
    with OperatorClient(f"http://127.0.0.1:{second.port}") as client:
        assert client.offset() == -3600.5
    assert any("without its calls, messages and mails" in line for line in told)
    assert not OPERATOR.renew(progress)


def test_a_number_more_is_another_operator() -> None:
    more = replace(OPERATOR, numbers=(*OPERATOR.numbers, "+33353010071"))
    assert more._version(8900) != OPERATOR._version(8900)
