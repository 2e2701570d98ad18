"""What each function may do, written out: the template is held to this page, not the other way round."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pytest

from infra.table_rights import TABLE_RIGHTS
from tests.infra.iam import IDENTITIES
from tests.infra.synthesis import Template, label, listed
from tests.infra.table_requests import LANDLORD


def _table(actions: str) -> set[str]:
    return {f"dynamodb:{action}" for action in actions.split()}


DECIDES = _table("GetItem PutItem")
ACCOUNTS = _table("GetItem BatchGetItem PutItem UpdateItem DeleteItem")
READS = _table("GetItem BatchGetItem Query")
PROVIDER = {"ProviderSecret": {"secretsmanager:GetSecretValue"}}
SEND = {"sqs:SendMessage"}
CONSUME = {
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ChangeMessageVisibility",
}
RIGHTS = {
    "call_webhook": {
        "Table": DECIDES | _table("Query UpdateItem"),
        **PROVIDER,
        "RecordingsToImport": SEND,
        "LateEvents": SEND,
    },
    "sign_in": {
        "Table": ACCOUNTS,
        "Users": {
            "cognito-idp:AdminInitiateAuth",
            "cognito-idp:AdminRespondToAuthChallenge",
            "cognito-idp:AdminGetUser",
            "cognito-idp:AdminListGroupsForUser",
            "cognito-idp:AdminSetUserMFAPreference",
        },
    },
    "team": {
        "Table": ACCOUNTS | _table("Query"),
        "Users": {
            "cognito-idp:AdminCreateUser",
            "cognito-idp:AdminAddUserToGroup",
            "cognito-idp:AdminSetUserPassword",
            "cognito-idp:AdminDeleteUser",
            "cognito-idp:AdminDisableUser",
            "cognito-idp:AdminEnableUser",
            "cognito-idp:AdminUpdateUserAttributes",
            "cognito-idp:AdminRemoveUserFromGroup",
        },
    },
    "decisions": {
        "Table": _table("GetItem BatchGetItem Query PutItem UpdateItem"),
        "Reference/*": {"s3:GetObject", "s3:PutObject"},
        "Imports": {"s3:ListBucket"},  # or what has been erased would be refused as if a right were lost
        "Imports/*": {"s3:GetObject", "s3:PutObject"},
        "FilesToRead": SEND,
    },
    "imports": {
        "Table": _table("GetItem Query PutItem UpdateItem"),
        "Imports": {"s3:ListBucket"},
        "Imports/*": {"s3:GetObject", "s3:PutObject"},
        "Reference/*": {"s3:GetObject", "s3:PutObject"},
        "Reports/mails/*": {"s3:PutObject"},  # the answer to who sent files by mail
        "FilesToRead": SEND | CONSUME,
        "ReceivedMails": CONSUME,
    },
    "desk": {
        "Table": READS | _table("PutItem UpdateItem"),
        **PROVIDER,
        "Reference/*": {"s3:GetObject"},
        "RecordingsToImport": SEND,
    },
    "extranet": {
        "Table": READS | _table("PutItem UpdateItem"),
        "Recordings": {"s3:ListBucket"},  # or what has expired would be refused as if a right were lost
        "Reports": {"s3:ListBucket"},
        "Recordings/*": {"s3:GetObject"},
        "Reports/*": {"s3:GetObject"},
    },
    "mission": {"Table": DECIDES},
    "outbox_relay": {
        "Table": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"},
        "Table/stream/*": {"dynamodb:ListStreams"},
        "Outbox": SEND,
        "Deadlines": SEND,
        "FailedRuns": SEND,
    },
    "notify": {
        "Table": DECIDES | _table("Query UpdateItem"),
        **PROVIDER,
        f"{IDENTITIES}*": {"ses:SendEmail", "ses:SendRawEmail"},
        "Reports/*": {"s3:GetObject"},
        "Reference/*": {"s3:GetObject"},
        "Outbox": CONSUME,
    },
    "astreinte_dispatch": {
        "Table": DECIDES | _table("Query UpdateItem DeleteItem"),
        "Outbox": SEND,
        "Deadlines": SEND | CONSUME,
        "LateEvents": CONSUME,
        "FailedRuns": SEND,
    },
    "recording_import": {
        "Table": _table("Query UpdateItem"),
        **PROVIDER,
        "Recordings": {"s3:ListBucketVersions"},  # an objection erases what is already stored (R14)
        "Recordings/*": {"s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"},
        "RecordingsToImport": SEND | CONSUME,
        "FailedRuns": SEND,
    },
    "reports": {
        "Table": DECIDES | _table("BatchGetItem Query"),
        "Reports/*": {"s3:GetObject", "s3:PutObject"},
        "Reference/*": {"s3:GetObject"},
        "FailedRuns": SEND,
    },
    "retention": {
        "Table": _table("GetItem BatchGetItem Query PutItem UpdateItem DeleteItem BatchWriteItem"),
        **PROVIDER,
        "Recordings": {"s3:ListBucketVersions"},
        "Reports": {"s3:ListBucketVersions"},
        "Imports": {"s3:ListBucketVersions"},
        "Reference": {"s3:ListBucketVersions"},
        "Recordings/*": {"s3:DeleteObject", "s3:DeleteObjectVersion"},
        "Reports/*": {"s3:DeleteObject", "s3:DeleteObjectVersion"},
        "Imports/*": {"s3:DeleteObject", "s3:DeleteObjectVersion"},
        "Reports/certificates/*": {"s3:PutObject"},
        "Reference/*": {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"},
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
            rights[resource] |= set(listed(statement["Action"]))
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


def _leading_keys(statement: Mapping[str, Any]) -> set[str]:
    return set(statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])


def _grants(template: Template, function: str) -> dict[str, set[str]]:
    """What may be asked of the table, with the partition keys each of it is bounded by."""
    grants: dict[str, set[str]] = defaultdict(set)
    for statement in template.statements_of_function(function):
        for action in listed(statement["Action"]):
            if action.startswith("dynamodb:") and not action.endswith(("Stream", "Streams", "Records", "Iterator")):
                for resource in map(label, listed(statement["Resource"])):
                    what = f"{action.removeprefix('dynamodb:')} {resource}"
                    grants[what] |= _leading_keys(statement)
    return dict(grants)


CALLS, MISSIONS, LINKS, IN_FORCE = "habitat70#CALL#*", "habitat70#MC#*", "LINK#*", "habitat70#REF"
JOBS = "habitat70#JOB#*"
OF_ANYBODY = {
    "call_webhook": {
        "GetItem Table": {MISSIONS, IN_FORCE},
        "Query Table": {CALLS},
        "PutItem Table": {MISSIONS, LINKS},
        "UpdateItem Table": {CALLS, MISSIONS, JOBS},
    },
    "mission": {"GetItem Table": {MISSIONS, LINKS}, "PutItem Table": {MISSIONS, LINKS}},
}


@pytest.mark.parametrize("function", OF_ANYBODY)
def test_what_anybody_reaches_touches_its_own_items_by_their_key_only(aws: Template, function: str) -> None:
    assert _grants(aws, function) == OF_ANYBODY[function]


@pytest.mark.parametrize("function", sorted(RIGHTS.keys() - {"outbox_relay"}))
def test_the_template_grants_of_the_table_what_the_requests_of_functions_are_held_to(
    aws: Template, function: str
) -> None:
    """Statement by statement: what two of them grant, IAM does not grant together."""
    granted = {
        (action, label(statement["Resource"]), frozenset(_leading_keys(statement)))
        for statement in aws.statements_of_function(function)
        if "ForAllValues:StringLike" in statement.get("Condition", {})
        for action in listed(statement["Action"])
    }
    assert granted == {
        (
            f"dynamodb:{action}",
            "Table" + (f"/index/{grant.index}" if grant.index else ""),
            frozenset(grant.keys_of(LANDLORD)),
        )
        for grant in TABLE_RIGHTS[function]
        for action in grant.actions
    }


@pytest.mark.parametrize("function", ["sign_in", "team"])
def test_the_way_in_touches_sessions_the_register_and_the_audit_only(aws: Template, function: str) -> None:
    keys = set().union(*_grants(aws, function).values())
    assert keys == {"S#*", "habitat70#USERS", "habitat70#AUD#*"}


def test_the_extranet_writes_the_audit_and_its_session_only(aws: Template) -> None:
    grants = _grants(aws, "extranet")
    written = {
        what: keys for what, keys in grants.items() if what.split()[0] in ("PutItem", "UpdateItem", "DeleteItem")
    }
    assert written == {
        "PutItem Table": {"habitat70#AUD#*"},
        "UpdateItem Table": {"S#*"},
    }


FILES = {"habitat70#IMP", "habitat70#COLUMNS"}


def test_the_reading_of_files_proposes_and_puts_nothing_in_force(aws: Template) -> None:
    grants = _grants(aws, "imports")
    mails = {"habitat70#MAIL", "habitat70#JOB#*"}
    assert grants["PutItem Table"] == {"habitat70#DOC#*", "habitat70#IMP", "habitat70#AUD#*", *mails}
    assert grants["UpdateItem Table"] == {"habitat70#DOC#*", "habitat70#IMP"}


def test_the_decisions_write_what_is_in_force_the_audit_and_their_session_only(aws: Template) -> None:
    grants = _grants(aws, "decisions")
    written = {what: keys for what, keys in grants.items() if what.split()[0] in ("PutItem", "UpdateItem")}
    assert written == {
        "PutItem Table": {"habitat70#DOC#*", IN_FORCE, "habitat70#AUD#*", *FILES},
        "UpdateItem Table": {"habitat70#DOC#*", IN_FORCE, "S#*", "habitat70#IMP"},
    }


@pytest.mark.parametrize(
    "function", sorted(RIGHTS.keys() - {"sign_in", "team", "retention", "extranet", "decisions", "imports"})
)
def test_nobody_else_can_write_an_account_or_the_register(aws: Template, function: str) -> None:
    grants = _grants(aws, function)
    assert not [
        what
        for what, keys in grants.items()
        if what.split()[0] in ("PutItem", "UpdateItem", "BatchWriteItem")
        and keys & {"habitat70#USERS", "habitat70#AUD#*"}
    ]


def test_the_data_key_serves_through_our_stores_only(aws: Template) -> None:
    for function in RIGHTS:
        for statement in aws.statements_of_function(function):
            if listed(statement["Action"])[0].startswith("kms:"):
                services = statement["Condition"]["StringEquals"]["kms:ViaService"]
                assert set(services) == {
                    f"{service}.eu-west-3.amazonaws.com" for service in ("dynamodb", "s3", "secretsmanager", "sqs")
                }


def test_alarms_reach_their_topics_which_are_encrypted_with_the_data_key(aws: Template) -> None:
    topics = aws.of_type("AWS::SNS::Topic").values()
    assert [label(topic["KmsMasterKeyId"]) for topic in topics] == ["Key", "Key"]
    (key,) = aws.of_type("AWS::KMS::Key").values()
    services = {
        statement["Principal"]["Service"]: set(listed(statement["Action"]))
        for statement in key["KeyPolicy"]["Statement"]
        if statement["Effect"] == "Allow" and "Service" in statement["Principal"]
    }
    use = {"kms:Decrypt", "kms:GenerateDataKey"}
    assert services == {"cloudwatch.amazonaws.com": use, "s3.amazonaws.com": use}  # S3 tells the queue of mails


def test_roles_may_use_the_data_key_as_their_own_policies_say(aws: Template) -> None:
    """A key policy that does not let the account decide denies all roles, whatever theirs grant."""
    (key,) = aws.of_type("AWS::KMS::Key").values()
    (whole,) = (one for one in key["KeyPolicy"]["Statement"] if one["Action"] == "kms:*")
    assert (whole["Effect"], whole["Resource"], "Condition" in whole) == ("Allow", "*", False)
    assert label(whole["Principal"]["AWS"]).endswith(":root")


def test_schedules_invoke_what_they_wake_and_leave_what_failed(aws: Template) -> None:
    (role,) = (
        name
        for name, role in aws.of_type("AWS::IAM::Role").items()
        if role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "scheduler.amazonaws.com"}
    )
    allowed: dict[str, set[str]] = defaultdict(set)
    for statement in aws.statements_of_role(role):
        for action in listed(statement["Action"]):
            allowed[action] |= {label(resource) for resource in listed(statement["Resource"])}
    schedules = aws.of_type("AWS::Scheduler::Schedule").values()
    assert {label(schedule["Target"]["RoleArn"]) for schedule in schedules} == {label({"Ref": role})}
    assert allowed == {
        "lambda:InvokeFunction": {label(schedule["Target"]["Arn"]) for schedule in schedules},
        "sqs:SendMessage": {"FailedRuns"},
        "kms:Decrypt": {"Key"},
        "kms:GenerateDataKey": {"Key"},
    }


def test_each_function_gets_only_the_variables_it_needs(aws: Template) -> None:
    for function, rights in RIGHTS.items():
        variables = aws.function(function)["Environment"]["Variables"].keys()
        assert ("PROVIDER_SECRET_ID" in variables) == ("ProviderSecret" in rights), function
        assert ("USER_POOL_ID" in variables) == ("Users" in rights), function
        assert ("MAIL_SENDER" in variables) == (function in {"imports", "notify", "reports"}), (
            function
        )  # who sends, who write
        assert ("RECORDINGS_BUCKET" in variables) == ("Recordings/*" in rights), function
        assert ("TABLE_NAME" in variables) == (function in TABLE_RIGHTS), function
