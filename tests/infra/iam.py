"""What IAM says of requests: asked of the engine's evaluator, which has an interpreter of its own."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from infra.settings import DATA_REGION, LOCAL_ACCOUNT
from local.engine.asked_of_iam import USES_OF_THE_KEY
from local.engine.places import ENGINE_PYTHON
from tests.infra.recorded_requests import Recorded
from tests.infra.synthesis import Template, label, listed
from tests.infra.table_requests import weighed

# Signed by the caller's own token or challenge: IAM is not asked.
UNSIGNED = frozenset({"AssociateSoftwareToken", "VerifySoftwareToken", "ChangePassword"})
IDENTITIES = f"arn:aws:ses:{DATA_REGION}:{LOCAL_ACCOUNT}:identity/"
_EVALUATOR = """
import json, sys
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

told = json.load(sys.stdin)
policies = {name: [parse_policy_document({"Statement": one})] for name, one in told["policies"].items()}
for asked in told["asked"]:
    keys = {"dynamodb:leadingkeys": asked["keys"]} if asked["keys"] else {}
    keys |= {"kms:viaservice": asked["via"]} if asked["via"] else {}
    keys |= {"ses:fromaddress": asked["sender"]} if asked["sender"] else {}
    role = f"arn:aws:sts::{told['account']}:assumed-role/{asked['function']}/one"
    context = EvalContext(
        role, "AssumedRole", told["account"], asked["action"], asked["resource"], told["region"], service_context=keys
    )
    print(evaluate(context, policies[asked["function"]]).decision)
"""


@dataclass(frozen=True, slots=True)
class Question:
    """One action on one resource, named as in the template; `keys` are all the partition keys of its request, `via` is
    the service that asks for the data key on behalf of the function, `sender` whom a mail comes from."""

    function: str
    action: str
    resource: str
    keys: tuple[str, ...] = ()
    via: str = ""
    sender: str = ""


def questions(request: Recorded, names: Mapping[str, str]) -> Iterator[Question]:
    """What a request asks of IAM; `names` are those of the template by those in use. Raises KeyError on an operation
    that nobody has said the rights of."""
    yield from _of_the_request(request, names)
    for action in USES_OF_THE_KEY.get(request.service, ()):
        yield Question(
            request.function or "", f"kms:{action}", "Key", via=f"{request.service}.{DATA_REGION}.amazonaws.com"
        )


def _of_the_request(request: Recorded, names: Mapping[str, str]) -> Iterator[Question]:
    function, params = request.function or "", request.params
    match request.service, request.operation:
        case "dynamodb", operation:
            for one in weighed(operation, params):
                resource = "Table" + (f"/index/{one.index}" if one.index else "")
                yield Question(function, f"dynamodb:{one.action}", resource, tuple(sorted(one.keys)))
        case "s3", operation:
            yield from _of_objects(function, operation, names[params["Bucket"]], params)
        case "sqs", "SendMessageBatch":
            yield Question(function, "sqs:SendMessage", names[params["QueueUrl"]])
        case "secretsmanager", "GetSecretValue":
            yield Question(function, "secretsmanager:GetSecretValue", names[params["SecretId"]])
        case "sesv2", "SendEmail":
            yield from _of_a_mail(function, params["FromEmailAddress"])
        case "cognito-idp", operation if operation not in UNSIGNED:
            yield Question(function, f"cognito-idp:{operation}", names[params["UserPoolId"]])
        case "cognito-idp", _:
            return
        case other:
            raise KeyError(other)


def _of_objects(function: str, operation: str, bucket: str, params: Mapping[str, Any]) -> Iterator[Question]:
    match operation:
        case "PutObject" | "GetObject":
            yield Question(function, f"s3:{operation}", f"{bucket}/{params['Key']}")
        case "HeadObject":
            # Without the second, what is missing is refused.
            yield Question(function, "s3:GetObject", f"{bucket}/{params['Key']}")
            yield Question(function, "s3:ListBucket", bucket)
        case "ListObjectVersions":
            yield Question(function, "s3:ListBucketVersions", bucket)
        case "DeleteObjects":
            for version in params["Delete"]["Objects"]:
                action = "s3:DeleteObjectVersion" if "VersionId" in version else "s3:DeleteObject"
                yield Question(function, action, f"{bucket}/{version['Key']}")
        case other:
            raise KeyError(other)


def _of_a_mail(function: str, sender: str) -> Iterator[Question]:
    """Asked of the domain's identity, or of the address's own where somebody has verified that one."""
    for identity in (sender.partition("@")[2], sender):
        for action in ("SendEmail", "SendRawEmail"):
            yield Question(function, f"ses:{action}", f"{IDENTITIES}{identity}", sender=sender)


def policy(template: Template, function: str) -> list[dict[str, Any]]:
    """The statements of a function's role; resources by their names in the template."""
    return [
        {**statement, "Resource": [label(one) for one in listed(statement["Resource"])]}
        for statement in template.statements_of_function(function)
    ]


def refused(policies: Mapping[str, Sequence[Mapping[str, Any]]], asked: Sequence[Question]) -> set[Question]:
    """Those that no statement allows."""
    decisions = _evaluate(
        json.dumps(
            {
                "policies": policies,
                "asked": [asdict(one) for one in asked],
                "account": LOCAL_ACCOUNT,
                "region": DATA_REGION,
            }
        )
    )
    return {one for one, decision in zip(asked, decisions, strict=True) if decision != "Allow"}


@cache
def _evaluate(told: str) -> tuple[str, ...]:
    run = subprocess.run(
        [str(ENGINE_PYTHON), "-I", "-c", _EVALUATOR], input=told, capture_output=True, text=True, check=True
    )
    return tuple(run.stdout.split())
