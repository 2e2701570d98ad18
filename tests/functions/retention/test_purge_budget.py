"""What a purge asks grows with what is due by batches, not one request after another for each call (R70)."""

import pytest

from permanence.adapters import aws
from permanence.application.privacy import purging
from permanence.application.privacy.purging import purge_due
from permanence.domain.contract import Contract
from tests.functions.busy_reception import ENVIRONMENT
from tests.functions.retention.due_purge import CALLS_FOR_ONE_MISSION, DuePurge

CALLS = 900


def test_a_thirtieth_of_27000_calls_is_erased_within_a_thirtieth_of_6000_requests(
    contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    purge = DuePurge(contract, ENVIRONMENT, CALLS)
    counts = purge_due(purge.job, purge.now).counts
    assert (counts["calls"], counts["recordings"], counts["kept"]) == (CALLS, CALLS, 0)
    assert purge.requests - purging.LOOK_BACK.days <= 200
    assert purge.recordings.keys == set()
    left = [pk for pk, _ in purge.table._items]
    facts = [body.decode() for (pk, _), (body, _) in purge.table._items.items() if "#FACT#" in pk]
    assert len(facts) == CALLS
    assert sum("vesoul" in fact for fact in facts) >= CALLS - CALLS_FOR_ONE_MISSION
    assert not [pk for pk in left if "#CALL#" in pk or "#MC#" in pk]
    aws._client.cache_clear()
