"""`python -m deployment.fallback_twiml STAGE [NUMBERS]`: what the provider is given to keep, for the calls that nothing
of ours answers."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace

from deployment.at_hand import NothingAtHand, look
from permanence.adapters.twilio.fallback import static_document
from permanence.application.reception.telephony_urls import TelephonyUrls


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    """The file alone goes to the output, so that it can be sent into one. Numbers in E.164 after the stage take the
    place of the contract's: those that were approved since."""
    told = tuple(argument for argument in arguments if argument.startswith("+"))
    others = [argument for argument in arguments if argument not in told]
    try:
        at_hand = look(others, environ, "What the telephony provider keeps for when nothing of ours answers.")
    except NothingAtHand as mistake:
        print(mistake, file=sys.stderr)
        return 1
    urls = TelephonyUrls(f"https://{at_hand.settings.public_host}")
    numbers = at_hand.contract.numbers
    print(static_document(replace(numbers, fallback=told or numbers.fallback), urls.fell_back()))
    print("Put it where docs/telephony.md says, step 5.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
