"""A contract with a mistake never reaches a function: file, line, field and reason are named."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from contracts.schema import ContractError, load
from permanence.domain.contract import Contract, contract_from_plain
from permanence.domain.privacy.retention import BACKSTOP_DELAY
from permanence.domain.reference.calendar import Service

HABITAT_70 = Path(__file__).parents[2] / "contracts" / "habitat70"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HABITAT_70, tmp_path / "habitat70"))


def edit(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text, f"{file} no longer holds {old!r}"
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(ContractError) as refused:
        load(folder)
    return str(refused.value)


def test_the_contract_survives_the_way_through_json(contract: Contract) -> None:
    assert contract_from_plain(json.loads(json.dumps(load(HABITAT_70)))) == contract


def test_the_contract_is_the_tenders(contract: Contract) -> None:
    assert contract.numbers.landlord_public == "+33384961370"
    assert contract.service_level.target_percent == 85
    assert contract.service_level.answered_within_ms == 40_000
    assert len(contract.agencies) == 5
    assert set(Service) == set(contract.messages)
    assert contract.dispatch.answer_within_s["default"] == 240
    assert contract.retention.items == 171


def test_all_motifs_of_the_two_lists_are_there_and_five_are_shared(contract: Contract) -> None:
    articles = [motif.article for motif in contract.motifs.values()]
    named = {article for pair in articles for article in pair.split("/")}
    assert named == {f"P{n}" for n in range(1, 8)} | {f"H{n}" for n in range(1, 15)} | {"hors liste"}
    assert sum("/" in article for article in articles) == 5


def test_holidays_are_the_eleven_of_the_mainland_for_each_year(contract: Contract) -> None:
    per_year = dict.fromkeys(range(2020, 2036), 0)
    for day in contract.hours.holidays:
        per_year[day.year] += 1
    assert set(per_year.values()) == {11}
    assert date(2026, 12, 26) not in contract.hours.holidays
    assert date(2026, 4, 3) not in contract.hours.holidays
    assert date(2027, 3, 29) in contract.hours.holidays


def test_no_reading_pretends_to_be_signed(contract: Contract) -> None:
    assert not any(reading.is_signed for reading in contract.service_level.readings)


def test_the_tables_own_expiry_stays_within_the_margin_of_retention(contract: Contract) -> None:
    terms = contract.retention
    assert terms.items + BACKSTOP_DELAY.days + terms.point_in_time_recovery <= 181


MISTAKES = [
    pytest.param(
        "guide-astreinte.toml",
        'goto = "nature_danger" },\n  { id = "non"',
        'goto = "nulle_part" },\n  { id = "non"',
        r"guide-astreinte\.toml:\d+: question\.0\.answers\.0\.goto: leads to 'nulle_part'",
        id="a goto that leads nowhere",
    ),
    pytest.param(
        "guide-astreinte.toml",
        'label = "Une lampe, un étage", goto = "refus"',
        'label = "Une lampe, un étage", goto = "communs"',
        r"'communs' leads back to itself",
        id="a circle",
    ),
    pytest.param(
        "guide-astreinte.toml",
        'goto = "enedis"',
        'goto = "refus"',
        r"outcome\.\d+\.id: no answer leads to 'enedis'",
        id="an outcome nobody reaches",
    ),
    pytest.param(
        "guide-astreinte.toml",
        'motif = "plomberie_logement"',
        'motif = "plomberie"',
        r"outcome\.\d+\.motif: no motif is called 'plomberie'",
        id="an unknown motif",
    ),
    pytest.param(
        "guide-astreinte.toml",
        "à partir de {next_opening}",
        "à partir de {prochaine_ouverture}",
        r"say: unknown placeholder \{prochaine_ouverture\}; known here: \{next_opening\}",
        id="an unknown placeholder in the guide",
    ),
    pytest.param(
        "guide-astreinte.toml",
        "service des eaux de la commune vous renseigne",
        "service des eaux de la commune en est averti",
        r"outcome\.\d+\.say: 'est averti' tells a deed that nothing here proves",
        id="a deed that nobody has done",
    ),
    pytest.param(
        "guide-astreinte.toml",
        'say = "Je fais décider un cadre, restez joignable."\ninforms_cadre = true',
        'say = "Je fais décider un cadre, restez joignable."',
        r"outcome\.\d+\.say: promises 'Je fais décider', yet informs_cadre is not set",
        id="a promise that the page does not ask for",
    ),
    pytest.param(
        "motifs.toml",
        'article = "H8"',
        'article = "H1"',
        r"motif: no motif covers H8 of Art\. 4-2",
        id="a motif left out",
    ),
    pytest.param(
        "motifs.toml",
        'sms_label = "fuite d\'eau logement"',
        'sms_label = "fuite d’eau logement"',
        r"motif\.0\.sms_label: not in the GSM-7 alphabet: ’",
        id="an SMS label that costs a second segment",
    ),
    pytest.param(
        "landlord.toml",
        '"+33353017000"',
        '"03 53 01 70 00"',
        r"landlord\.toml:\d+: numbers\.inbound: ",
        id="a number that is not E.164",
    ),
    pytest.param(
        "landlord.toml",
        '"agence.lure@habitat70.example"',
        '"agence.lure"',
        r"agency\.2\.mailing_list\.0: ",
        id="a mailing list that is no address",
    ),
    pytest.param(
        "landlord.toml", 'id = "gray"', 'id = "vesoul"', r"agency\.1\.id: 'vesoul' is given twice", id="a twin"
    ),
    pytest.param(
        "hours.toml",
        'monday = [["08:30", "12:00"]',
        'monday = [["08:30", "13:30"]',
        r"weekly\.monday\.1: opens at 13:30, before the span above it is over",
        id="opening spans that touch",
    ),
    pytest.param(
        "hours.toml",
        '["13:30", "16:30"]',
        '["13:30", "16:31"]',
        r"weekly_total_minutes: is 2190, yet the spans add up to 2191",
        id="one minute too many in a week",
    ),
    pytest.param("hours.toml", '"16:30"', '"16h30"', r"weekly\.friday\.1\.1: ", id="an hour in another format"),
    pytest.param(
        "messages.toml",
        "waiting =",
        "attente =",
        r"messages\.toml:\d+: débordement\.waiting: Field required",
        id="a message left out",
    ),
    pytest.param(
        "messages.toml",
        "client Habitat 70, {agent}, {salutation}.",
        "client Habitat 70, {salutation}.",
        r"greeting: must hold \{agent\}",
        id="a greeting by nobody",
    ),
    pytest.param(
        "retention.toml", "items = 171", "items = 172", r"items: is 172 days, at most 171", id="one day too many kept"
    ),
    pytest.param(
        "retention.toml",
        "point_in_time_recovery = 7",
        "point_in_time_recovery = 8",
        r"items: is 171 days, at most 170",
        id="backups one day too long",
    ),
    pytest.param(
        "service-level.toml",
        'value = "presentation"',
        'value = "decroche"',
        r"reading\.0\.value: unknown; known: end_of_welcome, presentation",
        id="a reading the code does not know",
    ),
    pytest.param(
        "dispatch.toml",
        "default = 240",
        "technicien = 240",
        r"dispatch\.toml:\d+: answer_within_s: needs a default",
        id="a rank without a delay",
    ),
    pytest.param(
        "form.toml", 'id = "mobile"', 'id = "portable"', r"the field 'mobile' of Art\. 4-1 is missing", id="a field"
    ),
    pytest.param(
        "recording.toml", 'mode = "campaign"', 'mode = "toujours"', r"recording\.toml:\d+: mode: ", id="an unknown mode"
    ),
    pytest.param(
        "recording.toml", "notice =", "colour = 1\nnotice =", r"colour: Extra inputs", id="a key nobody knows"
    ),
    pytest.param("form.toml", "[[field]]", "[[field]", r"form\.toml: not TOML: .*line 4", id="a file that is not TOML"),
]


@pytest.mark.parametrize(("file", "old", "new", "told"), MISTAKES)
def test_a_mistake_is_refused_with_its_place_and_reason(folder: Path, file: str, old: str, new: str, told: str) -> None:
    edit(folder, file, old, new)
    assert re.search(told, refusal(folder))


def test_the_line_named_is_the_line_of_the_field(folder: Path) -> None:
    edit(folder, "landlord.toml", 'name = "Lure"', 'name = ""')
    line = (folder / "landlord.toml").read_text("utf-8").splitlines().index('name = ""') + 1
    assert f"landlord.toml:{line}: agency.2.name: " in refusal(folder)


def test_a_missing_file_and_a_stranger_are_named(folder: Path) -> None:
    (folder / "hours.toml").rename(folder / "opening.toml")
    assert "hours.toml: the file is missing" in refusal(folder)
    (folder / "opening.toml").rename(folder / "hours.toml")
    (folder / "holidays.toml").write_text("")
    assert "holidays.toml: no contract has such a file" in refusal(folder)


@pytest.mark.parametrize("swap", [lambda text: text.replace("\n", "\r\n"), lambda text: text + "\n\n# the end\n"])
def test_line_ends_and_comments_change_nothing(folder: Path, swap: Callable[[str], str]) -> None:
    for path in folder.glob("*.toml"):
        path.write_text(swap(path.read_text("utf-8")), "utf-8", newline="")
    assert load(folder) == load(HABITAT_70)
