"""The mail service knows the domain that our mails come from, and lets us write to everybody, before the first
deployment: the stack neither makes the identity nor owns it."""

from aws_cdk import Aws

from infra.settings import DATA_REGION

# The service asks this of the identity it sends for: the domain's, or the address's own when there is one; and, as long
# as the account is in its sandbox, of those of the recipients.
ANY_IDENTITY = f"arn:aws:ses:{DATA_REGION}:{Aws.ACCOUNT_ID}:identity/*"
