"""What the check after a deployment says of a whole stage, in full sentences."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deployment.check_deployed import check_deployed, main
from tests.deployment.account import ALARM_MAIL, DOMAIN, HOST, PREFIX, Account

TOLD = Path(__file__).parent / "told"
PAGE = '<title>Connexion – Permanence</title><link rel="stylesheet" href="/static/theme.1.css">'


def _answer(request: httpx.Request) -> httpx.Response:
    if request.url.host != HOST:
        return httpx.Response(404)
    if request.url.path == "/static/theme.1.css":
        return httpx.Response(200, text="p{}", headers={"content-type": "text/css"})
    return httpx.Response(200, text=PAGE)


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client(transport=httpx.MockTransport(_answer)) as client:
        yield client


def _check(account: Account, browser: httpx.Client) -> tuple[bool, str]:
    lines: list[str] = []
    clear = check_deployed(account.at_hand(), browser, lambda _: None, lines.append)
    return clear, "\n".join(lines)


def _deployed(account: Account, provider: str = '{"account_sid": "unset", "auth_tokens": []}') -> None:
    topic = account.client("sns").create_topic(Name="alarms")["TopicArn"]
    account.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint=ALARM_MAIL)
    watch = {"MetricName": "5xx", "Namespace": "AWS/ApiGateway", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1}
    for name, state in (("ApiFails", "OK"), ("EventLost", "INSUFFICIENT_DATA")):
        account.client("cloudwatch").put_metric_alarm(
            AlarmName=f"{PREFIX}-{name}", Statistic="Sum", ComparisonOperator="GreaterThanThreshold", **watch
        )
        account.client("cloudwatch").set_alarm_state(AlarmName=f"{PREFIX}-{name}", StateValue=state, StateReason="set")
    kept = account.client("secretsmanager").create_secret(Name="provider", SecretString=provider)
    account.has_stack(
        "CREATE_COMPLETE",
        ProviderSecret=kept["Name"],
        PublicBaseUrl=f"https://{HOST}",
        HostTarget="d-abc.execute-api.eu-west-3.amazonaws.com",
        TableName="table",
    )
    account.holds(
        {"AWS::ApiGatewayV2::Api": "abc123", "AWS::SNS::Topic": topic},
        {"AWS::CloudWatch::Alarm": f"{PREFIX}-ApiFails"},
        {"AWS::CloudWatch::Alarm": f"{PREFIX}-EventLost"},
    )
    account.client("sesv2").create_email_identity(EmailIdentity=f"astreinte@{DOMAIN}")


def test_a_stage_that_lacks_its_secret_only_is_told_so(account: Account, browser: httpx.Client) -> None:
    _deployed(account)
    clear, told = _check(account, browser)
    assert not clear
    assert told == (TOLD / "deployed-without-secret.txt").read_text().rstrip("\n")


def test_no_call_is_placed_that_the_landlord_would_answer_in_our_place(account: Account, browser: httpx.Client) -> None:
    """The webhook of this one is a page that is not ours; its provider has no address at all."""
    _deployed(account, '{"account_sid": "AC1", "auth_tokens": ["t"]}')
    clear, told = _check(account, browser)
    assert not clear
    assert "No test call was placed: the webhook answers 200" in told


@pytest.mark.parametrize("status", [None, "ROLLBACK_COMPLETE", "CREATE_IN_PROGRESS"])
def test_nothing_is_asked_of_what_was_never_deployed(
    account: Account, browser: httpx.Client, status: str | None
) -> None:
    if status:
        account.has_stack(status)
    clear, told = _check(account, browser)
    assert not clear
    assert told.endswith("Nothing is deployed.\n          make deploy STAGE=production")


def test_no_mail_is_sent_with_the_wrong_credentials(account: Account, browser: httpx.Client) -> None:
    lines: list[str] = []
    _deployed(account)
    assert not check_deployed(account.at_hand(wanted="999999999999"), browser, lambda _: None, lines.append)
    assert lines[-1] == "Nothing else was asked: it would be asked of the wrong place."


@pytest.mark.parametrize("permission", ["cloudformation:DescribeStacks", "cloudformation:ListStackResources"])
def test_a_stack_that_may_not_be_looked_at_is_told_by_its_permission(
    account: Account, browser: httpx.Client, permission: str
) -> None:
    _deployed(account)
    account.denies(permission, code="AccessDenied")
    clear, told = _check(account, browser)
    assert not clear
    assert f"they lack the permission {permission}." in told


@pytest.mark.parametrize("stage", ["specimen", "local", "nowhere", ""])
def test_a_stage_that_deploys_nowhere_is_refused(stage: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([stage], {}) == 1
    assert stage in capsys.readouterr().err
