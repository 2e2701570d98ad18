"""The local AWS engine, and the cloud assembly deployed to it as `cdk deploy` deploys it to AWS."""

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import closing

from infra.settings import DATA_REGION, LOCAL_ACCOUNT, LOCAL_HOST, ROOT
from local.engine import commands, processes
from local.engine.places import ASSEMBLY, CDK, ENGINE_PYTHON, LOCAL, STACK_OUTPUTS, TEMPORARY, log_file
from local.engine.progress import Progress

STACK = "permanence-habitat70"
READY_WITHIN_S = 60
# Not a secret: the engine checks no signature, but the SDK insists on signing.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": LOCAL_ACCOUNT, "AWS_SECRET_ACCESS_KEY": "test"}


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def engine_url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def public_url(port: int) -> str:
    return f"http://{LOCAL_HOST}:{port}"


def start_engine(port: int, progress: Progress) -> None:
    """Start ministack and wait until it answers. Its state is in memory: a new engine is empty."""
    environ = {
        **commands.plain_environment(),
        **CREDENTIALS,
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(TEMPORARY),  # it unpacks every worker's code and layers there
        "STATE_DIR": str(TEMPORARY / "state"),
        "S3_DATA_DIR": str(TEMPORARY / "s3"),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "localhost",
        "MINISTACK_REGION": DATA_REGION,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    processes.start("engine", [str(ENGINE_PYTHON), "-m", "local.engine.enforcing"], environ, port)
    wait_until_it_answers("engine", f"{engine_url(port)}/_ministack/health", progress)


def wait_until_it_answers(name: str, url: str, progress: Progress) -> None:
    """Raises StartFailed when the process ends or stays silent."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        process = next(process for process in processes.recorded() if process.name == name)
        if not process.alive:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - an address we have just made
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            progress.still(f"waiting for the {name}")
            time.sleep(processes.TICK_S)
    raise processes.StartFailed(f"The {name} does not answer:\n{processes.end_of_log(log_file(name))}")


def bootstrap(port: int) -> commands.Running:
    """Away from cdk.json: with an app at hand the CLI would synthesize it first."""
    command = [str(CDK), "bootstrap", f"aws://{LOCAL_ACCOUNT}/{DATA_REGION}"]
    return commands.launch("bootstrap", command, _cdk_environment(port), folder=LOCAL)


def deploy(port: int, parameters: Mapping[str, str]) -> commands.Running:
    command = [str(CDK), "deploy", STACK, "--app", str(ASSEMBLY), "--require-approval", "never"]
    command += ["--outputs-file", str(STACK_OUTPUTS)]
    for name, value in parameters.items():
        command += ["--parameters", f"{STACK}:{name}={value}"]
    return commands.launch("deployment", command, _cdk_environment(port))


def stack_outputs() -> dict[str, str]:
    outputs: dict[str, str] = json.loads(STACK_OUTPUTS.read_text())[STACK]
    return outputs


def _cdk_environment(port: int) -> dict[str, str]:
    return {
        **commands.plain_environment(),
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": engine_url(port),
        "AWS_ENDPOINT_URL_S3": engine_url(port),
        "AWS_REGION": DATA_REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "TMPDIR": str(TEMPORARY),
        "CDK_DISABLE_VERSION_CHECK": "1",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CI": "true",
    }
