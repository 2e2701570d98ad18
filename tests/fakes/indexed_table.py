"""A table in memory behind a real client: DynamoDB's keys, indexes, pages of a megabyte and units of capacity.

For questions of size, where moto reads the whole table for each query of an index. It understands what our adapters
say and refuses the rest. Units follow AWS's published rules: a query reads the sum of its items in steps of 4 KB, half
when it need not be consistent; a write pays each KB, in the table and in each index that it changes, twice in a
transaction.
"""

import json
import math
import re
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from tests.fakes.table import INDEXES

LARGEST_PAGE = 1024 * 1024
KEYS = ("pk", "sk")

Attributes = dict[str, dict[str, Any]]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """One request that reached the table, and the units it read and wrote."""

    operation: str
    read_units: float = 0
    write_units: float = 0


@dataclass
class IndexedTable:
    """Also a client by itself, for loading: `put_item(...)` and the like, without botocore between."""

    requests: list[Request] = field(default_factory=list)
    _items: dict[Key, tuple[bytes, int]] = field(default_factory=dict)
    _order: dict[tuple[str, str], list[tuple[Any, Key]]] = field(default_factory=dict)
    _one_at_a_time: Lock = field(default_factory=Lock)

    def attach(self, client: Any) -> None:
        """Answer every request of a DynamoDB client from here."""
        client.meta.events.register("before-call.dynamodb.*", self._answer)

    def detach(self, client: Any) -> None:
        """Answer no more of them."""
        client.meta.events.unregister("before-call.dynamodb.*", self._answer)

    def size(self, kind: str) -> tuple[int, int]:
        """How many items have a sort key, and their bytes."""
        sizes = [size for (_, sk), (_, size) in self._items.items() if sk == kind]
        return len(sizes), sum(sizes)

    @contextmanager
    def counted(self) -> Iterator[list[Request]]:
        """The requests of a block, complete when it has run."""
        before = len(self.requests)
        arrived: list[Request] = []
        yield arrived
        arrived += self.requests[before:]

    def put_item(self, **request: Any) -> dict[str, Any]:
        self._check(request, _key(request["Item"]), "PutItem")
        self._note("PutItem", written=self._write(request["Item"]))
        return {}

    def get_item(self, **request: Any) -> dict[str, Any]:
        found = self._items.get(_key(request["Key"]))
        units = _read_units(found[1] if found else 0, request)
        self._note("GetItem", read=units)
        return {"Item": json.loads(found[0])} if found else {}

    def update_item(self, **request: Any) -> dict[str, Any]:
        item = self._check(request, _key(request["Key"]), "UpdateItem")
        item = updated(item or dict(request["Key"]), request)
        self._note("UpdateItem", written=self._write(item))
        return {"Attributes": item} if "ReturnValues" in request else {}

    def delete_item(self, **request: Any) -> dict[str, Any]:
        self._note("DeleteItem", written=self._forget(_key(request["Key"])))
        return {}

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        ((name, asked),) = request["RequestItems"].items()
        found = [self._items[key] for key in map(_key, asked["Keys"]) if key in self._items]
        self._note("BatchGetItem", read=sum(_read_units(size, asked) for _, size in found))
        return {"Responses": {name: [json.loads(body) for body, _ in found]}, "UnprocessedKeys": {}}

    def batch_write_item(self, **request: Any) -> dict[str, Any]:
        ((_, writes),) = request["RequestItems"].items()
        puts = [write["PutRequest"]["Item"] for write in writes if "PutRequest" in write]
        deleted = [_key(write["DeleteRequest"]["Key"]) for write in writes if "DeleteRequest" in write]
        self._note("BatchWriteItem", written=sum(map(self._write, puts)) + sum(map(self._forget, deleted)))
        return {"UnprocessedItems": {}}

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        writes = request["TransactItems"]
        held = [_holds(body, self._read(_key(body.get("Item") or body["Key"]))) for w in writes for body in w.values()]
        if not all(held):
            self._note("TransactWriteItems", written=2 * len(held))
            reasons = [{"Code": "None" if one else "ConditionalCheckFailed"} for one in held]
            raise refused("TransactionCanceledException", "TransactWriteItems", reasons)
        units = 0.0
        for write in writes:
            ((operation, body),) = write.items()
            if operation == "Update":
                units += self._write(updated(self._read(_key(body["Key"])) or dict(body["Key"]), body))
            else:
                units += self._write(body["Item"]) if operation == "Put" else self._forget(_key(body["Key"]))
        self._note("TransactWriteItems", written=2 * units)
        return {}

    def query(self, **request: Any) -> dict[str, Any]:
        index = request.get("IndexName", "")
        hash_name, sort_name = (f"{index}_pk", f"{index}_sk") if index else KEYS
        keys = self._range(index, request, hash_name, sort_name)
        found, total, last = [], 0, None
        for key in keys:
            body, size = self._items[key]
            found.append(json.loads(body))
            total += size
            if total >= LARGEST_PAGE or len(found) == request.get("Limit"):
                last = found[-1]
                break
        self._note("Query", read=_read_units(total, request))
        if last is None:
            return {"Items": found}
        return {"Items": found, "LastEvaluatedKey": {name: last[name] for name in {*KEYS, hash_name, sort_name}}}

    def _range(self, index: str, request: Mapping[str, Any], hash_name: str, sort_name: str) -> Sequence[Key]:
        values, low, high = _key_condition(request, hash_name, sort_name)
        order = self._order.get((index, values), [])
        first = 0 if low is None else bisect_left(order, (low,))
        last = len(order) if high is None else bisect_left(order, (high, ("\U0010ffff", "")))
        start = request.get("ExclusiveStartKey")
        forward = request.get("ScanIndexForward", True)
        if start is not None:
            place = bisect_left(order, (_plain(start[sort_name]), _key(start)))
            first, last = (max(first, place + 1), last) if forward else (first, min(last, place))
        wanted = order[first:last] if forward else reversed(order[first:last])
        return [key for _, key in wanted]

    def _answer(self, model: Any, params: Mapping[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        operation: Callable[..., dict[str, Any]] = getattr(self, re.sub(r"(?<!^)([A-Z])", r"_\1", model.name).lower())
        try:
            with self._one_at_a_time:
                return SimpleNamespace(status_code=200), operation(**json.loads(params["body"]))
        except ClientError as refusal:
            return SimpleNamespace(status_code=400), dict(refusal.response)

    def _note(self, operation: str, read: float = 0, written: float = 0) -> None:
        self.requests.append(Request(operation, read, written))

    def _check(self, request: Mapping[str, Any], key: Key, operation: str) -> Attributes | None:
        """The item, when the condition holds; a write that is refused is a request, and pays for what it found."""
        item = self._read(key)
        if not _holds(request, item):
            self._note(operation, written=max(1, math.ceil(self._items[key][1] / 1024)) if item else 1)
            raise refused("ConditionalCheckFailedException", operation)
        return item

    def _read(self, key: Key) -> Attributes | None:
        found = self._items.get(key)
        return json.loads(found[0]) if found else None

    def _write(self, item: Attributes) -> float:
        key = _key(item)
        old = self._read(key)
        size = size_of(item)
        units = math.ceil(max(size, self._items[key][1] if old else 0) / 1024) + self._move(key, old or {}, item)
        self._items[key] = json.dumps(item, ensure_ascii=False).encode(), size
        return units

    def _forget(self, key: Key) -> float:
        old = self._read(key)
        if old is None:
            return 1
        return math.ceil(self._items.pop(key)[1] / 1024) + self._move(key, old, {})

    def _move(self, key: Key, old: Attributes, new: Attributes) -> float:
        """Keep the orders right; the units that the indexes cost."""
        units = 0.0
        for index, hash_name, sort_name in (("", *KEYS), *((name, f"{name}_pk", f"{name}_sk") for name in INDEXES)):
            before, after = (
                (_plain(item[hash_name]), _plain(item[sort_name])) if hash_name in item else None for item in (old, new)
            )
            if before != after:
                if before:
                    order = self._order[index, before[0]]
                    del order[bisect_left(order, (before[1], key))]
                if after:
                    insort(self._order.setdefault((index, after[0]), []), (after[1], key))
            if index:
                whole = INDEXES[index][1] == "ALL"
                entries = [
                    (item if whole else {name: item[name] for name in (*KEYS, hash_name, sort_name)}) if place else {}
                    for item, place in ((old, before), (new, after))
                ]
                units += _index_units(*entries, is_moved=before != after)
        return units


def _index_units(old: Attributes, new: Attributes, *, is_moved: bool) -> int:
    """An index pays for what it shows anew, and twice when an entry moves."""
    if old == new:
        return 0
    return sum(math.ceil(size_of(entry) / 1024) for entry in ((old, new) if is_moved else (new,)))


def size_of(item: Attributes) -> int:
    """The bytes that DynamoDB counts for an item."""
    return sum(len(name.encode()) + _size_of(value) for name, value in item.items())


def refused(code: str, operation: str, reasons: Sequence[Mapping[str, str]] = ()) -> ClientError:
    """What the client raises when a condition does not hold."""
    answer: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(answer | ({"CancellationReasons": list(reasons)} if reasons else {}), operation)


def _size_of(attribute: Mapping[str, Any]) -> int:
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return len(value) // 2 + 1
        case "L":
            return 3 + sum(1 + _size_of(member) for member in value)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _size_of(member) for name, member in value.items())
    return 1


def _read_units(size: int, request: Mapping[str, Any]) -> float:
    return max(1, math.ceil(size / 4096)) * (1 if request.get("ConsistentRead") else 0.5)


def _plain(attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    return int(value) if kind == "N" else value


def _key(item: Mapping[str, Any]) -> Key:
    return item["pk"]["S"], item["sk"]["S"]


def _key_condition(request: Mapping[str, Any], hash_name: str, sort_name: str) -> tuple[str, Any, Any]:
    """The partition, and the lowest and highest sort key, both included."""
    hashed, _, ranged = request["KeyConditionExpression"].partition(" AND ")
    given = {name: _plain(value) for name, value in request["ExpressionAttributeValues"].items()}
    named, value = re.fullmatch(r"(\w+) = (:\w+)", hashed).groups()  # type: ignore[union-attr]
    if named != hash_name:
        raise NotImplementedError(request["KeyConditionExpression"])
    if not ranged:
        return given[value], None, None
    for pattern, bounds in (
        (rf"{sort_name} BETWEEN (?P<low>:\w+) AND (?P<high>:\w+)", ("low", "high")),
        (rf"{sort_name} >= (?P<low>:\w+)", ("low", None)),
        (rf"{sort_name} <= (?P<high>:\w+)", (None, "high")),
    ):
        if told := re.fullmatch(pattern, ranged):
            low, high = (given[told[bound]] if bound else None for bound in bounds)
            return given[value], low, high
    raise NotImplementedError(ranged)


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: one == other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
}


def _holds(request: Mapping[str, Any], item: Attributes | None) -> bool:
    """A condition as we write them: terms joined by AND, or by OR."""
    condition = request.get("ConditionExpression")
    if condition is None:
        return True
    is_any = " OR " in condition
    held = [_term(term, request, item or {}) for term in re.split(r" OR | AND ", condition)]
    return any(held) if is_any else all(held)


def _term(term: str, request: Mapping[str, Any], item: Attributes) -> bool:
    names = request.get("ExpressionAttributeNames", {})
    if told := re.fullmatch(r"attribute_(not_)?exists\(([#\w]+)\)", term):
        return (names.get(told[2], told[2]) in item) is not bool(told[1])
    told = re.fullmatch(r"([#\w]+) (=|<=|<) (:\w+)", term)
    if told is None:
        raise NotImplementedError(term)
    name = names.get(told[1], told[1])
    expected = _plain(request["ExpressionAttributeValues"][told[3]])
    return name in item and _COMPARISONS[told[2]](_plain(item[name]), expected)


def updated(item: Attributes, request: Mapping[str, Any]) -> Attributes:
    """The item as an update makes it: SET (also `if_not_exists`), ADD and REMOVE, each on whole attributes."""
    names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
    new = dict(item)
    for clause, body in re.findall(r"(SET|ADD|REMOVE) (.*?)(?= REMOVE | ADD | SET |$)", request["UpdateExpression"]):
        for part in re.split(r", (?![^(]*\))", body):
            target, *told = part.replace(" = ", " ").split(" ", 1)
            name = names.get(target, target)
            if clause == "REMOVE":
                new.pop(name, None)
            elif clause == "ADD":
                new[name] = {"N": str(int(item.get(name, {"N": "0"})["N"]) + _plain(values[told[0]]))}
            elif kept := re.fullmatch(r"if_not_exists\(([#\w]+), (:\w+)\)", told[0]):
                new[name] = item.get(names.get(kept[1], kept[1]), values[kept[2]])
            else:
                new[name] = values[told[0]]
    return new
