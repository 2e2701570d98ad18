"""The one table: items of docs/data-model.md, four sparse indexes, a keys-only stream that feeds the relay."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import RemovalPolicy, aws_dynamodb, aws_kms
from constructs import Construct

from infra.settings import Settings

STRING, NUMBER = aws_dynamodb.AttributeType.STRING, aws_dynamodb.AttributeType.NUMBER
ALL, KEYS_ONLY = aws_dynamodb.ProjectionType.ALL, aws_dynamodb.ProjectionType.KEYS_ONLY
INDEXES = (
    ("month", STRING, ALL),
    ("open", STRING, ALL),
    ("due", NUMBER, KEYS_ONLY),
    ("purge", STRING, KEYS_ONLY),
)


def data_table(
    scope: Construct, settings: Settings, key: aws_kms.IKey, retention: Mapping[str, Any]
) -> aws_dynamodb.Table:
    table = aws_dynamodb.Table(
        scope,
        "Table",
        partition_key=_attribute("pk", STRING),
        sort_key=_attribute("sk", STRING),
        billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=aws_dynamodb.TableEncryption.CUSTOMER_MANAGED,
        encryption_key=key,
        point_in_time_recovery_specification=aws_dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True,
            recovery_period_in_days=retention["point_in_time_recovery"],
        ),
        time_to_live_attribute="ttl",
        stream=aws_dynamodb.StreamViewType.KEYS_ONLY,
        deletion_protection=settings.protected,
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    for name, sort_type, projection in INDEXES:
        table.add_global_secondary_index(
            index_name=name,
            partition_key=_attribute(f"{name}_pk", STRING),
            sort_key=_attribute(f"{name}_sk", sort_type),
            projection_type=projection,
        )
    return table


def _attribute(name: str, kind: aws_dynamodb.AttributeType) -> aws_dynamodb.Attribute:
    return aws_dynamodb.Attribute(name=name, type=kind)
