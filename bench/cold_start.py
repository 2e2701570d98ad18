"""What somebody waits for when a function starts cold: its import, against botocore with a client.

Measured on what ships: the folders of the local stage's assembly, a function's own and its layers', whose byte code is
that of the interpreter here. Fresh interpreters in turn, ours and the peer's, which see nothing else; the time is taken
inside, so that the interpreter's own start counts for neither.
"""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from bench.figures import Figure, ratio, spell_s
from infra.byte_code import ENGINE_PYTHON
from local.engine.assembly import Synthesis
from local.engine.places import ASSEMBLY, LOGS
from local.engine.progress import Progress, say_on_terminal
from tests.infra.synthesis import PREFIX, Template

AREA = "Cold start, as shipped"
ROUNDS = 25
AT_MOST = 1.15
AT_MOST_S: Mapping[str, float] = {"call_webhook": 0.190, "desk": 0.240, "extranet": 0.240}
CLIENT = """
import os
from permanence.adapters.aws import make_client
from permanence.adapters.timeouts import CALLER_IS_WAITING
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
    """The promises are about imports alone; the webhook with its first client, like for like, stands beside them."""
    shipped = _shipped()
    webhook = shipped.folders_of("call_webhook")
    programs = [(f"import {name}.handler", shipped.folders_of(name)) for name in AT_MOST_S]
    programs += [("import call_webhook.handler" + CLIENT, webhook), (PEER, webhook)]
    rounds = [[_run(program, folders) for program, folders in programs] for _ in range(ROUNDS)]
    peer = "`import botocore.session` and a client"
    for position, (name, at_most_s) in enumerate(AT_MOST_S.items()):
        cpu = [(taken[position][1], taken[-1][1]) for taken in rounds]
        wall = [(taken[position][0], taken[-1][0]) for taken in rounds]
        over = [
            ratio(AREA, f"`{name}`, {kind} time, over {peer}", pairs, AT_MOST)
            for kind, pairs in (("processor", cpu), ("wall", wall))
        ]
        yield from over if name == "call_webhook" else (Figure(AREA, one.what, one.measured) for one in over)
        typical = median(ours for ours, _ in cpu)
        yield Figure(
            AREA, f"`{name}`, processor time", spell_s(typical), f"≤ {spell_s(at_most_s)}", typical <= at_most_s
        )
    both = ratio(
        AREA,
        "`call_webhook` and a client, processor time, over the same",
        [(t[-2][1], t[-1][1]) for t in rounds],
        AT_MOST,
    )
    yield Figure(AREA, both.what, both.measured)


def _shipped() -> Template:
    LOGS.mkdir(parents=True, exist_ok=True)
    with Synthesis() as synthesis:
        synthesis.finish(Progress(say_on_terminal))
    path = ASSEMBLY / f"{PREFIX}.template.json"
    return Template(path, json.loads(path.read_text()))


def _run(program: str, folders: Sequence[Path]) -> tuple[float, float]:
    """Wall and processor seconds in a fresh interpreter, without packages of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_REGION": "eu-west-3",
    }
    ran = subprocess.run(  # noqa: S603 - our own program
        [str(ENGINE_PYTHON), "-S", "-B", "-c", TIMED.format(program=program)],
        env=environment,
        check=True,
        capture_output=True,
    )
    wall, cpu = map(float, ran.stdout.split())
    return wall, cpu
