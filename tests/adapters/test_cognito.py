"""The user pool behind our sign-in pages: no person without an authenticator's code (R74)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from moto import mock_aws

from permanence.adapters.cognito import CognitoIdentity
from permanence.application.signing_in import Person, SecondFactorMissing, SignInRefused
from tests.fakes.table import make_client

PASSWORD = "Dix-sept chaises 70"
EMAIL = "nadege@reception.example"


@dataclass(frozen=True)
class Pool:
    client: Any
    pool_id: str
    client_id: str

    @property
    def identity(self) -> CognitoIdentity:
        return CognitoIdentity(self.client, self.pool_id, self.client_id)

    def add(self, email: str) -> None:
        attributes = {
            "email": email,
            "given_name": "Nadège",
            "family_name": "Roussel",
            "phone_number": "+33639980101",
        }
        self.client.admin_create_user(
            UserPoolId=self.pool_id,
            Username=email,
            UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
        )
        self.client.admin_set_user_password(UserPoolId=self.pool_id, Username=email, Password=PASSWORD, Permanent=True)
        self.client.admin_add_user_to_group(UserPoolId=self.pool_id, Username=email, GroupName="teleconseiller")

    def enrol(self, email: str) -> None:
        """What the first sign-in of an account does with an authenticator."""
        tokens = self.client.admin_initiate_auth(
            UserPoolId=self.pool_id,
            ClientId=self.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
        )["AuthenticationResult"]
        self.client.associate_software_token(AccessToken=tokens["AccessToken"])
        self.client.verify_software_token(AccessToken=tokens["AccessToken"], UserCode="123456")
        self.client.set_user_mfa_preference(
            AccessToken=tokens["AccessToken"], SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
        )


@pytest.fixture
def pool() -> Iterator[Pool]:
    with mock_aws():
        client = make_client("cognito-idp")
        pool_id = client.create_user_pool(PoolName="permanence", MfaConfiguration="OPTIONAL")["UserPool"]["Id"]
        client.create_group(UserPoolId=pool_id, GroupName="teleconseiller")
        client_id = client.create_user_pool_client(
            UserPoolId=pool_id, ClientName="sign-in", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
        )["UserPoolClient"]["ClientId"]
        made = Pool(client, pool_id, client_id)
        made.add(EMAIL)
        yield made


def test_the_person_comes_with_name_number_and_groups_after_both_factors(pool: Pool) -> None:
    pool.enrol(EMAIL)
    username, handle = pool.identity.begin(EMAIL, PASSWORD)
    person = pool.identity.answer(username, handle, "123456")
    assert person == Person(person.user_id, EMAIL, "Nadège", "Roussel", "+33639980101", ("teleconseiller",))
    assert person.user_id


def test_the_right_password_without_an_authenticator_is_no_sign_in(pool: Pool) -> None:
    with pytest.raises(SecondFactorMissing):
        pool.identity.begin(EMAIL, PASSWORD)


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "faux"), ("personne@reception.example", PASSWORD)])
def test_a_wrong_password_and_an_unknown_address_are_refused_alike(pool: Pool, email: str, password: str) -> None:
    with pytest.raises(SignInRefused):
        pool.identity.begin(email, password)


def test_a_disabled_account_is_refused(pool: Pool) -> None:
    pool.enrol(EMAIL)
    pool.client.admin_disable_user(UserPoolId=pool.pool_id, Username=EMAIL)
    with pytest.raises(SignInRefused):
        pool.identity.begin(EMAIL, PASSWORD)
