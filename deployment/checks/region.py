"""The data is kept in one region (R73)."""

from deployment.finding import Finding
from infra.settings import DATA_REGION


def region_findings(region: str | None) -> list[Finding]:
    """`region` is what the environment or the profile says, None when they say nothing."""
    if region == DATA_REGION:
        return []
    said = f"names {region}" if region else "names no region"
    return [
        Finding(
            f"The environment {said}, and Permanence is deployed to {DATA_REGION} only (R73).",
            f"export AWS_REGION={DATA_REGION}",
        )
    ]
