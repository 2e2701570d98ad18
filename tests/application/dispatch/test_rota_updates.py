"""An update of the rota that came by mail rings the duty supervisor, and is watched until it is decided (R30)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from permanence.application.dispatch.rota_updates import ring_for, rota_update
from permanence.domain.dispatch.gsm7 import SEPTETS_PER_MESSAGE, septets
from permanence.domain.dispatch.notice_words import rota_update_sms, voice_rota_update
from permanence.domain.dispatch.notices import NoticeKind
from permanence.domain.reference.imports import Import, ImportState, Origin, received
from tests.fakes.received_mails import FakeRotaUpdates
from tests.fakes.store import FakeNotices

AT = datetime(2026, 11, 30, 21, 5, tzinfo=UTC)
PAGE = "https://permanence.habitat70.fr/referentiel/planning"
SUPERVISOR = "+33639980001"


def rota(**changed: object) -> Import:
    one = received("planning", Origin.MAIL, "nadia@habitat70.example", "planning.xlsx", AT, b"PK", "mail-1")
    return replace(one, **{"state": ImportState.PROPOSED, "version": 7, **changed})


def ring(updates: FakeRotaUpdates, notices: FakeNotices) -> None:
    update = rota_update(rota())
    assert update is not None
    ring_for(update, AT + timedelta(minutes=1), notices=notices, updates=updates, supervisor=SUPERVISOR, page=PAGE)


def test_the_duty_supervisor_is_rung_once_with_what_waits_and_where_to_approve() -> None:
    updates, notices = FakeRotaUpdates(), FakeNotices()
    for _ in range(2):
        ring(updates, notices)
    sms, voice = sorted(notices.store.notices.values(), key=lambda notice: notice.kind)
    assert (sms.kind, sms.to) == (NoticeKind.SMS, SUPERVISOR)
    assert sms.text == (f"Habitat 70: planning d'astreinte mis à jour à 22h05, à approuver avant 23h05: {PAGE}")
    assert septets(sms.text) is not None
    assert (septets(sms.text) or 0) <= SEPTETS_PER_MESSAGE
    assert (voice.kind, voice.to) == (NoticeKind.VOICE, SUPERVISOR)
    assert updates.watched == {(rota().import_id, 7): AT + timedelta(minutes=45)}


def test_midnight_is_said_as_one_says_it() -> None:
    at = datetime(2026, 11, 30, 22, 15, tzinfo=UTC)
    assert "reçue à 23 heures 15, attend d’être approuvée, avant minuit 15" in voice_rota_update(
        at, at + timedelta(hours=1)
    )
    assert "à 23h15, à approuver avant 0h15" in rota_update_sms(at, at + timedelta(hours=1), PAGE)


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "annuaire"},
        {"origin": Origin.PAGE},
        {"state": ImportState.TO_CORRECT, "version": None, "points": 1},
        {"state": ImportState.UNCHANGED, "version": None},
    ],
)
def test_nobody_is_rung_for_anything_else(changed: dict[str, object]) -> None:
    assert rota_update(rota(**changed)) is None
