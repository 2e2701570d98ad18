"""`python -m deployment.check_deployed STAGE`: does what is deployed answer? It sends one mail and makes one call."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from deployment.asking import Check, ask, unasked
from deployment.at_hand import AtHand, NothingAtHand, look
from deployment.checks.alarms import alarm_findings, subscription_findings
from deployment.checks.secret import SecretMissing, read_provider, secret_findings
from deployment.checks.sign_in_page import closed_findings, sign_in_findings
from deployment.checks.stack import stack_findings
from deployment.checks.trial_call import OwnCalls, call_findings, webhook_findings
from deployment.checks.trial_mail import mail_findings
from deployment.finding import Finding
from deployment.signed_in import is_signed_in
from deployment.stack import Stack, read_stack, resources_of
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.items import Table

_PATIENCE_S = 15.0


def check_deployed(
    at_hand: AtHand, http: httpx.Client, wait: Callable[[float], None], tell: Callable[[str], None]
) -> bool:
    """Ask everything, tell each answer; False when something does not work. `wait` lets a number of seconds pass."""
    settings = at_hand.settings
    tell(f"Check of {settings.prefix}, stage {settings.stage}. It sends one mail and makes one call, both as tests.")
    if not is_signed_in(at_hand, tell):
        return False
    asked = f"stack {settings.prefix}"
    try:
        stack = read_stack(at_hand.client("cloudformation"), settings.prefix)
        if stack is None or not stack.outputs:
            nothing = Finding("Nothing is deployed.", f"make deploy STAGE={settings.stage}")
            return ask([Check(asked, lambda: [nothing])], tell, settings.stage)
        resources = resources_of(at_hand.client("cloudformation"), settings.prefix)
    except (ClientError, BotoCoreError) as error:
        refused = unasked(error)
        return ask([Check(asked, lambda: [refused])], tell, settings.stage)
    clear = ask(_checks(at_hand, stack, resources, http, wait), tell, settings.stage)
    tell("All of it answers." if clear else "Something does not answer: mend what says STOP, then ask again.")
    return clear


def _checks(
    at_hand: AtHand,
    stack: Stack,
    resources: Mapping[str, Sequence[str]],
    http: httpx.Client,
    wait: Callable[[float], None],
) -> Iterator[Check]:
    client, settings = at_hand.client, at_hand.settings
    base_url, target = stack.outputs["PublicBaseUrl"], stack.outputs["HostTarget"]
    yield Check(f"stack {stack.name}", lambda: stack_findings(stack))
    yield Check(f"sign-in page of {base_url}", lambda: sign_in_findings(http, base_url, stack.name, target))
    (api,) = resources["AWS::ApiGatewayV2::Api"]
    own_address = f"https://{api}.execute-api.{settings.region}.amazonaws.com"
    yield Check(f"the gateway's own address {own_address}", lambda: closed_findings(http, own_address))
    alarms, topics = resources["AWS::CloudWatch::Alarm"], resources["AWS::SNS::Topic"]
    yield Check(f"{len(alarms)} alarms", lambda: alarm_findings(client("cloudwatch"), alarms))
    yield Check(
        f"alarms told to {settings.alarm_mail}",
        lambda: subscription_findings(client("sns"), topics, settings.alarm_mail),
    )
    yield Check(
        f"a mail from {settings.mail_sender} to {settings.alarm_mail}",
        lambda: mail_findings(client("sesv2"), settings.mail_sender, settings.alarm_mail, stack.name),
    )
    numbers = at_hand.contract.numbers
    yield Check(
        f"a call from {numbers.caller_id} to {numbers.inbound}", lambda: _call_findings(at_hand, stack, http, wait)
    )


def _call_findings(at_hand: AtHand, stack: Stack, http: httpx.Client, wait: Callable[[float], None]) -> list[Finding]:
    try:
        credentials = read_provider(at_hand.client("secretsmanager"), stack)
    except SecretMissing as missing:
        return secret_findings(missing, stack, stops=True)
    if unanswered := webhook_findings(http, stack.outputs["PublicBaseUrl"], stack.name):
        return unanswered
    contract = at_hand.contract
    table = Table(at_hand.client("dynamodb"), stack.outputs["TableName"], contract.landlord_id, contract.retention)
    calls = OwnCalls(at_hand.telephony_api, lambda: credentials, _PATIENCE_S)
    return call_findings(calls, contract.numbers, DynamoCalls(table).get, wait, stack.name)


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    try:
        at_hand = look(arguments, environ, "Does what is deployed answer?")
    except NothingAtHand as mistake:
        print(mistake, file=sys.stderr)
        return 1
    with httpx.Client(timeout=_PATIENCE_S) as http:
        return 0 if check_deployed(at_hand, http, time.sleep, print) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
