"""What the provider is told to do with a live call, as TwiML."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from permanence.adapters.twilio.retries import told_again

_LANGUAGE = "fr-FR"
_VOICE = "Polly.Lea-Neural"
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Verb = Element


def document(*verbs: Verb) -> str:
    """A complete answer, obeyed verb after verb; without verbs the call ends."""
    response = Element("Response")
    response.extend(verbs)
    return '<?xml version="1.0" encoding="UTF-8"?>' + tostring(response, encoding="unicode")


def say(text: str) -> Verb:
    """French words, read aloud; characters that XML cannot hold are left out."""
    verb = Element("Say", language=_LANGUAGE, voice=_VOICE)
    verb.text = " ".join(_NOT_IN_XML.sub(" ", text).split())
    return verb


def pause(seconds: int) -> Verb:
    return Element("Pause", length=str(seconds))


def hang_up() -> Verb:
    return Element("Hangup")


def enqueue(queue: str, wait_url: str, left_url: str) -> Verb:
    """Wait in a queue: `wait_url` says what is heard meanwhile, `left_url` is told how the wait ended."""
    verb = Element("Enqueue", waitUrl=wait_url, waitUrlMethod="POST", action=left_url, method="POST")
    verb.text = queue
    return verb


def dial_numbers(numbers: Sequence[str], caller_id: str, ring_s: int, told_url: str | None = None) -> Verb:
    """Ring all these numbers at once; the first to answer is connected. `told_url` is told of each as it is called."""
    verb = Element("Dial", callerId=caller_id, timeout=str(ring_s))
    for number in numbers:
        noun = SubElement(verb, "Number")
        noun.text = number
        if told_url is not None:
            noun.attrib.update(
                statusCallback=told_again(told_url), statusCallbackMethod="POST", statusCallbackEvent="initiated"
            )
    return verb


def dial_conference(name: str, *, starts: bool, events_url: str, recordings_url: str | None) -> Verb:
    """Join a conference that ends when anybody leaves.

    `starts` is False for one who waits for the other. The provider takes both callback addresses from whoever joins
    first, so everybody gives the same. Without `recordings_url` nothing is recorded.
    """
    verb = Element("Dial")
    conference = SubElement(
        verb,
        "Conference",
        startConferenceOnEnter=str(starts).lower(),
        endConferenceOnExit="true",
        beep="false",
        statusCallback=told_again(events_url),
        statusCallbackMethod="POST",
        statusCallbackEvent="start end join leave hold",
    )
    conference.text = name
    if recordings_url is not None:
        conference.attrib.update(
            record="record-from-start",
            recordingStatusCallback=told_again(recordings_url),
            recordingStatusCallbackMethod="POST",
            recordingStatusCallbackEvent="in-progress completed absent",
        )
    return verb


def gather(action: str, *prompts: Verb, digits: int | None, timeout_s: int, tells_silence: bool = False) -> Verb:
    """Read keys while the prompts play: `digits` of them, or up to the hash key when None. Silence falls through, or
    is told to `action` as no digits at all."""
    verb = Element("Gather", action=action, method="POST", input="dtmf", timeout=str(timeout_s))
    if digits is None:
        verb.set("finishOnKey", "#")
    else:
        verb.attrib.update(numDigits=str(digits), finishOnKey="")
    if tells_silence:
        verb.set("actionOnEmptyResult", "true")
    verb.extend(prompts)
    return verb
