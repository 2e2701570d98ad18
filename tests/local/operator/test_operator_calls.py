"""A call lives its whole life on the operator: what the application is asked, told, and may do."""

import wave
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from io import BytesIO

from local.operator.client import OperatorClient
from tests.local.operator.application import Answer, Application, twiml
from tests.local.operator.conftest import OUR_NUMBER, Rest

TENANT = "+33639980101"
AGENT = "+33639980201"


def queue_application(application: Application) -> None:
    """Welcome, queue, conference, like the real one in small."""
    conference = (
        '<Dial><Conference startConferenceOnEnter="{start}" endConferenceOnExit="true" beep="false" waitUrl=""'
        ' record="record-from-start" recordingStatusCallback="/recording" statusCallback="/conference"'
        ' statusCallbackEvent="start end join leave hold" participantLabel="{label}">room</Conference></Dial>'
    )
    application.says("/incoming", '<Say>Bonjour.</Say><Enqueue waitUrl="/waiting" action="/left">accueil</Enqueue>')
    application.says("/waiting", "<Say>Veuillez patienter.</Say>")
    application.says("/caller-joins", conference.format(start="false", label="appelant"))
    application.says("/agent", conference.format(start="true", label="agent"))


def connect(operator: OperatorClient, application: Application, rest: Rest) -> tuple[str, str]:
    """A tenant calls, waits, and talks with the agent: the two call SIDs."""
    queue_application(application)
    tenant = operator.place_call(TENANT, OUR_NUMBER).sid
    operator.wait_for_call(tenant, lambda c: c.queue == "accueil")
    form: dict[str, str | list[str]] = {
        "To": AGENT,
        "From": OUR_NUMBER,
        "Url": f"{application.url}/agent",
        "StatusCallback": f"{application.url}/agent-status",
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
    }
    agent = rest("POST", "Calls.json", form).json()["sid"]
    operator.wait_for_ringing(AGENT)
    operator.answer(AGENT)
    rest("POST", f"Calls/{tenant}.json", {"Url": f"{application.url}/caller-joins"}).raise_for_status()
    operator.wait_for(lambda: conference_has_begun(operator), 10, "conference")
    return tenant, agent


def conference_has_begun(operator: OperatorClient) -> bool:
    return any(event.kind == "conference.conference-start" for event in operator.events(0)[-50:])


def wait_told(operator: OperatorClient, application: Application, path: str, count: int = 1) -> list[Mapping[str, str]]:
    operator.wait_for(lambda: len(application.told(path)) >= count, 10, f"{count} requests to {path}")
    return application.told(path)


def test_a_call_goes_from_welcome_to_queue_to_conference_to_recording(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    tenant, agent = connect(operator, application, rest)
    operator.speak(TENANT, "J’ai une fuite.")
    operator.wait_for_words(agent, "J’ai une fuite.")
    operator.hang_up(TENANT)
    operator.wait_for_end(agent)

    heard = [line.text for line in operator.call(tenant).transcript]
    assert heard[:2] == ["Bonjour.", "Veuillez patienter."]
    left = wait_told(operator, application, "/left")
    assert left[0]["QueueResult"] == "redirected"
    assert int(left[0]["QueueTime"]) >= 0
    recording = wait_told(operator, application, "/recording")[0]
    assert recording["RecordingStatus"] == "completed"
    assert recording["ConferenceSid"].startswith("CF")
    ended = wait_told(operator, application, "/ended")[0]
    assert (ended["CallSid"], ended["CallStatus"]) == (tenant, "completed")
    assert int(ended["CallDuration"]) >= 1


def test_the_recording_is_a_sound_as_long_as_it_says_until_it_is_deleted(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    connect(operator, application, rest)
    operator.hang_up(AGENT)
    told = wait_told(operator, application, "/recording")[0]
    url = told["RecordingUrl"]
    with wave.open(BytesIO(rest("GET", f"{url}.wav").content)) as sound:
        assert sound.getnframes() / sound.getframerate() == int(told["RecordingDuration"])
    assert rest("GET", f"{url}.mp3").content[:2] == b"\xff\xfb"

    assert rest("DELETE", f"{url}.json").status_code == 204
    assert rest("GET", f"{url}.wav").status_code == 404
    assert rest("DELETE", f"{url}.json").json()["code"] == 20404


def test_a_waiting_caller_is_asked_for_with_its_place_in_the_queue(
    operator: OperatorClient, application: Application
) -> None:
    queue_application(application)
    first = operator.place_call(TENANT, OUR_NUMBER).sid
    operator.wait_for_call(first, lambda c: c.queue is not None)
    second = operator.place_call(None, OUR_NUMBER).sid
    operator.wait_for_call(second, lambda c: c.queue is not None)
    asked = [p for p in wait_told(operator, application, "/waiting", 2) if p["CallSid"] == second]
    assert (asked[0]["QueuePosition"], asked[0]["CurrentQueueSize"]) == ("2", "2")


def test_a_caller_who_hangs_up_in_the_queue_is_told_as_such(operator: OperatorClient, application: Application) -> None:
    queue_application(application)
    call = operator.place_call(TENANT, OUR_NUMBER)
    operator.wait_for_call(call.sid, lambda c: c.queue is not None)
    operator.hang_up(TENANT)
    assert wait_told(operator, application, "/left")[0]["QueueResult"] == "hangup"


def test_a_withheld_number_is_never_shown(operator: OperatorClient, application: Application) -> None:
    queue_application(application)
    call = operator.place_call(None, OUR_NUMBER, forwarded_from="+33353010001")
    assert call.from_ is None
    asked = wait_told(operator, application, "/incoming")[0]
    assert (asked["From"], asked["ForwardedFrom"]) == ("+266696687", "+33353010001")
    assert asked["CallStatus"] == "ringing"


def test_status_callbacks_come_in_order_and_are_dated_by_the_operators_clock(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    operator.set_offset(86_400)
    _, agent = connect(operator, application, rest)
    operator.hang_up(AGENT)
    told = wait_told(operator, application, "/agent-status", 4)
    assert [t["CallStatus"] for t in told] == ["initiated", "ringing", "in-progress", "completed"]
    assert [t["SequenceNumber"] for t in told] == ["0", "1", "2", "3"]
    assert {t["CallSid"] for t in told} == {agent}
    call = operator.call(agent)
    assert call.ended_at is not None
    assert abs((parsedate_to_datetime(told[-1]["Timestamp"]) - call.ended_at).total_seconds()) < 2
    assert (parsedate_to_datetime(told[0]["Timestamp"]) - call.placed_at).total_seconds() < 5


def test_conference_events_tell_who_came_who_was_held_and_why_it_ended(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    tenant, agent = connect(operator, application, rest)
    conference = rest("GET", "Conferences.json?FriendlyName=room&Status=in-progress").json()["conferences"][0]
    participant = f"Conferences/{conference['sid']}/Participants/{tenant}.json"
    assert rest("POST", participant, {"Hold": "true"}).json()["hold"] is True
    operator.speak(AGENT, "Vous m’entendez ?")
    assert rest("POST", participant, {"Hold": "false"}).json()["hold"] is False
    operator.hang_up(AGENT)
    told = wait_told(operator, application, "/conference", 8)
    assert [t["StatusCallbackEvent"] for t in told] == [
        "participant-join",
        "participant-join",
        "conference-start",
        "participant-hold",
        "participant-unhold",
        "participant-leave",
        "participant-leave",
        "conference-end",
    ]
    assert told[-1]["CallSidEndingConference"] == agent
    assert "Vous m’entendez ?" not in [line.text for line in operator.call(tenant).transcript]
    assert rest("GET", participant).json()["code"] == 20404


def test_keys_pressed_at_a_menu_are_sent_to_its_action(operator: OperatorClient, application: Application) -> None:
    def chosen(params: Mapping[str, str]) -> Answer:
        return twiml(f"<Say>Choix {params['Digits']}.</Say>")

    application.says("/incoming", '<Gather numDigits="1" action="/chosen"><Say>Tapez 1.</Say></Gather>')
    application.pages["/chosen"] = chosen
    call = operator.place_call(TENANT, OUR_NUMBER)
    operator.press(TENANT, "1")
    operator.wait_for_words(call.sid, "Choix 1.")


def test_a_finishing_key_ends_the_menu_and_is_not_part_of_the_digits(
    operator: OperatorClient, application: Application
) -> None:
    application.says("/incoming", '<Gather action="/minutes"><Say>Dans combien de minutes ?</Say></Gather>')
    operator.place_call(TENANT, OUR_NUMBER)
    operator.press(TENANT, "45#")
    assert wait_told(operator, application, "/minutes")[0]["Digits"] == "45"


def test_silence_at_a_menu_falls_through_to_the_next_verb(operator: OperatorClient, application: Application) -> None:
    application.says("/incoming", '<Gather timeout="0" action="/chosen"/><Say>Pas de réponse.</Say>')
    call = operator.place_call(TENANT, OUR_NUMBER)
    operator.wait_for_words(call.sid, "Pas de réponse.")
    operator.wait_for_end(call.sid)
    assert application.told("/chosen") == []


def test_a_dialled_number_rings_and_its_end_is_told_to_the_action(
    operator: OperatorClient, application: Application
) -> None:
    application.says("/incoming", f'<Dial action="/dialled" timeout="20"><Number>{AGENT}</Number></Dial>')
    call = operator.place_call(TENANT, OUR_NUMBER)
    ringing = operator.wait_for_ringing(AGENT)
    operator.answer(AGENT)
    operator.wait_for_call(ringing.sid, lambda c: c.status == "in-progress")
    operator.wait_for(lambda: heard(operator, "Allô ?", ringing.sid), 10, "bridge")
    operator.hang_up(AGENT)
    told = wait_told(operator, application, "/dialled")[0]
    assert (told["DialCallStatus"], told["DialCallSid"]) == ("completed", ringing.sid)
    operator.wait_for_end(call.sid)


def heard(operator: OperatorClient, words: str, listener: str) -> bool:
    operator.speak(TENANT, words)
    return any(line.text == words for line in operator.call(listener).transcript)


def test_a_caller_who_hangs_up_silences_the_phones_that_ring_for_them(
    operator: OperatorClient, application: Application
) -> None:
    application.says("/incoming", f"<Dial>{AGENT}</Dial>")
    operator.place_call(TENANT, OUR_NUMBER)
    leg = operator.wait_for_ringing(AGENT)
    operator.hang_up(TENANT)
    assert operator.wait_for_end(leg.sid).status == "canceled"


def test_a_rejected_call_is_never_answered(operator: OperatorClient, application: Application) -> None:
    application.says("/incoming", '<Reject reason="busy"/>')
    call = operator.wait_for_end(operator.place_call(TENANT, OUR_NUMBER).sid)
    assert (call.status, call.duration_s) == ("busy", 0)
