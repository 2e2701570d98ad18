"""The identity provider behind our own sign-in pages: Cognito's API, password then authenticator code (R74)."""

import base64
import json
from typing import Any

from botocore.exceptions import ClientError

from permanence.application.signing_in import (
    ChallengeLost,
    CodeRefused,
    Person,
    SecondFactorMissing,
    SignInRefused,
)

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
_LOST = frozenset({"NotAuthorizedException", "ExpiredCodeException", "InvalidParameterException"})


class CognitoIdentity:
    """The `IdentityProvider` port on one user pool."""

    def __init__(self, client: Any, pool_id: str, client_id: str) -> None:
        self._client = client
        self._pool = {"UserPoolId": pool_id, "ClientId": client_id}

    def begin(self, email: str, password: str) -> tuple[str, str]:
        """Anything but a code challenge is refused: the engine, and a pool set to optional, would let a password in."""
        try:
            answer = self._client.admin_initiate_auth(
                **self._pool,
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": email, "PASSWORD": password},
            )
        except ClientError as failure:
            raise _translated(failure, _REFUSED, SignInRefused) from failure
        if answer.get("ChallengeName") != "SOFTWARE_TOKEN_MFA":
            raise SecondFactorMissing
        return answer["ChallengeParameters"].get("USER_ID_FOR_SRP", email), answer["Session"]

    def answer(self, username: str, provider_session: str, code: str) -> Person:
        try:
            answer = self._client.admin_respond_to_auth_challenge(
                **self._pool,
                ChallengeName="SOFTWARE_TOKEN_MFA",
                Session=provider_session,
                ChallengeResponses={"USERNAME": username, "SOFTWARE_TOKEN_MFA_CODE": code},
            )
        except ClientError as failure:
            if failure.response["Error"]["Code"] in _WRONG_CODE:
                raise CodeRefused from failure
            raise _translated(failure, _LOST, ChallengeLost) from failure
        user = self._client.admin_get_user(UserPoolId=self._pool["UserPoolId"], Username=username)
        attributes = {attribute["Name"]: attribute["Value"] for attribute in user["UserAttributes"]}
        return Person(
            user_id=attributes["sub"],
            email=attributes.get("email", ""),
            first_name=attributes.get("given_name", ""),
            last_name=attributes.get("family_name", ""),
            phone=attributes.get("phone_number", ""),
            groups=_groups(answer["AuthenticationResult"]["IdToken"]),
        )


def _translated(failure: ClientError, known: frozenset[str], meaning: type[Exception]) -> Exception:
    return meaning() if failure.response["Error"]["Code"] in known else failure


def _groups(id_token: str) -> tuple[str, ...]:
    """From a token that Cognito itself has just handed us over TLS: its signature would prove nothing more."""
    payload = id_token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return tuple(sorted(claims.get("cognito:groups", ())))
