"""The Lambda layers: our package, the contract, the static files, and one per group of dependencies."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import aws_lambda
from constructs import Construct

from infra.assets import build_static_files
from infra.contract import build_contract
from infra.dependencies import ship_dependencies
from infra.settings import ROOT, Settings
from infra.shipping import LAYER_PLACE, Shipped, ship_folder

PYTHON = aws_lambda.Runtime.PYTHON_3_13
ARCHITECTURE = aws_lambda.Architecture.ARM_64


@dataclass(frozen=True, slots=True)
class Layers:
    """Those below `static` carry packages. All but `base` and `imports` contain `pages`; a function takes one of them
    beside `base`."""

    permanence: aws_lambda.LayerVersion
    contract: aws_lambda.LayerVersion
    static: aws_lambda.LayerVersion
    base: aws_lambda.LayerVersion
    pages: aws_lambda.LayerVersion
    decisions: aws_lambda.LayerVersion
    desk: aws_lambda.LayerVersion
    imports: aws_lambda.LayerVersion
    reports: aws_lambda.LayerVersion
    sign_in: aws_lambda.LayerVersion
    team: aws_lambda.LayerVersion


def build_layers(scope: Construct, settings: Settings, contract: Mapping[str, Any]) -> Layers:
    def ours(name: str, folder: Path) -> aws_lambda.LayerVersion:
        return _layer(scope, name, ship_folder(folder, settings.target, LAYER_PLACE))

    def dependencies(group: str) -> aws_lambda.LayerVersion:
        name = "".join(word.capitalize() for word in group.split("-"))
        return _layer(scope, f"{name}Dependencies", ship_dependencies(group, settings.target))

    return Layers(
        permanence=ours("Permanence", ROOT / "layers" / "permanence"),
        contract=ours("Contract", build_contract(contract, "" if settings.is_local else settings.stage)),
        static=ours("StaticFiles", build_static_files()),
        base=dependencies("base"),
        pages=dependencies("pages"),
        decisions=dependencies("decisions"),
        desk=dependencies("desk"),
        imports=dependencies("imports"),
        reports=dependencies("reports"),
        sign_in=dependencies("sign-in"),
        team=dependencies("team"),
    )


def _layer(scope: Construct, name: str, shipped: Shipped) -> aws_lambda.LayerVersion:
    return aws_lambda.LayerVersion(
        scope,
        f"{name}Layer",
        code=shipped.code(),
        compatible_runtimes=[PYTHON],
        compatible_architectures=[ARCHITECTURE],
    )
