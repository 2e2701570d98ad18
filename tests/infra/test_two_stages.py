"""Two stages of one landlord stand beside each other in one account, one of them deployed for the first time: recette,
and production untouched by it."""

import json
from collections.abc import Iterator

from tests.infra.cloudwatch import metric_of
from tests.infra.synthesis import AWS, Template

# Names that may be equal: each within something whose own name is not.
WITHIN = {
    ("AWS::ApiGatewayV2::Stage", "StageName"): "the API",
    ("AWS::CloudWatch::Alarm", "MetricName"): "the namespace, or a resource of the stage",
    ("AWS::CloudWatch::Alarm", "Namespace"): "AWS's own namespaces, told apart by a resource of the stage",
    ("AWS::Cognito::UserPoolGroup", "GroupName"): "the pool",
    ("AWS::IAM::Policy", "PolicyName"): "the role",
}

# How many functions run at once is the account's matter.
OF_THE_ACCOUNT = ("Throttles", "UnreservedConcurrentExecutions")


def _names(template: Template) -> Iterator[tuple[str, str, str]]:
    """Each name that the template gives: type, property, name."""
    for resource in template.body["Resources"].values():
        for field, value in resource.get("Properties", {}).items():
            if field.endswith(("Name", "Namespace")) and isinstance(value, str):
                yield resource["Type"], field, value


def test_no_name_of_one_stage_is_taken_by_another(aws: Template, specimen: Template) -> None:
    ours, theirs = set(_names(aws)), set(_names(specimen))
    assert {"AWS::Lambda::Function", "AWS::KMS::Alias", "AWS::ApiGatewayV2::DomainName"} <= {kind for kind, *_ in ours}
    assert {(kind, field) for kind, field, _ in ours & theirs} == WITHIN.keys()
    assert aws.path.name != specimen.path.name


def test_no_alarm_of_one_stage_rings_for_another(aws: Template, specimen: Template) -> None:
    """By the namespace of our own figures, or by a resource of the stage; but for what all stages share."""
    for template in (aws, specimen):
        prefix = template.path.name.removesuffix(".template.json")
        for name, alarm in template.of_type("AWS::CloudWatch::Alarm").items():
            watched = metric_of(alarm)
            own = [one for one in watched.get("Dimensions", ()) if not isinstance(one["Value"], str)]
            shared = watched["MetricName"] in OF_THE_ACCOUNT and "Dimensions" not in watched
            assert own or shared or watched["Namespace"] == prefix, name
        for function in template.of_type("AWS::Lambda::Function").values():
            assert function["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"] == prefix


def test_the_stack_exports_nothing_that_another_could_hold_it_by(aws: Template) -> None:
    assert AWS.prefix == aws.path.name.removesuffix(".template.json")  # the only stack
    assert [name for name, output in aws.body["Outputs"].items() if "Export" in output] == []


def test_nothing_refuses_to_be_taken_back_with_a_first_deployment_and_everything_does_later(
    aws: Template, specimen: Template
) -> None:
    for template, later in ((aws, True), (specimen, False)):
        (table,) = template.of_type("AWS::DynamoDB::Table").values()
        (pool,) = template.of_type("AWS::Cognito::UserPool").values()
        assert (table["DeletionProtectionEnabled"], pool["DeletionProtection"] == "ACTIVE") == (later, later)
        assembly = json.loads((template.path.parent / "manifest.json").read_text())
        stack = assembly["artifacts"][template.path.name.removesuffix(".template.json")]["properties"]
        assert stack.get("terminationProtection", False) is later
