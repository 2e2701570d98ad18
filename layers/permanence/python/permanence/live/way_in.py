"""Who knocks, and how often he has tried."""

from functools import cached_property

from permanence.adapters.aws import make_client
from permanence.adapters.cognito.sign_in import CognitoIdentity
from permanence.adapters.dynamodb.tries import DynamoTries
from permanence.live.table import LiveTable


class LiveWayIn(LiveTable):
    """USER_POOL_ID, USER_POOL_CLIENT_ID."""

    @cached_property
    def identity(self) -> CognitoIdentity:
        client = make_client("cognito-idp", self._environ)
        return CognitoIdentity(client, self._environ["USER_POOL_ID"], self._environ["USER_POOL_CLIENT_ID"])

    @cached_property
    def tries(self) -> DynamoTries:
        return DynamoTries(self._table)
