"""`python -m deployment.fallback_twiml STAGE`: what the provider is given to keep, for the calls that nothing of ours
answers."""

import os
import sys
from collections.abc import Mapping

from deployment.at_hand import NothingAtHand, look
from permanence.adapters.twilio.fallback import static_document
from permanence.application.reception.telephony_urls import TelephonyUrls


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    """The file alone goes to the output, so that it can be sent into one."""
    try:
        at_hand = look(arguments, environ, "What the telephony provider keeps for when nothing of ours answers.")
    except NothingAtHand as mistake:
        print(mistake, file=sys.stderr)
        return 1
    urls = TelephonyUrls(f"https://{at_hand.settings.public_host}")
    print(static_document(at_hand.contract.numbers, urls.fell_back()))
    print("Put it where docs/telephony.md says, step 5.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
