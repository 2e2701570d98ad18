"""What the pre-flight says of whole accounts, in full sentences."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from deployment.at_hand import make_clients
from deployment.checks.telephony import Elsewhere
from deployment.preflight import main, preflight
from infra.settings import ROOT
from local.operator.settings import DEFAULT_ACCOUNT_SID as SID
from local.operator.settings import DEFAULT_AUTH_TOKEN as TOKEN
from local.operator.settings import US1_AUTH_TOKEN
from permanence.adapters.twilio.fallback import static_document
from permanence.adapters.twilio.numbers import number_settings
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.domain.contract import Contract
from tests.deployment.account import ACCOUNT, HOST, PREFIX, Account

TOLD = Path(__file__).parent / "told"

Asked = Callable[..., tuple[bool, str]]


@pytest.fixture
def asked(account: Account) -> Asked:
    def ask(*arguments: Any, **more: Any) -> tuple[bool, str]:
        lines: list[str] = []
        clear = preflight(account.at_hand(*arguments, **more), lines.append)
        return clear, "\n".join(lines)

    return ask


def _in_full(name: str) -> str:
    return (TOLD / f"{name}.txt").read_text().rstrip("\n")


def _with_secret(account: Account, text: str) -> str:
    arn: str = account.client("secretsmanager").create_secret(Name="provider", SecretString=text)["ARN"]
    return arn


def test_an_empty_account_is_told_everything_at_once(account: Account, asked: Asked) -> None:
    account.may_run_at_once(10)
    account.sends_mail(in_sandbox=True)
    clear, told = asked()
    assert not clear
    assert told == _in_full("empty-account")


@pytest.mark.parametrize("stage", ["production", "recette"])
def test_an_account_in_the_sandbox_is_ready_to_try_and_not_for_production(
    account: Account, asked: Asked, stage: str
) -> None:
    account.is_ready()
    account.sends_mail(in_sandbox=True)
    clear, told = asked(stage)
    assert clear == (stage == "recette")
    assert told == _in_full(f"sandboxed-account-{stage}")


def test_a_half_deployed_account_says_what_stands_in_the_way(account: Account, asked: Asked) -> None:
    account.is_ready()
    account.has_stack("ROLLBACK_COMPLETE", is_protected=True)
    key = account.client("kms").create_key()["KeyMetadata"]["KeyId"]
    account.client("kms").create_alias(AliasName=f"alias/{PREFIX}", TargetKeyId=key)
    account.client("logs").create_log_group(logGroupName=f"/aws/lambda/{PREFIX}-call-webhook")
    clear, told = asked()
    assert not clear
    assert told == _in_full("half-deployed-account")


def test_a_complete_account_is_ready(account: Account, asked: Asked, operator_url: str, contract: Contract) -> None:
    account.is_ready()
    secret = _with_secret(account, json.dumps({"account_sid": SID, "auth_tokens": [TOKEN]}))
    elsewhere = _has_numbers(operator_url, contract)
    account.has_stack("UPDATE_COMPLETE", is_protected=True, ProviderSecret=secret)
    # What a deployed stack holds bears its names, and is no leftover.
    account.client("logs").create_log_group(logGroupName=f"/aws/lambda/{PREFIX}-desk")
    clear, told = asked(wanted=ACCOUNT, telephony=operator_url, elsewhere=elsewhere)
    assert clear
    assert told == _in_full("complete-account")
    assert TOKEN not in told


def test_a_provider_that_refuses_the_token_stops(account: Account, asked: Asked, operator_url: str) -> None:
    account.is_ready()
    secret = _with_secret(account, json.dumps({"account_sid": SID, "auth_tokens": ["a-token-of-us1"]}))
    account.has_stack("UPDATE_COMPLETE", is_protected=True, ProviderSecret=secret)
    clear, told = asked(telephony=operator_url)
    assert not clear
    assert f"The provider refuses this token for the account {SID} at 127.0.0.1" in told
    assert "a-token-of-us1" not in told


def _has_numbers(operator_url: str, contract: Contract) -> Elsewhere:
    """The provider's account as it must be; where the rest of it is asked."""
    kept = f"{operator_url}/assets/fallback.xml"
    told_url = TelephonyUrls(f"https://{HOST}").fell_back()
    httpx.put(kept, content=static_document(contract.numbers, told_url)).raise_for_status()
    numbers = contract.numbers
    for number in {numbers.inbound, numbers.desk_line, numbers.caller_id}:
        wanted = {"PhoneNumber": number, **number_settings(f"https://{HOST}", kept)}
        url = f"{operator_url}/2010-04-01/Accounts/{SID}/IncomingPhoneNumbers.json"
        httpx.post(url, data=wanted, auth=(SID, TOKEN)).raise_for_status()
    return Elsewhere(US1_AUTH_TOKEN, operator_url, re.compile(re.escape(kept)))


def test_nothing_is_asked_of_the_wrong_account(account: Account, asked: Asked) -> None:
    clear, told = asked(wanted="999999999999")
    assert not clear
    assert f"of the account {ACCOUNT}, and deploy/habitat70/production.toml names 999999999999" in told
    assert told.endswith("Nothing else was asked: it would be asked of the wrong place.")
    assert "bootstrap" not in told


def test_without_credentials_it_says_how_to_get_some(account: Account, asked: Asked) -> None:
    account.refuses("GetCallerIdentity", "ExpiredToken")
    clear, told = asked()
    assert not clear
    assert "Nobody is signed in to AWS: AWS refuses the credentials at hand (ExpiredToken)." in told


def test_credentials_of_which_half_is_missing_are_nobodys(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "")
    lines: list[str] = []
    assert not preflight(replace(account.at_hand(), client=make_clients(boto3.Session())), lines.append)
    assert "Nobody is signed in to AWS: Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY." in lines[2]


def test_a_connection_that_fails_is_not_taken_for_missing_credentials(account: Account, asked: Asked) -> None:
    account.is_out_of_reach("GetCallerIdentity")
    clear, told = asked()
    assert not clear
    assert "AWS could not be asked: Could not connect" in told
    assert "AWS_PROFILE" not in told


def test_a_stack_that_may_not_be_looked_at_ends_the_questions_that_need_it(account: Account, asked: Asked) -> None:
    account.is_ready()
    account.denies("cloudformation:DescribeStacks", code="AccessDenied")
    clear, told = asked()
    assert not clear
    assert told.count("cloudformation:DescribeStacks") == 2  # what lacks, and what to have allowed
    assert "leftovers" not in told


def test_it_only_reads_by_permissions_that_are_written_down(account: Account, asked: Asked) -> None:
    secret = _with_secret(account, "{}")
    account.asked.clear()
    account.may_run_at_once(10)
    account.sends_mail()
    asked()
    account.has_stack("UPDATE_COMPLETE", ProviderSecret=secret)
    asked()
    written = (ROOT / "docs" / "operations.md").read_text()
    operations = set(account.asked)
    assert "GetSecretValue" in operations
    # Everybody may ask who he is; API Gateway knows the verb alone, apigateway:GET.
    for operation in operations - {"GetCallerIdentity", "GetDomainName"}:
        assert operation.startswith(("Describe", "Get", "List"))
        assert f":{operation}`" in written, operation


@pytest.mark.usefixtures("stage_file")
@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("[profile other]\n", "The config profile (recette) could not be found: aws configure list-profiles"),
        ("[profile recette\n", "Unable to parse config file: "),
    ],
)
def test_a_profile_that_cannot_be_read_is_told(
    config: str,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "config").write_text(config)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "recette")
    assert main(["production"], {}) == 1
    assert capsys.readouterr().err.startswith(says)


@pytest.mark.parametrize("stage", ["specimen", "local", "nowhere", ""])
def test_a_stage_that_deploys_nowhere_is_refused(stage: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([stage], {}) == 1
    assert stage in capsys.readouterr().err
