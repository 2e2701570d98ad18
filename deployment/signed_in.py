"""The right credentials, before anything is asked with them."""

from collections.abc import Callable

from deployment.asking import Check, ask, unasked
from deployment.at_hand import AtHand
from deployment.checks.account import OUT_OF_REACH, NoCredentials, account_findings, read_caller
from deployment.checks.region import region_findings
from deployment.finding import Finding


def is_signed_in(at_hand: AtHand, tell: Callable[[str], None]) -> bool:
    """Whether the credentials are those of the stage's account and region."""
    settings = at_hand.settings
    try:
        caller = read_caller(at_hand.client)
    except NoCredentials as error:
        says = f"Nobody is signed in to AWS: {error}."
        nobody = Finding(says, "export AWS_PROFILE=…    (then aws sso login, if it asks)")
        return ask([Check("credentials", lambda: [nobody])], tell, settings.stage)
    except OUT_OF_REACH as error:
        out_of_reach = unasked(error)
        return ask([Check("credentials", lambda: [out_of_reach])], tell, settings.stage)
    stage_file = f"deploy/{settings.landlord_id}/{settings.stage}.toml"
    checks = [
        Check(f"region {at_hand.region}", lambda: region_findings(at_hand.region)),
        Check(
            f"account {caller.account}, as {caller.arn}",
            lambda: account_findings(caller, settings.account, stage_file),
        ),
    ]
    if not ask(checks, tell, settings.stage):
        tell("Nothing else was asked: it would be asked of the wrong place.")
        return False
    return True
