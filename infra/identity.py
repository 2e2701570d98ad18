"""Who may sign in: nominative users made by an administrator, a second factor for everyone (R74)."""

from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy, aws_cognito
from constructs import Construct

from infra.findings import accept
from infra.settings import Settings

GROUPS = ("teleconseiller", "superviseur", "habitat70")


@dataclass(frozen=True, slots=True)
class Identity:
    pool: aws_cognito.UserPool
    client: aws_cognito.UserPoolClient


def sign_in_pool(scope: Construct, settings: Settings) -> Identity:
    pool = aws_cognito.UserPool(
        scope,
        "Users",
        user_pool_name=settings.prefix,
        self_sign_up_enabled=False,
        sign_in_aliases=aws_cognito.SignInAliases(email=True),
        sign_in_case_sensitive=False,
        standard_attributes=aws_cognito.StandardAttributes(
            email=aws_cognito.StandardAttribute(required=True, mutable=True),
            given_name=aws_cognito.StandardAttribute(required=True, mutable=True),
            family_name=aws_cognito.StandardAttribute(required=True, mutable=True),
            phone_number=aws_cognito.StandardAttribute(required=False, mutable=True),
        ),
        mfa=aws_cognito.Mfa.REQUIRED,
        mfa_second_factor=aws_cognito.MfaSecondFactor(sms=False, otp=True),
        # Agents' workstations have no mail: a supervisor resets a password (R75).
        account_recovery=aws_cognito.AccountRecovery.NONE,
        password_policy=aws_cognito.PasswordPolicy(
            min_length=12,
            require_lowercase=True,
            require_uppercase=True,
            require_digits=True,
            require_symbols=False,
            temp_password_validity=Duration.days(7),
        ),
        deletion_protection=settings.protected,
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    accept(pool, "COG1", "Length counts more than symbols: twelve characters, and a second factor for everyone.")
    accept(pool, "COG8", "The Plus plan adds risk scores of sign-ins that our own pages do not pass through.")
    for group in GROUPS:
        aws_cognito.CfnUserPoolGroup(
            scope, f"Group{group.capitalize()}", user_pool_id=pool.user_pool_id, group_name=group
        )
    client = aws_cognito.UserPoolClient(
        scope,
        "SignInClient",
        user_pool=pool,
        auth_flows=aws_cognito.AuthFlow(admin_user_password=True),
        auth_session_validity=Duration.minutes(15),
        access_token_validity=Duration.minutes(60),
        id_token_validity=Duration.minutes(60),
        refresh_token_validity=Duration.hours(12),
        enable_token_revocation=True,
        prevent_user_existence_errors=True,
        generate_secret=False,
        disable_o_auth=True,
    )
    return Identity(pool, client)
