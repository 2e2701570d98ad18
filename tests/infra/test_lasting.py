"""The template against its past: nothing that holds data, identity or a name is lost by a deployment."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.lasting import (
    HOLDS_DATA_OR_IDENTITY,
    LIST,
    ONE_OF_ITS_KIND,
    lasting,
    losses,
    read_list,
    unlisted,
    with_additions,
    written,
)
from tests.infra.synthesis import Template

Resources = dict[str, Any]


def _with(template: Template, folder: Path, change: Callable[[Resources], None]) -> Path:
    """The template of this commit after a change that somebody might make."""
    body = json.loads(template.path.read_text())
    change(body["Resources"])
    changed = folder / template.path.name
    changed.write_text(json.dumps(body))
    return changed


def _only(resources: Resources, kind: str, beginning: str = "") -> str:
    (name,) = [n for n, r in resources.items() if r["Type"] == kind and n.startswith(beginning)]
    return name


def _moved(kind: str, beginning: str = "") -> Callable[[Resources], None]:
    """What a construct under another parent, or with another id, does."""

    def change(resources: Resources) -> None:
        name = _only(resources, kind, beginning)
        resources[f"{name}Moved"] = resources.pop(name)

    return change


def _set(kind: str, beginning: str = "", **properties: Any) -> Callable[[Resources], None]:
    def change(resources: Resources) -> None:
        resources[_only(resources, kind, beginning)]["Properties"].update(properties)

    return change


def _taken_out(kind: str, beginning: str = "") -> Callable[[Resources], None]:
    return lambda resources: resources.pop(_only(resources, kind, beginning))


def test_a_deployment_finds_again_all_that_holds_data_identity_or_a_name(aws: Template) -> None:
    assert list(losses(read_list(), lasting(aws.path))) == []


def test_all_that_must_last_is_in_the_list(aws: Template) -> None:
    assert list(unlisted(read_list(), lasting(aws.path))) == []


def test_the_list_is_sorted_one_resource_a_line() -> None:
    assert LIST.read_text() == written(read_list())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_taken_out("AWS::DynamoDB::Table"), "(AWS::DynamoDB::Table) has disappeared"),
        (_moved("AWS::DynamoDB::Table"), "(AWS::DynamoDB::Table) has disappeared"),
        (_set("AWS::DynamoDB::Table", TableName="calls"), "(AWS::DynamoDB::Table): TableName was null"),
        (_set("AWS::DynamoDB::Table", AttributeDefinitions=[]), "(AWS::DynamoDB::Table): AttributeDefinitions was"),
        (_set("AWS::DynamoDB::Table", KeySchema=[]), "(AWS::DynamoDB::Table): KeySchema was"),
        (_moved("AWS::KMS::Key"), "(AWS::KMS::Key) has disappeared"),
        (_moved("AWS::KMS::Alias"), "(AWS::KMS::Alias) has disappeared"),
        (_moved("AWS::S3::Bucket", "Recordings"), "(AWS::S3::Bucket) has disappeared"),
        (_set("AWS::S3::Bucket", "Reports", BucketName="reports"), "(AWS::S3::Bucket): BucketName was null"),
        (_moved("AWS::Cognito::UserPool"), "(AWS::Cognito::UserPool) has disappeared"),
        (
            _set("AWS::Cognito::UserPool", UsernameConfiguration={"CaseSensitive": True}),
            "(AWS::Cognito::UserPool): UsernameConfiguration was",
        ),
        (_set("AWS::Cognito::UserPoolClient", GenerateSecret=True), "(AWS::Cognito::UserPoolClient): GenerateSecret"),
        (_moved("AWS::SecretsManager::Secret"), "(AWS::SecretsManager::Secret) has disappeared"),
        (_moved("AWS::ApiGatewayV2::Api"), "(AWS::ApiGatewayV2::Api) has disappeared"),
        (_taken_out("AWS::ApiGatewayV2::DomainName"), "(AWS::ApiGatewayV2::DomainName) has disappeared"),
        (_moved("AWS::SQS::Queue", "RecordingsToImportDeadLetters"), "(AWS::SQS::Queue) has disappeared"),
        (_moved("AWS::Logs::LogGroup", "FunctionsDesk"), "(AWS::Logs::LogGroup) has disappeared"),
        # A name that another resource still bears when the new one is made.
        (_moved("AWS::Lambda::Function", "FunctionsDesk"), "(AWS::Lambda::Function) has disappeared"),
        (_set("AWS::Lambda::Function", "FunctionsDesk", PackageType="Image"), "(AWS::Lambda::Function): PackageType"),
        (_moved("AWS::Scheduler::Schedule", "SchedulesSweep"), "(AWS::Scheduler::Schedule) has disappeared"),
        (_moved("AWS::ApiGatewayV2::Route", "HttpApiPOSTtelephony"), "(AWS::ApiGatewayV2::Route) has disappeared"),
        (_moved("AWS::Lambda::EventSourceMapping", "TriggersOutbox"), "EventSourceMapping) has disappeared"),
    ],
)
def test_what_would_be_lost_or_refused_is_named(
    aws: Template, tmp_path: Path, change: Callable[[Resources], None], told: str
) -> None:
    before = lasting(aws.path)
    (loss,) = losses(before, lasting(_with(aws, tmp_path, change)))
    assert told in loss


def test_what_changes_in_place_is_nobody_s_loss(aws: Template, tmp_path: Path) -> None:
    def change(resources: Resources) -> None:
        for resource in resources.values():
            resource["Metadata"] = {"looked at": "again"}
        _set("AWS::Lambda::Function", "FunctionsDesk", MemorySize=2048, Timeout=20)(resources)
        _set("AWS::SQS::Queue", "RecordingsToImportDeadLetters", MessageRetentionPeriod=3600)(resources)

    assert list(losses(lasting(aws.path), lasting(_with(aws, tmp_path, change)))) == []


def test_the_same_list_is_true_of_another_stage_and_host(aws: Template, tmp_path: Path) -> None:
    prefix = aws.path.name.removesuffix(".template.json")
    (host,) = (domain["DomainName"] for domain in aws.of_type("AWS::ApiGatewayV2::DomainName").values())
    elsewhere = tmp_path / "permanence-elsewhere-recette.template.json"
    text = aws.path.read_text().replace(prefix, "permanence-elsewhere-recette").replace(host, "essai.example.org")
    elsewhere.write_text(text)
    assert lasting(elsewhere) == lasting(aws.path)


def test_additions_alter_nothing_of_what_the_list_holds() -> None:
    past = {"AWS::S3::Bucket": {"Kept": {"BucketName": "then"}}}
    present = {"AWS::S3::Bucket": {"Kept": {"BucketName": "now"}, "New": {}}, "AWS::KMS::Key": {"Key": {}}}
    assert with_additions(past, present) == {
        "AWS::S3::Bucket": {"Kept": {"BucketName": "then"}, "New": {}},
        "AWS::KMS::Key": {"Key": {}},
    }
    assert list(unlisted(past, present)) == [
        f"{name} ({kind}) is not in infra/lasting.json: `make lasting` adds it."
        for name, kind in (("Key", "AWS::KMS::Key"), ("New", "AWS::S3::Bucket"))
    ]


def test_the_kinds_that_are_held_are_all_in_the_template(aws: Template) -> None:
    """A kind that was misspelt would hold nothing."""
    present = {resource["Type"] for resource in aws.body["Resources"].values()}
    assert present >= HOLDS_DATA_OR_IDENTITY | ONE_OF_ITS_KIND


def test_no_other_stack_needs_what_this_one_exports(aws: Template) -> None:
    """What another stack imports can neither change nor go: « Export … cannot be deleted as it is in use »."""
    assert not [name for name, output in aws.body["Outputs"].items() if "Export" in output]
    assert "Fn::ImportValue" not in json.dumps(aws.body)
