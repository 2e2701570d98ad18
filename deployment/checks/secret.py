"""The provider's account and tokens, put by hand after the first deployment. They are read, and never told."""

import json
from typing import Any

from deployment.finding import AWS, Finding
from deployment.stack import Stack
from permanence.adapters.twilio.credentials import Credentials

SHAPE = '{"account_sid": "AC…", "auth_tokens": ["…"]}'


class SecretMissing(Exception):
    """No usable account is in the secret yet; the message is a sentence."""


def read_provider(secrets: Any, stack: Stack | None) -> Credentials:
    """Raises SecretMissing."""
    secret = stack.outputs.get("ProviderSecret") if stack is not None else None
    if secret is None:
        raise SecretMissing("The first deployment makes the secret of the telephony provider")
    try:
        text = secrets.get_secret_value(SecretId=secret)["SecretString"]
    except secrets.exceptions.ResourceNotFoundException:
        raise SecretMissing(f"The secret {secret} is gone") from None
    try:
        told = json.loads(text)
        account, tokens = told["account_sid"], told["auth_tokens"]
    except (ValueError, TypeError, KeyError):
        raise SecretMissing(f"The secret {secret} is not {SHAPE}") from None
    if not isinstance(account, str) or not account.startswith("AC"):
        raise SecretMissing("The secret holds no account of the provider yet")
    if not isinstance(tokens, list) or not tokens or not all(isinstance(token, str) and token for token in tokens):
        raise SecretMissing("The secret holds no token of the provider")
    return Credentials(account, tuple(tokens))


def secret_findings(missing: SecretMissing, stack: Stack | None, *, stops: bool = False) -> list[Finding]:
    """A deployment goes on without it, since the first one makes it; no call is answered until it is put."""
    secret = stack.outputs.get("ProviderSecret", "<ProviderSecret>") if stack is not None else "<ProviderSecret>"
    return [
        Finding(
            f"{missing}: until it holds the account, the webhook refuses every call.",
            f"{AWS} secretsmanager put-secret-value --secret-id {secret} "
            f"--secret-string file://provider.json    (holding {SHAPE}; delete it then)",
            stops=stops,
        )
    ]
