"""What the pages say of the mails of a period: what their notices prove, and nothing else (R50, R53)."""

from datetime import UTC, datetime, timedelta

import pytest

from permanence.application.dispatch.deciding import note
from permanence.application.timeline.period_runs import WHOLE_LIST
from permanence.application.timeline.ports import JobRun
from permanence.domain.contract import Contract
from permanence.domain.dispatch.actions import Log
from permanence.domain.dispatch.notices import OUT_OF_DATE
from permanence.domain.main_courante.log import EntryKind
from tests.application.dispatch.night import MALFUNCTION_ID
from tests.functions.extranet.extranet_world import (
    MAIN_COURANTE,
    SUPERVISOR,
    ExtranetWorld,
    after_the_night,
    rows_of,
    words,
)

MORNING = "2026-11-23T0830"
WRITTEN_AT = datetime(2026, 11, 23, 7, 31, tzinfo=UTC)


@pytest.fixture
def morning(contract: Contract) -> ExtranetWorld:
    """Monday, 8 h 35: two mails of the week-end are written, nobody was given them yet."""
    world = ExtranetWorld(contract)
    world.now = WRITTEN_AT + timedelta(minutes=4)
    world.sign_in(SUPERVISOR)
    counts = {"mails": 2, "malfunctions": 1, "to_do": 1, "calls": 2}
    world.services.jobs.finish(JobRun("end_of_period", MORNING, WRITTEN_AT, counts))
    world.write_mails(MORNING, WRITTEN_AT, "vesoul", WHOLE_LIST)
    return world


def test_mails_that_are_only_written_are_not_said_to_have_left(morning: ExtranetWorld) -> None:
    read = words(morning.get("/extranet"))
    assert "Pas encore remis au service de courriel Liste du contrat, agence de Vesoul" in read
    assert "Remis" not in read
    assert "est en retard" not in read
    morning.pass_time(minutes=7)
    late = "Le courriel de fin d’astreinte est en retard : liste du contrat, agence de Vesoul."
    assert late in words(morning.get("/extranet"))


def test_mails_that_the_mail_service_took_are_said_to_be_with_it(morning: ExtranetWorld) -> None:
    for list_id in ("vesoul", WHOLE_LIST):
        morning.hand_over(MORNING, list_id, WRITTEN_AT + timedelta(minutes=1))
    morning.pass_time(minutes=20)
    read = words(morning.get("/extranet"))
    assert "Remis au service de courriel 8 h 32 Liste du contrat, agence de Vesoul" in read
    assert "Pas encore" not in read
    assert "est en retard" not in read
    assert "délivré" not in read


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("refused", "Refusé par le service de courriel 8 h 32"),
        (OUT_OF_DATE, "Non envoyé : le service de courriel n’a pas répondu à temps 8 h 32"),
    ],
)
def test_a_mail_that_nobody_will_receive_is_said_first_with_whom_it_was_for(
    morning: ExtranetWorld, reason: str, said: str
) -> None:
    morning.hand_over(MORNING, WHOLE_LIST, WRITTEN_AT + timedelta(minutes=1))
    morning.hand_over(MORNING, "vesoul", WRITTEN_AT + timedelta(minutes=1), reason)
    read = words(morning.get("/extranet"))
    assert "1 courriel de fin d’astreinte n’est pas parti : agence de Vesoul." in read
    assert f"{said} Agence de Vesoul" in read
    assert "Remis au service de courriel 8 h 32 Liste du contrat" in read


def test_the_main_courante_says_what_became_of_its_mails_in_two_requests(contract: Contract) -> None:
    world = after_the_night(contract)
    told = {"period": MORNING, "agency": "Vesoul", "lists": f"vesoul,{WHOLE_LIST}", "recipients": "a@b,c@d"}
    note(world.night.malfunctions, MALFUNCTION_ID, Log(EntryKind.MAIL_WRITTEN, told), WRITTEN_AT)
    world.write_mails(MORNING, WRITTEN_AT, "vesoul")
    title = "Courriel de fin d’astreinte écrit, agence de Vesoul"
    waiting = "Agence de Vesoul : pas encore remis au service de courriel."
    taken = "Liste du contrat : remis au service de courriel."
    read = words(world.get(MAIN_COURANTE))
    assert f"{title} Pas encore remis au service de courriel 2 adresses {waiting} {taken}" in read

    world.hand_over(MORNING, "vesoul", WRITTEN_AT, "refused")
    refused = "Agence de Vesoul : refusé par le service de courriel."
    before = world.store.requests
    read = words(world.get(MAIN_COURANTE))
    assert world.store.requests - before == 2
    assert f"{title} Refusé par le service de courriel 2 adresses {refused} {taken}" in read
    rows = rows_of(world.get(f"{MAIN_COURANTE}/lignes.xlsx"))
    assert any(refused in str(cell) for row in rows for cell in row)
