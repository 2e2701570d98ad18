"""A user pool as AWS answers for it: sessions that are spent, codes that serve once, more requests than it takes."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

SPENT = "Invalid session for the user, session can only be used once."


def refused(code: str, message: str = "") -> ClientError:
    """An answer of AWS that is no success."""
    told = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(told, "Cognito")  # type: ignore[arg-type]


@dataclass
class PoolUser:
    """`codes` are those its authenticator shows, each right once."""

    sub: str
    password: str
    group: str
    is_temporary: bool = False
    is_enrolled: bool = True
    codes: set[str] = field(default_factory=lambda: {"123456", "654321", "222222"})
    used: set[str] = field(default_factory=set)


@dataclass
class FakeCognito:
    """`users` by their address. `spends` when a wrong code ends its session too: AWS promises neither. `troubles` are
    what operations answer instead, by name, until they are taken out."""

    users: dict[str, PoolUser]
    spends: bool = False
    troubles: dict[str, Exception] = field(default_factory=dict)
    _sessions: dict[str, tuple[str, str]] = field(default_factory=dict)
    _numbers: Any = field(default_factory=count)

    def admin_initiate_auth(self, *, AuthParameters: dict[str, str], **_: Any) -> dict[str, Any]:  # noqa: N803
        self._trouble("admin_initiate_auth")
        name = AuthParameters["USERNAME"]
        user = self.users.get(name)
        if user is None or user.password != AuthParameters["PASSWORD"]:
            raise refused("NotAuthorizedException", "Incorrect username or password.")
        return self._next(name)

    def admin_respond_to_auth_challenge(self, *, ChallengeName: str, Session: str, **asked: Any) -> dict[str, Any]:  # noqa: N803
        self._trouble("admin_respond_to_auth_challenge")
        responses = asked["ChallengeResponses"]
        name, user = self._of(Session, ChallengeName)
        if ChallengeName == "SOFTWARE_TOKEN_MFA":
            self._check(user, responses["SOFTWARE_TOKEN_MFA_CODE"], Session, "CodeMismatchException")
        del self._sessions[Session]
        if ChallengeName == "NEW_PASSWORD_REQUIRED":
            user.password, user.is_temporary = responses["NEW_PASSWORD"], False
            return self._next(name)
        return {"AuthenticationResult": {"AccessToken": f"token of {name}"}}

    def associate_software_token(self, *, Session: str) -> dict[str, Any]:  # noqa: N803
        self._trouble("associate_software_token")
        name, _ = self._of(Session, "MFA_SETUP")
        del self._sessions[Session]
        return {"SecretCode": "JBSWY3DPEHPK3PXP", "Session": self._session(name, "to verify")}

    def verify_software_token(self, *, Session: str, UserCode: str) -> dict[str, Any]:  # noqa: N803
        self._trouble("verify_software_token")
        name, user = self._of(Session, "to verify")
        self._check(user, UserCode, Session, "EnableSoftwareTokenMFAException")
        del self._sessions[Session]
        user.is_enrolled = True
        return {"Status": "SUCCESS", "Session": self._session(name, "MFA_SETUP")}

    def admin_set_user_mfa_preference(self, **_: Any) -> None:
        self._trouble("admin_set_user_mfa_preference")

    def admin_get_user(self, *, Username: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        self._trouble("admin_get_user")
        if Username not in self.users:
            raise refused("UserNotFoundException", "User does not exist.")
        told = {"sub": self.users[Username].sub, "email": Username, "given_name": "Nadège", "family_name": "Roussel"}
        return {"UserAttributes": [{"Name": name, "Value": value} for name, value in told.items()]}

    def admin_list_groups_for_user(self, *, Username: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        self._trouble("admin_list_groups_for_user")
        return {"Groups": [{"GroupName": self.users[Username].group}]}

    def change_password(self, *, AccessToken: str, ProposedPassword: str, **_: Any) -> None:  # noqa: N803
        self._trouble("change_password")
        self.users[AccessToken.removeprefix("token of ")].password = ProposedPassword

    def _trouble(self, operation: str) -> None:
        if operation in self.troubles:
            raise self.troubles[operation]

    def _next(self, name: str) -> dict[str, Any]:
        user = self.users[name]
        challenge = (
            "NEW_PASSWORD_REQUIRED" if user.is_temporary else "SOFTWARE_TOKEN_MFA" if user.is_enrolled else "MFA_SETUP"
        )
        return {"ChallengeName": challenge, "Session": self._session(name, challenge)}

    def _session(self, name: str, step: str) -> str:
        session = f"session {next(self._numbers)}"
        self._sessions[session] = (name, step)
        return session

    def _of(self, session: str, step: str) -> tuple[str, PoolUser]:
        name, expected = self._sessions.get(session, ("", ""))
        if expected != step or name not in self.users:
            raise refused("NotAuthorizedException", SPENT)
        return name, self.users[name]

    def _check(self, user: PoolUser, code: str, session: str, wrong: str) -> None:
        if code in user.codes and code not in user.used:
            user.used.add(code)
            return
        if self.spends:
            del self._sessions[session]
        if code in user.used:
            raise refused("ExpiredCodeException", "Your software token has already been used once.")
        raise refused(wrong, "Invalid code received for user")
