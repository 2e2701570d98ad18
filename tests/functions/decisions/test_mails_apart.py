"""The mails that were kept apart, as a page shows them (R30)."""

from datetime import timedelta

import pytest

from decisions.mail_words import WHY
from permanence.domain.reference.received_mail import Apart, MailApart
from tests.functions.decisions.decisions_world import MONDAY, World

PAGE = "/referentiel/courriels"


def test_each_is_shown_with_sender_hour_and_reason_the_newest_first() -> None:
    world = World()
    world.received_mails.keep_apart(MailApart("one", MONDAY - timedelta(hours=2), "a@b.example", Apart.UNKNOWN_SENDER))
    world.received_mails.keep_apart(MailApart("two", MONDAY, "", Apart.SEVERAL_SENDERS))
    rows = [row.get_text(" ", strip=True) for row in world.browser().get(PAGE).page.select("tbody tr")]
    assert len(rows) == 2
    assert "Il ne nomme pas un expéditeur" in rows[0]
    assert "a@b.example" in rows[1]
    assert "7 h 05" in rows[1].replace("\u00a0", " ")
    assert "On n’accepte pas de fichiers de cette adresse" in rows[1]


def test_no_mail_is_a_line_too_and_the_list_of_documents_leads_here() -> None:
    world = World()
    assert "Aucun courriel n’est mis à part" in world.browser().get(PAGE).text
    assert f'href="{PAGE}"' in world.browser().get("/referentiel").html


@pytest.mark.parametrize("reason", Apart)
def test_every_reason_has_its_words(reason: Apart) -> None:
    fact, sequel = WHY[reason]
    assert not fact.endswith(".")
    assert sequel.endswith(".")
    assert "erreur" not in (fact + sequel).lower()
