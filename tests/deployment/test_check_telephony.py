"""Whose account is asked, with which token, and that neither the token nor what it opens is told."""

import json
from collections.abc import Mapping

import pytest

from deployment import fallback_twiml
from deployment.check_telephony import check_telephony
from permanence.adapters.twilio.fallback import static_document
from permanence.domain.contract import Contract
from tests.deployment.account import HOST, Account

NOBODY = "http://127.0.0.1:9"
TOKEN = "a-token-of-ireland"
GIVEN = {"TELEPHONY_ACCOUNT_SID": "AC1", "TELEPHONY_TOKEN": TOKEN}


def told_by(account: Account, environ: Mapping[str, str]) -> tuple[bool, str]:
    lines: list[str] = []
    clear = check_telephony(account.at_hand(telephony=NOBODY), environ, lines.append)
    return clear, "\n".join(lines)


def test_before_the_first_deployment_the_token_of_the_environment_is_used_and_aws_is_not_asked(
    account: Account,
) -> None:
    account.refuses("GetCallerIdentity", "ExpiredToken")

    clear, told = told_by(account, GIVEN)

    assert not clear
    assert "account AC1 at 127.0.0.1" in told
    assert "does not answer at 127.0.0.1" in told
    assert told.endswith("Not all of it is set, or could be asked: mend what is named above, then ask again.")
    assert TOKEN not in told


def test_then_the_secret_of_the_stack_is(account: Account) -> None:
    secrets = account.client("secretsmanager")
    held = json.dumps({"account_sid": "AC2", "auth_tokens": [TOKEN]})
    arn = secrets.create_secret(Name="provider", SecretString=held)["ARN"]
    account.has_stack("UPDATE_COMPLETE", ProviderSecret=arn)

    _, told = told_by(account, {})

    assert "account AC2 at 127.0.0.1" in told
    assert TOKEN not in told


@pytest.mark.parametrize("environ", [{}, {"TELEPHONY_TOKEN": TOKEN}])
def test_without_either_it_is_said_what_to_put_or_to_export(account: Account, environ: Mapping[str, str]) -> None:
    clear, told = told_by(account, environ)

    assert not clear
    assert "put-secret-value" in told
    assert "export TELEPHONY_ACCOUNT_SID=AC… TELEPHONY_TOKEN=…" in told
    assert TOKEN not in told


@pytest.mark.parametrize("permission", ["cloudformation:DescribeStacks", "secretsmanager:GetSecretValue"])
def test_a_secret_that_may_not_be_read_is_told_by_the_permission(account: Account, permission: str) -> None:
    account.has_stack("UPDATE_COMPLETE", ProviderSecret="provider")
    account.denies(permission, code="AccessDenied")

    clear, told = told_by(account, {})

    assert not clear
    assert f"they lack the permission {permission}." in told


@pytest.mark.usefixtures("stage_file")
def test_the_file_for_the_provider_is_printed_alone_as_we_would_answer_ourselves(
    contract: Contract, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fallback_twiml.main(["production"], {}) == 0

    wanted = static_document(contract.numbers, f"https://{HOST}/telephony/calls/fell-back")
    assert capsys.readouterr().out == f"{wanted}\n"


def test_a_stage_that_does_not_exist_prints_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert fallback_twiml.main(["nowhere"], {}) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert "nowhere.toml" in printed.err
