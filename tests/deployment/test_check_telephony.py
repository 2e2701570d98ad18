"""Whose account is asked, with which token, and that neither the token nor what it opens is told."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from deployment import fallback_twiml
from deployment.check_telephony import check_telephony, numbers_in_force
from deployment.stack import read_stack
from permanence.adapters.contract_file import load_contract
from permanence.adapters.dynamodb.documents import DynamoDocuments
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.twilio.fallback import static_document
from permanence.application.reference.deciding import Decider, Deciding
from permanence.application.reference.signed import seeds_of, signed_of
from permanence.domain.contract import Contract
from permanence.domain.reference.listes import Listes
from permanence.domain.reference.listes_kind import LISTES
from tests.deployment.account import HOST, Account
from tests.fakes.providers import FakeObjects
from tests.fakes.registers import FakeAudit
from tests.fakes.table import create_table

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


@pytest.mark.usefixtures("stage_file")
def test_the_file_holds_the_numbers_approved_since_when_they_are_said(
    contract: Contract, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fallback_twiml.main(["production", "+33384000001"], {}) == 0

    printed = capsys.readouterr().out
    assert "+33384000001" in printed
    assert not [number for number in contract.numbers.fallback if number in printed]


def test_what_is_compared_with_the_static_file_are_the_numbers_in_force(account: Account, contract: Contract) -> None:
    """Of a stage that is deployed; a table that may not be read is told (R16)."""
    table = create_table(account.client("dynamodb"))
    body = replace(seeds_of(contract)["listes"], fallback=("+33384000001",))
    put_in_force(table, body)
    account.has_stack("UPDATE_COMPLETE", TableName=table.name)
    stack = read_stack(account.client("cloudformation"), "permanence-habitat70")

    assert numbers_in_force(account.at_hand(), stack).fallback == ("+33384000001",)
    assert numbers_in_force(account.at_hand(), None).fallback == contract.numbers.fallback


def put_in_force(table: Table, body: Listes) -> None:
    deciding = Deciding(
        DynamoDocuments(table, FakeObjects()),
        FakeAudit(),
        signed_of(load_contract()),
        seeds_of(load_contract()),
        Decider("u", ("superviseur",)),
    )
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    deciding.approve(LISTES, deciding.propose(LISTES, body, now).number, now)


def test_a_stage_that_does_not_exist_prints_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert fallback_twiml.main(["nowhere"], {}) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert "nowhere.toml" in printed.err
