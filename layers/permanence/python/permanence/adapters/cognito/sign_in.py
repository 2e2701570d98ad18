"""The identity provider behind our own sign-in pages: Cognito's API, password then authenticator code (R74)."""

from typing import Any

from botocore.exceptions import ClientError

from permanence.application.access.members import Person
from permanence.application.access.signing_in import (
    Awaited,
    ChallengeLost,
    CodeRefused,
    PasswordRefused,
    SignInRefused,
    Step,
)

_TOTP = "SOFTWARE_TOKEN_MFA"
_REFUSED = frozenset(
    {
        "NotAuthorizedException",
        "UserNotFoundException",
        "UserNotConfirmedException",
        "PasswordResetRequiredException",
        "InvalidParameterException",
        "TooManyRequestsException",
        "LimitExceededException",
    }
)
_WRONG_CODE = frozenset({"CodeMismatchException", "EnableSoftwareTokenMFAException"})
_LOST = frozenset(
    {"NotAuthorizedException", "ExpiredCodeException", "InvalidParameterException", "SoftwareTokenMFANotFoundException"}
)
_PASSWORD_REFUSED = frozenset({"InvalidPasswordException", "PasswordHistoryPolicyViolationException"})
# How a handle of an enrolment is written: the challenge's session, or an access token where no challenge is made of it.
_BY_SESSION, _BY_TOKEN = "Session", "AccessToken"


class CognitoIdentity:
    """The `IdentityProvider` port on one user pool."""

    def __init__(self, client: Any, pool_id: str, client_id: str) -> None:
        self._client = client
        self._pool = {"UserPoolId": pool_id, "ClientId": client_id}

    def begin(self, email: str, password: str) -> Awaited:
        try:
            answer = self._client.admin_initiate_auth(
                **self._pool,
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": email, "PASSWORD": password},
            )
        except ClientError as failure:
            raise _translated(failure, _REFUSED, SignInRefused) from failure
        if answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
            return Awaited(Step.NEW_PASSWORD, _username(answer, email), answer["Session"])
        if "AuthenticationResult" in answer and self._is_enrolled(email):
            raise SignInRefused
        return self._second_factor(answer, email)

    def choose_password(self, username: str, handle: str, password: str) -> Awaited:
        try:
            answer = self._respond("NEW_PASSWORD_REQUIRED", username, handle, NEW_PASSWORD=password)
        except ClientError as failure:
            if failure.response["Error"]["Code"] in _PASSWORD_REFUSED:
                raise PasswordRefused from failure
            raise _translated(failure, _LOST, ChallengeLost) from failure
        if "AuthenticationResult" in answer and self._is_enrolled(username):
            # The local engine forgets the second factor here: signing in again with the new password asks for it.
            return self.begin(username, password)
        return self._second_factor(answer, username)

    def enrol(self, username: str, handle: str, code: str) -> Person:
        way, _, value = handle.partition(" ")
        try:
            verified = self._client.verify_software_token(**{way: value}, UserCode=code)
            if way == _BY_SESSION:
                self._respond("MFA_SETUP", username, verified["Session"])
        except ClientError as failure:
            raise _code_failure(failure) from failure
        if verified["Status"] != "SUCCESS":
            raise CodeRefused
        self._client.admin_set_user_mfa_preference(
            UserPoolId=self._pool["UserPoolId"],
            Username=username,
            SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True},
        )
        return self._person(username)

    def answer(self, username: str, handle: str, code: str) -> Person:
        try:
            self._respond(_TOTP, username, handle, SOFTWARE_TOKEN_MFA_CODE=code)
        except ClientError as failure:
            raise _code_failure(failure) from failure
        return self._person(username)

    def prove(self, username: str, handle: str, code: str) -> str:
        try:
            answer = self._respond(_TOTP, username, handle, SOFTWARE_TOKEN_MFA_CODE=code)
        except ClientError as failure:
            raise _code_failure(failure) from failure
        return str(answer["AuthenticationResult"]["AccessToken"])

    def replace_password(self, proof: str, current: str, chosen: str) -> None:
        try:
            self._client.change_password(AccessToken=proof, PreviousPassword=current, ProposedPassword=chosen)
        except ClientError as failure:
            raise _translated(failure, _PASSWORD_REFUSED, PasswordRefused) from failure

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


def _code_failure(failure: ClientError) -> Exception:
    if failure.response["Error"]["Code"] in _WRONG_CODE:
        return CodeRefused()
    return _translated(failure, _LOST, ChallengeLost)


def _translated(failure: ClientError, known: frozenset[str], meaning: type[Exception]) -> Exception:
    return meaning() if failure.response["Error"]["Code"] in known else failure
