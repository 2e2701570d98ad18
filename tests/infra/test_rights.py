"""What each function may do, written out: the template is held to this page, not the other way round."""

from collections import defaultdict

import pytest

from tests.infra.synthesis import Template, label, listed

READ = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
WRITE = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"}
PROVIDER = {"ProviderSecret": {"secretsmanager:GetSecretValue"}}
SEND = {"sqs:SendMessage"}
CONSUME = {
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ChangeMessageVisibility",
}
RIGHTS = {
    "call_webhook": {"Table": READ | WRITE, **PROVIDER, "RecordingsToImport": SEND, "LateEvents": SEND},
    "sign_in": {
        "Table": READ | WRITE,
        "Users": {
            "cognito-idp:AdminInitiateAuth",
            "cognito-idp:AdminRespondToAuthChallenge",
            "cognito-idp:AdminGetUser",
            "cognito-idp:AdminListGroupsForUser",
            "cognito-idp:AdminSetUserMFAPreference",
        },
    },
    "team": {
        "Table": READ | WRITE,
        "Users": {
            "cognito-idp:AdminCreateUser",
            "cognito-idp:AdminAddUserToGroup",
            "cognito-idp:AdminSetUserPassword",
            "cognito-idp:AdminDeleteUser",
            "cognito-idp:AdminDisableUser",
            "cognito-idp:AdminEnableUser",
        },
    },
    "desk": {
        "Table": READ | WRITE,
        **PROVIDER,
        "Reference/*": {"s3:GetObject"},
        "RecordingsToImport": SEND,
    },
    "extranet": {
        "Table": READ | {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"},
        "Recordings/*": {"s3:GetObject"},
        "Reports/*": {"s3:GetObject"},
    },
    "mission": {"Table": READ | WRITE},
    "outbox_relay": {
        "Table": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"},
        "Table/stream/*": {"dynamodb:ListStreams"},
        "Outbox": SEND,
        "Deadlines": SEND,
        "FailedRuns": SEND,
    },
    "notify": {
        "Table": READ | WRITE,
        **PROVIDER,
        "MailDomain": {"ses:SendEmail", "ses:SendRawEmail"},
        "Reports/*": {"s3:GetObject"},
        "Outbox": CONSUME,
    },
    "astreinte_dispatch": {
        "Table": READ | WRITE,
        "Outbox": SEND,
        "Deadlines": SEND | CONSUME,
        "LateEvents": CONSUME,
        "FailedRuns": SEND,
    },
    "recording_import": {
        "Table": READ | WRITE,
        **PROVIDER,
        "Recordings": {"s3:ListBucketVersions"},  # an objection erases what is already stored (R14)
        "Recordings/*": {"s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"},
        "RecordingsToImport": CONSUME,
    },
    "reports": {
        "Table": READ | WRITE,
        "Reports/*": {"s3:GetObject", "s3:PutObject"},
        "Reference/*": {"s3:GetObject"},
        "FailedRuns": SEND,
    },
    "retention": {
        "Table": READ | WRITE | {"dynamodb:BatchWriteItem"},
        **PROVIDER,
        "Recordings": {"s3:ListBucketVersions"},
        "Reports": {"s3:ListBucketVersions"},
        "Recordings/*": {"s3:DeleteObject", "s3:DeleteObjectVersion"},
        "Reports/*": {"s3:DeleteObject", "s3:DeleteObjectVersion"},
        "Reports/certificates/*": {"s3:PutObject"},
        "Reference/*": {"s3:GetObject"},
        "FailedRuns": SEND,
    },
}
INDEXES = {f"Table/index/{name}" for name in ("month", "open", "due", "purge")}


def _rights(template: Template, function: str) -> dict[str, set[str]]:
    """Actions by resource, without what every function has: its own log, the data key."""
    rights: dict[str, set[str]] = defaultdict(set)
    for statement in template.statements_of_function(function):
        assert statement["Effect"] == "Allow"
        for resource in map(label, listed(statement["Resource"])):
            if resource in INDEXES or resource == "Key" or resource.endswith("Logs"):
                continue
            name = "MailDomain" if "MailDomain" in resource else resource
            rights[name] |= set(listed(statement["Action"]))
    return dict(rights)


def test_every_function_has_its_line_here(aws: Template) -> None:
    deployed = {function["FunctionName"] for function in aws.of_type("AWS::Lambda::Function").values()}
    assert deployed == {f"permanence-habitat70-{name.replace('_', '-')}" for name in RIGHTS}


@pytest.mark.parametrize("function", RIGHTS)
def test_a_function_may_do_exactly_this(aws: Template, function: str) -> None:
    assert _rights(aws, function) == RIGHTS[function]


def test_no_role_has_a_wildcard_action_or_every_resource(aws: Template) -> None:
    for policy in aws.of_type("AWS::IAM::Policy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            assert not [action for action in listed(statement["Action"]) if "*" in action]
            assert "*" not in listed(statement["Resource"])


def test_no_role_carries_a_managed_policy(aws: Template) -> None:
    for name, role in aws.of_type("AWS::IAM::Role").items():
        assert "ManagedPolicyArns" not in role, name


def test_nobody_may_scan_the_table(aws: Template) -> None:
    for function in RIGHTS:
        for statement in aws.statements_of_function(function):
            assert "dynamodb:Scan" not in listed(statement["Action"])


@pytest.mark.parametrize("function", ["sign_in", "team"])
def test_the_way_in_touches_sessions_the_register_and_the_audit_only(aws: Template, function: str) -> None:
    for statement in aws.statements_of_function(function):
        if any(action.startswith("dynamodb:") for action in listed(statement["Action"])):
            keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
            assert keys == ["S#*", "habitat70#USERS", "habitat70#AUD#*"]


def test_the_extranet_writes_the_audit_and_its_session_only(aws: Template) -> None:
    written = {
        action: statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        for statement in aws.statements_of_function("extranet")
        for action in listed(statement["Action"])
        if action in WRITE
    }
    assert written == {
        "dynamodb:PutItem": ["habitat70#AUD#*"],
        "dynamodb:UpdateItem": ["S#*"],
        "dynamodb:DeleteItem": ["S#*"],
    }


def test_the_data_key_serves_through_our_stores_only(aws: Template) -> None:
    for function in RIGHTS:
        for statement in aws.statements_of_function(function):
            if listed(statement["Action"])[0].startswith("kms:"):
                services = statement["Condition"]["StringEquals"]["kms:ViaService"]
                assert set(services) == {
                    f"{service}.eu-west-3.amazonaws.com" for service in ("dynamodb", "s3", "secretsmanager", "sqs")
                }


def test_each_function_gets_only_the_variables_it_needs(aws: Template) -> None:
    for function, rights in RIGHTS.items():
        variables = aws.function(function)["Environment"]["Variables"].keys()
        assert ("PROVIDER_SECRET_ID" in variables) == ("ProviderSecret" in rights), function
        assert ("USER_POOL_ID" in variables) == ("Users" in rights), function
        assert ("MAIL_SENDER" in variables) == (function in {"notify", "reports"}), function  # who sends, who writes
        assert ("RECORDINGS_BUCKET" in variables) == ("Recordings/*" in rights), function
        assert ("TABLE_NAME" in variables) == ("dynamodb:GetItem" in rights.get("Table", set())), function
