"""The caller's leg, from the first ring to the end."""

from datetime import UTC, datetime, timedelta

import pytest

from permanence.application.reception.answering import Ringing, take_and_ring
from permanence.application.reception.ports import QueueRefused
from permanence.domain.calls.call import CallStatus
from permanence.domain.service_level.facts import call_fact
from tests.functions.desk import desk_world
from tests.functions.telephony import CALL_ID, CALLER, CAMILLE, SATURDAY_NIGHT, World


@pytest.fixture
def world() -> World:
    return World()


def test_a_call_is_kept_greeted_in_the_words_of_its_service_and_queued(world: World) -> None:
    answer = world.ring()

    assert (answer.status, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert answer.verbs[-1] == "Enqueue"
    assert answer.words.startswith(" ".join(world.contract.messages["astreinte"].welcome.split()))
    call = world.call()
    assert (call.status, call.presented_at, call.caller) == (CallStatus.PRESENTED, SATURDAY_NIGHT, CALLER)


def test_a_webhook_told_three_times_is_one_call_with_one_presentation(world: World) -> None:
    world.ring()
    for _ in range(2):
        world.later(1)
        world.ring()

    assert list(world.store.events) == [CALL_ID]
    assert world.call().presented_at == SATURDAY_NIGHT


@pytest.mark.parametrize("number", ["desk_line", "caller_id"])
def test_the_number_on_the_contractors_sms_and_the_number_we_call_from_reach_the_desk(number: str) -> None:
    world = World()
    answer = world.ring(To=getattr(world.contract.numbers, number))

    assert (answer.status, answer.verbs[-1]) == (200, "Enqueue")
    assert answer.words.startswith(world.contract.desk_line_messages.welcome)
    call = world.call()
    assert (call.status, call.caller, call.on_desk_line) == (CallStatus.PRESENTED, CALLER, True)


def test_the_contractors_line_has_its_own_words_in_the_queue_and_ends_like_any_call(world: World) -> None:
    line = {"To": world.contract.numbers.desk_line}
    queue = world.ring(**line).twiml.find("Enqueue")
    assert queue is not None
    world.later(9)

    waits = world.post(queue.attrib["waitUrl"], {"QueueTime": "0", **line})
    world.later(20)
    world.post("/telephony/calls/status", {"CallStatus": "completed", "CallDuration": "29", **line})

    assert waits.words == world.contract.desk_line_messages.waiting
    assert (world.call().status, world.call().on_desk_line) == (CallStatus.ENDED, True)


def test_the_contractors_line_falls_back_like_any_number_of_ours(world: World) -> None:
    answer = world.post("/telephony/calls/fallback", {"To": world.contract.numbers.desk_line, "ErrorCode": "11200"})

    assert (answer.status, answer.verbs) == (200, ["Say", "Dial"])


def test_a_contractor_who_pressed_zero_shows_no_number_of_ours_as_his_own(world: World) -> None:
    world.ring(To=world.contract.numbers.desk_line, From=world.contract.numbers.inbound)

    assert (world.call().caller, world.call().on_desk_line) == (None, True)


@pytest.mark.parametrize("number", ["desk_line", "caller_id"])
@pytest.mark.parametrize("address", ["incoming", "fallback"])
def test_a_call_of_ours_to_the_tenants_number_is_a_test_that_disturbs_nobody(
    world: World, number: str, address: str
) -> None:
    ours = {"From": getattr(world.contract.numbers, number), "To": world.contract.numbers.inbound}

    answer = world.post(f"/telephony/calls/{address}", ours)

    assert (answer.status, answer.verbs) == (200, ["Say", "Hangup"])
    call = world.call()
    assert (call.is_test, call.caller, call.is_out_of_reach) == (True, None, True)
    taken = take_and_ring(world.kept_calls, world.phones, world.urls, call_id=CALL_ID, agent=CAMILLE, now=world.now)
    assert (taken.result, world.phones.calls) == (Ringing.OVER, [])
    world.later(4)
    world.post("/telephony/calls/status", {"CallStatus": "completed", "CallDuration": "4", **ours})
    assert (world.call().status, call_fact(world.call(), None, "")) == (CallStatus.ENDED, None)


def test_a_test_call_that_nothing_can_note_is_answered_and_rings_nobody(world: World) -> None:
    world.store.is_down = True
    world.late_events.faults.append(QueueRefused("down"))

    assert world.ring(From=world.contract.numbers.caller_id).verbs == ["Say", "Hangup"]


def test_a_call_to_the_number_of_tenants_is_not_on_the_contractors_line(world: World) -> None:
    world.ring()

    assert not world.call().on_desk_line


def test_a_number_that_is_not_ours_is_refused(world: World) -> None:
    assert world.ring(To="+33353017099").status == 404
    assert not world.store.events


@pytest.mark.parametrize("number", ["anonymous", "+266696687", "Restricted", ""])
def test_a_withheld_number_is_a_normal_case(world: World, number: str) -> None:
    answer = world.ring(From=number)

    assert answer.verbs[-1] == "Enqueue"
    assert world.call().caller is None


EXCHANGE = "+33384961370"
TENANT = "+33639981247"


@pytest.mark.parametrize(
    ("shown", "forwarded", "caller"),
    [
        (EXCHANGE, TENANT, TENANT),
        (EXCHANGE, "", None),
        (EXCHANGE, EXCHANGE, None),
        (EXCHANGE, "anonymous", None),
        ("0384961370", "0384961370", None),
        ("33384961370", TENANT, TENANT),
        (TENANT, EXCHANGE, TENANT),
        (TENANT, "+33384960000", TENANT),
        ("anonymous", EXCHANGE, None),
        ("anonymous", TENANT, None),
        (EXCHANGE, "+33353017000", None),
        (EXCHANGE, "+33353017091", None),
        ("+33353017091", "", None),
        ("+33353017000", TENANT, TENANT),
    ],
)
def test_the_number_of_the_landlords_exchange_is_never_the_callers(
    world: World, shown: str, forwarded: str, caller: str | None
) -> None:
    """R19: where the exchange shows a number of its own the forwarding header names the caller, if anything does."""
    world.ring(From=shown, ForwardedFrom=forwarded)
    assert world.call().caller == caller


def test_a_caller_hidden_by_the_exchange_has_an_empty_number_on_the_fiche_that_the_agent_asks_for(
    world: World,
) -> None:
    for forwarded, typed in (("", ""), (TENANT, "06 39 98 12 47")):
        world.store.events.clear()
        world.ring(From=EXCHANGE, ForwardedFrom=forwarded)
        page = desk_world.World(now=world.now, store=world.store).browser().get(f"/desk/appels/{CALL_ID}")
        numbers = {str(page.page.find("input", attrs={"name": name})["value"]) for name in ("mobile", "landline")}
        assert {number.replace("\u00a0", " ") for number in numbers} == {"", typed}
        assert ("Numéro masqué" in page.text) is not bool(typed)


def test_who_began_to_wait_before_noon_hears_the_words_of_the_opening_hours() -> None:
    """R5: 12:00:20 in Paris, less the 90 s of the landlord's side, is still débordement."""
    noon = datetime(2026, 11, 23, 11, 0, 20, tzinfo=UTC)

    assert "astreinte" not in World(now=noon).ring().words
    assert "astreinte" in World(now=noon + timedelta(seconds=70)).ring().words


def test_the_queue_tells_when_the_welcome_message_was_over(world: World) -> None:
    queue = world.ring().twiml.find("Enqueue")
    assert queue is not None
    welcomed_at = world.later(9)

    answer = world.post(queue.attrib["waitUrl"], {"QueueTime": "0", "QueuePosition": "1"})
    world.later(30)
    world.post(queue.attrib["waitUrl"], {"QueueTime": "30", "QueuePosition": "1"})

    assert answer.verbs == ["Say", "Pause"]
    assert (world.call().status, world.call().queued_at) == (CallStatus.WAITING, welcomed_at)


def test_a_wait_whose_first_request_was_lost_is_counted_from_its_start(world: World) -> None:
    queue = world.ring().twiml.find("Enqueue")
    assert queue is not None
    world.later(39)

    world.post(queue.attrib["waitUrl"], {"QueueTime": "30"})

    assert world.call().queued_at == SATURDAY_NIGHT + timedelta(seconds=9)


def test_the_end_of_the_call_closes_it(world: World) -> None:
    world.ring()
    ended_at = world.later(42)

    answer = world.end(duration_s=42)

    assert (answer.status, answer.body) == (204, "")
    assert (world.call().status, world.call().ended_at) == (CallStatus.ENDED, ended_at)


def test_an_end_told_before_its_call_is_known_is_kept(world: World) -> None:
    world.now = SATURDAY_NIGHT + timedelta(seconds=42)
    world.end(duration_s=42)
    world.now = SATURDAY_NIGHT
    world.ring()

    assert (world.call().status, world.call().presented_at) == (CallStatus.ENDED, SATURDAY_NIGHT)
