"""Domain dataclasses survive the table and the buckets unchanged."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.adapters.dynamodb.items import (
    body_of,
    from_attributes,
    owner_of,
    record_of,
    to_attribute,
    to_attributes,
)
from permanence.adapters.records import from_plain, to_plain
from permanence.domain.dispatch.dispatch import Dispatch, Responder, Step
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.dispatch.notices import Notice
from permanence.domain.main_courante.fiche import CallForm, Contact, Place
from permanence.domain.main_courante.log import Entry
from permanence.domain.reference.entreprises import Contractor, ContractorAssignment, Entreprises
from permanence.domain.reference.rota import Duty
from tests.application.dispatch.night import DUTIES, PATRIMOINE, SATURDAY_NIGHT

INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
TEXT = st.text(max_size=20)
TEXTS = st.dictionaries(TEXT, TEXT, max_size=3)
STEPS = st.builds(
    Step,
    responder=st.builds(Responder),
    started_at=st.none() | INSTANTS,
    ringing_at=st.none() | INSTANTS,
    deadline=st.none() | INSTANTS,
    ended_at=st.none() | INSTANTS,
    late_accepted_at=st.none() | INSTANTS,
)
DISPATCHES = st.builds(
    Dispatch,
    steps=st.lists(STEPS, max_size=3).map(tuple),
    accepted_at=st.none() | INSTANTS,
    announced_arrival_at=st.none() | INSTANTS,
    on_site_at=st.none() | INSTANTS,
    reported_at=st.none() | INSTANTS,
)
RECORDS = st.one_of(
    st.builds(
        Malfunction,
        opened_at=INSTANTS,
        place=st.builds(Place),
        contacts=st.lists(st.builds(Contact), max_size=3).map(tuple),
        dispatch=st.none() | DISPATCHES,
    ),
    st.builds(Entry, at=INSTANTS, data=TEXTS),
    st.builds(
        Notice,
        created_at=INSTANTS,
        step=st.none() | st.integers(0, 9),
        body_key=st.none() | TEXT,
        lease_until=st.none() | INSTANTS,
        provider_id=st.none() | TEXT,
        extra=TEXTS,
    ),
    st.builds(
        CallForm,
        opened_at=INSTANTS,
        fields=TEXTS,
        path=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
        dwelling_id=st.none() | TEXT,
        malfunction_id=st.none() | TEXT,
        closed_at=st.none() | INSTANTS,
    ),
    st.just(PATRIMOINE),
    st.builds(
        Entreprises,
        contractors=st.lists(st.builds(Contractor, second_phone=st.none() | TEXT), max_size=2).map(tuple),
        assignments=st.lists(
            st.builds(ContractorAssignment, starts_on=st.dates(), ends_before=st.none() | st.dates()), max_size=2
        ).map(tuple),
    ),
    st.sampled_from(DUTIES),
)


@given(RECORDS)
def test_a_record_survives_the_table(record: object) -> None:
    stored = from_attributes(to_attributes(body_of(record)))
    assert record_of(type(record), stored) == record


@given(RECORDS)
def test_a_record_survives_a_bucket(record: object) -> None:
    assert from_plain(type(record), json.loads(json.dumps(to_plain(record)))) == record


def test_an_item_of_yesterday_is_read_with_the_fields_of_today() -> None:
    @dataclass(frozen=True)
    class Yesterday:
        call_id: str
        name: str

    old = to_plain(Yesterday("CA1", "Mme Corinne Jeannin")) | {"forgotten": "since"}
    assert from_plain(Contact, old) == Contact("CA1", "Mme Corinne Jeannin", None, told_by_sms=True)


def test_an_item_without_what_it_needs_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="Contact"):
        from_plain(Contact, {"name": "Mme Corinne Jeannin"})


@pytest.mark.parametrize("strange", [1.5, {1, 2}, b"x", object()])
def test_what_no_record_holds_is_refused(strange: object) -> None:
    with pytest.raises(TypeError):
        to_plain(strange)
    with pytest.raises(TypeError):
        to_attribute(strange)


def test_instants_keep_their_order_as_text() -> None:
    duty: Duty = DUTIES[0]
    later = replace(duty, start=duty.start + timedelta(microseconds=1))
    assert to_plain(duty)["start"] < to_plain(later)["start"]
    assert to_plain(date(2026, 11, 21)) == "2026-11-21"
    assert to_plain(SATURDAY_NIGHT) == "2026-11-21T22:12:00.000000Z"


@pytest.mark.parametrize(
    ("pk", "owner"),
    [
        ("habitat70#MC#0b5a7c1e", "0b5a7c1e"),
        ("habitat70#JOB#end_of_period#2026-11-23T0830", "job:end_of_period:2026-11-23T0830"),
    ],
)
def test_a_partition_tells_whose_notices_it_holds(pk: str, owner: str) -> None:
    assert owner_of(pk) == owner
