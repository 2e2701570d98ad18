"""The provider's account. Its value is put by hand (or by the local engine), never here."""

import json
from dataclasses import dataclass

from aws_cdk import aws_kms, aws_secretsmanager
from constructs import Construct

from infra.findings import accept


@dataclass(frozen=True, slots=True)
class Secrets:
    """`provider` is JSON ``{"account_sid", "auth_tokens": [current, previous]}``"""

    provider: aws_secretsmanager.Secret


def service_secrets(scope: Construct, key: aws_kms.IKey) -> Secrets:
    provider = aws_secretsmanager.Secret(
        scope,
        "ProviderSecret",
        description='Telephony provider: {"account_sid": "...", "auth_tokens": ["current", "previous"]}',
        encryption_key=key,
        # Unusable until the real account is put: every signature is refused meanwhile.
        generate_secret_string=aws_secretsmanager.SecretStringGenerator(
            secret_string_template=json.dumps({"account_sid": "unset", "auth_tokens": []}),
            generate_string_key="filler",
        ),
    )
    accept(provider, "SMG4", "The provider's tokens are rotated by hand at the provider; two are valid at once.")
    return Secrets(provider)
