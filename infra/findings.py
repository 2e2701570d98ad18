"""What cdk-nag's rules for AWS solutions find and we have weighed: accepted beside its resource, with the reason."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def accept(resource: IConstruct, finding: str, reason: str) -> None:
    """`finding` is no fault on this resource, and on no other: ``SMG4``, or ``IAM5[Resource::…]`` of several."""
    Validations.of(resource).acknowledge(Acknowledgment(id=f"AwsSolutions-{finding}", reason=reason))
