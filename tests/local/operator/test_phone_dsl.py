"""The phones of the tests miss nothing: what comes unexpectedly fails, and so does what does not come."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local.operator.calls import CallStatus
from local.operator.client import OperatorClient
from local.operator.phones import Answering
from tests.local.operator.application import Application
from tests.local.operator.conftest import OUR_NUMBER, Rest
from tests.local.phone_dsl import PhoneFailed, phones

CONTRACTOR, TENANT = "+33639980301", "+33639980302"


@pytest.fixture
def menu(application: Application) -> Application:
    """Key 1, then 1 again, as a contractor hears it."""
    application.says("/menu", '<Gather numDigits="1" timeout="20" action="/confirm"><Say>Urgence.</Say></Gather>')
    application.says("/confirm", '<Gather numDigits="1" timeout="20" action="/done"><Say>Encore 1.</Say></Gather>')
    application.says("/done", "<Say>Enregistré.</Say><Hangup/>")
    return application


@contextmanager
def failing(words: str) -> Iterator[None]:
    with pytest.raises(PhoneFailed) as failure:
        yield
    assert words in str(failure.value)


def place(rest: Rest, menu: Application, to: str = CONTRACTOR) -> None:
    rest("POST", "Calls.json", {"To": to, "From": OUR_NUMBER, "Url": f"{menu.url}/menu"}).raise_for_status()


def text(rest: Rest, body: str, to: str = TENANT) -> None:
    rest("POST", "Messages.json", {"To": to, "From": "HABITAT70", "Body": body}).raise_for_status()


def test_a_conversation_and_a_message_that_were_expected_pass(
    operator: OperatorClient, rest: Rest, menu: Application
) -> None:
    with phones(operator) as p:
        place(rest, menu)
        p.phone(CONTRACTOR).expect_call("Urgence").press("1").hear("Encore 1").press("1").hear(
            "Enregistré"
        ).expect_end()
        text(rest, "L’entreprise a accepté.")
        assert p.phone(TENANT).expect_sms("a accepté").body == "L’entreprise a accepté."


def test_an_sms_that_nobody_expected_fails(operator: OperatorClient, rest: Rest) -> None:
    with failing("nobody expected:\n  an SMS to +33639980302: Bonjour"), phones(operator):
        text(rest, "Bonjour")


def test_a_call_that_nobody_expected_fails(operator: OperatorClient, rest: Rest, menu: Application) -> None:
    with failing("a call to +33639980301"), phones(operator):
        place(rest, menu)


def test_a_call_that_nobody_expected_fails_even_when_it_is_over(
    operator: OperatorClient, rest: Rest, menu: Application
) -> None:
    with failing("(busy)"), phones(operator):
        operator.set_behaviour(CONTRACTOR, Answering.BUSY, after_s=0.05)
        place(rest, menu)
        operator.wait_for(lambda: all(not call.live for call in operator.calls()), 10, "end")


def test_a_second_message_like_an_expected_one_fails(operator: OperatorClient, rest: Rest) -> None:
    with failing("a accepté"), phones(operator) as p:
        text(rest, "a accepté")
        text(rest, "a accepté")
        p.phone(TENANT).expect_sms("a accepté")


def test_what_comes_while_things_settle_counts(operator: OperatorClient, rest: Rest) -> None:
    with (
        failing("at last"),
        phones(operator, settled=lambda: text(rest, "at last")),
    ):
        pass


def test_an_sms_that_does_not_come_fails_and_tells_what_came_instead(operator: OperatorClient, rest: Rest) -> None:
    with (
        failing("a accepté; not expected so far:\n  an SMS to +33639980302: est sur place"),
        phones(operator, within_s=0.3) as p,
    ):
        text(rest, "est sur place")
        p.phone(TENANT).expect_sms("a accepté")


def test_an_sms_to_another_phone_is_not_the_expected_one(operator: OperatorClient, rest: Rest) -> None:
    with failing("SMS to +33639980302"), phones(operator, within_s=0.3) as p:
        text(rest, "a accepté", CONTRACTOR)
        p.phone(TENANT).expect_sms("a accepté")


def test_a_call_that_does_not_come_fails(operator: OperatorClient) -> None:
    with failing("call to +33639980301"), phones(operator, within_s=0.3) as p:
        p.phone(CONTRACTOR).expect_call()


def test_words_that_are_never_said_fail_and_tell_what_was(
    operator: OperatorClient, rest: Rest, menu: Application
) -> None:
    with failing("“Merci” on the phone +33639980301, which heard: Urgence."), phones(operator, within_s=0.5) as p:
        place(rest, menu)
        p.phone(CONTRACTOR).expect_call("Urgence").hear("Merci")


def test_words_heard_once_are_not_heard_again(operator: OperatorClient, rest: Rest, menu: Application) -> None:
    with failing("“Urgence”"), phones(operator, within_s=0.5) as p:
        place(rest, menu)
        p.phone(CONTRACTOR).expect_call("Urgence").hear("Urgence")


def test_words_of_one_sentence_are_heard_in_their_order(
    operator: OperatorClient, rest: Rest, menu: Application
) -> None:
    menu.says("/menu", '<Gather numDigits="1" timeout="20"><Say>Urgence : une fuite. Tapez 1.</Say></Gather>')
    with failing("“fuite”"), phones(operator, within_s=0.5) as p:
        place(rest, menu)
        p.phone(CONTRACTOR).expect_call("Urgence", "fuite", "Tapez 1").hear("fuite")


def test_a_call_that_ends_too_soon_fails_at_once(operator: OperatorClient, rest: Rest, menu: Application) -> None:
    menu.says("/menu", "<Say>Au revoir.</Say><Hangup/>")
    with failing("is over without a menu; it said: Au revoir"), phones(operator) as p:
        place(rest, menu)
        p.phone(CONTRACTOR).expect_call("Au revoir").press("1")


def test_a_call_that_is_answered_was_not_missed(operator: OperatorClient, rest: Rest, menu: Application) -> None:
    menu.says("/menu", "<Hangup/>")
    with failing("ended as completed, not as no-answer"), phones(operator) as p:
        operator.set_behaviour(CONTRACTOR, Answering.ANSWER, after_s=0.05)
        place(rest, menu)
        p.phone(CONTRACTOR).expect_missed_call()


def test_a_missed_call_was_not_answered(operator: OperatorClient, rest: Rest, menu: Application) -> None:
    with failing("ended as busy before anybody answered"), phones(operator) as p:
        operator.set_behaviour(CONTRACTOR, Answering.BUSY, after_s=0.05)
        place(rest, menu)
        p.phone(CONTRACTOR).expect_call()
    with phones(operator) as p:
        place(rest, menu)
        p.phone(CONTRACTOR).expect_missed_call(CallStatus.BUSY)


def test_what_came_before_does_not_count_and_what_goes_on_is_ended(
    operator: OperatorClient, rest: Rest, menu: Application
) -> None:
    text(rest, "before")
    with phones(operator) as p:
        place(rest, menu)
        p.phone(CONTRACTOR).expect_call("Urgence")
    assert [call.live for call in operator.calls()] == [False]


def test_a_failure_inside_the_block_is_told_as_it_is(operator: OperatorClient, rest: Rest) -> None:
    with pytest.raises(KeyError, match="of the test"), phones(operator, settled=lambda: text(rest, "Bonjour")):
        raise KeyError("of the test")
