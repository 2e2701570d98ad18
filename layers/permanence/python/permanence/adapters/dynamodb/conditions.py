"""Writes that the table makes only under a condition."""

from botocore.exceptions import ClientError


def is_unmet(error: ClientError) -> bool:
    """Whether a write was refused because its condition did not hold; anything else is an outage or our own fault."""
    return bool(error.response["Error"]["Code"] == "ConditionalCheckFailedException")
