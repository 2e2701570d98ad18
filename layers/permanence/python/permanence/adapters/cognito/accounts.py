"""The accounts of the user pool, as a supervisor makes and mends them (R74). No mail is ever sent (R75)."""

from contextlib import suppress
from typing import Any

from permanence.adapters.cognito.refusals import as_told
from permanence.application.access.members import Person
from permanence.application.access.team import AccountGone, AddressTaken

_OF_AN_ACCOUNT = {"UserNotFoundException": AccountGone}


class CognitoAccounts:
    """The `Accounts` port on one user pool."""

    def __init__(self, client: Any, pool_id: str) -> None:
        self._client = client
        self._pool_id = pool_id

    def create(self, person: Person, password: str) -> str:
        attributes = {
            "email": person.email,
            "email_verified": "true",
            "given_name": person.first_name,
            "family_name": person.last_name,
            **({"phone_number": person.phone} if person.phone else {}),
        }
        with as_told({"UsernameExistsException": AddressTaken}):
            made = self._client.admin_create_user(
                UserPoolId=self._pool_id,
                Username=person.email,
                TemporaryPassword=password,
                MessageAction="SUPPRESS",
                UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
            )["User"]
            for group in person.groups:
                named = {"UserPoolId": self._pool_id, "Username": made["Username"]}
                self._client.admin_add_user_to_group(**named, GroupName=group)
        return str(next(a["Value"] for a in made["Attributes"] if a["Name"] == "sub"))

    def mend(self, known: Person, mended: Person) -> None:
        # A blank value takes an attribute away.
        attributes = {
            "given_name": mended.first_name,
            "family_name": mended.last_name,
            "phone_number": mended.phone,
        }
        told = [{"Name": name, "Value": value} for name, value in attributes.items()]
        with as_told(_OF_AN_ACCOUNT):
            self._client.admin_update_user_attributes(**self._named(known), UserAttributes=told)
            for group in mended.groups:
                self._client.admin_add_user_to_group(**self._named(known), GroupName=group)
            for group in set(known.groups) - set(mended.groups):
                self._client.admin_remove_user_from_group(**self._named(known), GroupName=group)

    def set_temporary_password(self, person: Person, password: str) -> None:
        with as_told(_OF_AN_ACCOUNT):
            self._client.admin_set_user_password(**self._named(person), Password=password, Permanent=False)

    def delete(self, email: str) -> None:
        with suppress(AccountGone), as_told(_OF_AN_ACCOUNT):
            self._client.admin_delete_user(UserPoolId=self._pool_id, Username=email)

    def disable(self, person: Person) -> None:
        with suppress(AccountGone), as_told(_OF_AN_ACCOUNT):
            self._client.admin_disable_user(**self._named(person))

    def enable(self, person: Person) -> None:
        with as_told(_OF_AN_ACCOUNT):
            self._client.admin_enable_user(**self._named(person))

    def _named(self, person: Person) -> dict[str, str]:
        return {"UserPoolId": self._pool_id, "Username": person.email}
