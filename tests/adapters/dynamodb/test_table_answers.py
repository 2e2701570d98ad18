"""The table's client reads an answer as botocore's own parser does, for a tenth of its price."""

import json
from typing import Any

import pytest
from botocore.parsers import JSONParser
from botocore.session import get_session

from permanence.adapters.aws import AttributesAsTheyCome

MODEL = get_session().get_service_model("dynamodb")
ITEM = {
    "pk": {"S": "habitat70#CALL#CA1"},
    "ttl": {"N": "1795212000"},
    "told": {"BOOL": True},
    "e#presented": {"S": "[]"},
}
ANSWERS: dict[str, dict[str, Any]] = {
    "Query": {"Items": [ITEM, ITEM], "Count": 2, "ScannedCount": 2, "LastEvaluatedKey": {"pk": {"S": "x"}}},
    "GetItem": {"Item": ITEM},
    "UpdateItem": {"Attributes": ITEM},
    "BatchGetItem": {"Responses": {"permanence": [ITEM]}, "UnprocessedKeys": {"permanence": {"Keys": [ITEM]}}},
    "BatchWriteItem": {"UnprocessedItems": {"permanence": [{"PutRequest": {"Item": ITEM}}]}},
}


@pytest.mark.parametrize("operation", ANSWERS)
def test_an_answer_is_read_as_botocores_own_parser_reads_it(operation: str) -> None:
    shape = MODEL.operation_model(operation).output_shape
    response = {"body": json.dumps(ANSWERS[operation]).encode(), "headers": {}, "status_code": 200}
    ours = AttributesAsTheyCome().create_parser("json").parse(response, shape)
    assert ours == JSONParser().parse(response, shape)
    assert {name: value for name, value in ours.items() if name != "ResponseMetadata"} == ANSWERS[operation]


def test_a_refusal_is_read_with_its_reasons() -> None:
    body = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "cancelled",
        "CancellationReasons": [{"Code": "ConditionalCheckFailed"}, {"Code": "None"}],
    }
    shape = MODEL.operation_model("TransactWriteItems").output_shape
    response = {"body": json.dumps(body).encode(), "headers": {}, "status_code": 400}
    ours = AttributesAsTheyCome().create_parser("json").parse(response, shape)
    assert ours == JSONParser().parse(response, shape)
    assert ours["Error"]["Code"] == "TransactionCanceledException"
