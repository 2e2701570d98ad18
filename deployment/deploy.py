"""`python -m deployment.deploy STAGE -- …`: the pre-flight, then CDK, and after a first success CDK once more, which
protects what now stands. What follows `--` goes to `cdk deploy` as it is."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from deployment.asking import Check, ask, unasked
from deployment.at_hand import AtHand, NothingAtHand, look
from deployment.checks.stack import stack_findings
from deployment.preflight import preflight
from deployment.stack import read_stack
from infra.settings import NOT_YET, ROOT

Cdk = Callable[[Sequence[str]], bool]
"""Runs `cdk` with these arguments, to its end; whether it went well."""


def deploy(at_hand: AtHand, cdk: Cdk, tell: Callable[[str], None]) -> bool:
    """Whether the stage stands as it is described here, protected. A first deployment is protected once it has
    succeeded: one that fails before is taken back whole, and the next begins anew."""
    if not preflight(at_hand, tell):
        return False
    settings = at_hand.settings
    stack = read_stack(at_hand.client("cloudformation"), settings.prefix)
    described = ["deploy", settings.prefix, "-c", f"landlord={settings.landlord_id}", "-c", f"stage={settings.stage}"]
    is_first = stack is None or not stack.is_up
    if is_first:
        tell(f"First deployment of {settings.prefix}: nothing of it is protected yet.")
        if not cdk([*described, "-c", f"protected={NOT_YET}"]):
            return _failed(at_hand, tell)
        tell(f"{settings.prefix} stands. Once more, to protect the stack, its table and its accounts.")
    if not cdk(described):
        return _failed(at_hand, tell)
    if is_first:
        tell("What is left to do by hand: README.md, « To AWS », from « DNS » on.")
    return True


def _failed(at_hand: AtHand, tell: Callable[[str], None]) -> bool:
    tell("CDK did not end well. What that means, and how to go on: docs/operations.md, « When a deployment fails ».")
    name = at_hand.settings.prefix
    try:
        found = stack_findings(read_stack(at_hand.client("cloudformation"), name))
    except (ClientError, BotoCoreError) as error:
        found = [unasked(error)]
    if found:
        ask([Check(f"stack {name}", lambda: found)], tell, at_hand.settings.stage)
    else:
        tell(f"CloudFormation tells of no failure of {name}: what stopped CDK is said above.")
    return False


def run_cdk(further: Sequence[str], environ: Mapping[str, str]) -> Cdk:
    """The CDK of this clone, in this terminal: it asks before it broadens anybody's rights."""

    def run(arguments: Sequence[str]) -> bool:
        command = [str(ROOT / "node_modules" / ".bin" / "cdk"), *arguments, *further]
        return subprocess.run(command, cwd=ROOT, env=dict(environ), check=False).returncode == 0  # noqa: S603 - our own

    return run


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    at = arguments.index("--") if "--" in arguments else len(arguments)
    try:
        at_hand = look(arguments[:at], environ, "Deploy a stage to AWS.")
    except NothingAtHand as mistake:
        print(mistake, file=sys.stderr)
        return 1
    try:
        return 0 if deploy(at_hand, run_cdk(arguments[at + 1 :], environ), print) else 1
    except KeyboardInterrupt:
        print("\nInterrupted here; what CloudFormation has begun goes on, and make preflight tells how far it is.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
