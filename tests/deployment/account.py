"""An account of AWS as the credentials at hand see it: moto, and what moto does not answer."""

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.exceptions import EndpointConnectionError

from contracts.schema import load
from deployment.at_hand import AtHand, make_clients
from deployment.checks.bootstrap import VERSION
from deployment.checks.telephony import Elsewhere
from infra.settings import ROOT, read_settings
from permanence.domain.contract import contract_from_plain

ACCOUNT = "123456789012"  # moto's
REGION = "eu-west-3"
PREFIX = "permanence-habitat70"
HOST, DOMAIN, FILES = "permanence.habitat70.fr", "habitat70.fr", "fichiers.habitat70.fr"
CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/00000000-0000-0000-0000-000000000001"
ALARM_MAIL = "veille@habitat70.fr"
NOT_ASKED = Elsewhere()


class Account:
    """`client(service)` asks it; `answers` and `refuses` decide what it says to one operation from then on, and
    `asked` lists the operations."""

    def __init__(self) -> None:
        self.session = boto3.Session(
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            aws_session_token="testing",
        )
        self.client = make_clients(self.session)
        self.asked: list[str] = []
        self._said: dict[str, tuple[int, Mapping[str, Any]]] = {}
        self.session.events.register("before-call.*.*", self._say)
        # moto's CloudFormation and API Gateway ask for packages that nothing else of ours needs.
        self.refuses("DescribeStacks", "ValidationError", f"Stack with id {PREFIX} does not exist")
        self.refuses("GetDomainName", "NotFoundException", "Invalid domain name identifier specified")

    def at_hand(
        self,
        stage: str = "production",
        *,
        wanted: str | None = None,
        region: str | None = REGION,
        telephony: str = "",
        elsewhere: Elsewhere = NOT_ASKED,
    ) -> AtHand:
        """`wanted` is the account that the stage file names."""
        settings = replace(
            read_settings({"stage": "local"}, {}),
            target="aws",
            stage=stage,
            account=wanted,
            public_host=HOST,
            certificate_arn=CERTIFICATE,
            mail_domain=DOMAIN,
            alarm_mail=ALARM_MAIL,
            import_mail_domain=FILES,
        )
        contract = contract_from_plain(load(ROOT / "contracts" / "habitat70"))
        return AtHand(self.client, settings, contract, region, telephony, elsewhere)

    def answers(self, operation: str, answer: Mapping[str, Any]) -> None:
        """`operation` as in ``GetAccount``."""
        self._said[operation] = (200, answer)

    def refuses(self, operation: str, code: str, message: str = "refused") -> None:
        self._said[operation] = (400, {"Error": {"Code": code, "Message": message}})

    def is_out_of_reach(self, operation: str) -> None:
        self.session.events.register(f"before-send.*.{operation}", _is_silent)

    def denies(self, permission: str, code: str = "AccessDeniedException") -> None:
        """`permission` as in ``ses:GetAccount``; worded as AWS words it."""
        message = (
            f"User: arn:aws:iam::{ACCOUNT}:user/deployer is not authorized to perform: {permission} on resource: *"
        )
        self.refuses(permission.partition(":")[2], code, message)

    def has_stack(self, status: str, *, is_protected: bool = False, **outputs: str) -> None:
        told = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
        stack = {"StackStatus": status, "EnableTerminationProtection": is_protected, "Outputs": told}
        self.answers("DescribeStacks", {"Stacks": [{"StackName": PREFIX, **stack}]})

    def holds(self, *resources: Mapping[str, str]) -> None:
        """What the stack holds: physical ids by type."""
        told = [{"ResourceType": kind, "PhysicalResourceId": name} for one in resources for kind, name in one.items()]
        self.answers("ListStackResources", {"StackResourceSummaries": told})

    def may_run_at_once(self, quota: int, unreserved: int | None = None) -> None:
        limits = {
            "ConcurrentExecutions": quota,
            "UnreservedConcurrentExecutions": quota if unreserved is None else unreserved,
        }
        self.answers("GetAccountSettings", {"AccountLimit": limits})
        self.answers("ListRequestedServiceQuotaChangeHistoryByQuota", {"RequestedQuotas": []})

    def sends_mail(self, *, in_sandbox: bool = False, **more: Any) -> None:
        self.answers("GetAccount", {"ProductionAccessEnabled": not in_sandbox, "SendingEnabled": True, **more})

    def is_ready(self) -> None:
        """For a first deployment."""
        self.client("ssm").put_parameter(Name=VERSION, Value="30", Type="String")
        self.may_run_at_once(1000)
        names = {"DomainName": HOST, "SubjectAlternativeNames": [HOST]}
        self.answers("DescribeCertificate", {"Certificate": {**names, "Status": "ISSUED"}})
        dkim = {"SigningEnabled": True, "Status": "SUCCESS"}
        self.answers("GetEmailIdentity", {"VerifiedForSendingStatus": True, "DkimAttributes": dkim})
        self.sends_mail()
        self.answers("DescribeActiveReceiptRuleSet", {"Metadata": {"Name": PREFIX}})

    def _say(self, model: Any, **_: Any) -> tuple[Any, Mapping[str, Any]] | None:
        self.asked.append(model.name)
        if model.name not in self._said:
            return None
        status, parsed = self._said[model.name]
        return SimpleNamespace(status_code=status), {"ResponseMetadata": {}, **parsed}


def _is_silent(request: Any, **_: Any) -> None:
    raise EndpointConnectionError(endpoint_url=request.url)
