"""Plain data to DynamoDB's typed attributes and back, and the keys every item shares.

Our own few lines, because the caller's webhook imports botocore only and our items hold nothing but text, whole
numbers and booleans.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from permanence.adapters.records import from_plain, to_plain
from permanence.domain.contract import RetentionTerms
from permanence.domain.frozen import dataclass
from permanence.domain.privacy.retention import purge_stamp

T = TypeVar("T")

DUE_PARTITIONS = 4

Item = dict[str, Any]
Attributes = dict[str, dict[str, Any]]


def to_attribute(value: object) -> dict[str, Any]:
    """One value in DynamoDB's notation; raises TypeError on what our items never hold (floats, lists, bytes)."""
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, str):
        return {"S": str(value)}
    raise TypeError(f"{type(value).__name__} has no place in an item")


def to_attributes(item: Mapping[str, object]) -> Attributes:
    """A whole item in DynamoDB's notation."""
    return {name: to_attribute(value) for name, value in item.items()}


def from_attributes(attributes: Mapping[str, Mapping[str, Any]]) -> Item:
    """The inverse of `to_attributes`; raises KeyError on a type we never write."""
    return {name: _READ[kind](value) for name, told in attributes.items() for kind, value in told.items()}


_READ: Mapping[str, Callable[[Any], Any]] = {"S": str, "N": int, "BOOL": bool}


def to_text(plain: object) -> str:
    """Plain data as one attribute: JSON without a needless byte."""
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Any:
    """The inverse of `to_text`."""
    return json.loads(text)


def body_of(record: object, *apart: str) -> Item:
    """A record as an item holds it: one text, and beside it the fields that are updated or asked for `apart`.

    One text, because reading nested attributes costs a page more than all the rest of it.
    """
    plain = to_plain(record)
    alone = {name: plain.pop(name) for name in apart if name in plain}
    return {"body": to_text(plain), **alone}


def record_of(kind: type[T], item: Item) -> T:
    """The inverse of `body_of`; raises KeyError when a required field is absent."""
    return from_plain(kind, {**item, **from_text(item["body"])})


@dataclass(frozen=True)
class Table:
    """One landlord's table: the client, and what every item needs to be named and to be erased in time."""

    client: Any
    name: str
    landlord: str
    retention: RetentionTerms

    def call_pk(self, call_id: str) -> str:
        return f"{self.landlord}#CALL#{call_id}"

    def malfunction_pk(self, malfunction_id: str) -> str:
        return f"{self.landlord}#MC#{malfunction_id}"

    def job_pk(self, job: str) -> str:
        return f"{self.landlord}#JOB#{job}"

    def owner_pk(self, owner: str) -> str:
        """The partition of a notice's owner: a malfunction id, or ``job:<name>:<period>``."""
        if owner.startswith("job:"):
            _, job, period = owner.split(":", 2)
            return f"{self.job_pk(job)}#{period}"
        return self.malfunction_pk(owner)

    def month_pk(self, kind: str, month: str) -> str:
        """`kind` is CALL, MC or DAY; `month` Paris-local, ``2026-11``."""
        return f"{self.landlord}#{kind}#{month}"

    @property
    def members_pk(self) -> str:
        return f"{self.landlord}#USERS"

    @property
    def open_pk(self) -> str:
        return f"{self.landlord}#OPEN"

    @property
    def reference_pk(self) -> str:
        return f"{self.landlord}#REF"

    def erasure(self, pk: str, sk: str, created: datetime) -> Item:
        """The attributes that make the daily purge find an item on its day, and the table forget it by itself
        if the purge did not run (R70)."""
        stamp = purge_stamp(created, self.retention)
        return {
            "purge_pk": f"{self.landlord}#P#{stamp.erase_on.isoformat()}",
            "purge_sk": f"{pk}|{sk}",
            "ttl": int(stamp.backstop.timestamp()),
        }


def due_pk(pk: str) -> str:
    """The partition of the due index: four of them, so that the only global index never has one hot key."""
    return f"DUE#{zlib.crc32(pk.encode()) % DUE_PARTITIONS}"


def owner_of(pk: str) -> str:
    """Whose notices a partition holds; the inverse of `Table.owner_pk`."""
    _, kind, owner = pk.split("#", 2)
    return "job:" + owner.replace("#", ":", 1) if kind == "JOB" else owner
