"""TwiML: which verbs, attributes and values there are. What is not written here is refused, never ignored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from local.operator.errors import PARSE_FAILED, SCHEMA_FAILED, DocumentFailed

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
MAX_BYTES = 64 * 1024

_ANY = re.compile(r".+", re.DOTALL)
_INT = re.compile(r"[0-9]+")
_BOOL = re.compile(r"true|false")
_METHOD = re.compile(r"GET|POST")
_URL = re.compile(r"\S*")
_CALL_EVENTS = re.compile(r"(initiated|ringing|answered|completed)( (initiated|ringing|answered|completed))*")
_CONFERENCE_EVENT = "(start|end|join|leave|mute|hold|modify|speaker|announcement)"
_CONFERENCE_EVENTS = re.compile(f"{_CONFERENCE_EVENT}( {_CONFERENCE_EVENT})*")
_RECORDING_EVENTS = re.compile(r"(in-progress|completed|absent)( (in-progress|completed|absent))*")
_DIAL_RECORD = re.compile(r"do-not-record|record-from-(answer|ringing)(-dual)?")
_SSML = frozenset({"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"})
_RECORDING_CALLBACK = {
    "recordingStatusCallback": _URL,
    "recordingStatusCallbackMethod": _METHOD,
    "recordingStatusCallbackEvent": _RECORDING_EVENTS,
}


@dataclass(frozen=True, slots=True)
class Verb:
    """`text` is the trimmed character data; for Say it includes the words inside SSML marks."""

    name: str
    text: str
    attributes: Mapping[str, str]
    children: tuple["Verb", ...] = ()

    def get(self, attribute: str, default: str = "") -> str:
        return self.attributes.get(attribute, default)

    def number(self, attribute: str, default: int) -> int:
        return int(self.attributes.get(attribute, default))

    def flag(self, attribute: str, default: bool) -> bool:
        return self.attributes.get(attribute, "true" if default else "false") == "true"


@dataclass(frozen=True, slots=True)
class _Rule:
    attributes: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    text: re.Pattern[str] | None = None


_SPOKEN = frozenset({"Say", "Play", "Pause"})
_RULES: Mapping[str, _Rule] = {
    "Say": _Rule({"voice": _ANY, "language": _ANY, "loop": _INT}, text=_ANY),
    "Play": _Rule({"loop": _INT, "digits": re.compile(r"[0-9w#*]+")}, text=_URL),
    "Pause": _Rule({"length": _INT}),
    "Gather": _Rule(
        {
            "input": re.compile("dtmf"),
            "action": _URL,
            "method": _METHOD,
            "timeout": _INT,
            "finishOnKey": re.compile(r"[0-9*#]?"),
            "numDigits": re.compile(r"[1-9][0-9]*"),
            "actionOnEmptyResult": _BOOL,
        },
        children=_SPOKEN,
    ),
    "Enqueue": _Rule(
        {
            "action": _URL,
            "method": _METHOD,
            "waitUrl": _URL,
            "waitUrlMethod": _METHOD,
            "maxQueueSize": _INT,
        },
        text=re.compile(r".{1,64}"),
    ),
    "Leave": _Rule(),
    "Dial": _Rule(
        {
            "action": _URL,
            "method": _METHOD,
            "timeout": _INT,
            "timeLimit": _INT,
            "callerId": E164,
            "record": _DIAL_RECORD,
            **_RECORDING_CALLBACK,
        },
        children=frozenset({"Number", "Conference"}),
        text=re.compile(rf"({E164.pattern})?"),
    ),
    "Number": _Rule(
        {
            "url": _URL,
            "method": _METHOD,
            "statusCallback": _URL,
            "statusCallbackMethod": _METHOD,
            "statusCallbackEvent": _CALL_EVENTS,
        },
        text=E164,
    ),
    "Conference": _Rule(
        {
            "muted": _BOOL,
            "beep": re.compile("true|false|onEnter|onExit"),
            "startConferenceOnEnter": _BOOL,
            "endConferenceOnExit": _BOOL,
            "waitUrl": _URL,
            "waitMethod": _METHOD,
            "participantLabel": re.compile(r"[\w-]{1,128}"),
            "record": re.compile("do-not-record|record-from-start"),
            "statusCallback": _URL,
            "statusCallbackMethod": _METHOD,
            "statusCallbackEvent": _CONFERENCE_EVENTS,
            **_RECORDING_CALLBACK,
        },
        text=re.compile(r".{1,128}"),
    ),
    "Redirect": _Rule({"method": _METHOD}, text=re.compile(r"\S+")),
    "Record": _Rule(
        {
            "action": _URL,
            "method": _METHOD,
            "timeout": _INT,
            "finishOnKey": re.compile(r"[0-9*#]*"),
            "maxLength": _INT,
            "playBeep": _BOOL,
            **_RECORDING_CALLBACK,
        }
    ),
    "Hangup": _Rule(),
    "Reject": _Rule({"reason": re.compile("rejected|busy")}),
}
WHILE_QUEUED = frozenset({"Say", "Play", "Pause", "Gather", "Redirect", "Leave", "Hangup"})
WHILE_HELD = frozenset({"Say", "Play", "Pause", "Redirect"})
EVERYWHERE = frozenset(_RULES) - {"Number", "Conference", "Leave"}


def parse(document: str, url: str, allowed: frozenset[str] = EVERYWHERE) -> tuple[Verb, ...]:
    """The verbs of a document. Raises DocumentFailed (12100 not XML, 12200 unknown verb, attribute or value)."""
    if len(document.encode()) > MAX_BYTES or "<!DOCTYPE" in document:
        raise DocumentFailed(PARSE_FAILED, "document too large or with a DOCTYPE", url)
    try:
        root = ET.fromstring(document)  # noqa: S314  (no DOCTYPE, hence no entity, gets here)
    except ET.ParseError as problem:
        raise DocumentFailed(PARSE_FAILED, f"not XML: {problem}", url) from problem
    if root.tag != "Response" or root.attrib:
        raise DocumentFailed(SCHEMA_FAILED, f"the root is <{root.tag}>, not a plain <Response>", url)
    if (root.text or "").strip():
        raise DocumentFailed(SCHEMA_FAILED, "text outside of a verb", url)
    return tuple(_verb(element, allowed, url) for element in root)


def _verb(element: ET.Element, allowed: frozenset[str], url: str) -> Verb:
    name = element.tag
    if name not in allowed or name not in _RULES:
        raise DocumentFailed(SCHEMA_FAILED, f"<{name}> is not a verb here", url)
    if (element.tail or "").strip():
        raise DocumentFailed(SCHEMA_FAILED, f"text after <{name}>", url)
    rule = _RULES[name]
    for attribute, value in element.attrib.items():
        pattern = rule.attributes.get(attribute)
        if pattern is None:
            raise DocumentFailed(SCHEMA_FAILED, f"<{name}> has no attribute {attribute}", url)
        if not pattern.fullmatch(value):
            raise DocumentFailed(SCHEMA_FAILED, f'<{name} {attribute}="{value}"> is not a value of it', url)
    if name == "Say":
        if any(mark.tag not in _SSML for mark in element.iter() if mark is not element):
            raise DocumentFailed(SCHEMA_FAILED, "<Say> holds only text and SSML", url)
        return Verb(name, _text(" ".join(element.itertext()), rule, name, url), dict(element.attrib))
    children = tuple(_verb(child, rule.children, url) for child in element)
    if name == "Dial" and not children and not (element.text or "").strip():
        raise DocumentFailed(SCHEMA_FAILED, "<Dial> calls nobody", url)
    if name == "Dial" and any(child.name == "Conference" for child in children) and len(children) > 1:
        raise DocumentFailed(SCHEMA_FAILED, "<Conference> stands alone in <Dial>", url)
    return Verb(name, _text(element.text or "", rule, name, url), dict(element.attrib), children)


def _text(raw: str, rule: _Rule, name: str, url: str) -> str:
    text = " ".join(raw.split())
    if rule.text is None and text:
        raise DocumentFailed(SCHEMA_FAILED, f"<{name}> holds no text", url)
    if rule.text is not None and not rule.text.fullmatch(text):
        raise DocumentFailed(SCHEMA_FAILED, f"<{name}> cannot hold “{text[:60]}”", url)
    return text
