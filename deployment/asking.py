"""Checks asked one after the other, and told in a terminal."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from deployment.finding import Finding

# As STS, CloudFormation and the services of JSON word it; SNS has a word of its own.
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError"})
_PERMISSION = re.compile(r"not authorized to perform: ([\w-]+:\w+)")


@dataclass(frozen=True, slots=True)
class Check:
    """`asks` is what is asked, in a few words; `find` what is missing, nothing when all is well."""

    asks: str
    find: Callable[[], Sequence[Finding]]


def ask(checks: Iterable[Check], tell: Callable[[str], None], stage: str) -> bool:
    """Ask them all, tell each answer a line at a time; False as soon as one finding stops. `stage` is the one that is
    asked about."""
    clear = True
    for check in checks:
        findings = _findings(check)
        if not findings:
            tell(f"  ok    {check.asks}")
        for finding in findings:
            tell(f"  {'STOP' if finding.stops else 'later'}{'' if not finding.stops else ' '} {check.asks}")
            tell(f"        {finding.says}")
            for line in finding.mend.replace("STAGE=…", f"STAGE={stage}").splitlines():
                tell(f"          {line}")
        clear = clear and not any(finding.stops for finding in findings)
    return clear


def _findings(check: Check) -> Sequence[Finding]:
    """What could not be asked is not known to be well."""
    try:
        return check.find()
    except (ClientError, BotoCoreError) as error:
        return [unasked(error)]


def unasked(error: ClientError | BotoCoreError) -> Finding:
    """That of a question which AWS refused, or which did not reach it."""
    if isinstance(error, ClientError):
        return _refused(error)
    says = f"AWS could not be asked: {str(error).rstrip('.')}."
    return Finding(says, "Look at the connection and the region, then ask again.")


def _refused(error: ClientError) -> Finding:
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code not in DENIED:
        return Finding(
            f"AWS answered {error.operation_name} with {code}: {message}", "Ask again; if it lasts, mend that."
        )
    named = _PERMISSION.search(message)
    permission = named.group(1) if named else error.operation_name
    return Finding(
        f"These credentials may not ask this: they lack the permission {permission}.",
        f"Have {permission} allowed to them, or use others (AWS_PROFILE).",
    )
