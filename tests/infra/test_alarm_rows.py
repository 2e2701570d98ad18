"""Whoever an alarm wakes finds its row in docs/operations.md, and there whether it wakes."""

import re
from collections.abc import Iterator

from infra.settings import ROOT
from tests.infra.synthesis import Template, waking_alarms

ANY_OTHER = "…Fails"


def rows() -> Iterator[tuple[str, str]]:
    """Name of an alarm, and what its row says in the column « wakes »."""
    page = (ROOT / "docs" / "operations.md").read_text()
    _, _, table = page.partition("| alarm | wakes |")
    for row in table.partition("\n\n")[0].splitlines()[2:]:
        names, wakes = row.strip("| ").split(" | ")[:2]
        yield from ((name, wakes) for name in re.findall(r"`([^`]+)`", names))


def test_every_alarm_of_the_template_has_its_row_and_every_row_its_alarm(aws: Template) -> None:
    awake = waking_alarms(aws)
    found = {
        re.sub(r"^Alarms(\w+)[0-9A-F]{8}$", r"\1", name): "yes" if name in awake else "no"
        for name in aws.of_type("AWS::CloudWatch::Alarm")
    }
    told = dict(rows())
    assert len(list(rows())) == len(told)
    others = {name: wakes for name, wakes in found.items() if name not in told and name.endswith("Fails")}
    assert set(others.values()) == {told.pop(ANY_OTHER)}
    assert {name: wakes for name, wakes in found.items() if name not in others} == told
