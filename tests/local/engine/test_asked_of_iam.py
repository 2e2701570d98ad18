"""The partition keys of a request, which the local engine puts to IAM and the recorded requests are held to."""

from typing import Any

import pytest

from local.engine.asked_of_iam import leading_keys


def key(pk: str, **others: str) -> dict[str, Any]:
    return {name: {"S": value} for name, value in {"pk": pk, "sk": "0", **others}.items()}


IN_TABLE: dict[str, Any] = {"TableName": "permanence"}
PK_IS: dict[str, Any] = {
    **IN_TABLE,
    "KeyConditionExpression": "pk = :pk",
    "ExpressionAttributeValues": {":pk": {"S": "A"}},
}


@pytest.mark.parametrize(
    ("request_", "keys"),
    [
        ({**IN_TABLE, "Key": key("A")}, ["A"]),
        ({**IN_TABLE, "Item": key("A", due_pk="D")}, ["A"]),
        ({"TransactItems": [{"Put": {**IN_TABLE, "Item": key("A")}}]}, ["A"]),
        (
            {"TransactItems": [{"Get": {**IN_TABLE, "Key": key("A")}}, {"Get": {**IN_TABLE, "Key": key("B")}}]},
            ["A", "B"],
        ),
        (
            {
                "TransactItems": [
                    {"Update": {**IN_TABLE, "Key": key("A")}},
                    {"Delete": {**IN_TABLE, "Key": key("B")}},
                    {"ConditionCheck": {**IN_TABLE, "Key": key("C")}},
                    {"Put": {**IN_TABLE, "Item": key("A")}},
                ]
            },
            ["A", "B", "C"],
        ),
        ({"RequestItems": {"permanence": {"Keys": [key("A"), key("B")]}}}, ["A", "B"]),
        (
            {
                "RequestItems": {
                    "permanence": [{"PutRequest": {"Item": key("A")}}, {"DeleteRequest": {"Key": key("B")}}],
                    "another": [{"DeleteRequest": {"Key": key("C")}}],
                }
            },
            ["A", "B", "C"],
        ),
        (PK_IS, ["A"]),
        (PK_IS | {"KeyConditionExpression": "sk BETWEEN :from AND :to AND pk=:pk"}, ["A"]),
        (
            PK_IS
            | {
                "KeyConditionExpression": "(#p = :pk) AND begins_with(sk, :s)",
                "ExpressionAttributeNames": {"#p": "pk"},
            },
            ["A"],
        ),
        (PK_IS | {"IndexName": "open", "KeyConditionExpression": "open_sk = :sk AND open_pk = :pk"}, ["A"]),
        (
            {
                **IN_TABLE,
                "KeyConditions": {
                    "sk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "0"}]},
                    "pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "A"}]},
                },
            },
            ["A"],
        ),
        ({**IN_TABLE}, []),
    ],
    ids=[
        "key",
        "item",
        "transaction of one",
        "transaction that reads",
        "transaction that writes, each key once",
        "batch that reads",
        "batch that writes",
        "query",
        "query, the sort key first",
        "query by names",
        "query of an index",
        "query as it was once written",
        "description or scan",
    ],
)
def test_every_shape_of_request_tells_its_partition_keys(request_: dict[str, Any], keys: list[str]) -> None:
    assert leading_keys(request_) == keys


@pytest.mark.parametrize("index", [{}, {"IndexName": "open"}], ids=["table", "index"])
def test_a_query_of_which_the_partition_cannot_be_read_is_nobodys(index: dict[str, str]) -> None:
    """A condition on all keys of a request holds when there are none."""
    assert leading_keys({**PK_IS, "KeyConditionExpression": "other_pk = :pk", **index}) == [""]
