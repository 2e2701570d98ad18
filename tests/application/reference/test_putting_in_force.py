"""R31: a rota with a hole does not take the place of one without."""

from datetime import UTC, datetime, timedelta

import pytest

from local.scenarios.patrimoine import made_up_patrimoine, on_call_people, rota_of_year
from permanence.application.reference.putting_in_force import MOST_NAMED, RotaRefused, put_in_force
from permanence.domain.instants import midnight
from permanence.domain.reference.rota import Duty, OnCallRole, RotaProblemKind
from tests.fakes.registers import FakeReferenceData

PATRIMOINE = made_up_patrimoine(600)
ROTA = rota_of_year(2026)
KNOWN = {person.person_id for person in on_call_people()}
YEAR = midnight(datetime(2026, 1, 1, tzinfo=UTC).date()), midnight(datetime(2027, 1, 1, tzinfo=UTC).date())


def load(reference: FakeReferenceData, duties: tuple[Duty, ...], known: set[str] = KNOWN) -> None:
    put_in_force(reference, PATRIMOINE, duties, known, *YEAR)


def test_a_rota_without_a_hole_is_put_in_force_with_its_patrimoine() -> None:
    reference = FakeReferenceData()
    load(reference, ROTA)
    assert (reference.current.version, reference.rota) == (PATRIMOINE.version, ROTA)


def test_a_week_without_anybody_is_named_and_the_version_in_force_stays() -> None:
    reference = FakeReferenceData()
    missing = next(duty for duty in ROTA if duty.role is OnCallRole.TECHNICIEN and duty.start > YEAR[0])
    with pytest.raises(RotaRefused) as refused:
        load(reference, tuple(duty for duty in ROTA if duty is not missing))
    (gap,) = refused.value.problems
    assert (gap.kind, gap.sector, gap.start, gap.end) == (
        RotaProblemKind.GAP,
        missing.sector,
        missing.start,
        missing.end,
    )
    assert f"gap of the technicien of {missing.sector}, {missing.start.isoformat()}" in str(refused.value)
    assert (reference.current.dwellings, reference.rota) == ((), ())


def test_a_rota_that_ends_before_the_year_is_refused() -> None:
    with pytest.raises(RotaRefused):
        load(FakeReferenceData(), tuple(duty for duty in ROTA if duty.end <= YEAR[1] - timedelta(days=30)))


def test_an_unknown_person_is_named_by_id_and_a_long_list_is_cut() -> None:
    with pytest.raises(RotaRefused) as refused:
        load(FakeReferenceData(), ROTA, known=set())
    assert len(refused.value.problems) == len(ROTA)
    assert str(refused.value).endswith(f"and {len(ROTA) - MOST_NAMED} more")
    assert ROTA[0].person.person_id in str(refused.value)
    assert not any(
        person.name in str(refused.value) or person.phone in str(refused.value) for person in on_call_people()
    )
