"""The telephony provider: its secret, its addresses of ours, its phones."""

import time
from functools import cached_property

from permanence.adapters.aws import make_client
from permanence.adapters.timeouts import USUAL, Timeouts
from permanence.adapters.twilio.api import IRELAND
from permanence.adapters.twilio.credentials import Credentials, ProviderSecret
from permanence.adapters.twilio.rest import TwilioPhones
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.live.contract import LiveContract
from permanence.live.environment import Live


class LiveProvider(Live):
    """PROVIDER_SECRET_ID; TELEPHONY_API_BASE_URL, by default the provider's own in the Union.

    `provider_request_s` is how long one request may take: each function says it.
    """

    provider_request_s: float
    secret_timeouts: Timeouts = USUAL

    @property
    def credentials(self) -> Credentials:
        return self._secret.read()

    @cached_property
    def _secret(self) -> ProviderSecret:
        client = make_client("secretsmanager", self._environ, self.secret_timeouts)
        return ProviderSecret(client, self._environ["PROVIDER_SECRET_ID"], time.monotonic)

    @property
    def _provider_url(self) -> str:
        return self._environ.get("TELEPHONY_API_BASE_URL") or IRELAND


class LiveTelephone(LiveProvider, LiveContract):
    @cached_property
    def urls(self) -> TelephonyUrls:
        return TelephonyUrls(self.public_url)

    @cached_property
    def phones(self) -> TwilioPhones:
        return TwilioPhones(self._provider_url, self._secret.read, self.contract.numbers, self.provider_request_s)
