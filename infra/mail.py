"""The domain our mails come from."""

from aws_cdk import aws_ses
from constructs import Construct

from infra.settings import Settings


def mail_identity(scope: Construct, settings: Settings) -> aws_ses.EmailIdentity:
    return aws_ses.EmailIdentity(scope, "MailDomain", identity=aws_ses.Identity.domain(settings.mail_domain))


def mail_sender(settings: Settings) -> str:
    return f"astreinte@{settings.mail_domain}"
