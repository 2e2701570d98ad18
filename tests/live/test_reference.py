"""What a warm function works with while a version that has just come into force cannot be read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from permanence.application.reference.in_force import InForce
from permanence.application.reference.ports import Document
from permanence.domain.contract import Contract
from permanence.domain.reference.documents import Kind
from permanence.domain.reference.patrimoine import NamedContractor
from permanence.live.reference import LiveReference
from tests.application.dispatch.night import DUTIES, ENTREPRISES, PATRIMOINE, SATURDAY_NIGHT
from tests.application.reference.test_in_force import Stopwatch
from tests.fakes.documents import FakeDocuments
from tests.fakes.reference import bodies_of, put_in_force

NOW = SATURDAY_NIGHT
NAMED = (NamedContractor("B12", "plomberie_logement", "daval", 1),)
REFUSALS: Mapping[str, Exception] = {
    "no answer": ReadTimeoutError(endpoint_url="https://s3"),
    "slow down": ClientError({"Error": {"Code": "SlowDown"}}, "GetObject"),
    "throttled": ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "GetItem"),
    "no key": ClientError({"Error": {"Code": "KMS.UnavailableException"}}, "GetObject"),
}


class Refusing(FakeDocuments):
    refusal: Exception | None = None

    def get(self, kind: Kind[Any], number: int) -> Document:
        if self.refusal is not None:
            raise self.refusal
        return super().get(kind, number)


@pytest.mark.parametrize("why", REFUSALS)
def test_whoever_the_store_refuses_a_new_version_dispatches_by_the_one_read_last(contract: Contract, why: str) -> None:
    documents, clock = Refusing(), Stopwatch()
    live = LiveReference({})
    live.__dict__ |= {"documents": documents, "in_force": InForce(documents.reception, contract, clock)}
    put_in_force(documents, NOW - timedelta(days=2), **bodies_of(PATRIMOINE, ENTREPRISES, DUTIES))
    assert live.reference.patrimoine(NOW) == PATRIMOINE
    put_in_force(documents, NOW, patrimoine=replace(PATRIMOINE, named=NAMED))
    documents.refusal, clock.seconds = REFUSALS[why], 30

    assert live.reference.patrimoine(NOW + timedelta(seconds=1)) == PATRIMOINE
