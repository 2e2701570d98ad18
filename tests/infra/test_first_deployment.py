"""A first deployment that fails half-way, and what follows it: played by the local engine, with what lasts of the
template. The engine takes back a protected table all the same; AWS does not, and test_two_stages.py holds that."""

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.settings import DATA_REGION
from local.engine.cloud import CREDENTIALS, engine_url, free_port
from local.engine.commands import plain_environment
from local.engine.places import ENGINE_PYTHON
from local.engine.provision import client
from local.scenarios.telling import until
from tests.infra.synthesis import Template

STACK = "reception"
LASTS = ("AWS::KMS::", "AWS::DynamoDB::", "AWS::S3::", "AWS::Cognito::", "AWS::Logs::", "AWS::SecretsManager::")
# Nobody signals, so after a second it fails: the last of all that is made.
FAILS: dict[str, Any] = {
    "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
    "Fails": {
        "Type": "AWS::CloudFormation::WaitCondition",
        "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "1"},
    },
}


class Cloud:
    """CloudFormation of an engine, and what stands after it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._formation = client("cloudformation", url)

    def create(self, template: Template, *, failing: bool = False) -> str:
        """The status that it comes to."""
        self._formation.create_stack(StackName=STACK, TemplateBody=_lasting(template, failing=failing))
        return self._status()

    def protect(self, *, on: bool) -> None:
        self._formation.update_termination_protection(StackName=STACK, EnableTerminationProtection=on)

    def delete(self) -> None:
        (stack,) = self._formation.describe_stacks(StackName=STACK)["Stacks"]
        self._formation.delete_stack(StackName=STACK)
        until(lambda: self._told(stack["StackId"]).startswith("DELETE_COMPLETE"), "the stack’s end")

    def stands(self) -> dict[str, int]:
        """How many of each, keys that are about to be deleted left out."""
        keys = client("kms", self._url)
        states = [keys.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] for key in keys.list_keys()["Keys"]]
        return {
            "keys": states.count("Enabled"),
            "aliases": len(keys.list_aliases()["Aliases"]),
            "tables": len(client("dynamodb", self._url).list_tables()["TableNames"]),
            "buckets": len(client("s3", self._url).list_buckets()["Buckets"]),
            "pools": len(client("cognito-idp", self._url).list_user_pools(MaxResults=60)["UserPools"]),
            "logs": len(client("logs", self._url).describe_log_groups()["logGroups"]),
            "secrets": len(client("secretsmanager", self._url).list_secrets()["SecretList"]),
        }

    def _told(self, stack: str) -> str:
        (told,) = self._formation.describe_stacks(StackName=stack)["Stacks"]
        return str(told["StackStatus"])

    def _status(self) -> str:
        until(lambda: not self._told(STACK).endswith("_IN_PROGRESS"), "the end of the deployment")
        return self._told(STACK)


def _lasting(template: Template, *, failing: bool = False) -> str:
    kept = {
        name: resource for name, resource in template.body["Resources"].items() if resource["Type"].startswith(LASTS)
    }
    last = {**FAILS, "Fails": {**FAILS["Fails"], "DependsOn": list(kept)}} if failing else {}
    return json.dumps({"Resources": {**kept, **last}})


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    """An engine of its own, empty."""
    port = free_port()
    environ = {
        **plain_environment(),
        **CREDENTIALS,
        "TMPDIR": str(tmp_path),
        "STATE_DIR": str(tmp_path / "state"),
        "S3_DATA_DIR": str(tmp_path / "s3"),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "localhost",
        "MINISTACK_REGION": DATA_REGION,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    with (tmp_path / "log").open("wb") as log:
        engine = subprocess.Popen([str(ENGINE_PYTHON), "-m", "ministack"], env=environ, stdout=log, stderr=log)
    try:
        until(lambda: _answers(f"{engine_url(port)}/_ministack/health"), "the engine")
        yield Cloud(engine_url(port))
    finally:
        engine.kill()
        engine.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - an address we have just made
            return True
    except OSError:
        return False


EVERYTHING = {"keys": 1, "aliases": 1, "tables": 1, "buckets": 4, "pools": 1, "logs": 15, "secrets": 1}
THE_DATA = EVERYTHING | {"aliases": 0, "logs": 0, "secrets": 0}


def test_a_first_deployment_that_fails_half_way_leaves_nothing_and_the_next_one_succeeds(
    cloud: Cloud, specimen: Template
) -> None:
    assert cloud.create(specimen, failing=True) == "ROLLBACK_COMPLETE"
    assert set(cloud.stands().values()) == {0}
    cloud.delete()
    assert cloud.create(specimen) == "CREATE_COMPLETE"
    assert cloud.stands() == EVERYTHING


def test_what_stands_is_protected_and_its_data_outlive_it(cloud: Cloud, specimen: Template) -> None:
    cloud.create(specimen)
    cloud.protect(on=True)
    with pytest.raises(ClientError, match="TerminationProtection"):
        cloud.delete()
    cloud.protect(on=False)
    cloud.delete()
    assert cloud.stands() == THE_DATA
