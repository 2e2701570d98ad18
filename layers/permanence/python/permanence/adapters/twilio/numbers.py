"""How a number of ours is set at the provider: the same on AWS, on a machine, and in the check of an account."""

from collections.abc import Mapping

from permanence.adapters.twilio.retries import told_again

INCOMING, STATUS, FALLBACK = "/telephony/calls/incoming", "/telephony/calls/status", "/telephony/calls/fallback"


def number_settings(base_url: str, static_fallback_url: str) -> Mapping[str, str]:
    """The fields of its resource, by the names that a request gives them.

    `base_url` is our public address without a trailing slash. `static_fallback_url` is a file of the provider's own,
    fetched by GET, which is what a static file answers: it stands when nothing of ours does (R16).
    """
    return {
        "VoiceUrl": base_url + INCOMING,
        "VoiceMethod": "POST",
        "VoiceFallbackUrl": static_fallback_url,
        "VoiceFallbackMethod": "GET",
        "StatusCallback": told_again(base_url + STATUS),
        "StatusCallbackMethod": "POST",
    }
