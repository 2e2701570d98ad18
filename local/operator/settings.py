"""What an operator is started with."""

from dataclasses import dataclass

DEFAULT_ACCOUNT_SID = "AC" + "0" * 31 + "1"
DEFAULT_AUTH_TOKEN = "local-operator-token"  # noqa: S105  (fictitious account of a fictitious operator)
US1_AUTH_TOKEN = "local-operator-token-of-us1"  # noqa: S105  (each region of the provider has tokens of its own)
REGION = "ie1"
"""The region of the provider that this operator is."""
DEFAULT_NUMBERS = ("+33353010070",)


@dataclass(frozen=True, slots=True)
class Settings:
    """`public_url` is how the application reaches this operator, without a trailing slash.

    `speech_rate` is how many times faster than life messages are spoken and pauses pass.
    `calls_per_second` paces outbound calls; 0 means no pacing.
    """

    public_url: str
    account_sid: str = DEFAULT_ACCOUNT_SID
    auth_token: str = DEFAULT_AUTH_TOKEN
    numbers: tuple[str, ...] = DEFAULT_NUMBERS
    speech_rate: float = 20.0
    calls_per_second: float = 0.0
