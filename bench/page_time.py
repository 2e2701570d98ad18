"""What a page costs in processor time, against the least that its data can cost: `json.loads` of the bytes received.

The functions' own handlers and adapters behind their own client, with botocore's parser; the bytes are those that the
table in memory answered once, given again where the HTTP request would leave.
"""

import json
from collections.abc import Iterator
from statistics import median
from time import process_time
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from bench.environment import given_back, pretended, without_log
from bench.figures import Figure, spell_s
from permanence.adapters.contract_file import load_contract
from tests.functions.busy_reception import DESK_REFRESHES, ENVIRONMENT, EXTRANET_FILES, EXTRANET_PAGES, BusyReception

AREA = "Processor time of pages"
CALLS = 5_400
ROUNDS = 21
TIMES, PLUS_S = 5, 0.002
PROMISED = {
    "Indicateurs": EXTRANET_PAGES["Indicateurs"],
    "Aujourd’hui": EXTRANET_PAGES["Aujourd’hui"],
    "Appels": EXTRANET_PAGES["Appels"],
    "Poste": DESK_REFRESHES["Poste"],
}
FILE, FILE_ROUNDS, FILE_AT_MOST_S = "Appels, Excel", 5, 1.2
TOLD = {name: EXTRANET_PAGES[name] for name in ("Mains courantes", "Une main courante")}


def measure() -> Iterator[Figure]:
    with pretended(ENVIRONMENT), without_log():
        reception = BusyReception(load_contract(), CALLS)
        replay = _Replay(reception)
        for name, path in (PROMISED | TOLD).items():
            replay.record(path)
            pairs = []
            for number in range(-2, ROUNDS):
                pair = replay.spend(path)
                if number >= 0:
                    pairs.append(pair)
            yield _figure(name, pairs, replay.received, is_promised=name in PROMISED)
        replay.record(EXTRANET_FILES[FILE])
        spent = median([replay.spend(EXTRANET_FILES[FILE])[0] for _ in range(FILE_ROUNDS)])
        what = f"« {FILE} », {CALLS:,} calls"
        yield Figure(AREA, what, spell_s(spent), f"≤ {spell_s(FILE_AT_MOST_S)}", spent <= FILE_AT_MOST_S)


def _figure(name: str, pairs: list[tuple[float, float]], received: int, *, is_promised: bool) -> Figure:
    page, least = (median(values) for values in zip(*pairs, strict=True))
    bound = median(TIMES * loads + PLUS_S for _, loads in pairs)
    measured = f"{spell_s(page)} for {received / 1024:.0f} KB, whose `json.loads` takes {spell_s(least)}"
    what = f"« {name} », {CALLS:,} calls"
    if not is_promised:
        return Figure(AREA, what, measured)
    held = median(spent / (TIMES * loads + PLUS_S) for spent, loads in pairs) <= 1
    return Figure(AREA, what, measured, f"≤ {TIMES} × + {spell_s(PLUS_S)} = {spell_s(bound)}", held)


class _Replay:
    """Answers a page's requests with the very bytes that the table answered when the page was recorded."""

    def __init__(self, reception: BusyReception) -> None:
        self._reception = reception
        self._bodies: list[bytes] = []
        self._next: Iterator[bytes] = iter(())

    @property
    def received(self) -> int:
        return sum(map(len, self._bodies))

    def record(self, path: str) -> None:
        with self._reception.answers_kept() as self._bodies:
            self._reception.read(path)

    def spend(self, path: str) -> tuple[float, float]:
        """Processor seconds of the page, and of reading its bytes."""
        self._next = iter(self._bodies)
        with self._reception.answered_by(self._answer):
            began = process_time()
            self._reception.read(path)
            page = process_time() - began
        began = process_time()
        for body in self._bodies:
            json.loads(body)
        return page, process_time() - began

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        return given_back(request, next(self._next))
