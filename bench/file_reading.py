"""What the preview of a file costs: its rows read by a form and a body made of them, beside a bare openpyxl loop; and
the whole of it, compared with what is in force, checked and proposed.

Fresh interpreters in turn over the same file, which holds its texts once as Excel writes it. The time is taken inside,
after the imports; the peak is that of the whole process, which a function's memory bounds.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from xlsxwriter import Workbook

from bench.figures import Figure, ratio, spell_s
from infra.settings import ROOT
from local.scenarios.patrimoine import made_up_patrimoine
from permanence.domain.reference.patrimoine_file import patrimoine_form

AREA = "Reading a file"
ROUNDS = {12_000: 7, 50_000: 5}
WHOLE_ROUNDS = 3
AT_MOST = 2.0
PREVIEWED = 12_000
PREVIEW_AT_MOST_S = 10.0
FUNCTION_MB = 1_024
AGENCIES = {
    "vesoul": "Vesoul",
    "gray": "Gray",
    "lure": "Lure",
    "hericourt": "Héricourt",
    "luxeuil": "Luxeuil-les-Bains",
}
FORM = patrimoine_form(AGENCIES, {}, {}, {})
BARE = """
from openpyxl import load_workbook
{began}
for sheet in load_workbook(BytesIO(data), read_only=True, data_only=True).worksheets:
    for row in sheet.iter_rows(values_only=True):
        pass
"""
OURS = """
import openpyxl
from permanence.adapters.table_files import read_file
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.patrimoine_file import patrimoine_form
from permanence.domain.reference.table_reading import understood
form = patrimoine_form({agencies}, {{}}, {{}}, {{}})
{began}
reading = understood(form, read_file(data, "patrimoine.xlsx"), Patrimoine())
assert reading.body is not None and len(reading.body.dwellings) == {rows}, reading.mistakes[:3]
"""
WHOLE = """
from bench.file_preview import preview, room_of
room = room_of({rows})
{began}
preview(room, data, {rows})
"""
BEGAN = """
import sys, time
from io import BytesIO
data = open(sys.argv[1], "rb").read()
def peak():  # of this program alone: what getrusage tells is also that of the one that started it
    return next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
before, wall, cpu = peak(), time.perf_counter(), time.process_time()
"""
TOLD = """
print(time.perf_counter() - wall, time.process_time() - cpu, before, peak())
"""


def measure() -> Iterator[Figure]:
    with TemporaryDirectory() as folder:
        for rows, rounds in ROUNDS.items():
            file = Path(folder) / f"{rows}.xlsx"
            _write(file, rows)
            pairs = [(_run(OURS, file, rows), _run(BARE, file, rows)) for _ in range(rounds)]
            yield from _figures(rows, pairs)
            yield from _whole(rows, [_run(WHOLE, file, rows) for _ in range(WHOLE_ROUNDS)])


def _figures(rows: int, pairs: Sequence[tuple["_Run", "_Run"]]) -> Iterator[Figure]:
    what = f"{rows:,} rows of {len(FORM.sheets[0].columns)} columns"
    cpu = [(ours.cpu, peers.cpu) for ours, peers in pairs]
    yield ratio(AREA, f"{what}, processor time, over a bare loop", cpu, AT_MOST)
    ours_mb, peers_mb = (max(run.peak_mb for run in side) for side in zip(*pairs, strict=True))
    grown_mb = max(ours.peak_mb - ours.imported_mb for ours, _ in pairs)
    told = f"{ours_mb:.0f} MB, {grown_mb:.0f} of them beyond the imports, against {peers_mb:.0f} MB"
    peak = f"{ours_mb / peers_mb:.2f} ({told})"
    yield Figure(AREA, f"{what}, peak memory, over a bare loop", peak, f"≤ {AT_MOST} ×", ours_mb <= AT_MOST * peers_mb)


def _whole(rows: int, runs: Sequence["_Run"]) -> Iterator[Figure]:
    """Compared with a patrimoine of the same size, of which a part differs."""
    what = f"{rows:,} rows, the whole preview"
    wall, peak_mb = median(run.wall for run in runs), max(run.peak_mb for run in runs)
    promise = PREVIEW_AT_MOST_S if rows == PREVIEWED else None
    yield Figure(
        AREA,
        f"{what}, wall time",
        spell_s(wall),
        f"< {promise:.0f} s" if promise else "",
        wall < promise if promise else None,
    )
    yield Figure(AREA, f"{what}, in one function", f"{peak_mb:.0f} MB", f"≤ {FUNCTION_MB:,} MB", peak_mb <= FUNCTION_MB)


class _Run:
    def __init__(self, told: str) -> None:
        wall, cpu, before, peak = told.split()
        self.wall, self.cpu = float(wall), float(cpu)
        self.imported_mb, self.peak_mb = int(before) / 1_024, int(peak) / 1_024


def _run(program: str, file: Path, rows: int) -> _Run:
    code = program.format(began=BEGAN, rows=rows, agencies=AGENCIES) + TOLD
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "layers/permanence/python")))}
    ran = subprocess.run([sys.executable, "-c", code, str(file)], env=environment, check=True, capture_output=True)  # noqa: S603 - our own program
    return _Run(ran.stdout.decode())


def _write(file: Path, rows: int) -> None:
    """As Excel does, each text once; `write_body` streams, and holds them in their cells."""
    sheet = FORM.sheets[0]
    with Workbook(file) as book:
        page = book.add_worksheet(sheet.title)
        page.write_row(0, 0, [column.title for column in sheet.columns])
        for line, cells in enumerate(FORM.rows_of(made_up_patrimoine(rows))[sheet.key], start=1):
            for index, cell in enumerate(cells):
                if cell is not None:
                    page.write_string(line, index, str(cell))
