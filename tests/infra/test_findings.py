"""cdk-nag's rules for AWS solutions: whatever it finds is accepted here with a reason, or is a fault."""

import json
import re
from pathlib import Path

import pytest
from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.app import build
from infra.settings import read_settings
from tests.infra.synthesis import AWS_CONTEXT

ACCEPTED = {
    r"AwsSolutions-APIG4": "Pages check our own session, webhooks a signature: no authorizer knows either.",
    r"AwsSolutions-COG1": "Length counts more than symbols: twelve characters, and a second factor for everyone.",
    r"AwsSolutions-COG8": "The Plus plan adds risk scores of sign-ins that our own pages do not pass through.",
    r"AwsSolutions-IAM5\[Resource::<(Recordings|Reports|Reference)\w+\.Arn>/[\w/]*\*\]": "Objects of one bucket.",
    r"AwsSolutions-IAM5\[Resource::<Table\w+\.Arn>/stream/\*\]": "ListStreams knows no single stream.",
    r"AwsSolutions-L1": "Python 3.13 is what the dependency layers are built for.",
    r"AwsSolutions-S1": "Each reading of a recording is audited by ourselves, with its reason (R14).",
    r"AwsSolutions-SMG4": "The provider's tokens are rotated by hand at the provider; two are valid at once.",
}


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    outdir = tmp_path_factory.mktemp("findings")
    app = App(outdir=str(outdir), analytics_reporting=False)
    build(app, read_settings(AWS_CONTEXT, {}))
    Validations.of(app).add_plugins(AwsSolutionsChecks())
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    return _rules(outdir / "validation-report.json")


def _rules(report: Path) -> set[str]:
    (plugin,) = json.loads(report.read_text())["pluginReports"]
    return {violation["ruleName"] for violation in plugin["violations"]}


def test_every_finding_is_accepted_for_a_reason(findings: set[str]) -> None:
    assert [rule for rule in sorted(findings) if not any(re.fullmatch(pattern, rule) for pattern in ACCEPTED)] == []


def test_nothing_is_accepted_that_is_not_found(findings: set[str]) -> None:
    assert [pattern for pattern in ACCEPTED if not any(re.fullmatch(pattern, rule) for rule in findings)] == []
