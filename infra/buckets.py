"""Recordings, reports, the files that Habitat 70 sends, and the reference data that is made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_cdk import Duration, RemovalPolicy, aws_kms, aws_s3
from constructs import Construct

from infra.findings import accept


@dataclass(frozen=True, slots=True)
class Buckets:
    recordings: aws_s3.Bucket
    reports: aws_s3.Bucket
    reference: aws_s3.Bucket
    imports: aws_s3.Bucket


def data_buckets(scope: Construct, key: aws_kms.IKey, retention: Mapping[str, Any]) -> Buckets:
    def bucket(name: str, nominative: str | None, unlogged: str) -> aws_s3.Bucket:
        """`nominative` is the prefix of what holds names and expires, empty for everything, None for nothing;
        `unlogged` says why it needs no access log of its own."""
        made = aws_s3.Bucket(
            scope,
            name,
            encryption=aws_s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            lifecycle_rules=[
                aws_s3.LifecycleRule(
                    noncurrent_version_expiration=Duration.days(retention["noncurrent_versions"]),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                ),
                *(
                    [aws_s3.LifecycleRule(prefix=nominative or None, expiration=Duration.days(retention["items"]))]
                    if nominative is not None
                    else []
                ),
            ],
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        accept(made, "S1", unlogged)
        return made

    return Buckets(
        recordings=bucket(
            "Recordings", nominative="", unlogged="The register tells who heard what, and for which reason (R14)."
        ),
        # Frozen months and certificates of erasure hold no names, and prove things for years (R65, R70).
        reports=bucket(
            "Reports",
            nominative="mails/",
            unlogged="The extranet writes each reading in the register (R74).",
        ),
        # Not dated by a call: the version in force stays until the next import replaces it.
        reference=bucket(
            "Reference",
            nominative=None,
            unlogged="The register tells who put what in force; people see it on pages only.",
        ),
        # Names, numbers and access codes, as they were sent.
        imports=bucket(
            "Imports", nominative="", unlogged="The register tells who sent which file, and who took it back out (R74)."
        ),
    )
