"""What files are read with, from the function's environment."""

from collections.abc import Mapping

from permanence.adapters.excel.forms import write_corrected
from permanence.adapters.table_files import read_file
from permanence.application.reference.deciding import Decider, Deciding
from permanence.application.reference.file_forms import FORMS
from permanence.application.reference.kinds import KINDS
from permanence.application.reference.reading_files import ReadingFiles
from permanence.application.reference.signed import seeds_of, signed_of
from permanence.live.documents import LiveDocuments
from permanence.live.importing import LiveImports
from permanence.live.registers import LiveRegisters


class _Live(LiveImports, LiveDocuments, LiveRegisters): ...


def live_reading(environ: Mapping[str, str]) -> ReadingFiles:
    live = _Live(environ)
    signed, seeds = signed_of(live.contract), seeds_of(live.contract)

    def as_decider(decider: Decider) -> Deciding:
        return Deciding(live.documents, live.audit, signed, seeds, decider)

    return ReadingFiles(
        imports=live.files_received,
        files=live.import_files,
        tables=read_file,
        write_corrected=write_corrected,
        forms={name: form for name, form in FORMS.items() if name in KINDS},
        kinds=KINDS,
        as_decider=as_decider,
    )
