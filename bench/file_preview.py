"""The whole preview of a file, as the function of files makes it: with records and bodies in memory."""

from dataclasses import replace
from datetime import UTC, datetime

from contracts.schema import load
from infra.settings import ROOT
from local.scenarios.patrimoine import made_up_patrimoine
from permanence.adapters.excel.forms import write_corrected
from permanence.adapters.table_files import read_file
from permanence.application.reference.deciding import Deciding
from permanence.application.reference.file_forms import FORMS
from permanence.application.reference.importing import Receiving
from permanence.application.reference.kinds import KINDS
from permanence.application.reference.reading_files import ReadingFiles
from permanence.application.reference.signed import signed_of
from permanence.domain.contract import contract_from_plain
from permanence.domain.reference.imports import ImportState, Origin
from permanence.domain.reference.patrimoine import Patrimoine
from tests.fakes.documents import FakeDocuments
from tests.fakes.imports import FakeFilesToRead, FakeImportFiles, FakeImports
from tests.fakes.registers import FakeAudit

_NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
_EVERY = 20


def room_of(rows: int) -> ReadingFiles:
    """What reads a file against a patrimoine of so many dwellings, of which every twentieth lies in another sector."""
    dwellings = made_up_patrimoine(rows).dwellings
    others = (replace(one, sector="Gray") if at % _EVERY == 0 else one for at, one in enumerate(dwellings))
    seeds = {"patrimoine": Patrimoine(dwellings=tuple(others))}
    imports, audit = FakeImports(), FakeAudit()
    signed = signed_of(contract_from_plain(load(ROOT / "contracts" / "habitat70")))
    documents = FakeDocuments(imports=imports)
    return ReadingFiles(
        imports=imports,
        files=FakeImportFiles(),
        tables=read_file,
        write_corrected=write_corrected,
        forms=FORMS,
        kinds=KINDS,
        as_decider=lambda decider: Deciding(documents, audit, signed, seeds, decider, KINDS),
    )


def preview(room: ReadingFiles, data: bytes, rows: int) -> None:
    """From a file that was received to a version that waits."""
    receiving = Receiving(room.imports, room.files, FakeFilesToRead(), FakeAudit())
    one = receiving.receive(data, "patrimoine.xlsx", "u70", Origin.PAGE, _NOW, "patrimoine")
    read = room.read(one.import_id, one.reading, _NOW)
    if read is None or read.state is not ImportState.PROPOSED or read.lines != rows:
        raise AssertionError(read)
