"""The provider as the environment of a function describes it."""

import time
from collections.abc import Mapping

from permanence.adapters.aws import USUAL, Timeouts, make_client
from permanence.adapters.twilio.api import IRELAND
from permanence.adapters.twilio.credentials import ProviderSecret
from permanence.adapters.twilio.rest import TwilioPhones
from permanence.domain.contract import Numbers


def make_secret(environ: Mapping[str, str], timeouts: Timeouts = USUAL) -> ProviderSecret:
    """The account's secret, from PROVIDER_SECRET_ID."""
    client = make_client("secretsmanager", environ, timeouts)
    return ProviderSecret(client, environ["PROVIDER_SECRET_ID"], time.monotonic)


def make_phones(environ: Mapping[str, str], numbers: Numbers, secret: ProviderSecret, timeout_s: float) -> TwilioPhones:
    """The REST API at TELEPHONY_API_BASE_URL, by default the provider's own in the Union."""
    return TwilioPhones(base_url(environ), secret.read, numbers, timeout_s)


def base_url(environ: Mapping[str, str]) -> str:
    """The address of the REST API."""
    return environ.get("TELEPHONY_API_BASE_URL") or IRELAND
