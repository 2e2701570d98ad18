"""`python -m deployment.check_telephony STAGE`: what do the provider's account and its numbers lack? It only reads."""

import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from deployment.asking import Check, ask, unasked
from deployment.at_hand import AtHand, NothingAtHand, look
from deployment.checks.secret import SecretMissing, read_provider, secret_findings
from deployment.checks.telephony import telephony_findings
from deployment.finding import Finding
from deployment.signed_in import is_signed_in
from deployment.stack import Stack, read_stack
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.timetable import DynamoReceptionTimetable
from permanence.adapters.twilio.credentials import Credentials
from permanence.domain.contract import Numbers, contract_in_force

GIVEN = ("TELEPHONY_ACCOUNT_SID", "TELEPHONY_TOKEN")
"""The account and its token of Ireland, before there is a secret that holds them."""


def check_telephony(at_hand: AtHand, environ: Mapping[str, str], tell: Callable[[str], None]) -> bool:
    """Ask the account of the environment, else that of the stack's secret; False when anything at all is missing."""
    settings = at_hand.settings
    tell(f"Check of the telephony of {settings.prefix}, stage {settings.stage}. Nothing is changed.")
    account, token = (environ.get(name, "") for name in GIVEN)
    if account and token:
        return _ask(at_hand, Credentials(account, (token,)), tell)
    if not is_signed_in(at_hand, tell):
        return False
    asked, stack = "account of the telephony provider", None
    try:
        stack = read_stack(at_hand.client("cloudformation"), settings.prefix)
        credentials = read_provider(at_hand.client("secretsmanager"), stack)
    except (ClientError, BotoCoreError) as error:
        refused = unasked(error)
        return ask([Check(asked, lambda: [refused])], tell, settings.stage)
    except SecretMissing as missing:
        (finding,) = secret_findings(missing, stack, stops=True)
        mend = f"{finding.mend}\nor, to ask before that: export {GIVEN[0]}=AC… {GIVEN[1]}=…    (the token of Ireland)"
        return ask([Check(asked, lambda: [Finding(finding.says, mend)])], tell, settings.stage)
    return _ask(at_hand, credentials, tell, stack)


def account_findings(at_hand: AtHand, credentials: Credentials, stack: Stack | None = None) -> list[Finding]:
    """Of the stage's numbers, with the current token; what it falls back on is compared with what is in force."""
    host, token = at_hand.settings.public_host, credentials.tokens[0]
    try:
        numbers, unread = numbers_in_force(at_hand, stack), []
    except (ClientError, BotoCoreError) as error:
        numbers, unread = at_hand.contract.numbers, [unasked(error)]
    told = telephony_findings(
        at_hand.telephony_api, credentials.account, token, numbers, host, elsewhere=at_hand.elsewhere
    )
    return [*told, *unread]


def numbers_in_force(at_hand: AtHand, stack: Stack | None) -> Numbers:
    """Those that were approved since, once there is a table that tells; 1 request."""
    contract, table = at_hand.contract, stack.outputs.get("TableName") if stack and stack.is_up else None
    if table is None:
        return contract.numbers
    ours = Table(at_hand.client("dynamodb"), table, contract.landlord_id, contract.retention)
    return contract_in_force(contract, DynamoReceptionTimetable(ours).read(), datetime.now(UTC)).numbers


def _ask(at_hand: AtHand, credentials: Credentials, tell: Callable[[str], None], stack: Stack | None = None) -> bool:
    found = account_findings(at_hand, credentials, stack)
    host = urlsplit(at_hand.telephony_api).hostname
    ask([Check(f"account {credentials.account} at {host}", lambda: found)], tell, at_hand.settings.stage)
    if found:
        tell("Not all of it is set, or could be asked: mend what is named above, then ask again.")
    return not found


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    try:
        at_hand = look(arguments, environ, "What do the telephony provider's account and its numbers lack?")
    except NothingAtHand as mistake:
        print(mistake, file=sys.stderr)
        return 1
    return 0 if check_telephony(at_hand, environ, print) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
