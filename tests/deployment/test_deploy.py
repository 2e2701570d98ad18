"""What `make deploy` runs, on accounts in which things went well and badly before."""

from collections.abc import Callable, Sequence

import pytest

from deployment.deploy import deploy, main
from tests.deployment.account import PREFIX, Account

FIRST, LATER = "first, unprotected", "protected"
WHAT = ["deploy", PREFIX, "-c", "landlord=habitat70", "-c", "stage=production"]


class Cdk:
    """`account` becomes what CloudFormation makes of it; `fails_at` is the run, from 1, that ends badly, and `left` the
    status that it leaves."""

    def __init__(self, account: Account, fails_at: int = 0, left: str = "ROLLBACK_COMPLETE") -> None:
        self.ran: list[str] = []
        self._account, self._fails_at, self._left = account, fails_at, left

    def __call__(self, arguments: Sequence[str]) -> bool:
        assert list(arguments[: len(WHAT)]) == WHAT
        protected = list(arguments[len(WHAT) :]) != ["-c", "protected=not-yet"]
        self.ran.append(LATER if protected else FIRST)
        if len(self.ran) == self._fails_at:
            self._account.has_stack(self._left)
            return False
        self._account.has_stack("UPDATE_COMPLETE" if protected else "CREATE_COMPLETE", is_protected=protected)
        return True


@pytest.fixture
def ready(account: Account) -> Account:
    account.is_ready()
    return account


Deploy = Callable[[Cdk], tuple[bool, str]]


@pytest.fixture
def deployed(ready: Account) -> Deploy:
    def run(cdk: Cdk) -> tuple[bool, str]:
        lines: list[str] = []
        done = deploy(ready.at_hand(), cdk, lines.append)
        return done, "\n".join(lines)

    return run


def test_a_first_deployment_is_protected_once_it_has_succeeded(ready: Account, deployed: Deploy) -> None:
    done, told = deployed(cdk := Cdk(ready))
    assert done
    assert cdk.ran == [FIRST, LATER]
    assert "nothing of it is protected yet" in told


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_later_deployment_never_takes_the_protection_away(status: str, ready: Account, deployed: Deploy) -> None:
    """Nor does one after a first success whose second run never came."""
    ready.has_stack(status)
    done, _ = deployed(cdk := Cdk(ready))
    assert done
    assert cdk.ran == [LATER]


def test_a_first_deployment_that_fails_is_followed_by_another_first_one(ready: Account, deployed: Deploy) -> None:
    done, told = deployed(failing := Cdk(ready, fails_at=1))
    assert not done
    assert failing.ran == [FIRST]
    assert "docs/operations.md" in told
    assert "the next one deletes what is left of the stack first" in told
    done, _ = deployed(cdk := Cdk(ready))
    assert done
    assert cdk.ran == [FIRST, LATER]


def test_what_was_interrupted_before_it_was_protected_is_protected_by_the_next(
    ready: Account, deployed: Deploy
) -> None:
    done, _ = deployed(Cdk(ready, fails_at=2, left="UPDATE_ROLLBACK_COMPLETE"))
    assert not done
    done, _ = deployed(cdk := Cdk(ready))
    assert done
    assert cdk.ran == [LATER]


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_FAILED", "UPDATE_IN_PROGRESS", "DELETE_FAILED"])
def test_nothing_is_deployed_over_what_must_be_ended_first(status: str, ready: Account, deployed: Deploy) -> None:
    ready.has_stack(status)
    done, told = deployed(cdk := Cdk(ready))
    assert not done
    assert cdk.ran == []
    assert f"STOP  stack {PREFIX}" in told


def test_what_stopped_cdk_before_anything_was_made_is_not_told_to_be_well(ready: Account, deployed: Deploy) -> None:
    """A stack is as it was when the person says no, or the template is refused."""
    ready.has_stack("UPDATE_COMPLETE", is_protected=True)
    done, told = deployed(Cdk(ready, fails_at=1, left="UPDATE_COMPLETE"))
    assert not done
    assert told.endswith(f"CloudFormation tells of no failure of {PREFIX}: what stopped CDK is said above.")


def test_a_first_success_says_that_steps_are_left(ready: Account, deployed: Deploy) -> None:
    assert deployed(Cdk(ready))[1].endswith("README.md, « To AWS », from « DNS » on.")
    assert "README.md" not in deployed(Cdk(ready))[1]


def test_nothing_is_deployed_to_an_account_that_is_not_ready(ready: Account, deployed: Deploy) -> None:
    ready.sends_mail(in_sandbox=True)
    done, told = deployed(cdk := Cdk(ready))
    assert not done
    assert cdk.ran == []
    assert "Not ready" in told


@pytest.mark.parametrize("stage", ["specimen", "local", "nowhere", ""])
def test_a_stage_that_deploys_nowhere_is_refused(stage: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([stage, "--", "--require-approval", "never"], {}) == 1
    assert stage in capsys.readouterr().err
