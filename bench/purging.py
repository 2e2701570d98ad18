"""A purge that has 27,000 calls to erase: five months of this reception in one night, after all its runs have failed.

The job's own handler, adapters and client; table and buckets are in memory, and each request waits 5 ms, as within a
region. What the provider must delete besides is counted there, one request for each call and each message.
"""

import time
from collections.abc import Iterator

from bench.environment import pretended, without_log
from bench.figures import Figure, spell_s
from permanence.adapters.contract_file import load_contract
from permanence.application.privacy.purging import purge_due
from tests.functions.busy_reception import ENVIRONMENT
from tests.functions.retention.due_purge import DuePurge

AREA = "A purge of 27,000 calls"
CALLS = 27_000
LATENCY_S = 0.005
MOST_REQUESTS, MOST_S = 6_000, 60.0


def measure() -> Iterator[Figure]:
    with pretended(ENVIRONMENT), without_log():
        purge = DuePurge(load_contract(), ENVIRONMENT, CALLS, LATENCY_S)
        began, worked = time.perf_counter(), time.process_time()
        counts = purge_due(purge.job, purge.now).counts
        took_s, worked_s = time.perf_counter() - began, time.process_time() - worked
    whole = counts["calls"] == CALLS and counts["kept"] == 0
    requests = purge.requests
    yield Figure(
        AREA,
        "requests to table and buckets",
        f"{requests:,} for {counts['items']:,} items and {counts['recordings']:,} recordings",
        f"≤ {MOST_REQUESTS:,}",
        whole and requests <= MOST_REQUESTS,
    )
    yield Figure(AREA, "time, each request 5 ms", spell_s(took_s), f"≤ {MOST_S:.0f} s", whole and took_s <= MOST_S)
    yield Figure(AREA, "processor time, that of table and buckets in memory included", spell_s(worked_s))
