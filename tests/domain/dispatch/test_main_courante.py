"""R51: how long an intervention took, counted from the first call about it."""

from datetime import datetime, timedelta

import pytest

from permanence.domain.dispatch.dispatch import Dispatch, ReportResult
from permanence.domain.dispatch.events import Accept, Arrive, Report
from permanence.domain.dispatch.malfunction import Malfunction, MalfunctionStatus, delays
from permanence.domain.main_courante.fiche import Place
from tests.domain.dispatch.chains import SATURDAY_NIGHT, responder, started

PLACE = Place(None, None, "3 rue inconnue", "", "", "Gray", "", "gray", "Gray")
OPENED = SATURDAY_NIGHT
PRESENTED = OPENED - timedelta(minutes=5)


def malfunction(dispatch: Dispatch | None) -> Malfunction:
    return Malfunction(
        "mc", "2026-1187", 1, MalfunctionStatus.OPEN, OPENED, "colonne_bouchee", "Colonne", "", PLACE, (), dispatch
    )


def test_delays_are_counted_from_the_first_call() -> None:
    night = started(responder(1))
    night.tell(Accept(0, "keys"), after_s=19 * 60)
    night.tell(Arrive(0), after_s=38 * 60)
    night.tell(Report(0, ReportResult.REALISEE, ""), after_s=57 * 60)
    took = delays(malfunction(night.dispatch), PRESENTED)
    assert took.since == PRESENTED
    assert took.first_call_out == timedelta(minutes=5)
    assert took.accepted == timedelta(minutes=24)
    assert took.on_site == timedelta(minutes=62)
    assert took.reported == timedelta(minutes=119)


@pytest.mark.parametrize("first", [None, OPENED, OPENED + timedelta(seconds=1)])
def test_without_an_earlier_call_the_opening_counts(first: datetime | None) -> None:
    took = delays(malfunction(started(responder(1)).dispatch), first)
    assert (took.since, took.first_call_out) == (OPENED, timedelta(0))


def test_what_has_not_happened_has_no_delay() -> None:
    took = delays(malfunction(started(responder(1)).dispatch), PRESENTED)
    assert (took.accepted, took.on_site, took.reported) == (None, None, None)
    assert delays(malfunction(None), PRESENTED).first_call_out is None
