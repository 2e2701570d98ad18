"""Templates of both targets, and how tests read them."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aws_cdk import App

from infra.app import build
from infra.settings import LOCAL_ACCOUNT, ROOT, Settings, read_settings

PREFIX = "permanence-habitat70"
LOCAL = read_settings({"stage": "local"}, {})
# One account, mail domain and alarm address for both targets: only then can their templates be compared.
AWS = replace(
    LOCAL,
    target="aws",
    stage="production",
    public_host="permanence.example.fr",
    certificate_arn="arn:aws:acm:eu-west-3:111122223333:certificate/0a1b2c3d",
    protected=True,
)


@dataclass(frozen=True, slots=True)
class Template:
    """A synthesized template; `path` is its file."""

    path: Path
    body: Mapping[str, Any]

    def of_type(self, kind: str) -> dict[str, Mapping[str, Any]]:
        """Properties by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.body["Resources"].items()
            if resource["Type"] == kind
        }

    def function(self, name: str) -> Mapping[str, Any]:
        """Properties of the function whose folder is `name`."""
        wanted = f"{PREFIX}-{name.replace('_', '-')}"
        found = [p for p in self.of_type("AWS::Lambda::Function").values() if p["FunctionName"] == wanted]
        assert len(found) == 1, f"{wanted}: {len(found)} functions"
        return found[0]

    def layers_of(self, name: str) -> list[str]:
        """Logical ids of the layers of a function, in their order."""
        return [layer["Ref"] for layer in self.function(name)["Layers"]]

    def folders_of(self, name: str) -> list[Path]:
        """Where a function finds modules: its own folder as it ships, then those of its layers."""
        layers = self.of_type("AWS::Lambda::LayerVersion")
        contents = [layers[layer]["Content"] for layer in self.layers_of(name)]
        return [self.asset(self.function(name)["Code"]), *(self.asset(content) / "python" for content in contents)]

    def asset(self, content: Mapping[str, Any]) -> Path:
        """The folder that is zipped for the content of a layer or the code of a function."""
        return self.path.parent / f"asset.{content['S3Key'].removesuffix('.zip')}"

    def statements_of_role(self, role: str) -> Iterator[Mapping[str, Any]]:
        for policy in self.of_type("AWS::IAM::Policy").values():
            if {"Ref": role} in policy["Roles"]:
                yield from policy["PolicyDocument"]["Statement"]

    def statements_of_function(self, name: str) -> Iterator[Mapping[str, Any]]:
        return self.statements_of_role(self.function(name)["Role"]["Fn::GetAtt"][0])


def synthesize(settings: Settings, outdir: Path) -> Template:
    """The template of the one stack."""
    flags = json.loads((ROOT / "cdk.json").read_text())["context"]
    build(app := App(outdir=str(outdir), context=flags, analytics_reporting=False), settings)
    app.synth()
    (file,) = outdir.glob("*.template.json")
    return Template(file, json.loads(file.read_text()))


def waking_alarms(template: Template) -> set[str]:
    """Logical ids of the alarms that wake somebody: each by itself, whatever rings already."""
    (wakes,) = (name for name in template.of_type("AWS::SNS::Topic") if name.startswith("AlarmsWakeUp"))
    alarms = template.of_type("AWS::CloudWatch::Alarm")
    return {name for name, alarm in alarms.items() if alarm["AlarmActions"] == [{"Ref": wakes}]}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def label(resource: Any) -> str:
    """A resource of a policy in words: the logical id without CDK's hash, and what follows it."""
    match resource:
        case {"Ref": "AWS::AccountId"}:
            return LOCAL_ACCOUNT
        case {"Fn::GetAtt": [name, _]} | {"Ref": name}:
            return re.sub(r"[0-9A-F]{8}$", "", name)
        case {"Fn::Join": ["", parts]}:
            return "".join(part if isinstance(part, str) else label(part) for part in parts)
        case str():
            return resource
    raise AssertionError(f"unexpected resource in a policy: {resource}")
