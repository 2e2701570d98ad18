"""Each check of what is deployed, of one that answers and of one that does not."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from moto.ses import ses_backends

from deployment.checks.alarms import alarm_findings, subscription_findings
from deployment.checks.sign_in_page import closed_findings, sign_in_findings
from deployment.checks.trial_call import webhook_findings
from deployment.checks.trial_mail import mail_findings
from deployment.finding import Finding
from tests.deployment.account import ACCOUNT, ALARM_MAIL, DOMAIN, HOST, PREFIX, REGION, Account

URL = f"https://{HOST}"
TARGET = "d-abc.execute-api.eu-west-3.amazonaws.com"
SENDER = f"astreinte@{DOMAIN}"
PAGE = '<title>Connexion – Permanence</title><link rel="stylesheet" href="/static/theme.1.css">'

Site = Callable[..., httpx.Client]


def _only(findings: list[Finding]) -> Finding:
    (finding,) = findings
    return finding


@pytest.fixture
def site() -> Iterator[Site]:
    """A browser of one site, which answers each path with a status and a text."""
    open_clients: list[httpx.Client] = []

    def make(**answers: tuple[int, str]) -> httpx.Client:
        def answer(request: httpx.Request) -> httpx.Response:
            name = request.url.path.strip("/").partition("/")[0]
            if name not in answers:
                raise httpx.ConnectError("Name or service not known", request=request)
            status, text = answers[name]
            kind = "text/css" if name == "static" else "text/html"
            return httpx.Response(status, text=text, headers={"content-type": kind})

        open_clients.append(httpx.Client(transport=httpx.MockTransport(answer)))
        return open_clients[-1]

    yield make
    for client in open_clients:
        client.close()


class TestSignInPage:
    def _findings(self, http: httpx.Client) -> list[Finding]:
        return sign_in_findings(http, URL, PREFIX, TARGET)

    def test_a_page_and_its_style_are_well(self, site: Site) -> None:
        assert self._findings(site(connexion=(200, PAGE), static=(200, "p{}"))) == []

    def test_a_name_that_leads_nowhere_tells_the_record(self, site: Site) -> None:
        finding = _only(self._findings(site()))
        assert "Name or service not known" in finding.says
        assert finding.mend.startswith(f"DNS: {HOST} CNAME {TARGET}")

    def test_a_page_that_fails_leads_to_its_log(self, site: Site) -> None:
        finding = _only(self._findings(site(connexion=(500, ""))))
        assert "answers 500" in finding.says
        assert f"logs tail /aws/lambda/{PREFIX}-sign-in" in finding.mend

    def test_somebody_elses_page_is_not_ours(self, site: Site) -> None:
        assert "is not our sign-in page" in _only(self._findings(site(connexion=(200, "<title>Parking</title>")))).says

    @pytest.mark.parametrize("style", [(404, ""), (500, "")])
    def test_a_page_without_its_style_is_not_well(self, site: Site, style: tuple[int, str]) -> None:
        finding = _only(self._findings(site(connexion=(200, PAGE), static=style)))
        assert f"/static/theme.1.css answers {style[0]}" in finding.says

    @pytest.mark.parametrize("refusal", [(403, '{"message":"Forbidden"}'), (404, '{"message":"Not Found"}')])
    def test_the_gateways_own_address_is_closed_when_the_gateway_refuses(
        self, site: Site, refusal: tuple[int, str]
    ) -> None:
        assert closed_findings(site(connexion=refusal), "https://abc.example") == []

    @pytest.mark.parametrize("answer", [(200, PAGE), (500, "")])
    def test_whatever_else_answers_there_is_a_second_door(self, site: Site, answer: tuple[int, str]) -> None:
        finding = _only(closed_findings(site(connexion=answer), "https://abc.example"))
        assert "a second door" in finding.says
        assert finding.stops

    def test_an_address_that_cannot_be_reached_is_not_told_to_be_closed(self, site: Site) -> None:
        finding = _only(closed_findings(site(), "https://abc.example"))
        assert "is not known" in finding.says
        assert not finding.stops


class TestAlarms:
    def _put(
        self, account: Account, name: str, state: str, *, tells: bool = True, missing: str = "notBreaching"
    ) -> str:
        cloudwatch = account.client("cloudwatch")
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            AlarmDescription="A page or a webhook answered 5xx.",
            ActionsEnabled=tells,
            MetricName="5xx",
            Namespace="AWS/ApiGateway",
            Period=60,
            EvaluationPeriods=1,
            Statistic="Sum",
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData=missing,
        )
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="set")
        return name

    def test_alarms_that_watch_in_silence_are_well(self, account: Account) -> None:
        names = [self._put(account, f"{PREFIX}-{number}", "OK") for number in range(120)]
        assert alarm_findings(account.client("cloudwatch"), names) == []

    def test_one_that_rings_is_named_with_what_it_means(self, account: Account) -> None:
        name = self._put(account, f"{PREFIX}-ApiFails", "ALARM")
        finding = _only(alarm_findings(account.client("cloudwatch"), [name]))
        assert finding.says == f"The alarm {name} is ringing. A page or a webhook answered 5xx."
        assert finding.stops

    @pytest.mark.parametrize(("many", "are_named"), [(5, True), (6, False)])
    def test_those_without_data_yet_are_waited_for(self, account: Account, many: int, are_named: bool) -> None:
        names = [self._put(account, f"{PREFIX}-{number}", "INSUFFICIENT_DATA") for number in range(many)]
        finding = _only(alarm_findings(account.client("cloudwatch"), names))
        assert finding.says.startswith(f"{many} of {many} alarms")
        assert (names[-1] in finding.says) == are_named
        assert not finding.stops

    @pytest.mark.parametrize("missing", ["ignore", "breaching"])
    def test_one_that_waits_for_its_first_figure_or_its_first_day_is_well(self, account: Account, missing: str) -> None:
        name = self._put(account, f"{PREFIX}-OutboxDeadLettersNotEmpty", "INSUFFICIENT_DATA", missing=missing)
        assert alarm_findings(account.client("cloudwatch"), [name]) == []

    def test_one_that_tells_nobody_or_is_gone_stops(self, account: Account) -> None:
        silent, gone = self._put(account, f"{PREFIX}-ApiFails", "OK", tells=False), f"{PREFIX}-EventLost"
        found = alarm_findings(account.client("cloudwatch"), [silent, gone])
        assert {finding.says.partition(f"{PREFIX}-")[2] for finding in found} == {
            "ApiFails tells nobody.",
            "EventLost is gone, and the stack does not know.",
        }
        assert all(finding.stops for finding in found)

    def test_another_stage_beside_it_is_not_asked(self, account: Account) -> None:
        ours = self._put(account, f"{PREFIX}-ApiFails", "OK")
        self._put(account, f"{PREFIX}-recette-ApiFails", "ALARM")
        assert alarm_findings(account.client("cloudwatch"), [ours]) == []

    def test_an_address_that_has_confirmed_hears_them(self, account: Account) -> None:
        sns = account.client("sns")
        topics = [sns.create_topic(Name=name)["TopicArn"] for name in ("told", "wakes")]
        for topic in topics:
            assert f"hears an alarm of {topic}:" in subscription_findings(sns, topics, ALARM_MAIL)[0].says
            sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=ALARM_MAIL)
        assert subscription_findings(sns, topics, ALARM_MAIL) == []

    def test_one_that_has_not_confirmed_does_not(self, account: Account) -> None:
        waiting = {"SubscriptionArn": "PendingConfirmation", "Endpoint": ALARM_MAIL, "Protocol": "email"}
        account.answers("ListSubscriptionsByTopic", {"Subscriptions": [waiting]})
        finding = _only(subscription_findings(account.client("sns"), ["arn:aws:sns:eu-west-3:1:alarms"], ALARM_MAIL))
        assert "waits to be confirmed" in finding.says
        assert finding.stops


class TestWebhook:
    def _findings(self, http: httpx.Client) -> list[Finding]:
        return webhook_findings(http, URL, PREFIX)

    def test_one_that_refuses_whom_it_does_not_know_answers(self, site: Site) -> None:
        assert self._findings(site(telephony=(403, ""))) == []

    @pytest.mark.parametrize("status", [200, 404, 500, 503])
    def test_one_that_says_anything_else_is_not_called(self, site: Site, status: int) -> None:
        finding = _only(self._findings(site(telephony=(status, ""))))
        assert f"the webhook answers {status} to a request of nobody's" in finding.says
        assert "would have rung at the landlord's own" in finding.says
        assert finding.stops

    def test_one_that_is_out_of_reach_is_not_called(self, site: Site) -> None:
        assert "cannot be reached" in _only(self._findings(site())).says


class TestMail:
    def _findings(self, account: Account) -> list[Finding]:
        return mail_findings(account.client("sesv2"), SENDER, ALARM_MAIL, PREFIX)

    def test_one_leaves_from_the_sender_to_the_address_of_alarms(self, account: Account) -> None:
        account.client("sesv2").create_email_identity(EmailIdentity=SENDER)
        assert self._findings(account) == []
        (sent,) = ses_backends[ACCOUNT][REGION].sent_messages
        assert (sent.source, sent.destinations["ToAddresses"]) == (SENDER, [ALARM_MAIL])

    def test_one_that_the_service_refuses_is_told_with_its_reason(self, account: Account) -> None:
        account.refuses("SendEmail", "MessageRejected", "Email address is not verified.")
        finding = _only(self._findings(account))
        assert f"from {SENDER} to {ALARM_MAIL}: MessageRejected, Email address is not verified." in finding.says
