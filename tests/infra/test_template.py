"""Properties the local engine accepts and ignores, or that nobody would miss until the day they count."""

import json
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

from contracts.schema import load
from infra.http_api import NOWHERE, ROUTES
from infra.queues import INIT_S
from infra.settings import ROOT
from notify.live_services import PHONE_REQUEST_S, WITHIN_THE_LEASE
from permanence.application.dispatch.notifying import LEASE_S
from permanence.application.dispatch.sweeping import GRACE
from tests.functions.call_webhook.test_hung import FUNCTION_S
from tests.infra.cloudwatch import metric_of
from tests.infra.synthesis import Template, waking_alarms

RETENTION = load(ROOT / "contracts" / "habitat70")["retention"]


def _only(template: Template, kind: str) -> Any:
    (properties,) = template.of_type(kind).values()
    return properties


def test_the_table_is_on_demand_encrypted_recoverable_and_kept(aws: Template) -> None:
    table = _only(aws, "AWS::DynamoDB::Table")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": RETENTION["point_in_time_recovery"],
    }
    assert table["SSESpecification"]["KMSMasterKeyId"]["Fn::GetAtt"][0].startswith("Key")
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}


def test_the_table_has_the_four_sparse_indexes_of_the_data_model(aws: Template) -> None:
    indexes = {
        index["IndexName"]: (
            [(part["AttributeName"], part["KeyType"]) for part in index["KeySchema"]],
            index["Projection"]["ProjectionType"],
        )
        for index in _only(aws, "AWS::DynamoDB::Table")["GlobalSecondaryIndexes"]
    }
    assert indexes == {
        "month": ([("month_pk", "HASH"), ("month_sk", "RANGE")], "ALL"),
        "open": ([("open_pk", "HASH"), ("open_sk", "RANGE")], "ALL"),
        "due": ([("due_pk", "HASH"), ("due_sk", "RANGE")], "KEYS_ONLY"),
        "purge": ([("purge_pk", "HASH"), ("purge_sk", "RANGE")], "KEYS_ONLY"),
    }


def test_nothing_nominative_can_outlive_six_months_in_a_store(aws: Template) -> None:
    assert RETENTION["items"] + RETENTION["point_in_time_recovery"] + 3 <= 181
    for bucket, prefix in (("Recordings", None), ("Reports", "mails/"), ("Imports", None)):
        (properties,) = [p for name, p in aws.of_type("AWS::S3::Bucket").items() if name.startswith(bucket)]
        versions, current = properties["LifecycleConfiguration"]["Rules"]
        assert current["ExpirationInDays"] == RETENTION["items"] == 171
        assert current.get("Prefix") == prefix
        assert versions["NoncurrentVersionExpiration"] == {"NoncurrentDays": RETENTION["noncurrent_versions"]}
        assert "Prefix" not in versions
        assert versions["Status"] == current["Status"] == "Enabled"
    for name, group in aws.of_type("AWS::Logs::LogGroup").items():
        assert group["RetentionInDays"] == RETENTION["logs"] == 150, name


def test_buckets_are_private_versioned_encrypted_and_refuse_plain_http(aws: Template) -> None:
    buckets = aws.of_type("AWS::S3::Bucket")
    assert len(buckets) == 4
    for name, bucket in buckets.items():
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}, name
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, name
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms", name
        denied = [
            statement["Condition"]
            for policy in aws.of_type("AWS::S3::BucketPolicy").values()
            if policy["Bucket"] == {"Ref": name}
            for statement in policy["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Deny"
        ]
        assert {"Bool": {"aws:SecureTransport": "false"}} in denied, name


def test_data_stores_outlive_a_deleted_stack(aws: Template) -> None:
    kept = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Cognito::UserPool"}
    for name, resource in aws.body["Resources"].items():
        if resource["Type"] in kept:
            assert resource["UpdateReplacePolicy"] == "Retain", name
            # Not when the deployment that made them fails: it is taken back whole, and the next begins anew.
            assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name


def test_the_mail_domain_is_not_the_stack_s_to_make_or_to_delete(aws: Template) -> None:
    """It is verified before the first deployment, and may be the account's already, for other mails than ours."""
    assert aws.of_type("AWS::SES::EmailIdentity") == {}


def test_every_function_has_its_own_log_group_on_the_right_runtime(aws: Template) -> None:
    functions = aws.of_type("AWS::Lambda::Function")
    assert len(functions) == 14
    logs = {group.get("LogGroupName") for group in aws.of_type("AWS::Logs::LogGroup").values()}
    for function in functions.values():
        assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
        assert f"/aws/lambda/{function['FunctionName']}" in logs
        assert "Ref" in function["LoggingConfig"]["LogGroup"]


def test_every_queue_has_dead_letters_and_every_queue_is_encrypted(aws: Template) -> None:
    queues = aws.of_type("AWS::SQS::Queue")
    last_resorts = {name for name in queues if "DeadLetters" in name or name.startswith("FailedRuns")}
    assert len(queues) == 13
    for name, queue in queues.items():
        assert "KmsMasterKeyId" in queue, name
        if name not in last_resorts:
            assert queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] in last_resorts, name


def test_a_failed_send_is_tried_again_within_ten_seconds(aws: Template) -> None:
    queues = aws.of_type("AWS::SQS::Queue")
    visibility = {name: queue.get("VisibilityTimeout") for name, queue in queues.items()}
    (outbox,) = [v for name, v in visibility.items() if name.startswith("Outbox") and "DeadLetters" not in name]
    assert aws.function("notify")["Timeout"] + INIT_S <= outbox <= 10


def test_a_worker_that_died_has_lost_its_lease_when_its_message_comes_back(aws: Template) -> None:
    """Flow 2, from the real numbers: provider < lease < function, and function with its start ≤ visibility."""
    function_s = aws.function("notify")["Timeout"]
    mail_s = (WITHIN_THE_LEASE.connect_s + WITHIN_THE_LEASE.read_s) * WITHIN_THE_LEASE.attempts
    # Before it sends again it asks what was sent.
    assert max(2 * PHONE_REQUEST_S, mail_s) < LEASE_S < function_s


def test_the_webhook_lives_as_long_as_its_time_outs_were_added_up_for_and_dies_before_the_provider_gives_up(
    aws: Template,
) -> None:
    assert aws.function("call_webhook")["Timeout"] == FUNCTION_S < 15


def test_a_queue_hides_a_message_longer_than_its_function_takes_to_start_and_to_run(aws: Template) -> None:
    functions = aws.of_type("AWS::Lambda::Function")
    queues = aws.of_type("AWS::SQS::Queue")
    checked = 0
    for mapping in aws.of_type("AWS::Lambda::EventSourceMapping").values():
        source = mapping["EventSourceArn"]["Fn::GetAtt"][0]
        if source in queues:
            runs_s = functions[mapping["FunctionName"]["Ref"]]["Timeout"]
            assert queues[source]["VisibilityTimeout"] >= INIT_S + runs_s, source
            assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
            checked += 1
    assert checked == 6


def test_the_relay_is_woken_by_new_notices_and_timers_only(aws: Template) -> None:
    (mapping,) = [m for m in aws.of_type("AWS::Lambda::EventSourceMapping").values() if "StartingPosition" in m]
    patterns = [json.loads(entry["Pattern"]) for entry in mapping["FilterCriteria"]["Filters"]]
    assert patterns == [
        {"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": prefix}]}}}} for prefix in ("N#", "T#")
    ]


def test_schedules_follow_the_clock_of_those_who_wait_for_them_and_lose_no_run(aws: Template) -> None:
    schedules = {
        s["Name"].removeprefix("permanence-habitat70-"): s for s in aws.of_type("AWS::Scheduler::Schedule").values()
    }
    assert {name: schedule["ScheduleExpression"] for name, schedule in schedules.items()} == {
        "sweep": "rate(1 minute)",
        "end-of-period-morning": "cron(30 8 * * ? *)",
        "end-of-period-lunch": "cron(30 13 * * ? *)",
        "ended-periods": "cron(1/4 * * * ? *)",
        "monthly": "cron(0 6 3 * ? *)",
        "purge": "cron(0 2 * * ? *)",
        "held-recordings": "cron(0 3 * * ? *)",
    }
    # A night of 23 or 25 hours is nobody's there, and the same minutes of each hour are.
    in_utc = ("purge", "held-recordings", "ended-periods")
    for name, schedule in schedules.items():
        assert schedule["ScheduleExpressionTimezone"] == ("UTC" if name in in_utc else "Europe/Paris")
        assert schedule["Target"]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0].startswith("FailedRuns")
        # A call that Lambda does not take is tried again.
        retries = schedule["Target"]["RetryPolicy"]
        assert (retries["MaximumRetryAttempts"], retries["MaximumEventAgeInSeconds"]) == (5, 3600)


@pytest.mark.parametrize("function", ["astreinte_dispatch", "recording_import", "reports", "retention"])
def test_a_scheduled_run_that_fails_leaves_a_dead_letter(aws: Template, function: str) -> None:
    assert aws.function(function)["DeadLetterConfig"]["TargetArn"]["Fn::GetAtt"][0].startswith("FailedRuns")


def test_each_dead_letter_queue_and_each_silent_schedule_has_an_alarm_that_tells_someone(aws: Template) -> None:
    alarms = aws.of_type("AWS::CloudWatch::Alarm")
    watched = {
        dimension["Value"]["Fn::GetAtt"][0]
        for alarm in alarms.values()
        if metric_of(alarm)["MetricName"] == "ApproximateNumberOfMessagesVisible"
        for dimension in alarm["Dimensions"]
    }
    assert watched == {name for name in aws.of_type("AWS::SQS::Queue") if "DeadLetters" in name or "FailedRuns" in name}
    silent = [metric_of(a)["MetricName"] for a in alarms.values() if a["TreatMissingData"] == "breaching"]
    reports = ["LunchReportsRan", "MorningReportsRan"]
    assert sorted(silent) == ["HeldRecordingsRan", *reports, "PurgeRan", "SweepRan"]
    assert all(alarm["AlarmActions"] for alarm in alarms.values())


def _alarm(template: Template, name: str) -> tuple[str, Mapping[str, Any]]:
    """Its logical id and its properties."""
    (found,) = [
        item for item in template.of_type("AWS::CloudWatch::Alarm").items() if item[0].startswith(f"Alarms{name}")
    ]
    return found


def _dimensions(alarm: Mapping[str, Any]) -> dict[str, Any]:
    return {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}


@pytest.mark.parametrize(
    ("name", "metric"), [("NoticesNotLeaving", "OldestNoticeAge"), ("DeadlinesNotMet", "OldestDeadlineAge")]
)
def test_what_two_sweeps_have_not_mended_wakes_somebody(name: str, metric: str, aws: Template) -> None:
    logical_id, alarm = _alarm(aws, name)
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Period"]) == (metric, "Maximum", 60)
    grace_and_a_minute_s = GRACE.total_seconds() + 60
    assert grace_and_a_minute_s < alarm["Threshold"] < grace_and_a_minute_s + 60
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert logical_id in waking_alarms(aws)


def test_a_page_that_fails_does_not_wake_the_engineer_for_the_webhook(
    aws: Template,
) -> None:
    logical_id, webhook = _alarm(aws, "WebhookFails")
    dimensions = _dimensions(webhook)
    assert f"{dimensions['Method']} {dimensions['Resource']}" == "POST /telephony/{proxy+}"
    settings = _only(aws, "AWS::ApiGatewayV2::Stage")["RouteSettings"]["POST /telephony/{proxy+}"]
    assert settings["DetailedMetricsEnabled"] is True  # else its route has no metric, and the alarm never rings
    pages_id, pages = _alarm(aws, "ApiFails")
    assert _dimensions(pages).keys() == {"ApiId", "Stage"}
    assert {alarm["MetricName"] for alarm in (webhook, pages)} == {"5xx"}
    awake = waking_alarms(aws)
    assert (logical_id in awake, pages_id in awake) == (True, False)


def test_behind_a_host_of_its_own_the_gateways_own_address_is_closed(aws: Template) -> None:
    assert _only(aws, "AWS::ApiGatewayV2::Api")["DisableExecuteApiEndpoint"] is True


def test_a_host_can_be_pointed_at_us_even_at_the_apex_of_its_zone(aws: Template) -> None:
    """Where no CNAME may stand: an alias needs the zone of its target."""
    (host,) = aws.of_type("AWS::ApiGatewayV2::DomainName")
    outputs = {name: aws.body["Outputs"][name]["Value"] for name in ("HostTarget", "HostTargetZone")}
    assert outputs == {
        "HostTarget": {"Fn::GetAtt": [host, "RegionalDomainName"]},
        "HostTargetZone": {"Fn::GetAtt": [host, "RegionalHostedZoneId"]},
    }


def test_each_door_has_its_own_throttle(aws: Template) -> None:
    keys = {route["RouteKey"] for route in aws.of_type("AWS::ApiGatewayV2::Route").values()}
    settings = _only(aws, "AWS::ApiGatewayV2::Stage")["RouteSettings"]
    assert settings.keys() == keys == {route.key for route in (*ROUTES, NOWHERE)}
    assert all(setting["ThrottlingRateLimit"] > 0 for setting in settings.values())


def test_what_no_route_leads_to_is_answered_by_a_page_and_not_by_the_gateway(aws: Template) -> None:
    targets = {route["RouteKey"]: route["Target"] for route in aws.of_type("AWS::ApiGatewayV2::Route").values()}
    assert targets["$default"] == targets["GET /"]  # the way in, which has a page for it


def test_the_access_log_names_routes_and_never_paths_or_people(aws: Template) -> None:
    logged = _only(aws, "AWS::ApiGatewayV2::Stage")["AccessLogSettings"]["Format"]
    assert "$context.routeKey" in logged
    for secret in ("path", "sourceIp", "userAgent", "identity"):
        assert secret not in logged


def test_users_are_named_by_an_administrator_and_have_a_second_factor(aws: Template) -> None:
    pool = _only(aws, "AWS::Cognito::UserPool")
    assert pool["MfaConfiguration"] == "ON"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    groups = {group["GroupName"] for group in aws.of_type("AWS::Cognito::UserPoolGroup").values()}
    assert groups == {"teleconseiller", "superviseur", "habitat70"}
    client = _only(aws, "AWS::Cognito::UserPoolClient")
    assert "ALLOW_ADMIN_USER_PASSWORD_AUTH" in client["ExplicitAuthFlows"]
    assert "ALLOW_USER_PASSWORD_AUTH" not in client["ExplicitAuthFlows"]


def test_no_secret_is_in_the_template(aws: Template) -> None:
    for name, secret in aws.of_type("AWS::SecretsManager::Secret").items():
        assert "SecretString" not in secret, name
        assert "KmsKeyId" in secret, name


def test_cfn_lint_finds_nothing(aws: Template, local: Template) -> None:
    paths = [str(template.path) for template in (aws, local)]
    linted = subprocess.run(
        [str(ROOT / ".venv" / "bin" / "cfn-lint"), *paths], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (linted.returncode, linted.stdout) == (0, "")
