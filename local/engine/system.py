"""The whole system, up and down. `make up`, `make down`, the demo and the end-to-end tests all come here."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from infra.contract import read_contract
from infra.settings import LOCAL as LOCAL_STAGE
from infra.settings import read_settings
from local.engine import cloud, processes, provision
from local.engine.assembly import Synthesis
from local.engine.operator import Operator
from local.engine.places import LOCAL, LOCK, LOGS, OUTPUTS, TEMPORARY
from local.engine.progress import Progress, Say, say_on_terminal
from permanence.adapters.twilio.numbers import number_settings
from permanence.domain.contract import contract_from_plain

LANDLORD = "habitat70"
Outputs = dict[str, Any]


def up(say: Say = say_on_terminal) -> Outputs:
    """Start engine and operator on free ports and deploy; when they already run, deploy the present code to them. The
    operator is started again when its own code has changed: the table stays, its calls, messages and mails go.

    Returns what build/local/outputs.json holds. Raises StartFailed, with everything stopped and the logs kept."""
    with _one_at_a_time(say):
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
    with _one_at_a_time(say):
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


@dataclass(frozen=True, slots=True)
class _Addresses:
    """Of one running system; `public` is the one host of pages and webhooks."""

    engine: str
    operator: str
    public: str


def _bring_up(progress: Progress, before: Outputs | None) -> Outputs:
    for folder in (LOGS, TEMPORARY):
        folder.mkdir(parents=True, exist_ok=True)
    plain_contract = read_contract(LANDLORD)
    numbers = plain_contract["landlord"]["numbers"]
    account = before["provider_account"] if before else f"AC{secrets.token_hex(16)}"
    token = before["provider_auth_token"] if before else secrets.token_hex(16)
    operator = Operator(account, token, provision.called_numbers(numbers))
    with Synthesis() as synthesis:
        if before is None:
            _start(progress, operator)
        else:
            operator.renew(progress)
        synthesis.finish(progress)
    ports = {process.name: process.port for process in processes.recorded()}
    addresses = _Addresses(
        engine=cloud.engine_url(ports["engine"]),
        operator=f"http://127.0.0.1:{ports['operator']}",
        public=cloud.public_url(ports["engine"]),
    )
    with progress.step("deployment"):
        parameters = {
            "PublicBaseUrl": addresses.public,
            "TelephonyApiBaseUrl": os.environ.get("TELEPHONY_API_BASE_URL", addresses.operator),
            "ClockUrl": f"{addresses.operator}/clock",
            "MailEndpointUrl": f"{addresses.operator}/ses",
        }
        cloud.deploy(ports["engine"], parameters).finish(progress)
    stack = cloud.stack_outputs()
    with progress.step("provider account, number and users"):
        provision.put_provider_secret(addresses.engine, stack["ProviderSecret"], account, token)
        contract = contract_from_plain(plain_contract)
        fallback_url = provision.keep_fallback(addresses.operator, contract.numbers, addresses.public)
        settings = number_settings(addresses.public, fallback_url)
        for number, name in provision.name_of_number(numbers).items():
            provision.point_number_at_us(addresses.operator, account, token, number, settings, name)
        provision.lead_mails(addresses.operator, addresses.engine, stack["ImportsBucket"], _import_address())
        users = before["users"] if before else _create_users(addresses, stack)
        provision.enter_in_register(addresses.engine, stack["UserPoolId"], stack["TableName"], contract)
    provider = {"provider_account": account, "provider_auth_token": token, "numbers": {LANDLORD: numbers["inbound"]}}
    outputs = _tell_outputs(addresses, stack) | provider | {"users": users}
    OUTPUTS.write_text(json.dumps(outputs, indent=1, ensure_ascii=False) + "\n")
    progress.tell(f"up: {outputs['desk_url']}")
    return outputs


def _start(progress: Progress, operator: Operator) -> None:
    """An empty engine and an operator; synthesis goes on meanwhile."""
    engine_port, operator_port = cloud.free_port(), cloud.free_port()
    with progress.step(f"starting the AWS engine on port {engine_port}"):
        cloud.start_engine(engine_port, progress)
    with cloud.bootstrap(engine_port) as bootstrap:
        with progress.step(f"starting the telephone operator on port {operator_port}"):
            operator.start(operator_port, progress)
        with progress.step("bootstrap"):
            bootstrap.finish(progress)


def _create_users(addresses: _Addresses, stack: Mapping[str, str]) -> list[Mapping[str, str]]:
    return provision.create_users(addresses.engine, stack["UserPoolId"], stack["UserPoolClientId"])


def _tell_outputs(addresses: _Addresses, stack: Mapping[str, str]) -> Outputs:
    return {
        "api_url": stack["ApiUrl"],
        "desk_url": f"{addresses.public}/desk",
        "extranet_url": f"{addresses.public}/extranet",
        "operator_url": addresses.operator,
        "engine_url": addresses.engine,
        "public_url": addresses.public,
        "table": stack["TableName"],
        "recordings_bucket": stack["RecordingsBucket"],
        "reports_bucket": stack["ReportsBucket"],
        "reference_bucket": stack["ReferenceBucket"],
        "imports_bucket": stack["ImportsBucket"],
        "import_address": _import_address(),
        "functions": provision.function_names(addresses.engine, cloud.STACK),
        "mail_url": f"{addresses.operator}/mails",
        "sms_url": f"{addresses.operator}/messages",
    }


def _import_address() -> str:
    return read_settings({"landlord": LANDLORD, "stage": LOCAL_STAGE}, {}).import_address or ""


def _clear() -> None:
    if LOCAL.exists():
        processes.stop(processes.recorded())
    shutil.rmtree(LOCAL, ignore_errors=True)


@contextmanager
def _one_at_a_time(say: Say) -> Iterator[None]:
    """Two commands in one clone wait for each other."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another command is starting or stopping this clone's system; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
