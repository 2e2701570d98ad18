"""What brings files by mail, in the template (R30, ADR 10)."""

import json
from typing import Any

from infra.received_mail import FOLDER
from tests.infra.synthesis import AWS, Template

ADDRESS = "referentiel@fichiers.permanence.example"


def only(aws: Template, kind: str) -> dict[str, Any]:
    ((name, properties),) = aws.of_type(kind).items()
    return {"name": name, **properties}


def bucket(aws: Template) -> tuple[str, dict[str, Any]]:
    ((name, properties),) = (
        (name, one) for name, one in aws.of_type("AWS::S3::Bucket").items() if name.startswith("Imports")
    )
    return name, dict(properties)


def test_what_is_sent_to_the_stage_s_address_is_written_below_its_folder_as_it_came(aws: Template) -> None:
    assert only(aws, "AWS::SES::ReceiptRuleSet")["RuleSetName"] == AWS.prefix
    rule = only(aws, "AWS::SES::ReceiptRule")["Rule"]
    assert rule["Recipients"] == [ADDRESS] == [AWS.import_address]
    assert (rule["Enabled"], rule["ScanEnabled"], rule["TlsPolicy"]) == (True, True, "Require")
    (action,) = rule["Actions"]
    role = action["S3Action"].pop("IamRoleArn")["Fn::GetAtt"][0]
    # No key of the mail service's own: what it encrypted itself, nobody here could read.
    assert action == {"S3Action": {"BucketName": {"Ref": bucket(aws)[0]}, "ObjectKeyPrefix": FOLDER}}
    (trust,) = aws.of_type("AWS::IAM::Role")[role]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "ses.amazonaws.com"}
    assert f":receipt-rule-set/{AWS.prefix}:receipt-rule/files" in json.dumps(trust["Condition"])
    assert "aws:SourceAccount" in json.dumps(trust["Condition"])


def test_the_mail_service_may_write_mails_and_nothing_else(aws: Template) -> None:
    (policy,) = (
        one
        for one in aws.of_type("AWS::IAM::Policy").values()
        if any(role["Ref"].startswith("ReceivedMail") for role in one["Roles"])
    )
    write, encrypt = policy["PolicyDocument"]["Statement"]
    name, _ = bucket(aws)
    assert write["Action"] == "s3:PutObject"
    assert write["Resource"] == {"Fn::Join": ["", [{"Fn::GetAtt": [name, "Arn"]}, "/mails/*"]]}
    assert encrypt["Action"] == "kms:GenerateDataKey"
    assert encrypt["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-west-3.amazonaws.com"}}


def test_the_bucket_tells_its_queue_of_each_mail_and_waits_until_it_may(aws: Template) -> None:
    name, properties = bucket(aws)
    (told,) = properties["NotificationConfiguration"]["QueueConfigurations"]
    queue = told["Queue"]["Fn::GetAtt"][0]
    assert queue.startswith("ReceivedMails")
    assert told["Event"] == "s3:ObjectCreated:*"
    assert told["Filter"] == {"S3Key": {"Rules": [{"Name": "prefix", "Value": FOLDER}]}}
    policies = [
        policy for policy, one in aws.of_type("AWS::SQS::QueuePolicy").items() if one["Queues"] == [{"Ref": queue}]
    ]
    assert set(policies) <= set(aws.body["Resources"][name]["DependsOn"])
    statements = aws.of_type("AWS::SQS::QueuePolicy")[policies[0]]["PolicyDocument"]["Statement"]
    (allowed,) = (one for one in statements if one["Effect"] == "Allow")
    assert allowed["Principal"] == {"Service": "s3.amazonaws.com"}
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    key = only(aws, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    assert any(one["Principal"] == {"Service": "s3.amazonaws.com"} for one in key)


def test_a_mail_is_kept_as_long_as_everything_with_a_name(aws: Template) -> None:
    rules = bucket(aws)[1]["LifecycleConfiguration"]["Rules"]
    assert [rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule] == [171]
