"""The provider's account and the key of our hashes. Values are put by hand (or by the local engine), never here."""

import json
from dataclasses import dataclass

from aws_cdk import RemovalPolicy, aws_kms, aws_secretsmanager
from constructs import Construct


@dataclass(frozen=True, slots=True)
class Secrets:
    """`provider` is JSON ``{"account_sid", "auth_tokens": [current, previous]}``; `hashing` is one random string."""

    provider: aws_secretsmanager.Secret
    hashing: aws_secretsmanager.Secret


def service_secrets(scope: Construct, key: aws_kms.IKey) -> Secrets:
    return Secrets(
        provider=aws_secretsmanager.Secret(
            scope,
            "ProviderSecret",
            description='Telephony provider: {"account_sid": "...", "auth_tokens": ["current", "previous"]}',
            encryption_key=key,
            # Unusable until the real account is put: every signature is refused meanwhile.
            generate_secret_string=aws_secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({"account_sid": "unset", "auth_tokens": []}),
                generate_string_key="filler",
            ),
        ),
        hashing=aws_secretsmanager.Secret(
            scope,
            "HashSecret",
            description="Key of the hashes of telephone numbers",
            encryption_key=key,
            generate_secret_string=aws_secretsmanager.SecretStringGenerator(
                password_length=64, exclude_punctuation=True
            ),
            removal_policy=RemovalPolicy.RETAIN,
        ),
    )
