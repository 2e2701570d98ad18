"""The Lambda layers: our package, the contract, the static files, and one per group of dependencies."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import AssetHashType, aws_lambda
from constructs import Construct

from infra.assets import build_static_files
from infra.contract import build_contract
from infra.dependencies import build_dependencies
from infra.settings import ROOT, Settings

PYTHON = aws_lambda.Runtime.PYTHON_3_13
ARCHITECTURE = aws_lambda.Architecture.ARM_64
NOT_SHIPPED = ["**/__pycache__", "**/*.pyc", "**/.*"]


@dataclass(frozen=True, slots=True)
class Layers:
    """`reports` contains `web`: a function takes one or the other."""

    permanence: aws_lambda.LayerVersion
    contract: aws_lambda.LayerVersion
    static: aws_lambda.LayerVersion
    base: aws_lambda.LayerVersion
    web: aws_lambda.LayerVersion
    reports: aws_lambda.LayerVersion


def build_layers(scope: Construct, settings: Settings, contract: Mapping[str, Any]) -> Layers:
    def ours(name: str, folder: Path) -> aws_lambda.LayerVersion:
        return _layer(scope, name, aws_lambda.Code.from_asset(str(folder), exclude=NOT_SHIPPED))

    def dependencies(group: str) -> aws_lambda.LayerVersion:
        built = build_dependencies(group, settings.stage)
        code = aws_lambda.Code.from_asset(
            str(built.folder), asset_hash=built.fingerprint, asset_hash_type=AssetHashType.CUSTOM
        )
        return _layer(scope, f"{group.capitalize()}Dependencies", code)

    return Layers(
        permanence=ours("Permanence", ROOT / "layers" / "permanence"),
        contract=ours("Contract", build_contract(contract)),
        static=ours("StaticFiles", build_static_files()),
        base=dependencies("base"),
        web=dependencies("web"),
        reports=dependencies("reports"),
    )


def _layer(scope: Construct, name: str, code: aws_lambda.Code) -> aws_lambda.LayerVersion:
    return aws_lambda.LayerVersion(
        scope, f"{name}Layer", code=code, compatible_runtimes=[PYTHON], compatible_architectures=[ARCHITECTURE]
    )
