"""What pages, events and decisions ask of the table, counted at 1,000 and at 100,000 calls.

The functions' own handlers and adapters, behind their own client; the table is the one in memory of
`tests.fakes.indexed_table`, which the suite holds against moto. `tests/functions/test_request_budget.py` holds the same
budgets at fifty and two thousand calls.
"""

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from gzip import compress
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from bench.environment import pretended, without_log
from bench.figures import Figure
from permanence.adapters.contract_file import load_contract
from tests.fakes.indexed_table import Request
from tests.functions.busy_reception import (
    DESK_PAGES,
    DESK_REFRESHES,
    ENVIRONMENT,
    EXTRANET_FILES,
    EXTRANET_PAGES,
    BusyReception,
)

AREA = "Requests to the table"
FILES = "Files of a whole month"
WEIGHTS = "Weight of pages"
SIZES = (1_000, 100_000)
REFRESH, PAGE, EVENT, DECISION, START = 2, 4, 1, 2, 4

Counted = Sequence[Sequence[Request]]


def measure() -> Iterator[Figure]:
    with pretended(ENVIRONMENT), without_log():
        receptions = [BusyReception(load_contract(), size) for size in SIZES]
        told = [(reception.tell_call(), reception.decide()) for reception in receptions]
        for key in told[0][0]:
            yield _figure(f"event `{key}`", EVENT, [calls[key] for calls, _ in told])
        for key in told[0][1]:
            most = START if key == "start" else DECISION
            yield _figure(f"decision `{key}`", most, [decisions[key] for _, decisions in told])
        for name, path in DESK_REFRESHES.items():
            yield _figure(f"refresh of « {name} »", REFRESH, [reception.read(path)[1] for reception in receptions])
        for name, path in EXTRANET_PAGES.items():
            yield _figure(f"extranet, « {name} »", PAGE, [reception.read(path)[1] for reception in receptions])
        for name, path in EXTRANET_FILES.items():
            read = [_file(*reception.read(path)) for reception in receptions]
            yield Figure(FILES, f"« {name} »", " → ".join(read))
        for name, path in (DESK_PAGES | DESK_REFRESHES | EXTRANET_PAGES | EXTRANET_FILES).items():
            weights = [_weight(reception.read(path)[0]) for reception in receptions]
            yield Figure(WEIGHTS, f"« {name} »", " → ".join(weights))


def _figure(what: str, most: int, counted: Counted) -> Figure:
    counts = [len(requests) for requests in counted]
    units = [_units(requests) for requests in counted]
    is_constant = len(set(counts)) == 1
    measured = f"{counts[0]} → {counts[-1]} ({units[0]} → {units[-1]})"
    return Figure(AREA, what, measured, f"≤ {most}, at any size", max(counts) <= most and is_constant)


def _units(requests: Sequence[Request]) -> str:
    read = sum(request.read_units for request in requests)
    written = sum(request.write_units for request in requests)
    return f"{read:g} R" + (f" {written:g} W" if written else "")


def _file(answer: Mapping[str, Any], requests: Sequence[Request]) -> str:
    """What a file cost, and for how much: its queries read 4 KB for half a unit."""
    queries = [request for request in requests if request.operation == "Query"]
    megabytes = sum(request.read_units for request in queries) * 8 / 1024
    (page,) = load_workbook(BytesIO(b64decode(answer["body"])), read_only=True).worksheets
    rows = sum(1 for _ in page.iter_rows()) - 1
    each = f", {len(queries) / megabytes:.1f} a megabyte" if megabytes >= 1 else ""
    return f"{len(requests)} requests, {len(queries)} of them for {rows:,} rows in {megabytes:.1f} MB{each}"


def _weight(answer: Mapping[str, Any]) -> str:
    """As it is, and a page as it would travel compressed."""
    if answer["isBase64Encoded"]:
        return f"{len(b64decode(answer['body'])) / 1024:.1f} KB"
    raw = answer["body"].encode()
    return f"{len(raw) / 1024:.1f} KB, {len(compress(raw)) / 1024:.1f} KB gzip"
