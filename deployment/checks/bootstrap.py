"""CDK puts code and roles into an account once, before anything is deployed to it."""

from typing import Any

from deployment.finding import Finding

VERSION = "/cdk-bootstrap/hnb659fds/version"
# What aws-cdk-lib asks for in the manifest of a synthesis.
LEAST_VERSION = 6


def bootstrap_findings(ssm: Any) -> list[Finding]:
    try:
        version = int(ssm.get_parameter(Name=VERSION)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return [Finding("The account has never been prepared for CDK in this region.", "make bootstrap")]
    if version < LEAST_VERSION:
        return [
            Finding(
                f"The account was prepared by an older CDK: version {version}, and {LEAST_VERSION} is needed.",
                "make bootstrap",
            )
        ]
    return []
