"""Mails that bring files (R30, ADR 10): SES writes each into the bucket of imports, S3 tells the queue.

The identity of the domain is made before the first deployment, as that of the mails we send. Which of an account's sets
of rules is obeyed cannot be said in a template: deployment/checks/receiving.py names the command.
"""

from typing import cast

from aws_cdk import Aws, Stack, aws_iam, aws_kms, aws_s3, aws_ses, aws_sqs
from constructs import Construct

from infra.findings import accept
from infra.settings import DATA_REGION, Settings

FOLDER = "mails/"
RULE = "files"


def tell_queue_of_mails(bucket: aws_s3.Bucket, queue: aws_sqs.Queue) -> None:
    """By the bucket's own property: CDK's notifications are a function that runs while a stack is deployed."""
    from_here = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}  # the bucket has no name yet
    allowed = queue.add_to_resource_policy(
        aws_iam.PolicyStatement(
            principals=[aws_iam.ServicePrincipal("s3.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions=from_here,
        )
    )
    resource = cast(aws_s3.CfnBucket, bucket.node.default_child)
    resource.notification_configuration = aws_s3.CfnBucket.NotificationConfigurationProperty(
        queue_configurations=[
            aws_s3.CfnBucket.QueueConfigurationProperty(
                event="s3:ObjectCreated:*",
                queue=queue.queue_arn,
                filter=aws_s3.CfnBucket.NotificationFilterProperty(
                    s3_key=aws_s3.CfnBucket.S3KeyFilterProperty(
                        rules=[aws_s3.CfnBucket.FilterRuleProperty(name="prefix", value=FOLDER)]
                    )
                ),
            )
        ]
    )
    # S3 sends a message to try, and refuses the bucket when it may not.
    if allowed.policy_dependable is not None:
        resource.node.add_dependency(allowed.policy_dependable)


class ReceivedMail(Construct):
    """The rule by which SES takes what is sent to the stage's address, and refuses all else of its domain."""

    def __init__(self, scope: Construct, settings: Settings, bucket: aws_s3.Bucket, key: aws_kms.Key) -> None:
        super().__init__(scope, "ReceivedMail")
        if settings.import_address is None:
            raise ValueError("this stage receives no mails")
        rules = aws_ses.CfnReceiptRuleSet(self, "Rules", rule_set_name=settings.prefix)
        rule_arn = f"arn:aws:ses:{DATA_REGION}:{Aws.ACCOUNT_ID}:receipt-rule-set/{settings.prefix}:receipt-rule/{RULE}"
        role = aws_iam.Role(
            self,
            "Role",
            assumed_by=aws_iam.ServicePrincipal(
                "ses.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID, "aws:SourceArn": rule_arn}},
            ),
        )
        role.add_to_policy(
            aws_iam.PolicyStatement(actions=["s3:PutObject"], resources=[bucket.arn_for_objects(f"{FOLDER}*")])
        )
        # The bucket encrypts whatever it is given; only for that.
        via = {"StringEquals": {"kms:ViaService": f"s3.{DATA_REGION}.amazonaws.com"}}
        role.add_to_policy(
            aws_iam.PolicyStatement(actions=["kms:GenerateDataKey"], resources=[key.key_arn], conditions=via)
        )
        name = Stack.of(self).resolve(bucket.bucket_arn)["Fn::GetAtt"][0]
        accept(role, f"IAM5[Resource::<{name}.Arn>/{FOLDER}*]", "Each mail is an object of its own below the folder.")
        rule = aws_ses.CfnReceiptRule(
            self,
            "Rule",
            rule_set_name=rules.ref,
            rule=aws_ses.CfnReceiptRule.RuleProperty(
                name=RULE,
                enabled=True,
                recipients=[settings.import_address],
                scan_enabled=True,
                tls_policy="Require",
                actions=[
                    aws_ses.CfnReceiptRule.ActionProperty(
                        s3_action=aws_ses.CfnReceiptRule.S3ActionProperty(
                            bucket_name=bucket.bucket_name, object_key_prefix=FOLDER, iam_role_arn=role.role_arn
                        )
                    )
                ],
            ),
        )
        # SES writes an object to try, and refuses the rule when it may not.
        rule.node.add_dependency(role)
