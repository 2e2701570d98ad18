"""`python -m deployment.preflight STAGE`: is everything there that a deployment needs? It only reads."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3

from contracts.schema import ContractError
from deployment.asking import Check, ask
from deployment.at_hand import make_clients, read_stage
from deployment.checks.account import NoCredentials, account_findings, read_caller
from deployment.checks.bootstrap import bootstrap_findings
from deployment.checks.certificate import certificate_findings
from deployment.checks.concurrency import concurrency_findings
from deployment.checks.leftovers import Named, leftover_findings
from deployment.checks.mail import identity_findings, sending_findings
from deployment.checks.region import region_findings
from deployment.checks.secret import SecretMissing, read_provider, secret_findings
from deployment.checks.stack import stack_findings
from deployment.finding import Finding
from deployment.stack import Stack, read_stack
from infra.settings import PRODUCTION, ROOT, Settings, SettingsError


def preflight(
    client: Callable[[str], Any], settings: Settings, region: str | None, tell: Callable[[str], None]
) -> bool:
    """Ask everything with the clients of `client`, by the names of their services; `region` is what the environment
    says. False when something would stop a deployment."""
    tell(f"Pre-flight of {settings.prefix}, stage {settings.stage}. Nothing is changed.")
    try:
        caller = read_caller(client("sts"))
    except NoCredentials as error:
        nobody = Finding(
            f"Nobody is signed in to AWS: {error}.", "export AWS_PROFILE=…    (then aws sso login, if it asks)"
        )
        return ask([Check("credentials", lambda: [nobody])], tell)
    stage_file = f"deploy/{settings.landlord_id}/{settings.stage}.toml"
    first = [
        Check(f"region {region}", lambda: region_findings(region)),
        Check(
            f"account {caller.account}, as {caller.arn}",
            lambda: account_findings(caller, settings.account, stage_file),
        ),
    ]
    if not ask(first, tell):
        tell("Nothing else was asked: it would be asked of the wrong account.")
        return False
    clear = ask(_checks(client, settings), tell)
    tell("Ready: nothing stops a deployment." if clear else "Not ready: mend what says STOP, then ask again.")
    return clear


def _checks(client: Callable[[str], Any], settings: Settings) -> Iterator[Check]:
    host = settings.public_host
    yield Check("CDK's bootstrap", lambda: bootstrap_findings(client("ssm")))
    yield Check(
        "functions that may run at once",
        lambda: concurrency_findings(client("lambda"), client("service-quotas"), f"{settings.prefix}-call-webhook", 0),
    )
    yield Check(f"certificate of {host}", lambda: certificate_findings(client("acm"), settings.certificate_arn, host))
    yield Check(f"mails from {settings.mail_domain}", lambda: identity_findings(client("sesv2"), settings.mail_domain))
    yield Check("mail service", lambda: sending_findings(client("sesv2"), settings.stage == PRODUCTION, host))
    stacks: list[Stack | None] = []

    def look_at_stack() -> list[Finding]:
        stacks.append(read_stack(client("cloudformation"), settings.prefix))
        return stack_findings(stacks[0])

    yield Check(f"stack {settings.prefix}", look_at_stack)
    if not stacks:
        return
    (stack,) = stacks
    if stack is None or not stack.is_up:
        yield Check("leftovers of an earlier try", lambda: leftover_findings(client, named(settings)))
    yield Check("account of the telephony provider", lambda: _provider_findings(client, stack))


def _provider_findings(client: Callable[[str], Any], stack: Stack | None) -> list[Finding]:
    try:
        read_provider(client("secretsmanager"), stack)
    except SecretMissing as missing:
        return secret_findings(missing, stack)
    return []


def named(settings: Settings) -> Named:
    """What the template names itself."""
    folders = sorted(file.parent.name for file in (ROOT / "functions").glob("*/handler.py"))
    functions = tuple(f"{settings.prefix}-{folder.replace('_', '-')}" for folder in folders)
    return Named(settings.prefix, settings.public_host, functions)


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    try:
        settings = read_stage(arguments, {}, "Is everything there that a deployment needs?")
    except (SettingsError, ContractError) as mistake:
        print(mistake, file=sys.stderr)
        return 1
    session = boto3.Session()
    region = environ.get("AWS_REGION") or session.region_name
    return 0 if preflight(make_clients(session), settings, region, print) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
