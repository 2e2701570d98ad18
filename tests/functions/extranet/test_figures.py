"""The indicators of a month and its frozen report, as Habitat 70 reads them (R53)."""

from base64 import b64decode
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from permanence.application.timeline.call_facts import facts_of
from permanence.application.timeline.ports import JobRun
from permanence.domain.contract import Contract
from permanence.domain.service_level.frozen_months import FrozenMonth, frozen_figures
from tests.application.dispatch.night import SATURDAY_NIGHT
from tests.functions.extranet.extranet_world import CLAIRE, MONDAY, ExtranetWorld, after_the_night, words


@pytest.fixture
def world(contract: Contract) -> ExtranetWorld:
    return after_the_night(contract)


def test_the_month_is_told_as_the_contract_counts_it(world: ExtranetWorld) -> None:
    read = words(world.get("/extranet/indicateurs"))
    assert "85,71 %" in read
    assert "18 sur 21. Plus aucune marge." in read
    assert "95,24 %" in read
    assert "Encore 2 appels perdus possibles." in read
    part = world.get("/extranet/indicateurs", headers={"hx-request": "true"})
    assert "<html" not in part["body"]
    assert "18 sur 21." in words(part)
    assert "Mois en cours" in read
    assert "incomplets" not in read


def test_a_frozen_month_says_when_and_offers_its_report(world: ExtranetWorld) -> None:
    frozen = world.get("/extranet/indicateurs", "mois=2026-10")
    assert "Mois figé le mar. 3 nov." in words(frozen)
    assert "/extranet/rapports/2026-10.xlsx" in frozen["body"]
    assert "La courbe se dessine à partir de deux mois figés." in words(frozen)
    world.services.jobs.finish(
        JobRun("monthly", "2026-09", MONDAY, {"n": 100, "n40": 90, "nr": 95, "target_percent": 85})
    )
    assert "QS2 86,00 %" in words(world.get("/extranet/indicateurs"))


def test_a_frozen_month_shows_its_own_figures_and_the_rules_of_then(world: ExtranetWorld) -> None:
    read = words(world.get("/extranet/indicateurs", "mois=2026-10"))
    assert "84,00 %" in read
    assert "168 sur 200" in read
    assert "figés selon la version 2026-11-23 des règles du contrat." in read


def test_a_frozen_month_tells_what_has_come_since_beside_it_and_why(world: ExtranetWorld) -> None:
    """October is frozen with two hundred calls; its days have none: as many count no more."""
    world.settle_all_days()
    read = words(world.get("/extranet/indicateurs", "mois=2026-10"))
    assert "Écart depuis que le mois est figé : 200 appels ne comptent plus dans ce mois." in read
    assert "Appels présentés : 200 dans le rapport, 0 avec ce qui est connu aujourd’hui" in read
    assert "84,00 %" in read


def test_a_difference_that_reads_alike_is_not_told(contract: Contract) -> None:
    """A call of 20,4 s after three of 20 s: the mean wait is 20 s as before, the number of calls is not."""
    world = ExtranetWorld(contract)
    days = [datetime(2026, 10, day, 9, tzinfo=UTC) for day in (20, 26, 27, 28)]
    for at in days[:3]:
        world.call(f"CA{at.day}", at, wait_s=20)
    world.now = datetime(2026, 11, 3, 5, tzinfo=UTC)
    world.settle_all_days()
    facts = tuple(facts_of(world.services.calls.of_month("2026-10"), lambda _: ""))
    world.services.settled_days.freeze(frozen_figures(FrozenMonth("2026-10", world.now, contract.rules, facts)))
    world.call("CA28", days[3], wait_s=20.4)
    world.pass_time(days=1)
    world.settle_all_days()
    world.sign_in(CLAIRE)
    read = words(world.get("/extranet/indicateurs", "mois=2026-10"))
    assert "1 appel de ce mois n’a été connu qu’ensuite." in read
    assert "Appels présentés : 3 dans le rapport, 4 avec ce qui est connu aujourd’hui" in read
    assert "Attente moyenne : 20 s dans le rapport" not in read


def test_without_a_call_nothing_is_kept_nor_missed(contract: Contract) -> None:
    world = ExtranetWorld(contract)
    world.settle_days()
    read = words(world.get("/extranet/indicateurs"))
    assert "Aucun appel présenté en novembre 2026." in read
    assert "Tenu" not in read
    assert "Manqué" not in read


def test_figures_without_a_day_say_which_one_they_lack(world: ExtranetWorld) -> None:
    """Saturday is settled no more: its two calls are in no figure, and the page says so, whole or in part."""
    del world.services.settled_days.days[date(2026, 11, 21)]
    for headers in ({}, {"hx-request": "true"}):
        read = words(world.get("/extranet/indicateurs", headers=headers))
        assert "Les chiffres sont incomplets. Il y manque 1 jour de ce mois : le 21." in read
        assert "16 sur 19." in read


def test_figures_by_older_rules_say_so(world: ExtranetWorld) -> None:
    days = world.services.settled_days.days
    days[date(2026, 11, 2)] = replace(days[date(2026, 11, 2)], rules="2026-10-01")
    said = "Des jours sont comptés selon une version précédente des règles du contrat : 2026-10-01."
    assert said in words(world.get("/extranet/indicateurs"))


def test_a_month_before_everything_is_not_told_as_empty(world: ExtranetWorld) -> None:
    read = words(world.get("/extranet/indicateurs", "mois=2025-02"))
    assert "Il y manque 28 jours de ce mois : du 1er au 28." in read
    assert "Aucun appel dans les jours comptés de février 2025." in read
    assert "Aucun appel présenté" not in read


# --- reports ---------------------------------------------------------------------------------------------------------


def test_a_frozen_report_is_listed_with_its_rates_and_leaves_noted(world: ExtranetWorld) -> None:
    read = words(world.get("/extranet/rapports"))
    assert "Octobre 2026" in read
    assert "84,00 %" in read
    assert "86,00 %" in read
    answer = world.get("/extranet/rapports/2026-10.xlsx")
    assert answer["statusCode"] == 200
    assert b64decode(answer["body"]) == b"PK the workbook"
    assert 'filename="permanence-2026-10.xlsx"' in answer["headers"]["Content-Disposition"]
    assert [line["what"] for line in world.services.audit.lines.values()] == ["report:2026-10"]


def test_a_frozen_report_whose_file_is_gone_is_said_so_and_rings(world: ExtranetWorld) -> None:
    world.services.reports.objects.clear()
    answer = world.get("/extranet/rapports/2026-10.xlsx")
    assert answer["statusCode"] == 500
    assert "Le fichier de ce rapport n’est plus là." in answer["body"]
    assert world.services.audit.lines == {}


@pytest.mark.parametrize("name", ["2026-09.xlsx", "..%2f..%2fmails", "x"])
def test_a_report_that_was_not_frozen_does_not_leave(world: ExtranetWorld, name: str) -> None:
    assert world.get(f"/extranet/rapports/{name}")["statusCode"] == 404
    assert world.services.audit.lines == {}


def test_a_month_without_calls_has_no_rate(contract: Contract) -> None:
    world = ExtranetWorld(contract)
    assert "Aucun rapport figé." in words(world.get("/extranet/rapports"))
    world.services.jobs.finish(
        JobRun("monthly", "2026-10", SATURDAY_NIGHT, {"n": 0, "n40": 0, "nr": 0, "target_percent": 85})
    )
    assert "sans objet" in words(world.get("/extranet/rapports"))
