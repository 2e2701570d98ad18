"""The reception of one landlord: one stack, on AWS and on the local engine."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import CfnOutput, CfnParameter, Environment, Stack, Tags
from constructs import Construct

from infra.alarms import Alarms
from infra.buckets import data_buckets
from infra.functions import Functions, Resources, retention_days
from infra.http_api import HttpApi
from infra.identity import sign_in_pool
from infra.key import data_key
from infra.layers import build_layers
from infra.queues import work_queues
from infra.received_mail import ReceivedMail, tell_queue_of_mails
from infra.schedules import Schedules
from infra.secrets import service_secrets
from infra.settings import Settings
from infra.table import data_table
from infra.triggers import Triggers

# Twilio's Ireland region: recordings and logs of calls stay in the EU (R73).
TELEPHONY_API = "https://api.dublin.ie1.twilio.com"
# What the local engine decides when it starts, and AWS does not have.
LOCAL_PARAMETERS = ("PublicBaseUrl", "TelephonyApiBaseUrl", "ClockUrl", "MailEndpointUrl")


class Reception(Stack):
    """`contract` is the validated contract, plain data."""

    def __init__(self, scope: Construct, settings: Settings, contract: Mapping[str, Any]) -> None:
        super().__init__(
            scope,
            settings.prefix,
            env=Environment(account=settings.account, region=settings.region),
            description=f"Permanence for {settings.landlord_id}",
            termination_protection=settings.protected,
        )
        Tags.of(self).add("landlord", settings.landlord_id)
        retention = contract["retention"]
        key = data_key(self, settings)
        queues = work_queues(self, key)
        api = HttpApi(self, settings)
        local = {name: CfnParameter(self, name).value_as_string for name in LOCAL_PARAMETERS if settings.is_local}
        resources = Resources(
            key=key,
            table=data_table(self, settings, key, retention),
            buckets=data_buckets(self, key, retention),
            queues=queues,
            secrets=service_secrets(self, key),
            identity=sign_in_pool(self, settings),
            mail_sender=settings.mail_sender,
            public_base_url=local.get("PublicBaseUrl", api.base_url),
            telephony_api_base_url=local.get("TelephonyApiBaseUrl", TELEPHONY_API),
            clock_environment={"CLOCK_URL": local["ClockUrl"]} if settings.is_local else {},
            mail_environment={"AWS_ENDPOINT_URL_SESV2": local["MailEndpointUrl"]} if settings.is_local else {},
        )
        tell_queue_of_mails(resources.buckets.imports, queues.received_mails)
        # The local engine has no rules of SES: the operator's mail server writes what they would.
        if settings.import_address and not settings.is_local:
            ReceivedMail(self, settings, resources.buckets.imports, key)
        layers = build_layers(self, settings, contract)
        functions = Functions(self, settings, layers, resources, retention["logs"]).by_name
        api.route(functions, retention_days(retention["logs"]))
        Triggers(self, functions, resources.table, queues)
        Schedules(self, settings, functions, queues.failed_runs, key, contract["service-level"]["freeze"])
        Alarms(self, settings, key, functions, queues, api)
        for name, value in {
            **({"ApiUrl": api.api.api_endpoint} if settings.is_local else {}),
            "PublicBaseUrl": resources.public_base_url,
            "TableName": resources.table.table_name,
            "RecordingsBucket": resources.buckets.recordings.bucket_name,
            "ReportsBucket": resources.buckets.reports.bucket_name,
            "ReferenceBucket": resources.buckets.reference.bucket_name,
            "ImportsBucket": resources.buckets.imports.bucket_name,
            "ProviderSecret": resources.secrets.provider.secret_arn,
            "UserPoolId": resources.identity.pool.user_pool_id,
            "UserPoolClientId": resources.identity.client.user_pool_client_id,
            "HostTarget": api.host_target,
            "HostTargetZone": api.host_zone,
        }.items():
            CfnOutput(self, f"{name}Output", key=name, value=value)
