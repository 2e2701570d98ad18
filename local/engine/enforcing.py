"""`python -m local.engine.enforcing`: the local AWS engine, refusing what AWS refuses.

ministack asks IAM of every request under AUTH=true; what its evaluation leaves out, and our policies stand on, is added
here before it starts. It runs under the engine's own interpreter, which has none of our packages."""

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

# Of this process only: a function that saw our folders would find in them what is missing from its layers.
os.environ.pop("PYTHONPATH", None)
os.environ["AUTH"] = "true"

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id
from ministack.services import apigateway, eventbridge, kms, lambda_svc, s3
from ministack.services.cloudformation import engine, provisioners

from local.engine.asked_of_iam import READS_A_SOURCE, USES_OF_THE_KEY, leading_keys

log = logging.getLogger("permanence.rights")
Answer = tuple[int, dict[str, str], bytes]


def name_the_partitions() -> None:
    """`dynamodb:LeadingKeys`, which bounds each function to its partitions of the table."""
    others: Callable[[bytes], dict[str, Any]] = iam_actions.dynamodb_service_context

    def context(body: bytes) -> dict[str, Any]:
        return {**others(body), "dynamodb:LeadingKeys": leading_keys(json.loads(body or b"{}"))}

    iam_actions.dynamodb_service_context = context


def take_plain_http_for_tls() -> None:
    """Buckets and queues refuse whoever comes without TLS; on one machine everybody does."""
    pin = app.pin_request_origin
    app.pin_request_origin = lambda address, _: pin(address, True)


def ask_for_the_data_key() -> None:
    """Each read and write of what is encrypted is also one of the key, in the caller's name and by way of the service.

    Every refusal is told in the engine's log: what a function makes of one does not always name it."""
    weigh = iam_evaluator.enforce

    def enforce(
        access_key: str,
        action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        if service == "sqs":
            action = action.removesuffix("Batch")  # a batch is the right to each of it
        refused = weigh(access_key, action, service, region, resource_arn, service_context)
        if (
            refused is None
            and not iam_evaluator.is_root_access_key(access_key)
            and (key := _key_of(service, resource_arn))
        ):
            via = {"kms:ViaService": f"{service}.{region}.amazonaws.com"}
            for action in (f"kms:{use}" for use in USES_OF_THE_KEY[service]):
                if refused := weigh(access_key, action, "kms", region, key, via):
                    break
        if isinstance(refused, iam_evaluator.EvalResult):
            log.warning(
                "refused: %s to %s on %s %s", action, refused.principal_arn, resource_arn, service_context or ""
            )
        return refused

    iam_evaluator.enforce = enforce


def remember_the_keys() -> None:
    """Which key a stack has its resources encrypted with: the engine does not keep it of most."""

    def remember(do: Callable[..., Any], place: tuple[str | int, ...]) -> Callable[..., Any]:
        def done(logical_id: str, props: Any, stack_name: str) -> Any:
            made, found = do(logical_id, props, stack_name), props
            try:
                for step in place:
                    found = found[step]
            except KeyError:  # encrypted with a key of the service's own
                return made
            _keys[_name(made[0])] = found
            return made

        return done

    for kind, place in _KEY_IN.items():
        handlers = provisioners._RESOURCE_HANDLERS[kind]
        handlers["create"] = remember(handlers["create"], place)


_KEY_IN: Mapping[str, tuple[str | int, ...]] = {
    "AWS::DynamoDB::Table": ("SSESpecification", "KMSMasterKeyId"),
    "AWS::SQS::Queue": ("KmsMasterKeyId",),
    "AWS::SecretsManager::Secret": ("KmsKeyId",),
    "AWS::S3::Bucket": (
        "BucketEncryption",
        "ServerSideEncryptionConfiguration",
        0,
        "ServerSideEncryptionByDefault",
        "KMSMasterKeyID",
    ),
}
_keys: dict[str, str] = {}


def _key_of(service: str, resource_arn: str) -> str | None:
    """The key that a table, a bucket, a queue or a secret is encrypted with."""
    return _keys.get(_name(resource_arn)) if service in USES_OF_THE_KEY else None


def _name(resource: str) -> str:
    """Of a table, a bucket, a queue or a secret, by its ARN, its address or its name."""
    if resource.startswith("http"):
        return resource.rsplit("/", 1)[-1]
    own = resource.split(":", 5)[-1]
    return own.removeprefix("table/").removeprefix("secret:").split("/")[0]


def refer_to_secrets_by_their_arn() -> None:
    """As `Ref` of CloudFormation does; the engine gives the name, which no policy of ours names."""
    resolve = engine._resolve_refs

    def resolve_refs(value: Any, resources: dict[str, Any], *others: Any) -> Any:
        if isinstance(value, dict) and "Ref" in value:
            referred = resources.get(value["Ref"], {})
            if referred.get("ResourceType") == "AWS::SecretsManager::Secret" and "Attributes" in referred:
                return referred["Attributes"]["Arn"]
        return resolve(value, resources, *others)

    engine._resolve_refs = resolve_refs


def hide_what_is_missing() -> None:
    """Who may not list a bucket is not told that an object is missing: S3 answers 403."""
    handle = s3.handle_request

    async def answer(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], **others: Any
    ) -> Answer:
        answered: Answer = await handle(method, path, headers, body, query, **others)
        if answered[0] == 404 and method in {"GET", "HEAD"}:
            bucket, key = s3._parse_bucket_key(path, headers)
            caller = iam_evaluator.resolve_principal(extract_access_key_id(headers, query), get_account_id())
            if key and not _may(caller, "s3:ListBucket", f"arn:aws:s3:::{bucket}"):
                refused: Answer = s3._error("AccessDenied", "Access Denied", 403, path)
                return refused
        return answered

    s3.handle_request = answer


def read_sources_by_the_role_of_the_function() -> None:
    """A queue or stream that the function's role may not read is not read; AWS does not even make such a mapping."""
    make, mappings = provisioners._lambda_esm_create, lambda_svc._iter_all_esms

    def missing(source: str, function: str) -> list[str]:
        record = lambda_svc._functions.get(function)
        role = _role(record["config"]["Role"])
        service = source.split(":")[2]
        denied = [action for action in READS_A_SOURCE[service] if not _may(role, action, source)]
        if (key := _key_of(service, source.partition("/stream/")[0])) and not _may(
            role, "kms:Decrypt", key, {"kms:viaservice": f"{service}.{get_region()}.amazonaws.com"}
        ):
            denied.append("kms:Decrypt")
        return denied

    def create(logical_id: str, props: Mapping[str, Any], stack_name: str) -> Any:
        function = provisioners._lambda_function_for_cfn_ref(props["FunctionName"])[1]
        if denied := missing(props["EventSourceArn"], function):
            raise ValueError(
                f"The function execution role does not have permissions to call {', '.join(denied)} "
                f"on {props['EventSourceArn']}"
            )
        return make(logical_id, props, stack_name)

    def readable() -> Iterator[tuple[str, str, dict[str, Any]]]:
        for account, region, mapping in mappings():
            if denied := missing(mapping["EventSourceArn"], mapping["FunctionName"]):
                log.warning(
                    "not read: %s, of which %s may not %s", mapping["EventSourceArn"], mapping["FunctionName"], denied
                )
            else:
                yield account, region, mapping

    provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]["create"] = create
    lambda_svc._iter_all_esms = readable


def run_schedules_by_their_role() -> None:
    """EventBridge Scheduler invokes a function in the name of the role of the schedule."""
    invoke = eventbridge._invoke_target

    def invoke_target(target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], *others: Any) -> None:
        if event["Source"] == "aws.scheduler" and not _may(
            _role(target["RoleArn"]), "lambda:InvokeFunction", target["Arn"]
        ):
            log.warning("not run: %s, whose role may not invoke %s", rule["Arn"], target["Arn"])
            return
        invoke(target, event, rule, *others)

    eventbridge._invoke_target = invoke_target


def open_only_the_doors_that_functions_permit() -> None:
    """The gateway invokes a function by the function's own policy, route by route."""
    invoke = apigateway._invoke_lambda_proxy

    async def invoke_proxy(
        integration: dict[str, Any], api_id: str, stage: str, path: str, method: str, *others: Any, **named: Any
    ) -> Any:
        function = apigateway._extract_lambda_ref_from_integration_uri(integration["integrationUri"])
        policy, owner = lambda_svc.function_policy_for_arn(function) or ({}, get_account_id())
        # The path as the route writes it, not as it was asked for: that is what a permission names.
        route = "/".join([method, *others[3].split(" /")[1:]])
        door = f"arn:aws:execute-api:{get_region()}:{owner}:{api_id}/{stage}/{route}"
        context = _context("*", "lambda:InvokeFunction", function, {"aws:sourcearn": door})
        allowed = iam_evaluator.evaluate_resource_policy(policy, context, service="apigateway.amazonaws.com")
        if allowed.decision != "Allow":
            log.warning("refused: lambda:InvokeFunction to %s on %s", door, function)
            return 500, {"Content-Type": "application/json"}, json.dumps({"message": "Internal Server Error"}).encode()
        return await invoke(integration, api_id, stage, path, method, *others, **named)

    apigateway._invoke_lambda_proxy = invoke_proxy


def _role(arn: str) -> Any:
    account, name = arn.split(":")[4], arn.rsplit("/", 1)[-1]
    session = f"arn:aws:sts::{account}:assumed-role/{name}/engine"
    return iam_evaluator.PrincipalInfo(
        session, "AssumedRole", account, iam_evaluator._gather_role_policies(name, account)
    )


def _may(principal: Any, action: str, resource: str, keys: Mapping[str, Any] | None = None) -> bool:
    """By the principal's own policies; the resource's count too where it is a key."""
    if principal.policies is None:
        return True
    context = _context(principal.arn, action, resource, keys or {})
    decided = iam_evaluator.evaluate(context, principal.policies)
    if action.startswith("kms:"):
        decided = iam_evaluator.combine_resource_policy(
            decided, context, *kms.key_policy_for_arn(resource), required=True
        )
    return bool(decided.decision == "Allow")


def _context(principal: str, action: str, resource: str, keys: Mapping[str, Any]) -> Any:
    return iam_evaluator.EvalContext(
        principal,
        "AssumedRole",
        get_account_id(),
        action,
        resource,
        get_region(),
        secure_transport=True,
        service_context=dict(keys),
    )


def main() -> None:
    name_the_partitions()
    take_plain_http_for_tls()
    ask_for_the_data_key()
    remember_the_keys()
    refer_to_secrets_by_their_arn()
    hide_what_is_missing()
    read_sources_by_the_role_of_the_function()
    run_schedules_by_their_role()
    open_only_the_doors_that_functions_permit()
    app.main()


if __name__ == "__main__":
    main()
