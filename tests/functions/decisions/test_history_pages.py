"""Every kind is read version by version: what each changes, and who decided it (R30)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from permanence.application.reference.deciding import Decider, Deciding
from permanence.application.reference.ports import Document
from permanence.domain.reference.calendrier import CALENDRIER, Calendrier
from permanence.domain.reference.documents import Version, VersionState
from permanence.domain.reference.in_force import SEED
from tests.domain.reference.test_calendar import WEEK
from tests.fakes.documents import signed
from tests.functions.decisions.decisions_world import MONDAY, NADEGE, PAGE, World, approved, proposed


@pytest.fixture
def world() -> World:
    return World()


def test_a_version_is_read_with_what_it_changes_and_decided_there(world: World) -> None:
    proposed(world)

    browser = world.browser(NADEGE).get(f"{PAGE}/1")
    assert "Ajoutée : Jeudi 3 décembre 2026" in browser.text
    browser.post(f"{PAGE}/1/approuver", {})

    page = world.browser().get(f"{PAGE}/1").text
    assert "En vigueur" in page
    assert "Ajoutée : Jeudi 3 décembre 2026" in page
    assert "1 fermeture" in page


def test_a_version_that_cannot_be_approved_says_what_is_to_correct(world: World) -> None:
    proposed(world)
    known = world.documents.get(CALENDRIER, 1)
    points = (
        Deciding(world.documents, world.audit, signed(WEEK), {}, Decider("u2", ("superviseur",)))
        .preview(CALENDRIER, known.body, world.now + timedelta(days=5))
        .points
    )
    draft = replace(known.version, state=VersionState.DRAFT, points=points)
    world.documents.kept[CALENDRIER.name, 1] = replace(known, version=draft)

    page = world.browser().get(f"{PAGE}/1").text
    assert "une date passée ne se ferme plus" in page
    assert "Tant qu’il reste 1 point à corriger, elle ne peut pas être approuvée" in page
    overview = world.browser().get("/referentiel").text
    assert "Calendrier et fermetures : la version 1 a 1 point à corriger. Sans correction, rien ne change." in overview


def test_what_a_version_changed_is_no_longer_told_once_the_one_before_is_erased(world: World) -> None:
    proposed(world)
    approved(world)
    proposed(world, day="2026-12-10")
    approved(world, 2)
    del world.documents.kept[CALENDRIER.name, 1]

    assert "ce qu’elle a changé ne se lit plus" in world.browser().get(f"{PAGE}/2").text


def test_the_history_leads_on_to_older_versions_ten_at_a_time(world: World) -> None:
    version = Version("calendrier", 1, "d", VersionState.WITHDRAWN, SEED, MONDAY, "u70", {"closures": 0})
    for number in range(1, 13):
        world.documents.add(CALENDRIER, Document(replace(version, number=number), Calendrier()))

    newest = world.browser().get(f"{PAGE}/versions")
    assert [number for number in range(1, 13) if f"Version {number} " in newest.text] == list(range(3, 13))
    (older,) = [str(link["href"]) for link in newest.page.select("a") if link.text == "Plus anciennes"]
    oldest = newest.get(older)

    assert [number for number in range(1, 13) if f"Version {number} " in oldest.text] == [1, 2]
    assert "Plus anciennes" not in oldest.text


def test_what_no_page_of_ours_asks_for_is_not_found(world: World) -> None:
    for path in (f"{PAGE}/1", f"{PAGE}/x", f"{PAGE}/versions?avant=x", "/referentiel/x/1"):
        assert world.browser().get(path).status == 404
