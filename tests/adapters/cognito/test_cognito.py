"""The user pool behind our sign-in pages: no person without an authenticator's code (R74)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from moto import mock_aws

from permanence.adapters.cognito.accounts import CognitoAccounts
from permanence.adapters.cognito.sign_in import CognitoIdentity
from permanence.application.access.members import Person
from permanence.application.access.passwords import temporary_password
from permanence.application.access.signing_in import PasswordRefused, SignInRefused, Step
from permanence.application.access.team import AccountGone, AddressTaken
from tests.fakes.table import make_client

PASSWORD = "Dix-sept chaises 70"
EMAIL = "nadege@reception.example"
INES = Person("", "ines@reception.example", "Inès", "Lambert", "+33639980177", ("teleconseiller",))


@dataclass(frozen=True)
class Pool:
    client: Any
    pool_id: str
    client_id: str

    @property
    def identity(self) -> CognitoIdentity:
        return CognitoIdentity(self.client, self.pool_id, self.client_id)

    @property
    def accounts(self) -> CognitoAccounts:
        return CognitoAccounts(self.client, self.pool_id)

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


def make_pool(mfa: str) -> Iterator[Pool]:
    with mock_aws():
        client = make_client("cognito-idp")
        policy = {"MinimumLength": 12, "RequireSymbols": False}
        pool_id = client.create_user_pool(
            PoolName="permanence", UsernameAttributes=["email"], Policies={"PasswordPolicy": policy}
        )["UserPool"]["Id"]
        client.set_user_pool_mfa_config(
            UserPoolId=pool_id, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration=mfa
        )
        client.create_group(UserPoolId=pool_id, GroupName="teleconseiller")
        client_id = client.create_user_pool_client(
            UserPoolId=pool_id, ClientName="sign-in", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
        )["UserPoolClient"]["ClientId"]
        made = Pool(client, pool_id, client_id)
        made.add(EMAIL)
        yield made


@pytest.fixture
def pool() -> Iterator[Pool]:
    """As the local engine behaves: no challenge makes anybody enrol."""
    yield from make_pool("OPTIONAL")


@pytest.fixture
def required() -> Iterator[Pool]:
    """As on AWS."""
    yield from make_pool("ON")


def test_the_person_comes_with_name_number_and_groups_after_both_factors(pool: Pool) -> None:
    pool.enrol(EMAIL)
    awaited = pool.identity.begin(EMAIL, PASSWORD)
    assert awaited.step is Step.CODE
    person = pool.identity.answer(awaited.username, awaited.handle, "123456")
    assert person == Person(person.user_id, EMAIL, "Nadège", "Roussel", "+33639980101", ("teleconseiller",))
    assert person.user_id


def test_the_right_password_without_an_authenticator_leads_to_one_and_nowhere_else(pool: Pool) -> None:
    awaited = pool.identity.begin(EMAIL, PASSWORD)
    assert awaited.step is Step.ENROLMENT
    assert awaited.secret
    assert pool.identity.enrol(awaited.username, awaited.handle, "123456").email == EMAIL
    assert pool.identity.begin(EMAIL, PASSWORD).step is Step.CODE


def test_tokens_without_a_code_for_somebody_enrolled_are_refused(pool: Pool) -> None:
    """A pool that stopped asking must not let the password enrol another authenticator."""
    pool.enrol(EMAIL)
    pool.client.admin_set_user_mfa_preference(
        UserPoolId=pool.pool_id, Username=EMAIL, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": False}
    )
    with pytest.raises(SignInRefused):
        pool.identity.begin(EMAIL, PASSWORD)


def test_a_new_person_comes_in_by_the_challenges_of_a_pool_that_requires_codes(required: Pool) -> None:
    password = temporary_password()
    user_id = required.accounts.create(INES, password)
    first = required.identity.begin(INES.email, password)
    assert first.step is Step.NEW_PASSWORD
    second = required.identity.choose_password(INES.email, first.handle, PASSWORD)
    assert (second.step, bool(second.secret)) == (Step.ENROLMENT, True)
    person = required.identity.enrol(INES.email, second.handle, "123456")
    assert person == Person(user_id, INES.email, "Inès", "Lambert", INES.phone, ("teleconseiller",))
    assert required.identity.begin(INES.email, PASSWORD).step is Step.CODE


def test_a_password_that_the_pool_refuses_says_so(required: Pool) -> None:
    password = temporary_password()
    required.accounts.create(INES, password)
    first = required.identity.begin(INES.email, password)
    with pytest.raises(PasswordRefused):
        required.identity.choose_password(INES.email, first.handle, "court")


def test_a_password_is_replaced_by_who_has_proved_both_factors(pool: Pool) -> None:
    pool.enrol(EMAIL)
    awaited = pool.identity.begin(EMAIL, PASSWORD)
    proof = pool.identity.prove(awaited.username, awaited.handle, "123456")
    pool.identity.replace_password(proof, PASSWORD, "Quatre pommes 70")
    with pytest.raises(SignInRefused):
        pool.identity.begin(EMAIL, PASSWORD)
    assert pool.identity.begin(EMAIL, "Quatre pommes 70").step in (Step.CODE, Step.ENROLMENT)


def test_a_name_a_number_and_groups_are_mended_and_a_number_is_taken_away(pool: Pool) -> None:
    pool.client.create_group(UserPoolId=pool.pool_id, GroupName="superviseur")
    pool.enrol(EMAIL)
    awaited = pool.identity.begin(EMAIL, PASSWORD)
    known = pool.identity.answer(awaited.username, awaited.handle, "123456")
    mended = replace(known, last_name="Petit", phone="", groups=("superviseur",))
    for _ in range(2):
        pool.accounts.mend(known, mended)
    again = pool.identity.begin(EMAIL, PASSWORD)
    assert pool.identity.answer(again.username, again.handle, "123456") == mended


def test_a_reset_password_is_temporary_and_the_authenticator_is_still_asked_for(pool: Pool) -> None:
    """As the local engine does, moto forgets the second factor after a new password: we do not."""
    pool.enrol(EMAIL)
    password = temporary_password()
    person = Person("", EMAIL, "Nadège", "Roussel", "", ("teleconseiller",))
    pool.accounts.set_temporary_password(person, password)
    first = pool.identity.begin(EMAIL, password)
    assert first.step is Step.NEW_PASSWORD
    assert pool.identity.choose_password(EMAIL, first.handle, "Quatre pommes 70").step is Step.CODE


def test_an_account_made_anew_has_no_authenticator_and_another_id(pool: Pool) -> None:
    pool.enrol(EMAIL)
    before = pool.client.admin_get_user(UserPoolId=pool.pool_id, Username=EMAIL)["Username"]
    person = Person("", EMAIL, "Nadège", "Roussel", "", ("teleconseiller",))
    pool.accounts.delete(EMAIL)
    pool.accounts.delete(EMAIL)
    password = temporary_password()
    assert pool.accounts.create(person, password) != before
    first = pool.identity.begin(EMAIL, password)
    assert pool.identity.choose_password(EMAIL, first.handle, PASSWORD).step is Step.ENROLMENT


def test_an_address_is_taken_once(pool: Pool) -> None:
    pool.accounts.create(INES, temporary_password())
    with pytest.raises(AddressTaken):
        pool.accounts.create(INES, temporary_password())


def test_access_is_closed_and_opened(pool: Pool) -> None:
    pool.accounts.disable(Person("", EMAIL, "", "", "", ()))
    with pytest.raises(SignInRefused):
        pool.identity.begin(EMAIL, PASSWORD)
    pool.accounts.enable(Person("", EMAIL, "", "", "", ()))
    assert pool.identity.begin(EMAIL, PASSWORD).step is Step.ENROLMENT


def test_an_account_that_is_gone_is_told_where_it_is_needed_and_closed_already(pool: Pool) -> None:
    gone = Person("", "partie@reception.example", "Nadège", "Roussel", "", ("teleconseiller",))
    pool.accounts.disable(gone)
    for act in (
        lambda: pool.accounts.enable(gone),
        lambda: pool.accounts.mend(gone, gone),
        lambda: pool.accounts.set_temporary_password(gone, temporary_password()),
    ):
        with pytest.raises(AccountGone):
            act()


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "faux"), ("personne@reception.example", PASSWORD)])
def test_a_wrong_password_and_an_unknown_address_are_refused_alike(pool: Pool, email: str, password: str) -> None:
    with pytest.raises(SignInRefused):
        pool.identity.begin(email, password)


def test_a_disabled_account_is_refused(pool: Pool) -> None:
    pool.enrol(EMAIL)
    pool.client.admin_disable_user(UserPoolId=pool.pool_id, Username=EMAIL)
    with pytest.raises(SignInRefused):
        pool.identity.begin(EMAIL, PASSWORD)
