"""One construct that deploys a function: its folder, its layers, its role, its log group."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration, RemovalPolicy, Stack, aws_iam, aws_lambda, aws_logs, aws_sqs
from constructs import Construct

from infra.findings import accept
from infra.layers import ARCHITECTURE, PYTHON
from infra.settings import ROOT, Settings
from infra.shipping import FUNCTION_PLACE, ship_folder


class Function(Construct):
    """The function whose code is ``functions/<name>``. It may do only what `allow` says."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        layers: Sequence[aws_lambda.ILayerVersion],
        environment: Mapping[str, str],
        timeout_s: int,
        memory_mb: int,
        logs_kept: aws_logs.RetentionDays,
        dead_letters: aws_sqs.IQueue | None = None,
        reserved: int | None = None,
    ) -> None:
        super().__init__(scope, "".join(word.capitalize() for word in name.split("_")))
        self.name = name
        function_name = f"{settings.prefix}-{name.replace('_', '-')}"
        logs = aws_logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{function_name}",
            retention=logs_kept,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.role = aws_iam.Role(self, "Role", assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"))
        self.function = aws_lambda.Function(
            self,
            "Function",
            function_name=function_name,
            runtime=PYTHON,
            architecture=ARCHITECTURE,
            code=ship_folder(ROOT / "functions" / name, settings.target, FUNCTION_PLACE, below=name).code(),
            handler=f"{name}.handler.handler",
            layers=list(layers),
            environment={
                "POWERTOOLS_SERVICE_NAME": name,
                "POWERTOOLS_METRICS_NAMESPACE": settings.prefix,
                **environment,
            },
            timeout=Duration.seconds(timeout_s),
            memory_size=memory_mb,
            role=self.role.without_policy_updates(),
            log_group=logs,
            dead_letter_queue=dead_letters,
            reserved_concurrent_executions=reserved,
        )
        accept(self.function, "L1", "Python 3.13 is what the dependency layers are built for.")
        self.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [logs.log_group_arn])
        if dead_letters is not None:
            self.allow(["sqs:SendMessage"], [dead_letters.queue_arn])

    def allow(
        self, actions: Sequence[str], resources: Sequence[str], conditions: Mapping[str, Any] | None = None
    ) -> None:
        self.role.add_to_policy(
            aws_iam.PolicyStatement(actions=list(actions), resources=list(resources), conditions=conditions)
        )

    def accept_all_below(self, arn: str, below: str, reason: str) -> None:
        """What it may touch below the resource of this `arn` cannot be listed in its policy: it does not exist yet."""
        name = Stack.of(self).resolve(arn)["Fn::GetAtt"][0]
        accept(self.role, f"IAM5[Resource::<{name}.Arn>/{below}]", reason)
