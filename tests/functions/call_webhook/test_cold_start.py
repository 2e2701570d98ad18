"""A cold start is felt by a caller: the webhook imports the standard library, botocore and the logger."""

import json
import subprocess
import sys

from infra.settings import ROOT

TOO_HEAVY = {
    "boto3",
    "pydantic",
    "jinja2",
    "openpyxl",
    "phonenumbers",
    "aws_xray_sdk",
    "holidays",
    "rapidfuzz",
    "twilio",
}

ADAPTERS = {
    "aws",
    "clock",
    "contract_file",
    "dynamodb.calls",
    "dynamodb.conditions",
    "dynamodb.items",
    "dynamodb.malfunctions",
    "dynamodb.notices",
    "dynamodb.queries",
    "dynamodb.timetable",
    "records",
    "sqs",
    "timeouts",
    "twilio.api",
    "twilio.credentials",
    "twilio.events",
    "twilio.fallback",
    "twilio.form",
    "twilio.rest",
    "twilio.retries",
    "twilio.signature",
    "twilio.twiml",
}

OF_THE_REFERENCE = {
    "announced",
    "calendar",
    "exceptional",
    "imports",
    "in_force",
    "instructions",
    "listes",
    "messages",
    "places",
    "recording",
    "rota",
}


def modules_after_import(module: str) -> set[str]:
    """What a fresh interpreter has loaded after importing one module."""
    path = [str(ROOT / "layers/permanence/python"), str(ROOT / "functions")]
    program = f"import sys; sys.path[:0] = {path!r}; import {module}, json; print(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return set(json.loads(ran.stdout.splitlines()[-1]))


def test_the_cold_path_loads_nothing_heavy() -> None:
    loaded = modules_after_import("call_webhook.handler")

    assert "call_webhook.notices_routes" in loaded
    assert not {name.partition(".")[0] for name in loaded} & TOO_HEAVY


def test_the_cold_path_loads_the_adapters_that_an_answer_needs_and_no_other() -> None:
    loaded = modules_after_import("call_webhook.handler")
    packages = {"dynamodb", "twilio"}

    names = {name.removeprefix("permanence.adapters.") for name in loaded if name.startswith("permanence.adapters.")}
    assert names - packages == ADAPTERS


def test_the_cold_path_knows_neither_versions_nor_files() -> None:
    loaded = modules_after_import("call_webhook.handler")
    package = "permanence.domain.reference."

    assert {name.removeprefix(package) for name in loaded if name.startswith(package)} == OF_THE_REFERENCE
    assert "permanence.application.reference.ports" not in loaded
