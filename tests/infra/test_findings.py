"""cdk-nag's rules for AWS solutions: what it finds is accepted beside its resource with a reason, or is a fault."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from aws_cdk import App, Validations

from infra.app import build
from tests.infra.synthesis import AWS, Template

Finding = tuple[str, str]  # the rule, and the path of a construct


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> set[Finding]:
    """What cdk-nag finds when nothing is accepted."""
    outdir = tmp_path_factory.mktemp("findings")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Validations, "acknowledge", lambda *_: None)
        build(app := App(outdir=str(outdir), analytics_reporting=False), AWS)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    (plugin,) = json.loads((outdir / "validation-report.json").read_text())["pluginReports"]
    return {
        (violation["ruleName"], construct["constructPath"])
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    }


@pytest.fixture(scope="module")
def accepted() -> list[tuple[Finding, str]]:
    """What each construct accepts, with the reason."""
    build(app := App(analytics_reporting=False), AWS)
    return list(_accepted(app))


def _accepted(app: App) -> Iterator[tuple[Finding, str]]:
    for construct in app.node.find_all():
        for entry in construct.node.metadata:
            if entry.type == Validations.ACKNOWLEDGED_RULES_METADATA_KEY:
                told: dict[str, Any] = entry.data
                for rule, reason in told.items():
                    yield (rule.removeprefix("Annotation::"), construct.node.path), reason


def test_nothing_is_found_that_is_not_accepted(aws: Template, findings: set[Finding]) -> None:
    assert findings
    assert aws  # synthesized: with one finding left, as above, it raises


def test_each_acceptance_answers_one_finding_on_its_own_resource_and_says_why(
    findings: set[Finding], accepted: list[tuple[Finding, str]]
) -> None:
    answered: list[Finding] = []
    for (rule, path), reason in accepted:
        own = (f"{path}/Resource", f"{path}/DefaultPolicy/Resource")
        (found,) = [finding for finding in findings if finding[0] == rule and finding[1] in own]
        answered.append(found)
        assert reason.endswith("."), path
    assert sorted(answered) == sorted(findings)
