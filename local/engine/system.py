"""The whole system, up and down. `make up`, `make down`, the demo and the end-to-end tests all come here."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from infra.contract import read_contract
from infra.settings import ROOT
from local.engine import cloud, commands, processes, provision
from local.engine.places import LOCAL, LOCK, LOGS, OUTPUTS, PYTHON, TEMPORARY
from local.engine.progress import Progress, Say, say_on_terminal

LANDLORD = "habitat70"
Outputs = dict[str, Any]


def up(say: Say = say_on_terminal) -> Outputs:
    """Start engine and operator on free ports and deploy; when they already run, deploy the present code to them.

    Returns what build/local/outputs.json holds. Raises StartFailed, with everything stopped and the logs kept."""
    with _one_at_a_time():
        progress = Progress(say)
        before = read_outputs()
        if before is None or not is_running():
            _clear()
            before = None
        try:
            return _bring_up(progress, before)
        except BaseException:
            if before is None:
                processes.stop(processes.recorded())
            raise


def down(say: Say = say_on_terminal) -> None:
    """Stop every process of this clone and remove what they left; nothing running is fine too."""
    with _one_at_a_time():
        stopped = [process.name for process in processes.recorded() if process.alive]
        _clear()
        say(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")
    LOCK.unlink(missing_ok=True)


def is_running() -> bool:
    """Both the engine and the operator of this clone are alive."""
    return {process.name for process in processes.recorded() if process.alive} == {"engine", "operator"}


def read_outputs() -> Outputs | None:
    """What `up` wrote, or None."""
    if not OUTPUTS.exists():
        return None
    outputs: Outputs = json.loads(OUTPUTS.read_text())
    return outputs


def _bring_up(progress: Progress, before: Outputs | None) -> Outputs:
    for folder in (LOGS, TEMPORARY):
        folder.mkdir(parents=True, exist_ok=True)
    numbers = read_contract(LANDLORD)["landlord"]["numbers"]
    account = before["provider_account"] if before else f"AC{secrets.token_hex(16)}"
    token = before["provider_auth_token"] if before else secrets.token_hex(16)
    synthesis = cloud.synthesize()
    try:
        if before is None:
            ports = {"engine": cloud.free_port(), "operator": cloud.free_port()}
            with progress.step(f"starting the AWS engine on port {ports['engine']}"):
                cloud.start_engine(ports["engine"], progress)
            bootstrap = cloud.bootstrap(ports["engine"])
            try:
                with progress.step(f"starting the telephone operator on port {ports['operator']}"):
                    _start_operator(ports["operator"], account, token, numbers, progress)
                with progress.step("synthesis and bootstrap"):
                    synthesis.finish(progress)
                    bootstrap.finish(progress)
            finally:
                bootstrap.abandon()
        else:
            ports = {process.name: process.port for process in processes.recorded()}
            with progress.step("synthesis"):
                synthesis.finish(progress)
    finally:
        synthesis.abandon()
    engine_url, operator_url = cloud.engine_url(ports["engine"]), f"http://127.0.0.1:{ports['operator']}"
    public_url = cloud.public_url(ports["engine"])
    with progress.step("deployment"):
        parameters = {
            "PublicBaseUrl": public_url,
            "TelephonyApiBaseUrl": os.environ.get("TELEPHONY_API_BASE_URL", operator_url),
            "ClockUrl": f"{operator_url}/clock",
            "MailEndpointUrl": f"{operator_url}/ses",
        }
        cloud.deploy(ports["engine"], parameters).finish(progress)
    stack = cloud.stack_outputs()
    with progress.step("provider account, number and users"):
        provision.put_provider_secret(engine_url, stack["ProviderSecret"], account, token)
        provision.point_number_at_us(operator_url, account, token, numbers["inbound"], public_url)
        users = (
            before["users"]
            if before
            else provision.create_users(engine_url, stack["UserPoolId"], stack["UserPoolClientId"])
        )
    outputs: Outputs = {
        "api_url": stack["ApiUrl"],
        "desk_url": f"{public_url}/desk",
        "extranet_url": f"{public_url}/extranet",
        "operator_url": operator_url,
        "engine_url": engine_url,
        "public_url": public_url,
        "table": stack["TableName"],
        "recordings_bucket": stack["RecordingsBucket"],
        "reports_bucket": stack["ReportsBucket"],
        "reference_bucket": stack["ReferenceBucket"],
        "functions": provision.function_names(engine_url, cloud.STACK),
        "mail_url": f"{operator_url}/mails",
        "sms_url": f"{operator_url}/messages",
        "numbers": {LANDLORD: numbers["inbound"]},
        "provider_account": account,
        "provider_auth_token": token,
        "users": users,
    }
    OUTPUTS.write_text(json.dumps(outputs, indent=1, ensure_ascii=False) + "\n")
    progress.tell(f"up: {outputs['desk_url']}")
    return outputs


def _start_operator(port: int, account: str, token: str, numbers: Mapping[str, Any], progress: Progress) -> None:
    command = [str(PYTHON), "-m", "local.operator", "--port", str(port), "--account-sid", account]
    command += ["--auth-token", token, "--number", numbers["inbound"], "--number", numbers["caller_id"]]
    environ = {**commands.plain_environment(), "PYTHONPATH": str(ROOT), "TMPDIR": str(TEMPORARY)}
    processes.start("operator", command, environ, port)
    cloud.wait_until_it_answers("operator", f"http://127.0.0.1:{port}/clock", progress)


def _clear() -> None:
    if LOCAL.exists():
        processes.stop(processes.recorded())
    shutil.rmtree(LOCAL, ignore_errors=True)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two commands in one clone wait for each other."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
