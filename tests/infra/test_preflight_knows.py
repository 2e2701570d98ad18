"""What the pre-flight knows of the template."""

import json

from deployment.checks.bootstrap import LEAST_VERSION
from deployment.preflight import named
from tests.infra.synthesis import AWS, Template

# Properties by type; what bears no name of ours gets one of its own from CloudFormation. User pools and APIs may share
# a name, and a schedule goes with its group.
NAMES = {
    "AWS::ApiGatewayV2::DomainName": "DomainName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::IAM::Role": "RoleName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Scheduler::ScheduleGroup": "Name",
    "AWS::SecretsManager::Secret": "Name",
}


def test_each_name_that_could_be_taken_already_is_looked_for_before_a_deployment(aws: Template) -> None:
    given = {
        (kind, properties[name])
        for kind, name in NAMES.items()
        for properties in aws.of_type(kind).values()
        if name in properties
    }
    ours = named(AWS)
    assert given == {
        ("AWS::ApiGatewayV2::DomainName", ours.host),
        ("AWS::KMS::Alias", ours.alias),
        ("AWS::Scheduler::ScheduleGroup", ours.schedule_group),
        *(("AWS::Lambda::Function", function) for function in ours.functions),
        *(("AWS::Logs::LogGroup", group) for group in ours.log_groups),
    }


def test_an_account_is_prepared_by_no_older_cdk_than_the_template_asks_for(aws: Template) -> None:
    manifest = json.loads((aws.path.parent / "manifest.json").read_text())
    asked = [
        part["properties"].get("requiresBootstrapStackVersion")
        for part in manifest["artifacts"].values()
        if "properties" in part
    ]
    assert max(version for version in asked if version) == LEAST_VERSION
