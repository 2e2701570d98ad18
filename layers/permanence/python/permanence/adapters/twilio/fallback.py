"""Where a caller goes whom nothing of ours can serve: the landlord's own numbers (R16)."""

from collections.abc import Sequence

from permanence.adapters.twilio.twiml import Verb, dial_numbers, document, say
from permanence.domain.contract import Numbers

_RING_S = 25
_TRANSFERRED = "Nous transférons votre appel. Merci de patienter."


def fall_back(numbers: Numbers, told_url: str) -> Sequence[Verb]:
    """The same for every call. `told_url` is told as soon as the first of the numbers is called; nobody waits for it,
    so that nothing is lost but the word of it when it does not answer."""
    return say(_TRANSFERRED), dial_numbers(numbers.fallback, numbers.inbound, _RING_S, told_url)


def static_document(numbers: Numbers, told_url: str) -> str:
    """What the provider is given to keep, for the calls to which we answer nothing."""
    return document(*fall_back(numbers, told_url))
