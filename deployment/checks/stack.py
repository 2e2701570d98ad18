"""Where earlier deployments have left the stack."""

from deployment.finding import AWS, Finding
from deployment.stack import Stack


def stack_findings(stack: Stack | None) -> list[Finding]:
    """None is an account to which nothing was ever deployed."""
    if stack is None or stack.status in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}:
        return []
    name = stack.name
    why = (
        f"{AWS} cloudformation describe-stack-events --stack-name {name} "
        """--query 'StackEvents[?ends_with(ResourceStatus, `FAILED`)].[LogicalResourceId, ResourceStatusReason]'"""
    )
    match stack.status:
        case "REVIEW_IN_PROGRESS":
            return _begun_only(stack)
        case "ROLLBACK_COMPLETE":
            return _failed_at_first(stack, why)
        case "ROLLBACK_FAILED":
            says = "The first deployment failed, and something of it cannot be taken back."
            return [Finding(says, f"{why}\n{AWS} cloudformation delete-stack --stack-name {name}")]
        case "UPDATE_ROLLBACK_COMPLETE" | "IMPORT_ROLLBACK_COMPLETE":
            return [Finding("The last deployment failed and was taken back; this is why.", why, stops=False)]
        case "UPDATE_ROLLBACK_FAILED" | "IMPORT_ROLLBACK_FAILED":
            says = "The last deployment failed, and so did taking it back: nothing can be deployed until that is ended."
            return [Finding(says, f"{why}\n{AWS} cloudformation continue-update-rollback --stack-name {name}")]
        case "CREATE_FAILED" | "UPDATE_FAILED":
            says = "The last deployment stands still where it failed."
            return [Finding(says, f"{why}\n{AWS} cloudformation rollback-stack --stack-name {name}")]
        case "DELETE_FAILED":
            says = "The stack was to be deleted and something of it cannot be."
            return [Finding(says, f"{why}\n{AWS} cloudformation delete-stack --stack-name {name}")]
        case _:
            says = f"Somebody is deploying or deleting now ({stack.status}): two at once spoil each other's work."
            query = "--query 'Stacks[0].StackStatus'"
            return [
                Finding(
                    says, f"{AWS} cloudformation describe-stacks --stack-name {name} {query}    (until it has ended)"
                )
            ]


def _failed_at_first(stack: Stack, why: str) -> list[Finding]:
    if stack.is_protected:
        says = (
            f"The first deployment failed, and {stack.name} is protected: it can be neither deleted nor deployed again."
        )
        return [Finding(says, f"{why}\n{_unprotect(stack)}")]
    says = "The first deployment failed and was taken back; the next one deletes what is left of the stack first."
    return [Finding(says, why, stops=False)]


def _begun_only(stack: Stack) -> list[Finding]:
    if stack.is_protected:
        says = f"A deployment was begun and has made nothing, and {stack.name} is protected: it cannot be deleted."
        return [Finding(says, _unprotect(stack))]
    return [
        Finding(
            "A deployment was begun and has made nothing; the next one goes on from there.",
            f"{AWS} cloudformation delete-stack --stack-name {stack.name}    (to begin anew)",
            stops=False,
        )
    ]


def _unprotect(stack: Stack) -> str:
    return (
        f"{AWS} cloudformation update-termination-protection --no-enable-termination-protection "
        f"--stack-name {stack.name}"
    )
