"""Where the provider is, by the environment of a function."""

from permanence.adapters.twilio.rest import TwilioPhones
from permanence.live.telephone import LiveTelephone


class Telephone(LiveTelephone):
    provider_request_s = 5.0


def phones_of(**given: str) -> TwilioPhones:
    return Telephone({"AWS_REGION": "eu-west-3", "PROVIDER_SECRET_ID": "provider", **given}).phones


def test_the_provider_is_asked_where_the_environment_says() -> None:
    assert phones_of(TELEPHONY_API_BASE_URL="https://operator.example").base_url == "https://operator.example"


def test_the_provider_is_asked_in_the_union_when_the_environment_says_nothing() -> None:
    assert phones_of(TELEPHONY_API_BASE_URL="").base_url == "https://api.dublin.ie1.twilio.com"
    assert phones_of().base_url == "https://api.dublin.ie1.twilio.com"
