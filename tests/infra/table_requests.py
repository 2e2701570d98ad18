"""Holds each request that a function makes of the table to the rights of that function: neither moto nor the local
engine asks IAM. Whose request it is, the call stack tells."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from infra.table_rights import TABLE_RIGHTS
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
    """What IAM weighs of a request. It is not written whether a part of a transaction carries its own key or all of
    them: each action of it is weighed with all, so that it does not matter."""
    match operation:
        case "Query":
            pk = params["ExpressionAttributeValues"][":pk"]["S"]
            yield asked("Query", pk, index=params.get("IndexName"))
        case "TransactWriteItems":
            parts = [part for write in params["TransactItems"] for part in write.items()]
            keys = {_key(body) for _, body in parts}
            for kind in {kind for kind, _ in parts}:
                yield asked(IN_A_TRANSACTION[kind], *keys)
        case "BatchGetItem":
            yield asked(
                operation, *(key["pk"]["S"] for table in params["RequestItems"].values() for key in table["Keys"])
            )
        case "BatchWriteItem":
            writes = [write for table in params["RequestItems"].values() for write in table]
            yield asked(operation, *(_key(next(iter(write.values()))) for write in writes))
        case "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem":
            yield asked(operation, _key(params))
        case _:
            yield asked(operation, "")


def _key(request: Mapping[str, Any]) -> str:
    return str((request.get("Item") or request["Key"])["pk"]["S"])
