"""Malfunctions in the table: one aggregate per partition, one transaction per decision (R46, R48)."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from permanence.adapters.dynamodb.items import (
    Attributes,
    Item,
    Table,
    body_of,
    due_pk,
    from_attributes,
    record_of,
    to_attributes,
)
from permanence.adapters.dynamodb.notices import notice_of, pending_item
from permanence.adapters.dynamodb.queries import get_batch, query, query_page
from permanence.application.dispatch.ports import Decision, MalfunctionLog, MissionLink, Timer
from permanence.application.reception.ports import AlreadyExists, VersionConflict
from permanence.domain.dispatch.malfunction import Malfunction, MalfunctionStatus
from permanence.domain.instants import format_instant, paris_month
from permanence.domain.main_courante.log import Entry

META_SK = "META"
MOST_ITEMS = 100  # of one DynamoDB transaction
NEW = {"ConditionExpression": "attribute_not_exists(pk)"}
CURSOR = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z#(?P<malfunction_id>[^#|]+)")


class DynamoMalfunctions:
    """The `Malfunctions` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def next_number(self, year: int) -> str:
        answer = self._table.client.update_item(
            TableName=self._table.name,
            Key=to_attributes({"pk": self._table.reference_pk, "sk": f"COUNTER#{year}"}),
            UpdateExpression="ADD #last :one",
            ExpressionAttributeNames={"#last": "last_number"},
            ExpressionAttributeValues=to_attributes({":one": 1}),
            ReturnValues="UPDATED_NEW",
        )
        return f"{year}-{from_attributes(answer['Attributes'])['last_number']:04d}"

    def add(self, decision: Decision) -> None:
        """Raises VersionConflict too, when the same malfunction is being added at this very moment."""
        self._transact(decision, NEW, AlreadyExists)

    def get(self, malfunction_id: str) -> Malfunction | None:
        answer = self._table.client.get_item(
            TableName=self._table.name,
            Key=to_attributes({"pk": self._table.malfunction_pk(malfunction_id), "sk": META_SK}),
            ConsistentRead=True,
        )
        return malfunction_of(from_attributes(answer["Item"])) if "Item" in answer else None

    def get_many(self, malfunction_ids: Sequence[str]) -> Sequence[Malfunction]:
        keys = [{"pk": self._table.malfunction_pk(one), "sk": META_SK} for one in dict.fromkeys(malfunction_ids)]
        return [malfunction_of(item) for item in get_batch(self._table, keys, consistent=True)]

    def save(self, decision: Decision) -> None:
        condition = {
            "ConditionExpression": "#version = :previous",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": to_attributes({":previous": decision.malfunction.version - 1}),
        }
        self._transact(decision, condition, VersionConflict)

    def log(self, malfunction_id: str) -> MalfunctionLog | None:
        pk = self._table.malfunction_pk(malfunction_id)
        malfunction, entries, notices = None, [], []
        for item in query(self._table, "pk = :pk", {":pk": pk}, ConsistentRead=True):
            match item["sk"].split("#", 1)[0]:
                case "META":
                    malfunction = malfunction_of(item)
                case "E":
                    entries.append(record_of(Entry, item))
                case "N":
                    notices.append(notice_of(item))
        return MalfunctionLog(malfunction, tuple(entries), tuple(notices)) if malfunction else None

    def link(self, token_hash: str) -> MissionLink | None:
        answer = self._table.client.get_item(
            TableName=self._table.name, Key=to_attributes({"pk": f"LINK#{token_hash}", "sk": "LINK"})
        )
        return record_of(MissionLink, from_attributes(answer["Item"])) if "Item" in answer else None

    def of_month(self, month: str, descending: bool = False) -> Iterator[Malfunction]:
        pk = self._table.month_pk("MC", month)
        items = query(self._table, "month_pk = :pk", {":pk": pk}, IndexName="month", ScanIndexForward=not descending)
        return (malfunction_of(item) for item in items)

    def page_of_month(
        self, month: str, limit: int, cursor: str | None, wanted: Callable[[Malfunction], bool] | None = None
    ) -> tuple[tuple[Malfunction, ...], str | None]:
        """Raises ValueError on a cursor that is none of ours."""
        values = {":pk": self._table.month_pk("MC", month)}
        start = self._start_key(month, cursor) if cursor is not None else None
        options: dict[str, Any] = {"IndexName": "month", "ScanIndexForward": False}
        if wanted is None:
            options["Limit"] = limit + 1  # one more tells for certain whether there is another page
        items, next_page = query_page(self._table, "month_pk = :pk", values, start, **options)
        examined = [malfunction_of(item) for item in items]
        found = [malfunction for malfunction in examined if wanted is None or wanted(malfunction)]
        if len(found) > limit:
            return tuple(found[:limit]), _month_sk(found[limit - 1])
        return tuple(found), _month_sk(examined[-1]) if next_page is not None else None

    def opened_between(self, start: datetime, end: datetime) -> Iterator[Malfunction]:
        """1 request a page and Paris-local month."""
        for month in _months(paris_month(start), paris_month(end)):
            values = {
                ":pk": self._table.month_pk("MC", month),
                ":start": format_instant(start),
                ":end": format_instant(end),
            }
            condition = "month_pk = :pk AND month_sk BETWEEN :start AND :end"
            # Sort keys are « instant#id »: one that begins with `end` sorts after it, so the end stays outside.
            items = query(self._table, condition, values, IndexName="month")
            yield from (malfunction_of(item) for item in items)

    def finish_timer(self, malfunction_id: str, timer: Timer) -> None:
        key = {"pk": self._table.malfunction_pk(malfunction_id), "sk": _timer_sk(timer)}
        self._table.client.delete_item(TableName=self._table.name, Key=to_attributes(key))

    def items(self, decision: Decision) -> Iterator[Item]:
        """A decision as it is stored: the malfunction itself, what it caused, its messages."""
        yield self._meta(decision.malfunction)
        yield from self._caused(decision)
        yield from (pending_item(self._table, notice) for notice in decision.notices)

    def _start_key(self, month: str, cursor: str) -> Attributes:
        told = CURSOR.fullmatch(cursor)
        if told is None:
            raise ValueError("this is no cursor of a list of malfunctions")
        pk, month_pk = self._table.malfunction_pk(told["malfunction_id"]), self._table.month_pk("MC", month)
        return to_attributes({"pk": pk, "sk": META_SK, "month_pk": month_pk, "month_sk": cursor})

    def _transact(self, decision: Decision, condition: dict[str, Any], lost: type[Exception]) -> None:
        meta, *others = self.items(decision)
        puts = [{"Item": to_attributes(meta), **condition}]
        for item in others:
            is_message = item["sk"].startswith("N#")
            puts.append({"Item": to_attributes(item)} | (NEW if is_message else {}))
        pk = self._table.malfunction_pk(decision.malfunction.malfunction_id)
        obeyed = [{"Key": to_attributes({"pk": pk, "sk": _timer_sk(timer)})} for timer in decision.obeyed]
        writes = [{"Put": {"TableName": self._table.name, **put}} for put in puts]
        writes += [{"Delete": {"TableName": self._table.name, **key}} for key in obeyed]
        if len(writes) > MOST_ITEMS:
            raise ValueError(f"a decision of {len(writes)} items does not fit one transaction")
        # The client's own retries repeat the token and save once; a racer with the very same decision has another.
        token = str(uuid4())
        try:
            self._table.client.transact_write_items(TransactItems=writes, ClientRequestToken=token)
        except ClientError as error:
            if race_lost := _race_lost(error, lost):
                raise race_lost(decision.malfunction.malfunction_id) from error
            raise

    def _meta(self, malfunction: Malfunction) -> Item:
        pk = self._table.malfunction_pk(malfunction.malfunction_id)
        opened = _month_sk(malfunction)
        item = {
            "pk": pk,
            "sk": META_SK,
            **body_of(malfunction, "version"),
            "month_pk": self._table.month_pk("MC", paris_month(malfunction.opened_at)),
            "month_sk": opened,
            **self._table.erasure(pk, META_SK, malfunction.opened_at),
        }
        if malfunction.status is MalfunctionStatus.OPEN:
            item |= {"open_pk": self._table.open_pk, "open_sk": f"MC#{opened}"}
        return item

    def _caused(self, decision: Decision) -> Iterator[Item]:
        malfunction = decision.malfunction
        pk = self._table.malfunction_pk(malfunction.malfunction_id)
        for entry in decision.entries:
            yield self._stamped(pk, f"E#{entry.version:06}#{entry.n:02}", entry.at, body_of(entry))
        for timer in decision.timers:
            due = {"due_pk": due_pk(pk), "due_sk": due_epoch(timer.due)}
            yield self._stamped(pk, _timer_sk(timer), malfunction.opened_at, due)
        for call_id in decision.linked_calls:
            yield self._stamped(pk, f"C#{call_id}", malfunction.opened_at, {})
        for link in decision.links:
            yield self._stamped(f"LINK#{link.token_hash}", "LINK", malfunction.opened_at, body_of(link))

    def _stamped(self, pk: str, sk: str, created: datetime, body: Item) -> Item:
        return {"pk": pk, "sk": sk, **body, **self._table.erasure(pk, sk, created)}


def _month_sk(malfunction: Malfunction) -> str:
    return f"{format_instant(malfunction.opened_at)}#{malfunction.malfunction_id}"


def malfunction_of(item: Item) -> Malfunction:
    """The aggregate as it was saved."""
    return record_of(Malfunction, item)


def due_epoch(due: datetime) -> int:
    """Whole seconds since the epoch, never before the instant itself: a deadline must not fire early."""
    return math.ceil(due.timestamp())


def _timer_sk(timer: Timer) -> str:
    return f"T#{timer.step:02}#{due_epoch(timer.due)}"


def _race_lost(error: ClientError, lost: type[Exception]) -> type[Exception] | None:
    """What a cancelled transaction means, None when it is no lost race (throttling, a notice that exists, ...)."""
    reasons = [reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])]
    if "TransactionConflict" in reasons:
        return VersionConflict
    if reasons and reasons[0] == "ConditionalCheckFailed":
        return lost
    return None


def _months(first: str, last: str) -> Iterator[str]:
    year, month = (int(part) for part in first.split("-"))
    while (text := f"{year}-{month:02}") <= last:
        yield text
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
