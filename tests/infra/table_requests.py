"""Holds each request that a function makes of the table to the rights of that function: moto does not ask IAM. Whose
request it is, the call stack tells."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from infra.table_rights import TABLE_RIGHTS
from local.engine.asked_of_iam import leading_keys
from tests.infra.recorded_requests import asking

LANDLORD = "habitat70"
IN_A_TRANSACTION = {
    "Put": "PutItem",
    "Delete": "DeleteItem",
    "Update": "UpdateItem",
    "ConditionCheck": "ConditionCheckItem",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What IAM weighs of a request: one action, with the partition keys of the whole request."""

    action: str
    keys: frozenset[str]
    index: str | None = None


def asked(action: str, *keys: str, index: str | None = None) -> Asked:
    return Asked(action, frozenset(keys), index)


@dataclass
class TableRequests:
    """`forbidden` is what functions asked for without a right to it; `by_function` all that each asked for."""

    forbidden: list[tuple[str, Asked]] = field(default_factory=list)
    by_function: dict[str, set[Asked]] = field(default_factory=dict)

    def watch(self, client: Any) -> None:
        """Every request of a DynamoDB client from now on."""
        client.meta.events.register("provide-client-params.dynamodb.*", self._weigh)

    def look_away(self, client: Any) -> None:
        """From none from now on."""
        client.meta.events.unregister("provide-client-params.dynamodb.*", self._weigh)

    def _weigh(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        function = asking(sys._getframe())
        if function is None:
            return
        for one in weighed(model.name, params):
            self.by_function.setdefault(function, set()).add(one)
            if not may(function, one):
                self.forbidden.append((function, one))


def may(function: str, one: Asked) -> bool:
    """Whether one grant of the function allows it with all its keys: IAM unites no statements."""
    return any(
        one.action in grant.actions
        and one.index == grant.index
        and all(any(fnmatchcase(key, pattern) for pattern in grant.keys_of(LANDLORD)) for key in one.keys)
        for grant in TABLE_RIGHTS.get(function, ())
    )


def weighed(operation: str, params: Mapping[str, Any]) -> Iterator[Asked]:
    """What IAM weighs of a request; of a transaction, each of its actions with the keys of all."""
    keys = leading_keys(params) or [""]
    if operation == "TransactWriteItems":
        for kind in {kind for write in params["TransactItems"] for kind in write}:
            yield asked(IN_A_TRANSACTION[kind], *keys)
    else:
        yield asked(operation, *keys, index=params.get("IndexName"))
