"""The running system refuses what AWS refuses: functions have their own roles, and no more."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

from infra.settings import DATA_REGION
from local.engine.places import log_file
from local.engine.provision import client
from local.scenarios.telling import until
from local.scenarios.visitor import Visitor
from local.scenarios.world import World

ENGINE_SAYS = log_file("engine")


def key(pk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": "0"}}


class Roles:
    """What the roles of functions may, and ways to take a right away for a while."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.iam = client("iam", world.outputs["engine_url"])
        self.functions = client("lambda", world.outputs["engine_url"])

    def client_of(self, function: str, service: Any) -> Any:
        """A client with the rights of a function."""
        sts = client("sts", self.world.outputs["engine_url"])
        held = sts.assume_role(RoleArn=self.configuration(function)["Role"], RoleSessionName=function)["Credentials"]
        return boto3.client(
            service,
            endpoint_url=self.world.outputs["engine_url"],
            region_name=DATA_REGION,
            aws_access_key_id=held["AccessKeyId"],
            aws_secret_access_key=held["SecretAccessKey"],
            aws_session_token=held["SessionToken"],
        )

    def variable(self, function: str, name: str) -> str:
        return str(self.configuration(function)["Environment"]["Variables"][name])

    @contextmanager
    def without(self, function: str, action: str) -> Iterator[None]:
        """While no statement of the function's role allows an action."""
        role = self.configuration(function)["Role"].rsplit("/", 1)[-1]
        (name,) = self.iam.list_role_policies(RoleName=role)["PolicyNames"]
        whole = self.iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        left = {
            **whole,
            "Statement": [statement for statement in whole["Statement"] if action not in _actions(statement)],
        }
        assert left != whole
        try:
            self.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(left))
            yield
        finally:
            self.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(whole))

    def configuration(self, function: str) -> Any:
        return self.functions.get_function_configuration(FunctionName=self.world.outputs["functions"][function])


def _actions(statement: dict[str, Any]) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else actions


@pytest.fixture
def roles(world: World) -> Roles:
    return Roles(world)


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(ClientError) as failure:
        yield
    assert "AccessDenied" in failure.value.response["Error"]["Code"]


def test_a_function_reads_its_own_partitions_and_no_other(world: World, roles: Roles) -> None:
    desk, table = roles.client_of("desk", "dynamodb"), world.outputs["table"]
    assert "Item" not in desk.get_item(TableName=table, Key=key("habitat70#REF"))
    for partition in ("habitat70#JOB#end-of-period", "vesoul#REF", "S#0"):
        with refused():
            desk.get_item(TableName=table, Key=key(partition))
    with refused():
        desk.scan(TableName=table)


def test_keys_of_two_grants_are_not_written_at_once(world: World, roles: Roles) -> None:
    """Each right stands in a statement of its own, and IAM unites none."""
    desk, table = roles.client_of("desk", "dynamodb"), world.outputs["table"]
    parts = [{"Put": {"TableName": table, "Item": key(pk)}} for pk in ("habitat70#MC#0", "habitat70#CALL#0")]
    with refused():
        desk.transact_write_items(TransactItems=parts)
    page = {table: {"Keys": [key("S#0"), key("habitat70#USERS")]}}
    assert desk.batch_get_item(RequestItems=page)["Responses"] == {table: []}
    page[table]["Keys"].append(key("habitat70#REF"))
    with refused():
        desk.batch_get_item(RequestItems=page)


def test_a_function_reaches_its_own_buckets_and_queues_only(world: World, roles: Roles) -> None:
    s3, sqs = roles.client_of("extranet", "s3"), roles.client_of("call_webhook", "sqs")
    with refused():
        s3.get_object(Bucket=world.outputs["reference_bucket"], Key="patrimoine")
    with refused():
        s3.put_object(Bucket=world.outputs["reports_bucket"], Key="mails/0", Body=b"")
    queue = roles.variable("call_webhook", "LATE_EVENTS_QUEUE_URL")
    with refused():
        sqs.receive_message(QueueUrl=queue)
    with refused():
        sqs.send_message(QueueUrl=roles.variable("astreinte_dispatch", "OUTBOX_QUEUE_URL"), MessageBody="{}")


def test_who_may_list_a_bucket_is_told_that_an_object_is_missing_and_nobody_else(world: World, roles: Roles) -> None:
    asked = {"Bucket": world.outputs["reports_bucket"], "Key": "never"}
    reader, mailer = roles.client_of("extranet", "s3"), roles.client_of("notify", "s3")
    with pytest.raises(reader.exceptions.NoSuchKey):
        reader.get_object(**asked)
    with refused():
        mailer.get_object(**asked)
    for role, status in ((reader, HTTPStatus.NOT_FOUND), (mailer, HTTPStatus.FORBIDDEN)):
        address = role.generate_presigned_url("get_object", Params=asked, ExpiresIn=60)
        assert httpx.get(address).status_code == status


def test_the_data_key_is_used_by_way_of_our_stores_only(world: World, roles: Roles) -> None:
    (data_key,) = client("kms", world.outputs["engine_url"]).list_keys()["Keys"]
    with refused():
        roles.client_of("desk", "kms").generate_data_key(KeyId=data_key["KeyId"], KeySpec="AES_256")


@pytest.mark.parametrize("right", ["dynamodb:BatchGetItem", "kms:Decrypt"])
def test_a_page_fails_without_a_right_that_it_needs(world: World, roles: Roles, right: str) -> None:
    def status() -> int:
        somebody = {"__Host-session": "nobody.0"}
        return Visitor(world.outputs["public_url"], somebody).open("/extranet").status

    assert status() == HTTPStatus.OK  # of the page that asks who it is
    with roles.without("extranet", right):
        assert status() == HTTPStatus.INTERNAL_SERVER_ERROR
    assert status() == HTTPStatus.OK


def test_the_gateway_opens_a_function_by_its_own_permission_only(world: World, roles: Roles) -> None:
    function = world.outputs["functions"]["mission"]
    (permission,) = json.loads(roles.functions.get_policy(FunctionName=function)["Policy"])["Statement"]
    page = f"/m/{'0' * 10}"
    assert Visitor(world.outputs["public_url"]).open(page).status == HTTPStatus.NOT_FOUND
    roles.functions.remove_permission(FunctionName=function, StatementId=permission["Sid"])
    try:
        assert Visitor(world.outputs["public_url"]).open(page).status == HTTPStatus.INTERNAL_SERVER_ERROR
    finally:
        roles.functions.add_permission(
            FunctionName=function,
            StatementId=permission["Sid"],
            Action=permission["Action"],
            Principal=permission["Principal"]["Service"],
            SourceArn=permission["Condition"]["ArnLike"]["AWS:SourceArn"],
        )
    assert Visitor(world.outputs["public_url"]).open(page).status == HTTPStatus.NOT_FOUND


def test_a_queue_is_given_to_no_function_whose_role_may_not_read_it(world: World, roles: Roles) -> None:
    cloud = client("cloudformation", world.outputs["engine_url"])
    sqs = client("sqs", world.outputs["engine_url"])
    queue = sqs.get_queue_attributes(
        QueueUrl=roles.variable("call_webhook", "LATE_EVENTS_QUEUE_URL"), AttributeNames=["QueueArn"]
    )["Attributes"]["QueueArn"]
    mapping = {"FunctionName": world.outputs["functions"]["desk"], "EventSourceArn": queue}
    template = {"Resources": {"Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping}}}
    cloud.create_stack(StackName="mapping", TemplateBody=json.dumps(template))
    with pytest.raises(Exception, match="ROLLBACK"):
        cloud.get_waiter("stack_create_complete").wait(StackName="mapping", WaiterConfig={"Delay": 1})
    told = [
        event.get("ResourceStatusReason", "")
        for event in cloud.describe_stack_events(StackName="mapping")["StackEvents"]
    ]
    assert any("does not have permissions to call sqs:ReceiveMessage" in reason for reason in told)


def test_a_queue_is_read_no_longer_once_the_role_may_not(world: World, roles: Roles) -> None:
    before = len(ENGINE_SAYS.read_text())
    with roles.without("recording_import", "sqs:ReceiveMessage"):
        until(lambda: "RecordingsToImport" in _not_done("not read", before), "refusal to read the queue")


def test_a_schedule_runs_nothing_that_its_role_may_not_invoke(world: World, roles: Roles) -> None:
    before = len(ENGINE_SAYS.read_text())
    function = roles.configuration("mission")
    client("scheduler", world.outputs["engine_url"]).create_schedule(
        Name="without-right",
        ScheduleExpression="at(2026-01-01T00:00:00)",
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE",
        Target={"Arn": function["FunctionArn"], "RoleArn": function["Role"]},
    )
    until(lambda: "without-right" in _not_done("not run", before), "refusal to run the schedule")


def _not_done(what: str, since: int) -> str:
    """The lines of the engine that tell of it, from a place of its log on."""
    return "".join(line for line in ENGINE_SAYS.read_text()[since:].splitlines() if what in line)
