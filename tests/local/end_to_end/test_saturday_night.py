"""The story of `make demo`. It moves the clock to December: last of this folder."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from local.operator.client import OperatorClient
from local.scenarios.demo import tell_the_story
from local.scenarios.load import Scale
from local.scenarios.telling import Teller
from local.scenarios.world import World
from tests.local.end_to_end.browsing import Browsing

LONGEST_SILENCE_S = 5.0


def test_all_facts_of_the_story_hold_and_it_is_never_silent_for_long(
    world: World, operator: OperatorClient, browsing: Browsing, capsys: pytest.CaptureFixture[str]
) -> None:
    all_hold = tell_the_story(world, Teller(), Scale(dwellings=600, days=14, per_day=6))
    told = capsys.readouterr().out
    assert all_hold, told
    moments = [float(moment) for moment in re.findall(r"^\[ *(\d+\.\d) s\]", told, re.MULTILINE)]
    silences = [after - before for before, after in pairwise(moments)]
    assert max(silences) <= LONGEST_SILENCE_S, told

    mail = next(mail for mail in operator.mails() if "agence de Vesoul" in mail.subject)
    reader = browsing.window((800, 900))
    reader.goto(f"{world.outputs['operator_url']}/mails/{mail.id}/html")
    browsing.keep(reader, "mail-fin-astreinte")
    phones = browsing.window()
    phones.goto(world.outputs["operator_url"])
    expect(phones.locator("#phones")).to_contain_text("Dépannage Comtois")
    browsing.keep(phones, "operator")
