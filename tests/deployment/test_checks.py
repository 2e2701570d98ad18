"""Each check, of an account where all is well and of one where it is not."""

from typing import Any

import pytest

from deployment.asking import Check, ask
from deployment.checks.account import Caller, NoCredentials, account_findings, read_caller
from deployment.checks.bootstrap import VERSION, bootstrap_findings
from deployment.checks.certificate import certificate_findings
from deployment.checks.concurrency import QUOTA, concurrency_findings
from deployment.checks.leftovers import Named, leftover_findings
from deployment.checks.mail import identity_findings, sending_findings
from deployment.checks.receiving import receiving_findings
from deployment.checks.region import region_findings
from deployment.checks.secret import SecretMissing, read_provider
from deployment.checks.stack import stack_findings
from deployment.finding import Finding
from deployment.stack import Stack, read_stack
from tests.deployment.account import ACCOUNT, PREFIX, Account

HOST = "permanence.habitat70.fr"


def _only(findings: list[Finding]) -> Finding:
    (finding,) = findings
    return finding


@pytest.mark.parametrize(("region", "named"), [("us-east-1", "names us-east-1"), (None, "names no region")])
def test_another_region_than_the_datas_stops(region: str | None, named: str) -> None:
    finding = _only(region_findings(region))
    assert named in finding.says
    assert finding.mend == "export AWS_REGION=eu-west-3"
    assert region_findings("eu-west-3") == []


def test_credentials_of_another_account_than_the_stage_files_stop(account: Account) -> None:
    caller = read_caller(account.client)
    assert caller.account == ACCOUNT
    assert account_findings(caller, ACCOUNT, "deploy/habitat70/recette.toml") == []
    assert account_findings(caller, None, "deploy/habitat70/recette.toml") == []
    finding = _only(account_findings(Caller("999999999999", "arn"), ACCOUNT, "deploy/habitat70/recette.toml"))
    assert "999999999999" in finding.says
    assert f"deploy/habitat70/recette.toml names {ACCOUNT}" in finding.says


def test_credentials_that_are_over_are_nobodys(account: Account) -> None:
    account.refuses("GetCallerIdentity", "ExpiredToken")
    with pytest.raises(NoCredentials, match="ExpiredToken"):
        read_caller(account.client)


def test_an_account_is_prepared_for_cdk_once_and_recently_enough(account: Account) -> None:
    ssm = account.client("ssm")
    assert _only(bootstrap_findings(ssm)).mend == "make bootstrap"
    ssm.put_parameter(Name=VERSION, Value="5", Type="String")
    assert "version 5" in _only(bootstrap_findings(ssm)).says
    ssm.put_parameter(Name=VERSION, Value="6", Type="String", Overwrite=True)
    assert bootstrap_findings(ssm) == []


class TestConcurrency:
    """50 are to be reserved for the webhook, so 150 must be free."""

    def _findings(self, account: Account) -> list[Finding]:
        clients = account.client("lambda"), account.client("service-quotas")
        return concurrency_findings(*clients, f"{PREFIX}-call-webhook", 50)

    def test_ten_of_a_new_account_are_too_few_and_the_raise_is_written_out(self, account: Account) -> None:
        account.may_run_at_once(10)
        finding = _only(self._findings(account))
        assert finding.says.startswith("10 of 10 functions that may run at once are free, and 150 are needed: 50 ")
        assert f"--service-code lambda --quota-code {QUOTA} --desired-value 1000" in finding.mend
        assert finding.stops

    def test_what_others_of_the_account_have_reserved_is_not_free(self, account: Account) -> None:
        account.may_run_at_once(1000, unreserved=120)
        assert "--desired-value 1030" in _only(self._findings(account)).mend

    @pytest.mark.parametrize(("asked", "is_waited_for"), [(1000.0, True), (20.0, False)])
    def test_a_raise_that_was_asked_for_and_suffices_is_waited_for(
        self, account: Account, asked: float, is_waited_for: bool
    ) -> None:
        account.may_run_at_once(10)
        request = {"Id": "r-1", "Status": "CASE_OPENED", "DesiredValue": asked}
        account.answers("ListRequestedServiceQuotaChangeHistoryByQuota", {"RequestedQuotas": [request]})
        finding = _only(self._findings(account))
        assert ("r-1" in finding.mend) == is_waited_for
        assert finding.stops

    def test_what_an_earlier_deployment_reserved_for_the_webhook_is_still_its(self, account: Account) -> None:
        account.may_run_at_once(150, unreserved=100)
        assert self._findings(account) != []
        account.answers("GetFunctionConcurrency", {"ReservedConcurrentExecutions": 50})
        assert self._findings(account) == []

    def test_what_aws_gives_by_default_is_enough(self, account: Account) -> None:
        account.may_run_at_once(1000)
        assert self._findings(account) == []


class TestCertificate:
    def _requested(self, account: Account, name: str, status: str) -> str:
        arn: str = account.client("acm").request_certificate(DomainName=name)["CertificateArn"]
        told = account.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
        account.answers("DescribeCertificate", {"Certificate": {**told, "Status": status}})
        return arn

    def test_one_that_is_not_there_is_to_be_asked_for(self, account: Account) -> None:
        arn = f"arn:aws:acm:eu-west-3:{ACCOUNT}:certificate/00000000-0000-0000-0000-000000000001"
        finding = _only(certificate_findings(account.client("acm"), arn, HOST))
        assert f"aws --region eu-west-3 acm request-certificate --domain-name {HOST}" in finding.mend

    def test_one_that_waits_tells_the_records_that_prove_its_domain(self, account: Account) -> None:
        arn = self._requested(account, HOST, "PENDING_VALIDATION")
        finding = _only(certificate_findings(account.client("acm"), arn, HOST))
        assert finding.mend.startswith("DNS: _")
        assert f"{HOST}. CNAME _" in finding.mend

    def test_one_that_has_ended_is_named(self, account: Account) -> None:
        arn = self._requested(account, HOST, "EXPIRED")
        assert "EXPIRED" in _only(certificate_findings(account.client("acm"), arn, HOST)).says

    @pytest.mark.parametrize("name", [HOST, "*.habitat70.fr"])
    def test_one_that_is_issued_for_the_host_is_good(self, account: Account, name: str) -> None:
        arn = self._requested(account, name, "ISSUED")
        assert certificate_findings(account.client("acm"), arn, HOST) == []

    @pytest.mark.parametrize("name", ["habitat70.fr", "*.permanence.habitat70.fr", "*.fr", "desk.habitat70.fr"])
    def test_one_of_another_name_is_not(self, account: Account, name: str) -> None:
        arn = self._requested(account, name, "ISSUED")
        assert f"is for {name}, not for {HOST}" in _only(certificate_findings(account.client("acm"), arn, HOST)).says


class TestMail:
    DOMAIN = "permanence.habitat70.fr"

    def _identity(self, account: Account, **more: Any) -> list[Finding]:
        dkim = {"SigningEnabled": True, "Status": "SUCCESS", "Tokens": ["abc"], **more.pop("DkimAttributes", {})}
        account.answers("GetEmailIdentity", {"VerifiedForSendingStatus": True, "DkimAttributes": dkim, **more})
        return identity_findings(account.client("sesv2"), self.DOMAIN)

    def test_a_domain_that_the_service_does_not_know_is_to_be_made(self, account: Account) -> None:
        finding = _only(identity_findings(account.client("sesv2"), self.DOMAIN))
        assert finding.mend.startswith(
            f"aws --region eu-west-3 sesv2 create-email-identity --email-identity {self.DOMAIN}"
        )
        assert finding.stops

    def test_a_domain_just_made_is_not_verified(self, account: Account) -> None:
        account.client("sesv2").create_email_identity(EmailIdentity=self.DOMAIN)
        finding = _only(identity_findings(account.client("sesv2"), self.DOMAIN))
        assert "not verified" in finding.says
        assert finding.stops

    def test_a_domain_that_is_not_verified_tells_its_records(self, account: Account) -> None:
        dkim = {"Status": "PENDING", "SigningHostedZone": "dkim.eu-west-3.amazonses.com"}
        finding = _only(self._identity(account, VerifiedForSendingStatus=False, DkimAttributes=dkim))
        assert finding.mend == f"DNS: abc._domainkey.{self.DOMAIN} CNAME abc.dkim.eu-west-3.amazonses.com"

    def test_mails_without_a_signature_stop_nothing_and_are_told(self, account: Account) -> None:
        finding = _only(self._identity(account, DkimAttributes={"SigningEnabled": False}))
        assert "DKIM" in finding.says
        assert not finding.stops

    def test_a_return_address_that_would_have_every_mail_refused_stops(self, account: Account) -> None:
        returned = {"MailFromDomain": "retour.habitat70.fr", "MailFromDomainStatus": "FAILED"}
        refused = {**returned, "BehaviorOnMxFailure": "REJECT_MESSAGE"}
        assert "retour.habitat70.fr" in _only(self._identity(account, MailFromAttributes=refused)).says
        lenient = {**returned, "BehaviorOnMxFailure": "USE_DEFAULT_VALUE"}
        assert self._identity(account, MailFromAttributes=lenient) == []

    def test_a_verified_and_signed_domain_is_good(self, account: Account) -> None:
        assert self._identity(account) == []

    @pytest.mark.parametrize("is_production", [True, False])
    def test_the_sandbox_stops_production_and_is_enough_to_try(self, account: Account, is_production: bool) -> None:
        account.sends_mail(in_sandbox=True)
        finding = _only(sending_findings(account.client("sesv2"), is_production, HOST))
        assert finding.stops == is_production
        assert "aws --region eu-west-3 sesv2 put-account-details --production-access-enabled" in finding.mend
        account.sends_mail()
        assert sending_findings(account.client("sesv2"), is_production, HOST) == []

    def test_a_way_out_of_the_sandbox_that_was_asked_for_is_not_asked_for_again(self, account: Account) -> None:
        account.sends_mail(in_sandbox=True, Details={"ReviewDetails": {"Status": "PENDING"}})
        finding = _only(sending_findings(account.client("sesv2"), True, HOST))
        assert "put-account-details" not in finding.mend
        assert finding.stops

    def test_an_account_that_may_send_nothing_stops(self, account: Account) -> None:
        account.sends_mail(SendingEnabled=False, EnforcementStatus="SHUTDOWN")
        assert "SHUTDOWN" in _only(sending_findings(account.client("sesv2"), False, HOST)).says


class TestReceiving:
    DOMAIN = "fichiers.habitat70.fr"

    def _findings(self, account: Account) -> list[Finding]:
        return receiving_findings(account.client("sesv2"), account.client("ses"), self.DOMAIN, PREFIX)

    def _is_obeyed(self, account: Account, name: str | None) -> None:
        account.answers("DescribeActiveReceiptRuleSet", {"Metadata": {"Name": name}} if name else {})

    def _is_verified(self, account: Account, verified: bool = True) -> None:
        dkim = {"SigningHostedZone": "dkim.eu-west-3.amazonses.com", "Tokens": ["abc"]}
        account.answers("GetEmailIdentity", {"VerifiedForSendingStatus": verified, "DkimAttributes": dkim})

    def test_a_verified_domain_whose_rules_are_obeyed_is_good(self, account: Account) -> None:
        self._is_verified(account)
        self._is_obeyed(account, PREFIX)
        assert self._findings(account) == []

    def test_a_region_that_receives_no_mails_stops(self, account: Account) -> None:
        account.refuses("DescribeActiveReceiptRuleSet", "InvalidAction", "Unavailable Operation")
        finding = _only(self._findings(account))
        assert "receives no mails in this region" in finding.says
        assert finding.stops

    @pytest.mark.parametrize(("active", "said"), [(None, "none"), ("other-rules", "those of other-rules")])
    def test_rules_that_are_not_obeyed_are_told_with_the_command(
        self, account: Account, active: str | None, said: str
    ) -> None:
        self._is_verified(account)
        self._is_obeyed(account, active)
        finding = _only(self._findings(account))
        assert said in finding.says
        assert f"set-active-receipt-rule-set --rule-set-name {PREFIX}" in finding.mend
        assert not finding.stops

    def test_a_domain_that_is_not_verified_tells_where_its_mails_are_to_be_led(self, account: Account) -> None:
        self._is_obeyed(account, PREFIX)
        leads = f"DNS: {self.DOMAIN} MX 10 inbound-smtp.eu-west-3.amazonaws.com"
        unknown = _only(self._findings(account))
        assert unknown.mend.endswith(leads)
        self._is_verified(account, verified=False)
        unproved = _only(self._findings(account))
        assert unproved.mend == f"DNS: abc._domainkey.{self.DOMAIN} CNAME abc.dkim.eu-west-3.amazonses.com\n{leads}"
        assert not unproved.stops


class TestStack:
    def _stack(self, status: str, is_protected: bool = False) -> Stack:
        return Stack(PREFIX, status, is_protected, {})

    def test_it_is_read_as_cloudformation_tells_it(self, account: Account) -> None:
        cloudformation = account.client("cloudformation")
        assert read_stack(cloudformation, PREFIX) is None
        account.has_stack("UPDATE_COMPLETE", is_protected=True, ProviderSecret="arn:secret")
        stack = read_stack(cloudformation, PREFIX)
        assert stack == Stack(PREFIX, "UPDATE_COMPLETE", True, {"ProviderSecret": "arn:secret"})
        assert stack.is_up

    @pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE"])
    def test_one_that_is_well_and_none_at_all_are_deployed_to(self, status: str) -> None:
        assert stack_findings(None) == stack_findings(self._stack(status, is_protected=True)) == []

    @pytest.mark.parametrize(
        ("status", "mend"),
        [
            ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback"),
            ("CREATE_FAILED", "rollback-stack"),
            ("ROLLBACK_FAILED", "delete-stack"),
            ("DELETE_FAILED", "delete-stack"),
            ("UPDATE_IN_PROGRESS", "describe-stacks"),
            ("ROLLBACK_IN_PROGRESS", "describe-stacks"),
        ],
    )
    def test_one_that_cannot_be_deployed_to_says_what_ends_that(self, status: str, mend: str) -> None:
        finding = _only(stack_findings(self._stack(status)))
        assert f"aws --region eu-west-3 cloudformation {mend} --stack-name {PREFIX}" in finding.mend
        assert finding.stops

    @pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"])
    def test_a_first_deployment_that_failed_stops_the_next_only_if_it_is_protected(self, status: str) -> None:
        assert not _only(stack_findings(self._stack(status))).stops
        finding = _only(stack_findings(self._stack(status, is_protected=True)))
        assert finding.stops
        assert "update-termination-protection --no-enable-termination-protection" in finding.mend
        assert not self._stack(status).is_up

    def test_why_the_last_one_was_taken_back_is_asked_with_one_command(self) -> None:
        finding = _only(stack_findings(self._stack("UPDATE_ROLLBACK_COMPLETE")))
        assert finding.mend.startswith(
            f"aws --region eu-west-3 cloudformation describe-stack-events --stack-name {PREFIX}"
        )
        assert not finding.stops


class TestLeftovers:
    NAMED = Named(PREFIX, HOST, (f"{PREFIX}-desk", f"{PREFIX}-notify"))

    def test_an_empty_account_has_none(self, account: Account) -> None:
        assert leftover_findings(account.client, self.NAMED) == []

    def test_what_bears_a_name_of_the_template_is_in_its_way(self, account: Account) -> None:
        key = account.client("kms").create_key()["KeyMetadata"]["KeyId"]
        account.client("kms").create_alias(AliasName=f"alias/{PREFIX}", TargetKeyId=key)
        account.client("logs").create_log_group(logGroupName=f"/aws/lambda/{PREFIX}-desk")
        account.client("scheduler").create_schedule_group(Name=PREFIX)
        account.answers("GetDomainName", {"DomainName": HOST})
        found = leftover_findings(account.client, self.NAMED)
        assert all(finding.stops for finding in found)
        assert [finding.mend.partition("    ")[0] for finding in found] == [
            f"aws --region eu-west-3 kms delete-alias --alias-name alias/{PREFIX}",
            f"aws --region eu-west-3 logs delete-log-group --log-group-name /aws/lambda/{PREFIX}-desk",
            f"aws --region eu-west-3 scheduler delete-schedule-group --name {PREFIX}",
            f"aws --region eu-west-3 apigatewayv2 delete-domain-name --domain-name {HOST}",
        ]

    def test_another_stage_beside_it_is_none(self, account: Account) -> None:
        account.client("logs").create_log_group(logGroupName=f"/aws/lambda/{PREFIX}-recette-desk")
        account.client("scheduler").create_schedule_group(Name=f"{PREFIX}-recette")
        assert leftover_findings(account.client, self.NAMED) == []


class TestSecret:
    def _read(self, account: Account, text: str) -> Any:
        secrets = account.client("secretsmanager")
        arn = secrets.create_secret(Name="provider", SecretString=text)["ARN"]
        return read_provider(secrets, Stack(PREFIX, "CREATE_COMPLETE", True, {"ProviderSecret": arn}))

    def test_it_is_made_by_the_first_deployment(self, account: Account) -> None:
        with pytest.raises(SecretMissing, match="The first deployment makes"):
            read_provider(account.client("secretsmanager"), None)

    @pytest.mark.parametrize(
        "text",
        [
            '{"account_sid": "unset", "auth_tokens": [], "filler": "x"}',
            '{"account_sid": "AC1", "auth_tokens": []}',
            '{"account_sid": "AC1", "auth_tokens": "hidden"}',
            '{"account_sid": "AC1", "auth_tokens": [""]}',
            '{"account_sid": null, "auth_tokens": ["hidden"]}',
            '["hidden"]',
            '{"account": "AC1", "token": "hidden"}',
            "hidden",
        ],
    )
    def test_what_is_no_account_is_said_without_saying_it(self, account: Account, text: str) -> None:
        with pytest.raises(SecretMissing) as caught:
            self._read(account, text)
        assert "hidden" not in str(caught.value)

    def test_the_account_and_its_tokens_are_read(self, account: Account) -> None:
        told = self._read(account, '{"account_sid": "AC1", "auth_tokens": ["new", "old"]}')
        assert (told.account, told.tokens) == ("AC1", ("new", "old"))


class TestAsking:
    def _told(self, check: Check) -> tuple[bool, str]:
        lines: list[str] = []
        return ask([check], lines.append, "recette"), "\n".join(lines)

    def test_a_permission_that_lacks_is_named_and_stops(self, account: Account) -> None:
        account.denies("ses:GetAccount")
        check = Check("mail service", lambda: sending_findings(account.client("sesv2"), True, HOST))
        clear, told = self._told(check)
        assert not clear
        assert "they lack the permission ses:GetAccount" in told

    def test_it_is_named_as_well_by_services_of_the_older_protocol(self, account: Account) -> None:
        account.denies("cloudformation:DescribeStacks", code="AccessDenied")
        check = Check("stack", lambda: stack_findings(read_stack(account.client("cloudformation"), PREFIX)))
        assert "cloudformation:DescribeStacks" in self._told(check)[1]

    def test_what_is_typed_to_mend_names_the_stage_that_was_asked(self) -> None:
        check = Check("alarms", lambda: [Finding("One is gone.", "make deploy STAGE=… ARGS=--force")])
        assert "make deploy STAGE=recette ARGS=--force" in self._told(check)[1]

    def test_a_service_that_fails_is_not_well(self, account: Account) -> None:
        account.refuses("GetAccount", "TooManyRequestsException", "slow down")
        check = Check("mail service", lambda: sending_findings(account.client("sesv2"), True, HOST))
        clear, told = self._told(check)
        assert not clear
        assert "GetAccount with TooManyRequestsException: slow down" in told

    def test_what_is_missed_later_is_told_and_gone_past(self) -> None:
        clear, told = self._told(Check("secret", lambda: [Finding("It is not there yet.", "put it", stops=False)]))
        assert clear
        assert told == "  later secret\n        It is not there yet.\n          put it"
