"""Plain data to DynamoDB's typed attributes and back, and the keys every item shares.

Our own few lines, because the caller's webhook imports botocore only and our items hold nothing but text, whole
numbers, booleans, lists and maps.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from permanence.domain.contract import RetentionTerms
from permanence.domain.retention import purge_stamp

DUE_PARTITIONS = 4

Item = dict[str, Any]
Attributes = dict[str, dict[str, Any]]


def to_attribute(value: object) -> dict[str, Any]:
    """One value in DynamoDB's notation; raises TypeError on what our items never hold (floats, sets, bytes)."""
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, str):
        return {"S": str(value)}
    if isinstance(value, list | tuple):
        return {"L": [to_attribute(member) for member in value]}
    if isinstance(value, Mapping):
        return {"M": to_attributes(value)}
    raise TypeError(f"{type(value).__name__} has no place in an item")


def to_attributes(item: Mapping[str, object]) -> Attributes:
    """A whole item in DynamoDB's notation."""
    return {name: to_attribute(value) for name, value in item.items()}


def from_attribute(attribute: Mapping[str, Any]) -> Any:
    """The inverse of `to_attribute`; raises TypeError on a type we never write."""
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            return int(value)
        case "NULL":
            return None
        case "L":
            return [from_attribute(member) for member in value]
        case "M":
            return from_attributes(value)
    raise TypeError(f"attribute type {kind} is none of ours")


def from_attributes(attributes: Mapping[str, Mapping[str, Any]]) -> Item:
    """A whole item as plain data."""
    return {name: from_attribute(attribute) for name, attribute in attributes.items()}


@dataclass(frozen=True, slots=True)
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
