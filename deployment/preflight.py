"""`python -m deployment.preflight STAGE`: is everything there that a deployment needs? It only reads."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping

from deployment.asking import Check, ask
from deployment.at_hand import AtHand, NothingAtHand, look
from deployment.check_telephony import account_findings
from deployment.checks.bootstrap import bootstrap_findings
from deployment.checks.certificate import certificate_findings
from deployment.checks.concurrency import concurrency_findings
from deployment.checks.leftovers import Named, leftover_findings
from deployment.checks.mail import identity_findings, sending_findings
from deployment.checks.receiving import receiving_findings
from deployment.checks.secret import SecretMissing, read_provider, secret_findings
from deployment.checks.stack import stack_findings
from deployment.finding import Finding
from deployment.signed_in import is_signed_in
from deployment.stack import Stack, read_stack
from infra.concurrency import WEBHOOK
from infra.settings import PRODUCTION, ROOT, Settings


def preflight(at_hand: AtHand, tell: Callable[[str], None]) -> bool:
    """Ask everything, tell each answer; False when something would stop a deployment."""
    settings = at_hand.settings
    tell(f"Pre-flight of {settings.prefix}, stage {settings.stage}. Nothing is changed.")
    if not is_signed_in(at_hand, tell):
        return False
    clear = ask(_checks(at_hand), tell, settings.stage)
    tell("Ready: nothing stops a deployment." if clear else "Not ready: mend what says STOP, then ask again.")
    return clear


def _checks(at_hand: AtHand) -> Iterator[Check]:
    client, settings = at_hand.client, at_hand.settings
    host, domain, webhook = settings.public_host, settings.mail_domain, f"{settings.prefix}-call-webhook"
    yield Check("CDK's bootstrap", lambda: bootstrap_findings(client("ssm")))
    yield Check(
        "functions that may run at once",
        lambda: concurrency_findings(client("lambda"), client("service-quotas"), webhook, WEBHOOK),
    )
    yield Check(f"certificate of {host}", lambda: certificate_findings(client("acm"), settings.certificate_arn, host))
    yield Check(f"mails from {domain}", lambda: identity_findings(client("sesv2"), domain))
    yield Check("mail service", lambda: sending_findings(client("sesv2"), settings.stage == PRODUCTION, host))
    if files := settings.import_mail_domain:
        yield Check(
            f"mails to {files}", lambda: receiving_findings(client("sesv2"), client("ses"), files, settings.prefix)
        )
    stacks: list[Stack | None] = []

    def look_at_stack() -> list[Finding]:
        stacks.append(read_stack(client("cloudformation"), settings.prefix))
        return stack_findings(stacks[0])

    yield Check(f"stack {settings.prefix}", look_at_stack)
    if not stacks:  # it may not be looked at, and the rest hangs on it
        return
    (stack,) = stacks
    if stack is None or not stack.is_up:
        yield Check("leftovers of an earlier try", lambda: leftover_findings(client, named(settings)))
    yield Check("account of the telephony provider", lambda: _provider_findings(at_hand, stack))


def _provider_findings(at_hand: AtHand, stack: Stack | None) -> list[Finding]:
    try:
        credentials = read_provider(at_hand.client("secretsmanager"), stack)
    except SecretMissing as missing:
        return secret_findings(missing, stack)
    return account_findings(at_hand, credentials, stack)


def named(settings: Settings) -> Named:
    """What the template names itself."""
    folders = sorted(file.parent.name for file in (ROOT / "functions").glob("*/handler.py"))
    functions = tuple(f"{settings.prefix}-{folder.replace('_', '-')}" for folder in folders)
    return Named(settings.prefix, settings.public_host, functions)


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    try:
        at_hand = look(arguments, environ, "Is everything there that a deployment needs?")
    except NothingAtHand as mistake:
        print(mistake, file=sys.stderr)
        return 1
    return 0 if preflight(at_hand, print) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
