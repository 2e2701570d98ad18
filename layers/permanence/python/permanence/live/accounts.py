"""Accounts, made and changed."""

from functools import cached_property

from permanence.adapters.aws import make_client
from permanence.adapters.cognito.accounts import CognitoAccounts
from permanence.live.environment import Live


class LiveAccounts(Live):
    """USER_POOL_ID."""

    @cached_property
    def accounts(self) -> CognitoAccounts:
        return CognitoAccounts(make_client("cognito-idp", self._environ), self._environ["USER_POOL_ID"])
