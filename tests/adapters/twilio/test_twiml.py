"""What the provider is told is well-formed, says every word, and holds nothing it does not know."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from local.operator.twiml import parse
from permanence.adapters.twilio.twiml import (
    Verb,
    dial_conference,
    dial_numbers,
    document,
    enqueue,
    gather,
    hang_up,
    pause,
    say,
)

URL = "https://permanence.example/telephony/x?a=1&b=2"
EVERY_VERB: tuple[Verb, ...] = (
    say("Bonjour"),
    pause(20),
    enqueue("habitat70", URL, URL),
    dial_numbers(("+33353017091", "+33353017092"), "+33353017070", 25),
    dial_conference("CA1", starts=True, events_url=URL, recordings_url=URL),
    dial_conference("CA1", starts=False, events_url=URL, recordings_url=None),
    gather(URL, say("Tapez 1."), digits=1, timeout_s=6),
    gather(URL, say("Tapez un délai."), digits=None, timeout_s=6),
    hang_up(),
)


def spoken(text: str) -> str:
    root = ElementTree.fromstring(document(say(text)))  # noqa: S314 our own answer
    (verb,) = root
    return verb.text or ""


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")))
def test_every_word_is_said_whatever_it_is_written_with(text: str) -> None:
    assert spoken(text) == " ".join(text.split())


@given(st.text())
def test_no_text_breaks_the_document(text: str) -> None:
    assert len(ElementTree.fromstring(document(say(text), hang_up()))) == 2  # noqa: S314 our own answer


def test_words_are_read_in_french() -> None:
    (verb,) = ElementTree.fromstring(document(say("Bonjour")))  # noqa: S314 our own answer
    assert verb.get("language") == "fr-FR"


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), max_size=40))
def test_an_address_arrives_as_it_was_given(address: str) -> None:
    root = ElementTree.fromstring(document(gather(address, digits=1, timeout_s=5)))  # noqa: S314 our own answer
    assert root[0].get("action") == address


def test_the_providers_grammar_knows_every_verb_attribute_and_value_we_use() -> None:
    verbs = parse(document(*EVERY_VERB), URL)

    assert [verb.name for verb in verbs] == [verb.tag for verb in EVERY_VERB]


def test_what_is_told_only_once_is_told_again_when_we_could_not_take_it() -> None:
    (conference,) = dial_conference("CA1", starts=True, events_url=f"{URL}?born=1", recordings_url=f"{URL}?born=2")

    told = {conference.get("statusCallback"), conference.get("recordingStatusCallback")}
    assert told == {f"{URL}?born={born}#rc=2&rp=ct,rt,5xx" for born in (1, 2)}


def test_without_a_place_to_tell_of_recordings_nothing_is_recorded() -> None:
    (conference,) = dial_conference("CA1", starts=True, events_url=URL, recordings_url=None)

    assert not [name for name in conference.attrib if "record" in name.lower()]
