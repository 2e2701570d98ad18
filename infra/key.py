"""One customer-managed key for everything nominative: destroying it destroys the data (R76)."""

from aws_cdk import Aws, RemovalPolicy, aws_iam, aws_kms
from constructs import Construct

from infra.settings import Settings


def data_key(scope: Construct, settings: Settings) -> aws_kms.Key:
    key = aws_kms.Key(
        scope,
        "Key",
        alias=f"alias/{settings.prefix}",
        description=f"Permanence, data of {settings.landlord_id}",
        enable_key_rotation=True,
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    key.add_to_resource_policy(
        aws_iam.PolicyStatement(
            sid="AlarmsReachTheTopic",
            principals=[aws_iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],  # in a key policy, "*" is this key
        )
    )
    key.add_to_resource_policy(
        aws_iam.PolicyStatement(
            sid="S3ReachesTheQueueOfMails",
            principals=[aws_iam.ServicePrincipal("s3.amazonaws.com")],
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],
            conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
        )
    )
    return key
