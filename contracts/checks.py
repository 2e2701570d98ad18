"""What no single field can tell: the files of a contract against each other and against the tender."""

import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from permanence.domain.reference.spoken_texts import (
    LONGEST_SPOKEN,
    TextCode,
    TextFault,
    caller_text_faults,
    greeting_faults,
)

SHORTEST_SIX_MONTHS_DAYS = 181
MARGIN_DAYS = 3

DONE = re.compile(
    r"\b(?:est|sont|a été|ont été|:)\s+(?:\w+ )?"
    r"(?:prévenu|averti|informé|transmis|appelé|envoyé|alerté|contacté|suivi|rappelé|parti)e?s?\b",
    re.IGNORECASE,
)
"""Words of a deed that nobody has done yet when the guide says them."""

PROMISES: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"\b[Jj]’appelle (?:l’entreprise|le technicien)"), "motif"),
    (re.compile(r"\b[Jj]e (?:préviens|transmets|fais décider|vous mets en relation)"), "informs_cadre"),
    (re.compile(r"\b[Jj]e vous rappelle dans"), "call_back_after_s"),
)
"""What the agent promises to do, and the field of the outcome by which the page reminds him of it."""

READINGS: Mapping[str, frozenset[str]] = {
    "wait_starts": frozenset({"presentation", "end_of_welcome"}),
    "qs2_numerator": frozenset({"answered", "without_immediate_hang_ups"}),
    "scope": frozenset({"pooled", "each_service"}),
    "without_waiting": frozenset({"answered_within_10_s"}),
    "efficiency": frozenset({"served_over_presented", "presented_over_served"}),
    "period_mails": frozenset({"list_and_agencies", "list_only"}),
    "takeover": frozenset({"counted", "apart"}),
    "motifs_communs": frozenset({"contractor_first", "staff_first"}),
}
"""The ambiguous sentences of this path (R64) and the readings the code knows."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake: the section (file stem), the path of the field inside it, the reason."""

    section: str
    field: tuple[str | int, ...]
    reason: str

    @property
    def field_path(self) -> str:
        """``question.3.answers.1.goto``"""
        return ".".join(str(part) for part in self.field)


def cross_checks(plain: Mapping[str, Any]) -> Iterator[Finding]:
    """Every mistake that the schema of a single file cannot see."""
    yield from _landlord(plain["landlord"])
    yield from _hours(plain["hours"])
    yield from _messages(plain["messages"])
    yield from _recording(plain["recording"])
    yield from _motifs(plain["motifs"]["motif"], plain["service-level"]["reading"])
    yield from _form(plain["form"]["field"])
    yield from _dispatch(plain["dispatch"])
    yield from _service_level(plain["service-level"])
    yield from _retention(plain["retention"])
    yield from _guide(plain["guide-astreinte"], plain["motifs"]["motif"], plain["landlord"]["emergency_number"])


def _repeated(section: str, table: str, rows: Sequence[Mapping[str, Any]], key: str = "id") -> Iterator[Finding]:
    seen: set[str] = set()
    for index, row in enumerate(rows):
        if row[key] in seen:
            yield Finding(section, (table, index, key), f"{row[key]!r} is given twice")
        seen.add(row[key])


def _landlord(landlord: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _repeated("landlord", "agency", landlord["agency"])
    yield from _repeated("landlord", "emergency_number", landlord["emergency_number"], "number")


def _hours(hours: Mapping[str, Any]) -> Iterator[Finding]:
    total = 0
    for day, spans in hours["weekly"].items():
        previous_end = -1
        for index, (opens, closes) in enumerate(spans):
            start, end = _minutes(opens), _minutes(closes)
            if end <= start:
                yield Finding("hours", ("weekly", day, index), f"closes at {closes}, not after it opens at {opens}")
            if start <= previous_end:
                yield Finding("hours", ("weekly", day, index), f"opens at {opens}, before the span above it is over")
            previous_end = end
            total += end - start
    if total != hours["weekly_total_minutes"]:
        yield Finding(
            "hours", ("weekly_total_minutes",), f"is {hours['weekly_total_minutes']}, yet the spans add up to {total}"
        )
    yield from _repeated("hours", "overflow_delay", hours["overflow_delay"], "from_day")


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


_TEXT_FAULTS: Mapping[TextCode, str] = {
    TextCode.EMPTY: "has nothing to say",
    TextCode.TOO_LONG: f"is longer than {LONGEST_SPOKEN} characters",
    TextCode.NOT_WRITABLE: "holds characters that cannot be written",
    TextCode.BRACES: "braces do not match",
    TextCode.UNKNOWN_NAME: "unknown placeholder {{{name}}}; a greeting knows {{agent}} and {{salutation}}, others none",
    TextCode.NOBODY: "must hold {{agent}}: a person greets, by name (Art. 5-1)",
}


def _messages(messages: Mapping[str, Any]) -> Iterator[Finding]:
    for service, texts in messages.items():
        for name in ("welcome", "waiting", "closing", "greeting"):
            faults = greeting_faults if name == "greeting" else caller_text_faults
            if name in texts:
                yield from _text_findings("messages", (service, name), faults(texts[name]))
        if bool(texts.get("agreed_with")) != bool(texts.get("agreed_on")):
            yield Finding("messages", (service,), "agreed_with and agreed_on go together")


def _text_findings(section: str, field: tuple[str | int, ...], faults: Iterable[TextFault]) -> Iterator[Finding]:
    for fault in faults:
        yield Finding(section, field, _TEXT_FAULTS[fault.code].format(name=fault.name))


def _placeholders(section: str, field: tuple[str | int, ...], text: str, allowed: set[str]) -> Iterator[Finding]:
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        yield Finding(section, field, f"braces do not match: {error}")
        return
    for name in sorted(names - allowed):
        known = ", ".join(f"{{{known}}}" for known in sorted(allowed)) or "none"
        yield Finding(section, field, f"unknown placeholder {{{name}}}; known here: {known}")


def _recording(recording: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _text_findings("recording", ("notice",), caller_text_faults(recording["notice"]))
    for index, campaign in enumerate(recording["campaign"]):
        if campaign["ends_before"] <= campaign["starts_on"]:
            yield Finding("recording", ("campaign", index, "ends_before"), "is not after starts_on")
    if recording["mode"] == "campaign" and not recording["campaign"]:
        yield Finding("recording", ("mode",), "is campaign, yet there is no campaign")


def _motifs(motifs: Sequence[Mapping[str, Any]], readings: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    yield from _repeated("motifs", "motif", motifs)
    wanted = {f"P{n}" for n in range(1, 8)} | {f"H{n}" for n in range(1, 15)}
    covered = {article for motif in motifs for article in motif["article"].split("/")}
    for article in sorted(wanted - covered):
        yield Finding("motifs", ("motif",), f"no motif covers {article} of Art. 4-2")
    for index, motif in enumerate(motifs):
        for article in sorted(set(motif["article"].split("/")) - wanted - {"hors liste"}):
            yield Finding("motifs", ("motif", index, "article"), f"Art. 4-2 has no {article}")
        shared = "/" in motif["article"]
        expected = _reading(readings, "motifs_communs") != "staff_first" if shared else motif["article"].startswith("P")
        if motif["contractor_first"] is not expected:
            reason = f"must be {str(expected).lower()} for {motif['article']}"
            yield Finding("motifs", ("motif", index, "contractor_first"), reason)


def _reading(readings: Sequence[Mapping[str, Any]], reading_id: str) -> str | None:
    return next((reading["value"] for reading in readings if reading["id"] == reading_id), None)


def _form(fields: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    yield from _repeated("form", "field", fields)
    needed = {
        "last_name",
        "first_name",
        "address",
        "mobile",
        "landline",
        "mail",
        "description",
        "follow_up",
        "answer_given",
    }
    for missing in sorted(needed - {field["id"] for field in fields}):
        yield Finding("form", ("field",), f"the field {missing!r} of Art. 4-1 is missing")
    for index, field in enumerate(fields):
        if field["id"] == "answer_given" and field["refusable"]:
            yield Finding(
                "form", ("field", index, "refusable"), "must be false: « réponses apportées » is always written"
            )


def _dispatch(dispatch: Mapping[str, Any]) -> Iterator[Finding]:
    if "default" not in dispatch["answer_within_s"]:
        yield Finding("dispatch", ("answer_within_s",), "needs a default")
    for rank, seconds in dispatch["answer_within_s"].items():
        if seconds > dispatch["cap_from_creation_s"]:
            yield Finding("dispatch", ("answer_within_s", rank), "is longer than cap_from_creation_s")


def _service_level(level: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _repeated("service-level", "reading", level["reading"])
    for missing in sorted(set(READINGS) - {reading["id"] for reading in level["reading"]}):
        yield Finding("service-level", ("reading",), f"the reading {missing!r} is missing")
    for index, reading in enumerate(level["reading"]):
        known = READINGS.get(reading["id"])
        if known is None:
            yield Finding("service-level", ("reading", index, "id"), f"unknown; known: {', '.join(sorted(READINGS))}")
        elif reading["value"] not in known:
            yield Finding("service-level", ("reading", index, "value"), f"unknown; known: {', '.join(sorted(known))}")
        if (reading["agreed_by"] is None) != (reading["agreed_on"] is None):
            yield Finding("service-level", ("reading", index), "agreed_by and agreed_on go together")


def _retention(retention: Mapping[str, int]) -> Iterator[Finding]:
    backups = max(retention["point_in_time_recovery"], retention["noncurrent_versions"])
    limit = SHORTEST_SIX_MONTHS_DAYS - backups - MARGIN_DAYS
    if retention["items"] > limit:
        reason = (
            f"is {retention['items']} days, at most {limit}: 181 less {backups} of backups less {MARGIN_DAYS} of margin"
        )
        yield Finding("retention", ("items",), reason)
    if retention["logs"] > SHORTEST_SIX_MONTHS_DAYS - MARGIN_DAYS:
        yield Finding("retention", ("logs",), f"at most {SHORTEST_SIX_MONTHS_DAYS - MARGIN_DAYS} days")


def _guide(
    guide: Mapping[str, Any], motifs: Sequence[Mapping[str, Any]], emergency_numbers: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    section = "guide-astreinte"
    questions: Mapping[str, Mapping[str, Any]] = {question["id"]: question for question in guide["question"]}
    outcomes: Mapping[str, Mapping[str, Any]] = {outcome["id"]: outcome for outcome in guide["outcome"]}
    yield from _repeated(section, "question", guide["question"])
    yield from _repeated(section, "outcome", guide["outcome"])
    for name in sorted(questions.keys() & outcomes.keys()):
        yield Finding(section, ("outcome", list(outcomes).index(name), "id"), f"{name!r} is a question too")
    if guide["start"] not in questions:
        yield Finding(section, ("start",), f"no question is called {guide['start']!r}")
    for index, question in enumerate(guide["question"]):
        for name, text in (("say", question["say"]), ("hint", question["hint"])):
            yield from _placeholders(section, ("question", index, name), text, {"next_opening"})
        seen: set[str] = set()
        for n, answer in enumerate(question["answers"]):
            if answer["id"] in seen:
                yield Finding(section, ("question", index, "answers", n, "id"), f"{answer['id']!r} is given twice")
            seen.add(answer["id"])
            if answer["goto"] not in questions and answer["goto"] not in outcomes:
                reason = f"leads to {answer['goto']!r}, which is neither a question nor an outcome"
                yield Finding(section, ("question", index, "answers", n, "goto"), reason)
    yield from _reachability(guide, questions, outcomes)
    yield from _outcomes(guide["outcome"], motifs, {line["number"] for line in emergency_numbers})


def _reachability(
    guide: Mapping[str, Any], questions: Mapping[str, Mapping[str, Any]], outcomes: Mapping[str, Mapping[str, Any]]
) -> Iterator[Finding]:
    reached: set[str] = set()
    circles: set[str] = set()

    def visit(name: str, above: frozenset[str]) -> None:
        if name in above:
            circles.add(name)
            return
        if name in reached:
            return
        for answer in questions.get(name, {"answers": ()})["answers"]:
            visit(answer["goto"], above | {name})
        reached.add(name)

    visit(guide["start"], frozenset())
    for name in sorted(circles):
        index = list(questions).index(name)
        yield Finding(
            "guide-astreinte", ("question", index, "id"), f"{name!r} leads back to itself: no outcome is sure"
        )
    for table, known in (("question", questions), ("outcome", outcomes)):
        for index, name in enumerate(known):
            if name not in reached:
                yield Finding("guide-astreinte", (table, index, "id"), f"no answer leads to {name!r}")


def _words_and_deeds(index: int, outcome: Mapping[str, Any]) -> Iterator[Finding]:
    """An outcome says of no deed that it is done; what it promises, the page asks for."""
    for name in ("label", "say"):
        claimed = DONE.search(outcome[name])
        if claimed:
            reason = f"{claimed[0]!r} tells a deed that nothing here proves"
            yield Finding("guide-astreinte", ("outcome", index, name), reason)
    for promised, field in PROMISES:
        promise = promised.search(outcome["say"])
        if promise and not outcome[field]:
            reason = f"promises {promise[0]!r}, yet {field} is not set"
            yield Finding("guide-astreinte", ("outcome", index, "say"), reason)


def _outcomes(
    outcomes: Sequence[Mapping[str, Any]], motifs: Sequence[Mapping[str, Any]], emergency_numbers: set[str]
) -> Iterator[Finding]:
    section = "guide-astreinte"
    of_id = {motif["id"]: motif for motif in motifs}
    for index, outcome in enumerate(outcomes):
        yield from _placeholders(section, ("outcome", index, "say"), outcome["say"], {"next_opening"})
        yield from _words_and_deeds(index, outcome)
        motif = of_id.get(outcome["motif"]) if outcome["motif"] else None
        if outcome["motif"] and motif is None:
            yield Finding(section, ("outcome", index, "motif"), f"no motif is called {outcome['motif']!r}")
        if outcome["kind"] in ("contractor", "staff") and not outcome["motif"]:
            yield Finding(section, ("outcome", index, "motif"), f"an outcome of kind {outcome['kind']} needs a motif")
        if outcome["kind"] in ("company", "refused", "join", "cadre") and outcome["motif"]:
            yield Finding(section, ("outcome", index, "motif"), f"an outcome of kind {outcome['kind']} sends nobody")
        first = "contractor" if motif and motif["contractor_first"] else "staff"
        if motif and outcome["kind"] in {"contractor", "staff"} - {first}:
            yield Finding(section, ("outcome", index, "kind"), f"the motif {motif['id']!r} goes to {first} first")
        if outcome["kind"] == "emergency" and not outcome["emergency_numbers"]:
            yield Finding(
                section, ("outcome", index, "emergency_numbers"), "an emergency names the numbers to dial first"
            )
        for number in outcome["emergency_numbers"]:
            if number not in emergency_numbers:
                reason = f"{number!r} is not among the emergency numbers of landlord.toml"
                yield Finding(section, ("outcome", index, "emergency_numbers"), reason)
    sent = {outcome["motif"] for outcome in outcomes}
    for index, motif in enumerate(motifs):
        if motif["id"] not in sent:
            yield Finding("motifs", ("motif", index, "id"), f"no outcome of the guide sends anyone for {motif['id']!r}")
