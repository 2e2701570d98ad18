"""What a caller waits for when the webhook starts cold: its import, against botocore with a client.

Fresh interpreters in turn, ours and the peer's; the time is taken inside, so that the interpreter's own start counts
for neither. Byte code is written beforehand.
"""

import os
import subprocess
import sys
from collections.abc import Iterator

from bench.figures import Figure, ratio
from infra.settings import BUILD, ROOT

AREA = "Cold start of `call_webhook`"
PAIRS = 25
AT_MOST = 1.25
OURS = "import call_webhook.handler"
CLIENT = """
import os
from permanence.adapters.aws import CALLER_IS_WAITING, make_client
make_client("dynamodb", os.environ, CALLER_IS_WAITING)
"""
PEER = "import botocore.session" + CLIENT
TIMED = """
import time
wall, cpu = time.perf_counter(), time.process_time()
{program}
print(time.perf_counter() - wall, time.process_time() - cpu)
"""


def measure() -> Iterator[Figure]:
    """The promise is about the import alone; the import with its first client, like for like, stands beside it."""
    programs = (OURS, OURS + CLIENT, PEER)
    for program in programs:
        _run(program)
    rounds = [[_run(program) for program in programs] for _ in range(PAIRS)]
    cpu = [[cpu for _, cpu in taken] for taken in rounds]
    wall = [[wall for wall, _ in taken] for taken in rounds]
    peer = "`import botocore.session` and a client"
    yield ratio(AREA, f"import, processor time, over {peer}", [(ours, peers) for ours, _, peers in cpu], AT_MOST)
    yield ratio(AREA, f"import, wall time, over {peer}", [(ours, peers) for ours, _, peers in wall], AT_MOST)
    both = ratio(AREA, "import and a client, processor time, over the same", [(b, p) for _, b, p in cpu], AT_MOST)
    yield Figure(AREA, both.what, both.measured)


def _run(program: str) -> tuple[float, float]:
    """Wall and processor seconds in a fresh interpreter."""
    path = (ROOT / "layers/permanence/python", ROOT / "functions", BUILD / "layers/contract/python")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "PYTHONPYCACHEPREFIX": str(BUILD / "bench" / "pycache"),
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_REGION": "eu-west-3",
    }
    ran = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", TIMED.format(program=program)], env=environment, check=True, capture_output=True
    )
    wall, cpu = map(float, ran.stdout.split())
    return wall, cpu
