"""The CDK app: `cdk synth`, `cdk deploy`, and the local engine all start here."""

import os
import sys

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from contracts.schema import ContractError
from infra.assets import AssetError
from infra.contract import contract_of
from infra.reception import Reception
from infra.settings import Settings, SettingsError, read_settings

CONTEXT = ("landlord", "stage", "protected")


def build(app: App, settings: Settings) -> None:
    """Add the stack of one landlord's stage to the app. What is for AWS does not synthesize with a finding of cdk-nag
    that no `accept` beside its resource answers."""
    Reception(app, settings, contract_of(settings))
    if not settings.is_local:
        Validations.of(app).add_plugins(AwsSolutionsChecks())


def main() -> None:
    app = App(analytics_reporting=False)
    context = {name: app.node.try_get_context(name) for name in CONTEXT}
    build(app, read_settings({name: value for name, value in context.items() if value is not None}, os.environ))
    app.synth()


if __name__ == "__main__":
    try:
        main()
    except (SettingsError, ContractError, AssetError) as mistake:
        sys.exit(str(mistake))
