"""What a deployment must find again: the resources that hold data, identity or a name, against the committed list.

CloudFormation makes a resource anew, empty, when its logical id changes or one of the properties that its schema calls
create-only does; one with a name of its own it cannot even make anew, because the old one still bears the name.
`make lasting` adds to the list what it lacks. It alters and removes nothing: the line of what is renounced on purpose
is deleted by hand first.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from infra.settings import DATA_REGION, ROOT

LIST = ROOT / "infra" / "lasting.json"
ON_PURPOSE = "If that is meant, delete its line from infra/lasting.json, run `make lasting`, and say in the commit why."

HOLDS_DATA_OR_IDENTITY = frozenset(
    {
        "AWS::ApiGatewayV2::Api",
        "AWS::Cognito::UserPool",
        "AWS::Cognito::UserPoolClient",
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
    }
)
# AWS names these itself, and yet refuses a second one for the same host, route, or source and function.
ONE_OF_ITS_KIND = frozenset(
    {"AWS::ApiGatewayV2::ApiMapping", "AWS::ApiGatewayV2::Route", "AWS::Lambda::EventSourceMapping"}
)
# What schemas do not call create-only. A table is replaced when a definition is edited, and takes one new or one
# removed index in an update (CloudFormation's reference, AWS::DynamoDB::Table). Cognito refuses to change how a user
# is named (« Updates are not allowed for property - UsernameConfiguration ») and what a user's attributes are.
FIXED_BESIDES: Mapping[str, tuple[str, ...]] = {
    "AWS::Cognito::UserPool": ("AliasAttributes", "Schema", "UsernameAttributes", "UsernameConfiguration"),
    "AWS::DynamoDB::Table": ("AttributeDefinitions", "GlobalSecondaryIndexes"),
    "AWS::KMS::Key": ("KeySpec", "KeyUsage", "MultiRegion", "Origin"),
}

Lasting: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""By type, then by logical id: the properties that cannot change, where they are given."""


def lasting(template: Path) -> Lasting:
    """What a synthesized template holds that must last. The prefix of the stack and its host stand as `<prefix>` and
    `<host>`, so that one list is true of every landlord and stage."""
    body = json.loads(template.read_text("utf-8"))
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name, resource in body["Resources"].items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        if kind in HOLDS_DATA_OR_IDENTITY | ONE_OF_ITS_KIND or _is_named(kind, properties):
            fixed = {key: properties[key] for key in _fixed(kind) if key in properties}
            found.setdefault(kind, {})[name] = fixed
    for domain in found.get("AWS::ApiGatewayV2::DomainName", {}).values():
        domain["DomainName"] = "<host>"
    text = json.dumps(found).replace(template.name.removesuffix(".template.json"), "<prefix>")
    kept: Lasting = json.loads(text)
    return kept


def read_list() -> Lasting:
    listed: Lasting = json.loads(LIST.read_text("utf-8"))
    return listed


def losses(past: Lasting, present: Lasting) -> Iterator[str]:
    """What a deployment of `present` over `past` would lose, or be refused: one sentence each."""
    for kind, name, then in _entries(past):
        now = present.get(kind, {}).get(name)
        if now is None:
            yield (
                f"{name} ({kind}) has disappeared, or has another logical id: what it holds would be left behind, and "
                f"its name with it. {ON_PURPOSE}"
            )
            continue
        for key in sorted({*then, *now}):
            if then.get(key) != now.get(key):
                yield (
                    f"{name} ({kind}): {key} was {json.dumps(then.get(key))} and is {json.dumps(now.get(key))}: "
                    f"CloudFormation would make it anew, or refuse. {ON_PURPOSE}"
                )


def unlisted(past: Lasting, present: Lasting) -> Iterator[str]:
    """What no list protects yet: one sentence each."""
    for kind, name, _ in _entries(present):
        if name not in past.get(kind, {}):
            yield f"{name} ({kind}) is not in infra/lasting.json: `make lasting` adds it."


def written(entries: Lasting) -> str:
    """The list as text: sorted, one resource a line."""
    kinds = []
    for kind in sorted(entries):
        lines = (f"  {json.dumps(name)}: {json.dumps(fixed)}" for name, fixed in sorted(entries[kind].items()))
        kinds.append(f" {json.dumps(kind)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(kinds) + "\n}\n"


def with_additions(past: Lasting, present: Lasting) -> Lasting:
    """The list and what it lacks; what it holds stays as it was written."""
    return {kind: {**present.get(kind, {}), **past.get(kind, {})} for kind in {*past, *present}}


def _entries(entries: Lasting) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for kind in sorted(entries):
        for name, fixed in sorted(entries[kind].items()):
            yield kind, name, fixed


def _is_named(kind: str, properties: Mapping[str, Any]) -> bool:
    """Whether the template says by what name AWS knows the resource."""
    identifier = _properties_of(kind, "primaryIdentifier")
    return bool(identifier) and all(key in properties for key in identifier)


def _fixed(kind: str) -> list[str]:
    create_only = _properties_of(kind, "createOnlyProperties") | _properties_of(kind, "conditionalCreateOnlyProperties")
    return sorted({*create_only, *FIXED_BESIDES.get(kind, ())})


def _properties_of(kind: str, group: str) -> frozenset[str]:
    """The properties at the top that a resource's schema lists under `group`."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(DATA_REGION, kind).schema
    return frozenset(path.removeprefix("/properties/").partition("/")[0] for path in schema.get(group, ()))


def main() -> None:
    (template,) = (ROOT / "cdk.out").glob("*.template.json")
    past, present = read_list(), lasting(template)
    for sentence in losses(past, present):
        print(sentence, file=sys.stderr)
    LIST.write_text(written(with_additions(past, present)), "utf-8")


if __name__ == "__main__":
    main()
