"""Holds each request that a function makes of the table to the rights of that function: neither moto nor the local
engine asks IAM. Whose request it is, the call stack tells."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from types import FrameType
from typing import Any

from infra.settings import ROOT
from infra.table_rights import TABLE_RIGHTS

LANDLORD = "habitat70"
FUNCTION = re.compile(re.escape(str(ROOT / "functions")) + r"/(\w+)/")
IN_A_TRANSACTION = {
    "Put": "PutItem",
    "Delete": "DeleteItem",
    "Update": "UpdateItem",
    "ConditionCheck": "ConditionCheckItem",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What IAM weighs of a request, or of one part of a transaction or a batch."""

    action: str
    key: str
    index: str | None = None


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
        function = _asking(sys._getframe())
        if function is None:
            return
        for asked in _asked(model.name, params):
            self.by_function.setdefault(function, set()).add(asked)
            if not may(function, asked):
                self.forbidden.append((function, asked))


def may(function: str, asked: Asked) -> bool:
    """Whether a grant of the function allows it."""
    return any(
        asked.action in grant.actions
        and asked.index == grant.index
        and any(fnmatchcase(asked.key, pattern) for pattern in grant.keys_of(LANDLORD))
        for grant in TABLE_RIGHTS.get(function, ())
    )


def _asking(frame: FrameType | None) -> str | None:
    """The function whose code is nearest on the stack; None for what a test does by itself."""
    while frame is not None:
        if told := FUNCTION.match(frame.f_code.co_filename):
            return told[1]
        frame = frame.f_back
    return None


def _asked(operation: str, params: Mapping[str, Any]) -> Iterator[Asked]:
    match operation:
        case "Query":
            yield Asked("Query", params["ExpressionAttributeValues"][":pk"]["S"], params.get("IndexName"))
        case "TransactWriteItems":
            for write in params["TransactItems"]:
                ((kind, body),) = write.items()
                yield Asked(IN_A_TRANSACTION[kind], _key(body))
        case "BatchGetItem":
            for table in params["RequestItems"].values():
                for key in table["Keys"]:
                    yield Asked(operation, key["pk"]["S"])
        case "BatchWriteItem":
            for writes in params["RequestItems"].values():
                for write in writes:
                    yield Asked(operation, _key(next(iter(write.values()))))
        case "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem":
            yield Asked(operation, _key(params))
        case _:
            yield Asked(operation, "")


def _key(request: Mapping[str, Any]) -> str:
    return str((request.get("Item") or request["Key"])["pk"]["S"])
