"""The identity provider behind our own sign-in pages: Cognito's API, password then authenticator code (R74)."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from permanence.adapters.cognito.refusals import as_told
from permanence.application.access.members import Person
from permanence.application.access.signing_in import (
    Awaited,
    ChallengeLost,
    CodeRefused,
    IdentityUnavailable,
    PasswordRefused,
    SignInRefused,
    Step,
)

_TOTP = "SOFTWARE_TOKEN_MFA"
_OF_THE_ACCOUNT = frozenset(
    {
        "InvalidParameterException",
        "NotAuthorizedException",
        "PasswordResetRequiredException",
        "UserNotConfirmedException",
        "UserNotFoundException",
    }
)
# A code that was used already is told as expired. After either the challenge may take another one, or be refused as
# spent (NotAuthorizedException): both are met.
_OF_THE_CODE = frozenset({"CodeMismatchException", "EnableSoftwareTokenMFAException", "ExpiredCodeException"})
_OF_THE_PASSWORD = frozenset({"InvalidPasswordException", "PasswordHistoryPolicyViolationException"})

_AT_THE_PASSWORD = dict.fromkeys(_OF_THE_ACCOUNT, SignInRefused)
_AT_A_CHALLENGE: Mapping[str, Callable[[], Exception]] = {
    **dict.fromkeys((*_OF_THE_ACCOUNT, "SoftwareTokenMFANotFoundException"), ChallengeLost),
    **dict.fromkeys(_OF_THE_CODE, CodeRefused),
    **dict.fromkeys(_OF_THE_PASSWORD, PasswordRefused),
}
# How a handle of an enrolment is written: the challenge's session, or an access token where no challenge is made of it.
_BY_SESSION, _BY_TOKEN = "Session", "AccessToken"


class CognitoIdentity:
    """The `IdentityProvider` port on one user pool."""

    def __init__(self, client: Any, pool_id: str, client_id: str) -> None:
        self._client = client
        self._pool = {"UserPoolId": pool_id, "ClientId": client_id}

    def begin(self, email: str, password: str) -> Awaited:
        with as_told(_AT_THE_PASSWORD):
            answer = self._client.admin_initiate_auth(
                **self._pool,
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": email, "PASSWORD": password},
            )
        with as_told(_AT_A_CHALLENGE):
            if answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
                return Awaited(Step.NEW_PASSWORD, _username(answer, email), answer["Session"])
            if "AuthenticationResult" in answer and self._is_enrolled(email):
                raise SignInRefused
            return self._second_factor(answer, email)

    def choose_password(self, username: str, handle: str, password: str) -> Awaited:
        with as_told(_AT_A_CHALLENGE):
            answer = self._respond("NEW_PASSWORD_REQUIRED", username, handle, NEW_PASSWORD=password)
            if "AuthenticationResult" in answer and self._is_enrolled(username):
                # The local engine forgets the second factor here: signing in again with the new password asks for it.
                return self.begin(username, password)
            return self._second_factor(answer, username)

    def enrol(self, username: str, handle: str, code: str) -> Person:
        way, _, value = handle.partition(" ")
        with as_told(_AT_A_CHALLENGE):
            verified = self._client.verify_software_token(**{way: value}, UserCode=code)
            if way == _BY_SESSION:
                self._respond("MFA_SETUP", username, verified["Session"])
            if verified["Status"] != "SUCCESS":
                raise CodeRefused
            self._client.admin_set_user_mfa_preference(
                UserPoolId=self._pool["UserPoolId"],
                Username=username,
                SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True},
            )
            return self._person(username)

    def answer(self, username: str, handle: str, code: str) -> Person:
        with as_told(_AT_A_CHALLENGE):
            self._respond(_TOTP, username, handle, SOFTWARE_TOKEN_MFA_CODE=code)
            return self._person(username)

    def prove(self, username: str, handle: str, code: str) -> str:
        with as_told(_AT_A_CHALLENGE):
            answer = self._respond(_TOTP, username, handle, SOFTWARE_TOKEN_MFA_CODE=code)
        return str(answer["AuthenticationResult"]["AccessToken"])

    def replace_password(self, proof: str, current: str, chosen: str) -> None:
        # The current password was right a moment ago: who is refused now has been heard once before, by a try of the
        # client's own whose answer was lost.
        unsure = {"NotAuthorizedException": partial(IdentityUnavailable, may_have_acted=True)}
        with as_told({**_AT_A_CHALLENGE, **unsure}):
            self._client.change_password(AccessToken=proof, PreviousPassword=current, ProposedPassword=chosen)

    def _second_factor(self, answer: dict[str, Any], username: str) -> Awaited:
        """A code, or its enrolment. AWS asks for it by a challenge; the local engine hands out tokens to whoever has
        no authenticator, and a pool set to optional would: they serve to enrol one, and for nothing else."""
        username = _username(answer, username)
        if answer.get("ChallengeName") == _TOTP:
            return Awaited(Step.CODE, username, answer["Session"])
        if answer.get("ChallengeName") == "MFA_SETUP":
            made = self._client.associate_software_token(Session=answer["Session"])
            return Awaited(Step.ENROLMENT, username, f"{_BY_SESSION} {made['Session']}", made["SecretCode"])
        if "AuthenticationResult" in answer:
            token = answer["AuthenticationResult"]["AccessToken"]
            made = self._client.associate_software_token(AccessToken=token)
            return Awaited(Step.ENROLMENT, username, f"{_BY_TOKEN} {token}", made["SecretCode"])
        raise SignInRefused

    def _respond(self, challenge: str, username: str, session: str, **responses: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.admin_respond_to_auth_challenge(
            **self._pool,
            ChallengeName=challenge,
            Session=session,
            ChallengeResponses={"USERNAME": username, **responses},
        )
        return answer

    def _is_enrolled(self, username: str) -> bool:
        user = self._client.admin_get_user(UserPoolId=self._pool["UserPoolId"], Username=username)
        return _TOTP in user.get("UserMFASettingList", ())

    def _person(self, username: str) -> Person:
        who = {"UserPoolId": self._pool["UserPoolId"], "Username": username}
        user = self._client.admin_get_user(**who)
        groups = self._client.admin_list_groups_for_user(**who)["Groups"]
        attributes = {attribute["Name"]: attribute["Value"] for attribute in user["UserAttributes"]}
        return Person(
            user_id=attributes["sub"],
            email=attributes.get("email", ""),
            first_name=attributes.get("given_name", ""),
            last_name=attributes.get("family_name", ""),
            phone=attributes.get("phone_number", ""),
            groups=tuple(sorted(group["GroupName"] for group in groups)),
        )


def _username(answer: dict[str, Any], given: str) -> str:
    return str(answer.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP", given))
