"""What AWS refuses for its size or number, and cfn-lint does not measure.

cfn-lint (`test_cfn_lint_finds_nothing`) holds the template's own size, resources and outputs, the length and pattern of
literal names, twice the same name, kept days, visibility below a function's time-out. Limits are those of each
service's quota page; a reference counts as the longest ARN that AWS could put in its place.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from infra.settings import ROOT
from tests.infra.synthesis import AWS, Template

ARN = "x" * 160  # a prefix of 40, the longest name that CloudFormation makes of a stack and a logical id, and its hash

NAME, LONGEST_STAGE = 64, "r" * 16
# Lambda: « Function resource-based policy 20 KB », « environment variables 4 KB » (gettingstarted-limits).
FUNCTION_POLICY, ENVIRONMENT = 20 * 1024, 4 * 1024
# IAM: 10,240 characters for all inline policies of a role together, white space not counted, and 2,048 for who may
# assume it (reference_iam-quotas).
ROLE_POLICIES, TRUST = 10_240, 2_048
# KMS: « Key policy document size 32 KB » (resource-limits). S3: 20 KB for a bucket's (bucket-policies).
KEY_POLICY, BUCKET_POLICY = 32 * 1024, 20 * 1024
# API Gateway: 300 routes and 300 integrations per API, an integration of at most 30 seconds (http-api-quotas).
# « Access log template size 3 KB ».
ROUTES, INTEGRATIONS, INTEGRATION_S, ACCESS_LOG = 300, 300, 30, 3 * 1024
# SQS as an event source: 10 messages at once, or 10,000 with a window; concurrency of 2 to 1,000 (with-sqs).
BATCH, BATCH_IN_A_WINDOW = 10, 10_000
# DynamoDB: 20 global secondary indexes for a table (ServiceQuotas).
INDEXES = 20


def _rendered(value: Any) -> Any:
    """A value of the template as AWS would see it at its longest."""
    match value:
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(str(_rendered(part)) for part in parts)
        case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::ImportValue": _} | {"Fn::Select": _}:
            return ARN
        case dict():
            return {key: _rendered(inner) for key, inner in value.items()}
        case list():
            return [_rendered(inner) for inner in value]
    return value


def _size(value: Any) -> int:
    """Characters of a document without white space between its parts."""
    return len(json.dumps(_rendered(value), separators=(",", ":"), ensure_ascii=False))


def _permissions(template: Template) -> Mapping[str, int]:
    """The size of each function's resource-based policy: a statement by permission, as AddPermission writes it."""
    sizes: dict[str, int] = {}
    for name, permission in template.of_type("AWS::Lambda::Permission").items():
        statement = {
            "Sid": f"{name}-0123456789AB",
            "Effect": "Allow",
            "Principal": {"Service": permission["Principal"]},
            "Action": permission["Action"],
            "Resource": ARN,
            "Condition": {"ArnLike": {"AWS:SourceArn": permission.get("SourceArn", "")}},
        }
        function = permission["FunctionName"]["Fn::GetAtt"][0]
        sizes[function] = sizes.get(function, 60) + _size(statement) + 1
    return sizes


def _policies(template: Template) -> Iterator[tuple[str, int]]:
    """Each role with the characters of all its inline policies."""
    for role, properties in template.of_type("AWS::IAM::Role").items():
        own = sum(_size(policy["PolicyDocument"]) for policy in properties.get("Policies", ()))
        attached = sum(
            _size(policy["PolicyDocument"])
            for policy in template.of_type("AWS::IAM::Policy").values()
            if {"Ref": role} in policy["Roles"]
        )
        yield role, own + attached


def test_the_longest_name_of_a_stage_leaves_room_for_every_name_of_ours(aws: Template) -> None:
    """Functions and schedules have 64 characters (CreateFunction, CreateSchedule), whoever the landlord is."""
    names = [function["FunctionName"] for function in aws.of_type("AWS::Lambda::Function").values()]
    names += [schedule["Name"] for schedule in aws.of_type("AWS::Scheduler::Schedule").values()]
    longest = max(len(name.removeprefix(AWS.prefix)) for name in names)
    for landlord in (ROOT / "contracts").glob("*/landlord.toml"):
        prefix = replace(AWS, landlord_id=landlord.parent.name, stage=LONGEST_STAGE).prefix
        assert len(prefix) + longest <= NAME, prefix


def test_a_role_says_what_it_allows_within_the_characters_of_iam(aws: Template) -> None:
    sizes = dict(_policies(aws))
    assert sizes
    assert {role: size for role, size in sizes.items() if not 0 < size <= ROLE_POLICIES} == {}
    trusts = {n: _size(p["AssumeRolePolicyDocument"]) for n, p in aws.of_type("AWS::IAM::Role").items()}
    assert {role: size for role, size in trusts.items() if size > TRUST} == {}


def test_the_routes_of_a_function_fit_in_its_policy(aws: Template) -> None:
    sizes = _permissions(aws)
    assert len(sizes) == 7
    assert {function: size for function, size in sizes.items() if size > FUNCTION_POLICY} == {}


def test_the_environment_of_a_function_fits(aws: Template) -> None:
    for name, function in aws.of_type("AWS::Lambda::Function").items():
        variables = _rendered(function["Environment"]["Variables"])
        assert sum(len(key) + len(value) for key, value in variables.items()) <= ENVIRONMENT, name


@pytest.mark.parametrize(
    ("kind", "document", "most"),
    [
        ("AWS::KMS::Key", "KeyPolicy", KEY_POLICY),
        ("AWS::S3::BucketPolicy", "PolicyDocument", BUCKET_POLICY),
    ],
)
def test_the_policy_of_a_resource_fits(aws: Template, kind: str, document: str, most: int) -> None:
    found = aws.of_type(kind)
    assert found
    assert {name: size for name, p in found.items() if (size := _size(p[document])) > most} == {}


def test_the_gateway_holds_all_routes_and_waits_for_all_functions(aws: Template) -> None:
    assert len(aws.of_type("AWS::ApiGatewayV2::Route")) <= ROUTES
    integrations = aws.of_type("AWS::ApiGatewayV2::Integration")
    assert len(integrations) <= INTEGRATIONS
    (stage,) = aws.of_type("AWS::ApiGatewayV2::Stage").values()
    assert len(stage["AccessLogSettings"]["Format"]) <= ACCESS_LOG
    functions = aws.of_type("AWS::Lambda::Function")
    for integration in integrations.values():
        function = functions[integration["IntegrationUri"]["Fn::GetAtt"][0]]
        assert function["Timeout"] < INTEGRATION_S, function["FunctionName"]


def test_queues_hand_out_as_many_messages_as_lambda_takes(aws: Template) -> None:
    queues = aws.of_type("AWS::SQS::Queue")
    for name, mapping in aws.of_type("AWS::Lambda::EventSourceMapping").items():
        if mapping["EventSourceArn"]["Fn::GetAtt"][0] in queues:
            most = BATCH_IN_A_WINDOW if mapping.get("MaximumBatchingWindowInSeconds") else BATCH
            assert mapping.get("BatchSize", BATCH) <= most, name
            assert 2 <= mapping.get("ScalingConfig", {}).get("MaximumConcurrency", 2) <= 1000, name


def test_a_dead_letter_is_kept_longer_than_its_queue_keeps_a_message(aws: Template) -> None:
    """Its age counts from the day it was first sent, on the other queue (setting-up-dead-letter-queue-retention)."""
    queues = aws.of_type("AWS::SQS::Queue")
    default_s = 4 * 24 * 3600
    redriven = {
        n: q["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] for n, q in queues.items() if "RedrivePolicy" in q
    }
    assert redriven
    for name, last_resort in redriven.items():
        kept_s = [queues[queue].get("MessageRetentionPeriod", default_s) for queue in (name, last_resort)]
        assert kept_s[0] < kept_s[1], name


def test_the_table_has_no_more_indexes_than_it_may(aws: Template) -> None:
    (table,) = aws.of_type("AWS::DynamoDB::Table").values()
    assert len(table["GlobalSecondaryIndexes"]) <= INDEXES


def test_every_schedule_hands_on_a_small_message(aws: Template) -> None:
    """A function woken without waiting for its answer takes 256 KB (gettingstarted-limits)."""
    for name, schedule in aws.of_type("AWS::Scheduler::Schedule").items():
        assert len(schedule["Target"]["Input"]) <= 256 * 1024, name
