"""What comes in is kept whole and once, and its reading is asked for (R30)."""

import pytest

from permanence.application.reference.importing import Empty, Receiving
from permanence.domain.reference.imports import ImportState, Origin
from tests.domain.reference.test_imports import FRIDAY
from tests.fakes.imports import FakeFilesToRead, FakeImportFiles, FakeImports
from tests.fakes.registers import FakeAudit


def receiving() -> Receiving:
    return Receiving(FakeImports(), FakeImportFiles(), FakeFilesToRead(), FakeAudit())


def test_a_file_is_kept_as_it_came_and_its_reading_asked_for() -> None:
    room = receiving()
    one = room.receive(b"PK", "../patrimoine.xlsx", "nadia@habitat70.example", Origin.MAIL, FRIDAY)
    assert room.files.file(one.import_id) == b"PK"
    assert room.imports.get(one.import_id) == one
    assert (one.state, one.file_name, one.kind) == (ImportState.RECEIVED, "patrimoine.xlsx", "")
    assert room.to_read == FakeFilesToRead([(one.import_id, 1)])


def test_the_same_file_delivered_again_is_one_import_and_one_line_of_the_register() -> None:
    room = receiving()
    again = [room.receive(b"PK", "a.xlsx", "u70", Origin.PAGE, FRIDAY, "annuaire") for _ in range(3)]
    assert len({one.import_id for one in again}) == 1
    assert len(room.imports.latest(9)) == 1
    assert isinstance(room.register, FakeAudit)
    assert [line["action"] for line in room.register.lines.values()] == ["file.received"]


def test_an_empty_file_is_not_kept() -> None:
    room = receiving()
    with pytest.raises(Empty):
        room.receive(b"", "a.xlsx", "u70", Origin.PAGE, FRIDAY)
    assert room.imports.latest(9) == []
    assert room.to_read == FakeFilesToRead([])
