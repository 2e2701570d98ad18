"""Calls in the table: each event is one attribute of one item, so that writing it is one idempotent request (R10)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from botocore.exceptions import ClientError

from permanence.adapters.dynamodb.conditions import is_unmet
from permanence.adapters.dynamodb.items import (
    Attributes,
    Item,
    Table,
    body_of,
    due_pk,
    from_attributes,
    from_text,
    record_of,
    to_attributes,
    to_text,
)
from permanence.adapters.dynamodb.queries import get_batch, query, query_page
from permanence.application.reception.ports import CallRecord, VersionConflict
from permanence.domain.calls.call import Call, CallEvent, CallEventKind, fold
from permanence.domain.instants import format_instant, paris_month, parse_instant
from permanence.domain.main_courante.fiche import CallForm

EVENT_PREFIX = "e#"
CALL_SK = "CALL"
OPEN_ATTRIBUTES = ("open_pk", "open_sk", "due_pk", "due_sk")
LONGEST_CALL = timedelta(hours=4)
"""A call that has not ended by then has probably lost its end: the sweep brings it, and the provider is asked."""

FORM_SK = "FORM"
FORM_APART = ("fields", "version", "closed_at")
"""What is saved alone or conditioned; the rest of a form is one text."""

CURSOR = re.compile(r"(?P<instant>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)#(?P<call_id>[^#|]+)#CALL")
_KINDS = {kind.value: kind for kind in CallEventKind}


class DynamoCalls:
    """The `Calls` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def record(self, event: CallEvent, born: datetime) -> Call:
        """See the port. A second request is made only to repair an index entry that events in the wrong order left."""
        item = self._write(event, born)
        call = call_of(item)
        self._repair_indexes(item, call)
        return call

    def get(self, call_id: str) -> CallRecord | None:
        items = query(self._table, "pk = :pk", {":pk": self._table.call_pk(call_id)}, ConsistentRead=True)
        return next(_records(items), None)

    def get_many(self, call_ids: Sequence[str]) -> tuple[CallRecord, ...]:
        items = {(item["pk"], item["sk"]): item for item in get_batch(self._table, call_keys(self._table, call_ids))}
        return call_records(self._table, call_ids, items)

    def save_form(self, form: CallForm, born: datetime) -> CallForm:
        """`born` is the presentation of the call, so that the form sorts just after its call."""
        kept = replace(form, version=form.version + 1)
        known = "#version = :known"
        try:
            self._table.client.put_item(
                TableName=self._table.name,
                Item=to_attributes(self.form_item(kept, born)),
                ConditionExpression=known if form.version else f"attribute_not_exists(#version) OR {known}",
                ExpressionAttributeNames={"#version": "version"},
                ExpressionAttributeValues=to_attributes({":known": form.version}),
            )
        except ClientError as error:
            if not is_unmet(error):
                raise
            raise VersionConflict(form.call_id) from error
        return kept

    def form_item(self, form: CallForm, born: datetime) -> Item:
        """A form as it is stored."""
        pk = self._table.call_pk(form.call_id)
        item = {
            "pk": pk,
            "sk": FORM_SK,
            **body_of(form, *FORM_APART),
            "fields": to_text(dict(form.fields)),
            **self._month_keys(born, form.call_id, FORM_SK),
            **self._table.erasure(pk, FORM_SK, born),
        }
        if form.closed_at is None:
            item |= {"open_pk": self._table.open_pk, "open_sk": _open_sk(FORM_SK, born, form.call_id)}
        return item

    def event_attributes(self, event: CallEvent, born: datetime) -> Item:
        """What an event adds to the item of its call, where it is not there yet."""
        presented = event.kind is CallEventKind.PRESENTED
        pk = self._table.call_pk(event.call_id)
        instant = event.at if presented else born
        once = {
            EVENT_PREFIX + event.key: to_text([event.kind.value, format_instant(event.at), dict(event.data)]),
            "born": format_instant(born),
            **self._month_keys(instant, event.call_id, CALL_SK),
            **self._table.erasure(pk, CALL_SK, born),
        }
        if presented:
            once |= {"open_pk": self._table.open_pk, "open_sk": _open_sk(CALL_SK, instant, event.call_id)}
            once |= {"due_pk": due_pk(pk), "due_sk": int((instant + LONGEST_CALL).timestamp())}
        return once

    def save_fields(self, call_id: str, fields: Mapping[str, str]) -> None:
        try:
            self._table.client.update_item(
                TableName=self._table.name,
                Key=to_attributes({"pk": self._table.call_pk(call_id), "sk": FORM_SK}),
                UpdateExpression="SET #fields = :fields ADD #version :one",
                ConditionExpression="attribute_exists(pk) AND attribute_not_exists(closed_at)",
                ExpressionAttributeNames={"#fields": "fields", "#version": "version"},
                ExpressionAttributeValues=to_attributes({":fields": to_text(dict(fields)), ":one": 1}),
            )
        except ClientError as error:
            if not is_unmet(error):
                raise

    def of_month(
        self, month: str, descending: bool = False, since: datetime | None = None, fiches: bool = True
    ) -> Iterator[CallRecord]:
        condition, values = "month_pk = :pk", {":pk": self._table.month_pk("CALL", month)}
        if since is not None:
            condition, values = f"{condition} AND month_sk >= :since", values | {":since": format_instant(since)}
        items = query(self._table, condition, values, IndexName="month", ScanIndexForward=not descending)
        return (
            _records(items) if fiches else (CallRecord(call_of(item), None) for item in items if item["sk"] == CALL_SK)
        )

    def page_of_month(self, month: str, limit: int, cursor: str | None) -> tuple[tuple[CallRecord, ...], str | None]:
        """Raises ValueError on a cursor that is none of ours."""
        values = {":pk": self._table.month_pk("CALL", month)}
        start = self._start_key(month, cursor) if cursor is not None else None
        # A call has two items; one more than all of a page tells for certain whether there is another page.
        options = {"IndexName": "month", "ScanIndexForward": False, "Limit": 2 * limit + 1}
        items, next_page = query_page(self._table, "month_pk = :pk", values, start, **options)
        more_behind = next_page is not None
        if more_behind and items and items[-1]["sk"] == FORM_SK:
            items.pop()  # its call opens the next page
        records = tuple(_records(items))
        if len(records) <= limit and not more_behind:
            return records, None
        shown = records[:limit]
        return shown, _cursor(items, shown[-1].call.call_id)

    def ask_again(self, call_id: str, ask_at: datetime) -> None:
        """A call that has ended meanwhile has left the index, and stays out of it."""
        try:
            self._table.client.update_item(
                TableName=self._table.name,
                Key=to_attributes({"pk": self._table.call_pk(call_id), "sk": CALL_SK}),
                UpdateExpression="SET due_sk = :at",
                ConditionExpression="attribute_exists(due_pk)",
                ExpressionAttributeValues=to_attributes({":at": int(ask_at.timestamp())}),
            )
        except ClientError as error:
            if not is_unmet(error):
                raise

    def _write(self, event: CallEvent, born: datetime) -> Item:
        once = self.event_attributes(event, born)
        names = {f"#n{index}": name for index, name in enumerate(once)}
        values = {f":v{index}": value for index, value in enumerate(once.values())}
        sets = ", ".join(f"#n{index} = if_not_exists(#n{index}, :v{index})" for index in range(len(once)))
        removes = f" REMOVE {', '.join(OPEN_ATTRIBUTES)}" if event.kind is CallEventKind.ENDED else ""
        answer = self._table.client.update_item(
            TableName=self._table.name,
            Key=to_attributes({"pk": self._table.call_pk(event.call_id), "sk": CALL_SK}),
            UpdateExpression=f"SET {sets}{removes}",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=to_attributes(values),
            ReturnValues="ALL_NEW",
        )
        return from_attributes(answer["Attributes"])

    def _repair_indexes(self, item: Item, call: Call) -> None:
        """An event told before the presentation dates the call by `born`; a presentation told again after the end
        opens the call again. Both are seen in the fold and put right here."""
        month = self._month_keys(call.presented_at or parse_instant(item["born"]), call.call_id, CALL_SK)
        is_misplaced = item["month_sk"] != month["month_sk"]
        is_open_after_its_end = call.ended_at is not None and "open_pk" in item
        if not (is_misplaced or is_open_after_its_end):
            return
        self._table.client.update_item(
            TableName=self._table.name,
            Key=to_attributes({"pk": item["pk"], "sk": CALL_SK}),
            UpdateExpression="SET month_pk = :pk, month_sk = :sk"
            + (f" REMOVE {', '.join(OPEN_ATTRIBUTES)}" if is_open_after_its_end else ""),
            ExpressionAttributeValues=to_attributes({":pk": month["month_pk"], ":sk": month["month_sk"]}),
        )

    def _month_keys(self, instant: datetime, call_id: str, sk: str) -> Item:
        return {
            "month_pk": self._table.month_pk("CALL", paris_month(instant)),
            "month_sk": f"{format_instant(instant)}#{call_id}#{sk}",
        }

    def _start_key(self, month: str, cursor: str) -> Attributes:
        told = CURSOR.fullmatch(cursor)
        if told is None:
            raise ValueError("this is no cursor of a list of calls")
        return to_attributes(
            {
                "pk": self._table.call_pk(told["call_id"]),
                "sk": CALL_SK,
                "month_pk": self._table.month_pk("CALL", month),
                "month_sk": cursor,
            }
        )


def call_keys(table: Table, call_ids: Sequence[str]) -> list[Item]:
    """Each call and its form, once."""
    pks = [table.call_pk(call_id) for call_id in dict.fromkeys(call_ids)]
    return [{"pk": pk, "sk": sk} for pk in pks for sk in (CALL_SK, FORM_SK)]


def call_records(
    table: Table, call_ids: Sequence[str], items: Mapping[tuple[str, str], Item]
) -> tuple[CallRecord, ...]:
    """Those of these calls that are among the items, by (pk, sk), in the order given."""
    pks = [table.call_pk(call_id) for call_id in dict.fromkeys(call_ids)]
    return tuple(record for pk in pks for record in _record(items.get((pk, CALL_SK)), items.get((pk, FORM_SK))))


def call_of(item: Item) -> Call:
    """The fold of a stored call."""
    call_id = call_id_of(item)
    return fold(call_id, _events(call_id, item))


def call_id_of(item: Item) -> str:
    """Whose item it is: the partition names the call."""
    return str(item["pk"].split("#", 2)[2])


def form_of(item: Item) -> CallForm:
    """The form as it was saved, and what was typed since."""
    return record_of(CallForm, {**item, "fields": from_text(item["fields"])})


def _events(call_id: str, item: Item) -> Iterator[CallEvent]:
    """All texts are read at once: a page reads those of hundreds of calls."""
    names = [name for name in item if name.startswith(EVENT_PREFIX)]
    told = from_text(f"[{','.join([item[name] for name in names])}]")
    for name, (kind, instant, data) in zip(names, told, strict=True):
        yield CallEvent(call_id, name[len(EVENT_PREFIX) :], _KINDS[kind], parse_instant(instant), data)


def _records(items: Iterable[Item]) -> Iterator[CallRecord]:
    """Pairs each call with its form: they are neighbours, the form last when ascending and first when descending."""
    call_item: Item | None = None
    form_item: Item | None = None
    for item in items:
        other = call_item or form_item
        if other is not None and other["pk"] != item["pk"]:
            yield from _record(call_item, form_item)
            call_item = form_item = None
        if item["sk"] == CALL_SK:
            call_item = item
        elif item["sk"] == FORM_SK:
            form_item = item
    yield from _record(call_item, form_item)


def call_record_of(call_item: Item, form_item: Item | None) -> CallRecord:
    """A call with its form."""
    return CallRecord(call_of(call_item), form_of(form_item) if form_item else None)


def _record(call_item: Item | None, form_item: Item | None) -> Iterator[CallRecord]:
    if call_item is not None:
        yield call_record_of(call_item, form_item)


def _cursor(items: list[Item], call_id: str) -> str:
    (month_sk,) = [item["month_sk"] for item in items if item["sk"] == CALL_SK and call_id_of(item) == call_id]
    return str(month_sk)


def _open_sk(sk: str, instant: datetime, call_id: str) -> str:
    return f"{sk}#{format_instant(instant)}#{call_id}"
