"""The fourteen functions: one folder, one audience, one set of rights each (the table of docs/architecture.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Stack, aws_dynamodb, aws_kms, aws_logs, aws_s3, aws_sqs
from constructs import Construct

from infra import concurrency
from infra.buckets import Buckets
from infra.findings import accept
from infra.function import Function
from infra.identity import Identity
from infra.layers import Layers
from infra.mail import ANY_IDENTITY
from infra.queues import Queues
from infra.secrets import Secrets
from infra.settings import DATA_REGION, Settings
from infra.table_rights import TABLE_RIGHTS

# Who anybody can reach before signing in may check accounts; who makes them is reached by supervisors only.
SIGN_IN = (
    "cognito-idp:AdminInitiateAuth",
    "cognito-idp:AdminRespondToAuthChallenge",
    "cognito-idp:AdminGetUser",
    "cognito-idp:AdminListGroupsForUser",
    "cognito-idp:AdminSetUserMFAPreference",
)
MAKE_ACCOUNTS = (
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminAddUserToGroup",
    "cognito-idp:AdminSetUserPassword",
    "cognito-idp:AdminDeleteUser",
    "cognito-idp:AdminDisableUser",
    "cognito-idp:AdminEnableUser",
    "cognito-idp:AdminUpdateUserAttributes",
    "cognito-idp:AdminRemoveUserFromGroup",
)
# Functions that write or check addresses of ours: links, webhooks, redirections.
TELLS_ADDRESSES = frozenset(
    {
        "astreinte_dispatch",
        "call_webhook",
        "desk",
        "extranet",
        "imports",
        "mission",
        "notify",
        "reports",
        "sign_in",
        "team",
    }
)
USE_KEY = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey")


@dataclass(frozen=True, slots=True)
class Resources:
    """What functions work with."""

    key: aws_kms.Key
    table: aws_dynamodb.Table
    buckets: Buckets
    queues: Queues
    secrets: Secrets
    identity: Identity
    mail_sender: str
    public_base_url: str
    telephony_api_base_url: str
    clock_environment: Mapping[str, str]  # CLOCK_URL on the local engine, nothing on AWS
    mail_environment: Mapping[str, str]  # AWS_ENDPOINT_URL_SESV2 on the local engine, nothing on AWS


class Functions(Construct):
    """All functions, without what triggers them."""

    def __init__(
        self, scope: Construct, settings: Settings, layers: Layers, resources: Resources, logs_kept_days: int
    ) -> None:
        super().__init__(scope, "Functions")
        self._settings, self._resources = settings, resources
        self._logs_kept = retention_days(logs_kept_days)
        self.by_name: dict[str, Function] = {}
        queues, buckets = resources.queues, resources.buckets
        bare = [layers.permanence, layers.base]
        base = [*bare, layers.contract]
        pages = [*base, layers.static]

        # The provider gives up after 15 s; a table, a secret, a queue and a provider that never answer cost 12 s.
        call_webhook = self._add("call_webhook", base, timeout_s=13, memory_mb=1024, reserved=concurrency.WEBHOOK)
        self._table(call_webhook)
        self._provider(call_webhook)
        self._send(call_webhook, RECORDINGS_QUEUE_URL=queues.recordings, LATE_EVENTS_QUEUE_URL=queues.late_events)

        sign_in = self._add("sign_in", [*pages, layers.sign_in], timeout_s=10, memory_mb=512)
        self._table(sign_in)
        self._users(sign_in, SIGN_IN)
        sign_in.function.add_environment("USER_POOL_CLIENT_ID", resources.identity.client.user_pool_client_id)

        team = self._add("team", [*pages, layers.team], timeout_s=10, memory_mb=512)
        self._table(team)
        self._users(team, MAKE_ACCOUNTS)

        desk = self._add("desk", [*pages, layers.desk], timeout_s=15, memory_mb=1024)
        self._table(desk)
        self._provider(desk)
        self._objects(desk, ["s3:GetObject"], REFERENCE_BUCKET=buckets.reference)
        self._send(desk, RECORDINGS_QUEUE_URL=queues.recordings)

        extranet = self._add("extranet", [*pages, layers.reports], timeout_s=29, memory_mb=1024)
        self._table(extranet)
        self._objects(extranet, ["s3:GetObject"], RECORDINGS_BUCKET=buckets.recordings, REPORTS_BUCKET=buckets.reports)
        # Who may list a bucket is told that an object is missing; for others that is a refusal, as a lost right is. The
        # keys of both tell no more than what it reads in the table.
        extranet.allow(["s3:ListBucket"], [buckets.recordings.bucket_arn, buckets.reports.bucket_arn])

        self._add_decisions([*pages, layers.decisions], [*base, layers.imports])

        mission = self._add("mission", [*pages, layers.pages], timeout_s=10, memory_mb=512)
        self._table(mission)

        outbox_relay = self._add("outbox_relay", bare, timeout_s=10, memory_mb=256)
        self._send(outbox_relay, OUTBOX_QUEUE_URL=queues.outbox, DEADLINES_QUEUE_URL=queues.deadlines)

        # Flow 2: provider 4 s < lease 5 s < function 6 s; with 3 s to start, visibility 9 s.
        notify = self._add("notify", base, timeout_s=6, memory_mb=512)
        self._table(notify)
        self._provider(notify)
        self._mail(notify)
        self._objects(notify, ["s3:GetObject"], REPORTS_BUCKET=buckets.reports, REFERENCE_BUCKET=buckets.reference)

        dispatch = self._add("astreinte_dispatch", base, timeout_s=8, memory_mb=512, invoked_by_schedule=True)
        self._table(dispatch)
        self._send(dispatch, OUTBOX_QUEUE_URL=queues.outbox, DEADLINES_QUEUE_URL=queues.deadlines)

        recording_import = self._add("recording_import", base, timeout_s=60, memory_mb=512, invoked_by_schedule=True)
        self._table(recording_import)
        self._provider(recording_import)
        # Who objects while his recording is being imported has it deleted again, all versions of it.
        self._objects(
            recording_import,
            ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
            RECORDINGS_BUCKET=buckets.recordings,
        )
        recording_import.allow(["s3:ListBucketVersions"], [buckets.recordings.bucket_arn])
        self._send(recording_import, RECORDINGS_QUEUE_URL=queues.recordings)

        self._add_scheduled_work([*base, layers.reports], base)

        for function in self.by_name.values():
            self._use_key(function)

    def _add_decisions(self, decisions_layers: Sequence[Any], imports_layers: Sequence[Any]) -> None:
        """What is decided on pages, and what is read of files where nobody waits."""
        buckets, queues = self._resources.buckets, self._resources.queues
        decisions = self._add("decisions", decisions_layers, timeout_s=29, memory_mb=1024)
        self._table(decisions)
        self._send(decisions, FILES_TO_READ_QUEUE_URL=queues.files_to_read)

        # 50,000 lines of a workbook.
        imports = self._add("imports", imports_layers, timeout_s=300, memory_mb=1024)
        self._table(imports)
        for function in (decisions, imports):
            self._objects(
                function,
                ["s3:GetObject", "s3:PutObject"],
                IMPORTS_BUCKET=buckets.imports,
                REFERENCE_BUCKET=buckets.reference,
            )
            # To be told that an object is missing: what was sent is erased before what is written of it.
            function.allow(["s3:ListBucket"], [buckets.imports.bucket_arn])
        self._send(imports, FILES_TO_READ_QUEUE_URL=queues.files_to_read)  # what a mail brings
        # It answers who sent a mail, and the mail service sends the answer.
        imports.function.add_environment("REPORTS_BUCKET", buckets.reports.bucket_name)
        imports.allow(["s3:PutObject"], [buckets.reports.arn_for_objects("mails/*")])
        imports.accept_all_below(buckets.reports.bucket_arn, "mails/*", "A mail is named by the one that it answers.")
        imports.function.add_environment("MAIL_SENDER", self._resources.mail_sender)
        imports.function.add_environment("IMPORT_ADDRESS", self._settings.import_address or "")

    def _add_scheduled_work(self, reports_layers: Sequence[Any], retention_layers: Sequence[Any]) -> None:
        buckets = self._resources.buckets
        monthly = self._add("reports", reports_layers, timeout_s=300, memory_mb=1024, invoked_by_schedule=True)
        self._table(monthly)
        self._objects(monthly, ["s3:GetObject", "s3:PutObject"], REPORTS_BUCKET=buckets.reports)
        self._objects(monthly, ["s3:GetObject"], REFERENCE_BUCKET=buckets.reference)
        monthly.function.add_environment("MAIL_SENDER", self._resources.mail_sender)

        # A whole processor: what many calls at once cost is their reading and writing, not the waiting.
        retention = self._add("retention", retention_layers, timeout_s=600, memory_mb=1769, invoked_by_schedule=True)
        self._table(retention)
        self._provider(retention)
        self._objects(
            retention,
            ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            RECORDINGS_BUCKET=buckets.recordings,
            REPORTS_BUCKET=buckets.reports,
            IMPORTS_BUCKET=buckets.imports,
        )
        self._objects(
            retention,
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
            REFERENCE_BUCKET=buckets.reference,
        )
        retention.allow(["s3:PutObject"], [buckets.reports.arn_for_objects("certificates/*")])
        retention.accept_all_below(
            buckets.reports.bucket_arn, "certificates/*", "A certificate is named by its day and its run."
        )
        for bucket in (buckets.recordings, buckets.reports, buckets.reference, buckets.imports):
            retention.allow(["s3:ListBucketVersions"], [bucket.bucket_arn])

    def _add(
        self,
        name: str,
        layers: Sequence[Any],
        *,
        timeout_s: int,
        memory_mb: int,
        invoked_by_schedule: bool = False,
        reserved: int | None = None,
    ) -> Function:
        self.by_name[name] = Function(
            self,
            name,
            settings=self._settings,
            layers=layers,
            environment={
                **({"PUBLIC_BASE_URL": self._resources.public_base_url} if name in TELLS_ADDRESSES else {}),
                **self._resources.clock_environment,
            },
            timeout_s=timeout_s,
            memory_mb=memory_mb,
            logs_kept=self._logs_kept,
            dead_letters=self._resources.queues.failed_runs if invoked_by_schedule else None,
            reserved=reserved,
        )
        return self.by_name[name]

    def _table(self, function: Function) -> None:
        table = self._resources.table
        function.function.add_environment("TABLE_NAME", table.table_name)
        for grant in TABLE_RIGHTS[function.name]:
            resource = f"{table.table_arn}/index/{grant.index}" if grant.index else table.table_arn
            keys = {"dynamodb:LeadingKeys": grant.keys_of(self._settings.landlord_id)}
            actions = [f"dynamodb:{action}" for action in grant.actions]
            function.allow(actions, [resource], {"ForAllValues:StringLike": keys})

    def _provider(self, function: Function) -> None:
        secret = self._resources.secrets.provider
        function.function.add_environment("PROVIDER_SECRET_ID", secret.secret_arn)
        function.function.add_environment("TELEPHONY_API_BASE_URL", self._resources.telephony_api_base_url)
        function.allow(["secretsmanager:GetSecretValue"], [secret.secret_arn])

    def _send(self, function: Function, **queues: aws_sqs.Queue) -> None:
        for variable, queue in queues.items():
            function.function.add_environment(variable, queue.queue_url)
        function.allow(["sqs:SendMessage"], [queue.queue_arn for queue in queues.values()])

    def _objects(self, function: Function, actions: Sequence[str], **buckets: aws_s3.Bucket) -> None:
        for variable, bucket in buckets.items():
            function.function.add_environment(variable, bucket.bucket_name)
            function.accept_all_below(
                bucket.bucket_arn, "*", "The objects of this one bucket, which has no folder of its own."
            )
        function.allow(actions, [bucket.arn_for_objects("*") for bucket in buckets.values()])

    def _users(self, function: Function, actions: Sequence[str]) -> None:
        pool = self._resources.identity.pool
        function.function.add_environment("USER_POOL_ID", pool.user_pool_id)
        function.allow(actions, [pool.user_pool_arn])

    def _mail(self, function: Function) -> None:
        for variable, value in {"MAIL_SENDER": self._resources.mail_sender, **self._resources.mail_environment}.items():
            function.function.add_environment(variable, value)
        as_ourselves = {"StringEquals": {"ses:FromAddress": self._resources.mail_sender}}
        function.allow(["ses:SendEmail", "ses:SendRawEmail"], [ANY_IDENTITY], as_ourselves)
        accept(
            function.role,
            f"IAM5[Resource::arn:aws:ses:{DATA_REGION}:<AWS::AccountId>:identity/*]",
            "Whichever identity stands for our address: the condition holds the sender to it.",
        )

    def _use_key(self, function: Function) -> None:
        """Only through the services that hold our data: the key cannot be used directly."""
        region = Stack.of(self).region
        services = [f"{service}.{region}.amazonaws.com" for service in ("dynamodb", "s3", "secretsmanager", "sqs")]
        function.allow(USE_KEY, [self._resources.key.key_arn], {"StringEquals": {"kms:ViaService": services}})


def retention_days(days: int) -> aws_logs.RetentionDays:
    """The CloudWatch constant of a number of days; raises ValueError for one that CloudWatch does not offer."""
    allowed = {150: aws_logs.RetentionDays.FIVE_MONTHS, 120: aws_logs.RetentionDays.FOUR_MONTHS}
    if days not in allowed:
        raise ValueError(f"retention.logs: CloudWatch keeps logs for {sorted(allowed)} days, not {days}")
    return allowed[days]
