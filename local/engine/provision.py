"""What a person does once on AWS after the first deployment: the provider's account, its numbers, the first users."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import httpx
import pyotp

from infra.received_mail import FOLDER
from infra.settings import DATA_REGION, LOCAL_ACCOUNT
from local.engine.cloud import CREDENTIALS
from local.operator.client import OperatorClient
from local.operator.incoming import Rule
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.members import DynamoMembers
from permanence.adapters.twilio.fallback import static_document
from permanence.application.access.members import Member, Person
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.domain.contract import Contract, Numbers


@dataclass(frozen=True, slots=True)
class DemoUser:
    email: str
    given_name: str
    family_name: str
    group: str
    phone_number: str | None = None


# Fictitious people; numbers of the range that ARCEP keeps for fiction.
DEMO_USERS = (
    DemoUser("lea.marchand@permanence.example", "Léa", "Marchand", "teleconseiller", "+33639980011"),
    DemoUser("karim.benali@permanence.example", "Karim", "Benali", "teleconseiller", "+33639980012"),
    DemoUser("sophie.girard@permanence.example", "Sophie", "Girard", "superviseur", "+33639980013"),
    DemoUser("paul.roussel@habitat70.example", "Paul", "Roussel", "habitat70"),
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Enough to sign in by hand or in a test."""

    email: str
    password: str
    totp_secret: str
    group: str


def client(service: str, engine_url: str) -> Any:
    make: Callable[..., Any] = boto3.client
    return make(
        service,
        endpoint_url=engine_url,
        region_name=DATA_REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )


def function_names(engine_url: str, prefix: str) -> dict[str, str]:
    """The deployed functions by the name of their folder, for whoever invokes one itself."""
    deployed = client("lambda", engine_url).list_functions()["Functions"]
    names = [function["FunctionName"] for function in deployed]
    return {name.removeprefix(f"{prefix}-").replace("-", "_"): name for name in names if name.startswith(prefix)}


def put_provider_secret(engine_url: str, secret_id: str, account: str, token: str) -> None:
    value = json.dumps({"account_sid": account, "auth_tokens": [token]})
    client("secretsmanager", engine_url).put_secret_value(SecretId=secret_id, SecretString=value)


def called_numbers(numbers: Mapping[str, Any]) -> tuple[str, ...]:
    """The numbers of a contract that people call, each once: tenants, contractors, whoever calls us back."""
    return tuple(name_of_number(numbers))


def name_of_number(numbers: Mapping[str, Any]) -> dict[str, str]:
    """How the provider's account calls each of them, the one of the tenants first."""
    roles = {
        "inbound": "Habitat 70, locataires",
        "desk_line": "Permanence, ligne des entreprises",
        "caller_id": "Permanence",
    }
    names: dict[str, str] = {}
    for role, name in roles.items():
        names.setdefault(numbers[role], name)
    return names


def keep_fallback(operator_url: str, numbers: Numbers, public_url: str) -> str:
    """Where the operator keeps what it answers in our place."""
    url = f"{operator_url}/assets/fallback.xml"
    httpx.put(url, content=static_document(numbers, TelephonyUrls(public_url).fell_back())).raise_for_status()
    return url


def point_number_at_us(
    operator_url: str, account: str, token: str, number: str, settings: Mapping[str, str], name: str
) -> None:
    """Through Twilio's own REST API, as on AWS; the number is taken when the account does not have it."""
    numbers = f"{operator_url}/2010-04-01/Accounts/{account}/IncomingPhoneNumbers"
    settings = {"FriendlyName": name, **settings}
    with httpx.Client(auth=(account, token), timeout=10) as http:
        owned = http.get(f"{numbers}.json", params={"PhoneNumber": number}).raise_for_status().json()
        sid = next((entry["sid"] for entry in owned["incoming_phone_numbers"]), None)
        if sid is None:
            http.post(f"{numbers}.json", data={"PhoneNumber": number, **settings}).raise_for_status()
        else:
            http.post(f"{numbers}/{sid}.json", data=settings).raise_for_status()


def lead_mails(operator_url: str, engine_url: str, bucket: str, address: str) -> None:
    """Where the operator's mail server puts what is sent to `address`, as the rule of SES says on AWS."""
    with OperatorClient(operator_url) as operator:
        operator.set_rule(
            Rule(
                address=address,
                engine_url=engine_url,
                region=DATA_REGION,
                account=LOCAL_ACCOUNT,
                bucket=bucket,
                folder=FOLDER,
            )
        )


def create_users(engine_url: str, pool_id: str, client_id: str) -> list[Mapping[str, str]]:
    """The demo users with their second factor already enrolled."""
    cognito = client("cognito-idp", engine_url)
    return [asdict(_create(cognito, pool_id, client_id, user)) for user in DEMO_USERS]


def enter_in_register(engine_url: str, pool_id: str, table_name: str, contract: Contract) -> None:
    """The demo users as people of the house: in the register, the charter signed. A repeat changes nothing."""
    cognito = client("cognito-idp", engine_url)
    dynamodb = client("dynamodb", engine_url)
    members = DynamoMembers(Table(dynamodb, table_name, contract.landlord_id, contract.retention))
    now = datetime.now(UTC)
    for user in DEMO_USERS:
        found = cognito.admin_get_user(UserPoolId=pool_id, Username=user.email)["UserAttributes"]
        user_id = next(attribute["Value"] for attribute in found if attribute["Name"] == "sub")
        if members.get(user_id) is None:
            names = (user.given_name, user.family_name)
            person = Person(user_id, user.email, *names, user.phone_number or "", (user.group,))
            signed = Member(person, now, charter_version=contract.charter.version, charter_signed_at=now)
            members.put(signed)


def _create(cognito: Any, pool_id: str, client_id: str, user: DemoUser) -> SignIn:
    password = f"Essai-{secrets.token_hex(6)}A1"
    attributes = {"email": user.email, "given_name": user.given_name, "family_name": user.family_name}
    attributes |= {"email_verified": "true", "name": f"{user.given_name} {user.family_name}"}
    if user.phone_number:
        attributes["phone_number"] = user.phone_number
    cognito.admin_create_user(
        UserPoolId=pool_id,
        Username=user.email,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
    )
    cognito.admin_set_user_password(UserPoolId=pool_id, Username=user.email, Password=password, Permanent=True)
    cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=user.email, GroupName=user.group)
    signed_in = cognito.admin_initiate_auth(
        UserPoolId=pool_id,
        ClientId=client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user.email, "PASSWORD": password},
    )
    access_token = signed_in["AuthenticationResult"]["AccessToken"]
    secret = cognito.associate_software_token(AccessToken=access_token)["SecretCode"]
    cognito.verify_software_token(AccessToken=access_token, UserCode=pyotp.TOTP(secret).now())
    cognito.admin_set_user_mfa_preference(
        UserPoolId=pool_id, Username=user.email, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    return SignIn(user.email, password, secret, user.group)
