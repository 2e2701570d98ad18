"""`make bench`: every figure, each as soon as it is known; `WRITE=1` puts them into docs/benchmarks.md."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import groupby

from bench.figures import Figure, machine
from contracts.schema import load
from infra.assets import build_static_files
from infra.contract import build_contract
from infra.settings import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
BEGINS, ENDS, HEADING = "<!-- figures: begin -->\n", "<!-- figures: end -->\n", "### "
PARTS = {
    "import": "bench.cold_start",
    "event": "bench.webhook_event",
    "search": "bench.search",
    "files": "bench.file_reading",
    "table": "bench.table_requests",
    "pages": "bench.page_time",
    "purge": "bench.purging",
    "dispatch": "bench.dispatching",
}


def main(arguments: Sequence[str]) -> int:
    """Exit code 0 whatever the figures are: they are told, not judged."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; all of them when none is named")
    parser.add_argument("--write", action="store_true", help="put these figures into docs/benchmarks.md")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    build_contract(load(ROOT / "contracts" / "habitat70"))
    build_static_files()
    where = machine()
    _say(where)
    figures = list(_told(_measured(given.parts or PARTS.keys())))
    missed = sum(figure.held is False for figure in figures)
    _say(f"\n{len(figures)} figures, {missed} missed")
    if given.write:
        _write(where, figures)
    return 0


def _measured(parts: Iterable[str]) -> Iterator[Figure]:
    for part in parts:
        _say(f"\n… {part}")
        measure: Callable[[], Iterator[Figure]] = import_module(PARTS[part]).measure
        yield from measure()


def _told(figures: Iterable[Figure]) -> Iterator[Figure]:
    area = ""
    for figure in figures:
        if figure.area != area:
            area = figure.area
            _say(f"\n{area.replace('`', '')}")
        promise = f"   [{figure.promise}: {figure.verdict}]" if figure.promise else ""
        _say(f"  {figure.what.replace('`', ''):<52} {figure.measured}{promise}")
        yield figure


def _write(where: str, figures: Sequence[Figure]) -> None:
    """Each area between the two marks of the page that was measured anew; the others and the words stay."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGINS)
    known, _, after = rest.partition(ENDS)
    areas = {section.partition("\n")[0]: section for section in known.split(HEADING)[1:]}
    for area, group in groupby(figures, key=lambda figure: figure.area):
        areas[area] = f"{area}\n\nTaken on {where}.\n\n{_table(group)}\n"
    PAGE.write_text(before + BEGINS + "".join(HEADING + section for section in areas.values()) + ENDS + after, "utf-8")
    _say(f"written to {PAGE.relative_to(ROOT)}")


def _table(figures: Iterable[Figure]) -> str:
    rows = (f"| {one.what} | {one.measured} | {one.promise} | {one.verdict} |\n" for one in figures)
    return "| figure | measured | promise | |\n|---|---|---|---|\n" + "".join(rows)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
