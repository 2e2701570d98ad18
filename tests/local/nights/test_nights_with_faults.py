"""Nights on which providers, networks and people fail: everybody who must be reached is, nobody is told twice.

The functions are the deployed ones; only time is moved by hand. A call or an SMS that a test does not expect fails it.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from local.operator.calls import CallStatus
from local.operator.client import OperatorClient
from local.operator.faults import Mishap
from local.operator.phones import Answering, SmsReception
from local.operator.views import CallView
from local.scenarios.agent import Agent
from local.scenarios.telling import until
from local.scenarios.visitor import Visitor, mission_link
from local.scenarios.world import World
from permanence.domain.dispatch.dispatch import Channel, ChannelStatus, DispatchStatus, StepStatus
from permanence.domain.dispatch.events import CallNext
from permanence.domain.dispatch.notices import NoticeStatus
from permanence.domain.main_courante.log import EntryKind
from tests.local.nights.conftest import Send, Watched
from tests.local.nights.night import PATIENCE_S, SWEPT_AFTER, Mission, Will
from tests.local.phone_dsl import Conversation, Phones

CALLBACKS = "/telephony/notices"
RECEIPTS = f"{CALLBACKS} /status"


def accept(conversation: Conversation) -> None:
    """1, then 1 again, as the menu asks."""
    conversation.hear("Pour accepter, tapez 1").press("1").hear("tapez encore 1").press("1").hear("C’est enregistré")


def expect_offer(p: Phones, number: str) -> Conversation:
    """The SMS with the link and the call, at once (R41)."""
    p.phone(number).expect_sms("Habitat 70", "/m/")
    return p.phone(number).expect_call("Urgence numéro")


def expect_told(p: Phones, mission: Mission) -> None:
    p.phone(mission.tenant).expect_sms("a accepté")


@pytest.mark.parametrize("status", [429, 503])
def test_a_provider_that_fails_and_recovers_has_each_message_sent_once(
    night: OperatorClient, send: Send, watched: Watched, status: int
) -> None:
    night.add_fault("POST /2010-04-01", status=status, times=2)
    with watched() as p:
        mission = send()
        night.wait_for(lambda: not night.faults().requests, PATIENCE_S, "two refusals")
        mission.later()
        accept(expect_offer(p, mission.chain[0].phone))
        expect_told(p, mission)


def test_a_call_that_the_provider_took_without_answering_rings_once(
    night: OperatorClient, send: Send, watched: Watched
) -> None:
    night.add_fault("POST /Calls.json", status=504, after=True, delay_s=2.5)
    night.add_fault("POST /Messages.json", status=504, after=True, delay_s=2.5)
    night.add_webhook_fault(RECEIPTS, Mishap.LOST, times=100)  # nothing but a question tells that they were taken
    with watched() as p:
        mission = send()
        conversation = expect_offer(p, mission.chain[0].phone)
        mission.settle()
        night.clear_faults()
        accept(conversation)
        expect_told(p, mission)
    ids = {notice.key: (notice.provider_id, notice.attempts) for notice in mission.notices}
    assert ids["s0-voice"] == (conversation.sid, 2)


def test_callbacks_that_come_three_times_and_in_any_order_make_one_line_each(
    night: OperatorClient, send: Send, watched: Watched
) -> None:
    night.add_webhook_fault(f"{CALLBACKS}/sms MessageStatus=sent", Mishap.REORDERED)
    night.add_webhook_fault(f"{CALLBACKS}/voice/status CallStatus=ringing", Mishap.REORDERED)
    night.add_webhook_fault(CALLBACKS, Mishap.DUPLICATE, times=100)
    with watched() as p:
        mission = send()
        conversation = expect_offer(p, mission.chain[0].phone).press("1").hear("tapez encore 1").press("1")
        conversation.hear("la mission est à vous")  # « c’est bien vous », when a copy of the key was faster
        expect_told(p, mission)
    delivered = {("sms", "delivered"), ("voice", "delivered")}
    until(lambda: mission.receipts(0).keys() >= delivered, what="delivery by SMS and by voice", within_s=PATIENCE_S)
    assert set(mission.receipts(0).values()) == {1}
    assert mission.count(EntryKind.ACCEPTED) == 1
    step = mission.dispatch.steps[0]
    assert (step.sms, step.voice) == (ChannelStatus.DELIVERED, ChannelStatus.DELIVERED)


def test_delivered_may_come_first_and_before_our_own_record_of_the_message(
    night: OperatorClient, send: Send, watched: Watched
) -> None:
    night.add_fault("POST /Messages.json", delay_s=1.5)  # obeyed at once; we hear of it later than of its delivery
    night.add_webhook_fault(f"{RECEIPTS} MessageStatus=queued", Mishap.LOST)
    night.add_webhook_fault(f"{RECEIPTS} MessageStatus=sent", Mishap.SLOW, delay_s=2)
    night.add_webhook_fault(f"{RECEIPTS} MessageStatus=delivered", Mishap.DUPLICATE)
    with watched() as p:
        mission = send()
        expect_offer(p, mission.chain[0].phone)
        mission.notice_becomes("s0-sms", NoticeStatus.DELIVERED)  # told after the dispatch
    assert mission.notice("s0-sms").attempts == 1
    assert mission.dispatch.steps[0].sms is ChannelStatus.DELIVERED
    assert mission.receipts(0)["sms", "delivered"] == 1


def test_when_no_callback_ever_comes_the_provider_is_asked_and_the_next_in_line_called(
    night: OperatorClient, send: Send, watched: Watched
) -> None:
    night.add_webhook_fault(RECEIPTS, Mishap.LOST, times=100)
    with watched() as p:
        mission = send(Will(Answering.NO_ANSWER, sms=SmsReception.UNDELIVERED))
        first, second, *_ = mission.chain
        p.phone(first.phone).expect_sms("/m/")
        p.phone(first.phone).expect_missed_call()
        night.wait_for(
            lambda: _status_at_the_provider(night, first.phone) == "undelivered", PATIENCE_S, "end of the SMS"
        )
        mission.settle()
        mission.later(SWEPT_AFTER * 2)
        conversation = expect_offer(p, second.phone)
        night.clear_faults()
        accept(conversation)
        expect_told(p, mission)
        p.phone(first.phone).expect_sms("ne vous déplacez pas")


def test_a_callback_signed_with_a_revoked_token_changes_nothing(
    night: OperatorClient, send: Send, watched: Watched
) -> None:
    night.add_webhook_fault(f"{CALLBACKS}/sms", Mishap.SIGNATURE, times=100)
    with watched() as p:
        mission = send()
        expect_offer(p, mission.chain[0].phone)
        night.wait_for(lambda: _refused(night) >= 3, PATIENCE_S, "three refused receipts")
    assert all(channel == Channel.VOICE.value for channel, _ in mission.receipts(0))


@pytest.mark.parametrize(
    ("reception", "code"),
    [(SmsReception.UNDELIVERED, "30003"), (SmsReception.NOT_A_MOBILE, "21614"), (SmsReception.OPTED_OUT, "21610")],
)
def test_an_sms_that_definitely_fails_never_stops_the_call(
    night: OperatorClient, send: Send, watched: Watched, reception: SmsReception, code: str
) -> None:
    with watched() as p:
        mission = send(Will(sms=reception))
        number = mission.chain[0].phone
        if reception is SmsReception.UNDELIVERED:
            p.phone(number).expect_sms("/m/")
        accept(p.phone(number).expect_call("Urgence numéro"))
        expect_told(p, mission)
        mission.notice_becomes("s0-sms", NoticeStatus.FAILED)
    assert mission.notice("s0-sms").error == code


def test_a_voicemail_hears_nothing_of_the_mission_and_the_next_number_rings_at_once(
    night: OperatorClient, send: Send, watched: Watched
) -> None:
    with watched() as p:
        mission = send(
            Will(Answering.VOICEMAIL, sms=SmsReception.UNDELIVERED), Will(Answering.VOICEMAIL), commune="Gray"
        )
        first, landline, second, *_ = mission.chain
        p.phone(first.phone).expect_sms("/m/")
        p.phone(first.phone).expect_call("Une mission urgente").expect_end()
        p.phone(landline.phone).expect_call("Une mission urgente").expect_end()
        accept(expect_offer(p, second.phone))
        expect_told(p, mission)
        p.phone(first.phone).expect_sms("ne vous déplacez pas")
    assert mission.dispatch.steps[0].voice is ChannelStatus.VOICEMAIL
    assert mission.count(EntryKind.ACCEPTED) == 1


def test_a_busy_line_and_a_dead_number_lead_to_the_next_at_once(
    night: OperatorClient, send: Send, watched: Watched
) -> None:
    with watched() as p:
        mission = send(
            Will(Answering.BUSY, sms=SmsReception.FAILED, sms_error=30005),
            Will(Answering.UNREACHABLE, sms=SmsReception.OPTED_OUT),
        )
        first, second, third, *_ = mission.chain
        p.phone(first.phone).expect_sms("/m/")
        p.phone(first.phone).expect_missed_call(CallStatus.BUSY)
        p.phone(second.phone).expect_missed_call(CallStatus.FAILED)
        accept(expect_offer(p, third.phone))
        p.phone(mission.tenant).expect_sms("le technicien d'astreinte a accepté")
        p.phone(first.phone).expect_sms("ne vous déplacez pas")
    assert [step.status for step in mission.dispatch.steps[:2]] == [StepStatus.NO_ANSWER, StepStatus.FAILED]


def test_of_two_who_accept_at_the_same_moment_one_wins_and_the_other_hears_who(
    night: OperatorClient, send: Send, watched: Watched
) -> None:
    with watched() as p:
        mission = send()
        first, second, *_ = mission.chain
        slow = expect_offer(p, first.phone).press("1").hear("tapez encore 1")
        mission.happens(CallNext(0))
        quick = expect_offer(p, second.phone).press("1").hear("tapez encore 1")
        with ThreadPoolExecutor(2) as both:
            list(both.map(lambda conversation: conversation.press("1"), (slow, quick)))
        mission.becomes(DispatchStatus.ACCEPTED)
        winner = mission.dispatch.winner
        won, lost = (slow, quick) if winner == 0 else (quick, slow)
        won.hear("C’est enregistré, la mission est à vous")
        lost.hear(f"C’est {mission.chain[winner or 0].name} qui a la mission").expect_end()
        expect_told(p, mission)
        p.phone(mission.chain[1 - (winner or 0)].phone).expect_sms("ne vous déplacez pas")
    assert (mission.count(EntryKind.ACCEPTED), mission.count(EntryKind.LATE_ACCEPTANCE)) == (1, 1)


def test_a_link_and_a_key_at_the_same_moment_have_one_winner_too(
    night: OperatorClient, world: World, send: Send, watched: Watched
) -> None:
    with watched() as p:
        mission = send()
        first, second, *_ = mission.chain
        link = mission_link(p.phone(first.phone).expect_sms("/m/").body)
        p.phone(first.phone).expect_call("Urgence numéro").hang_up()
        page = Visitor(world.outputs["public_url"]).open(link)
        mission.happens(CallNext(0))
        conversation = expect_offer(p, second.phone).press("1").hear("tapez encore 1")
        with ThreadPoolExecutor(2) as both:
            pressed = both.submit(conversation.press, "1")
            both.submit(page.press, "J’accepte").result()
            pressed.result()
        mission.becomes(DispatchStatus.ACCEPTED)
        if mission.dispatch.winner == 0:
            conversation.hear(f"C’est {first.name} qui a la mission")
        else:
            conversation.hear("C’est enregistré, la mission est à vous")
            assert f"{second.name} l’a acceptée" in page.text
        loser = mission.chain[1 - (mission.dispatch.winner or 0)]
        p.phone(loser.phone).expect_sms("ne vous déplacez pas")
        expect_told(p, mission)
    assert (mission.count(EntryKind.ACCEPTED), mission.count(EntryKind.LATE_ACCEPTANCE)) == (1, 1)


def test_when_the_whole_chain_is_silent_the_desk_is_alarmed_and_the_supervisor_called(
    night: OperatorClient, world: World, send: Send, watched: Watched
) -> None:
    with watched() as p:
        mission = send(*[Will(Answering.NO_ANSWER)] * 9)
        for step, responder in enumerate(mission.chain):
            p.phone(responder.phone).expect_sms("/m/")
            p.phone(responder.phone).expect_missed_call()
            mission.becomes_known(step, ChannelStatus.NO_ANSWER)
            mission.after_the_deadline()
        mission.becomes(DispatchStatus.EXHAUSTED)
        supervisor = p.phone(world.contract.numbers.duty_supervisor)
        supervisor.expect_call("Personne n’a accepté la mission").press("1").hear("Bien reçu").expect_end()
        desk = Agent.on_duty(world, world.user("superviseur")).desk.open("/desk")
        assert "Personne n’a accepté" in desk.text
    assert mission.count(EntryKind.NO_ANSWER) == len(mission.chain)
    assert mission.count(EntryKind.SUPERVISOR_TOLD) == 1


def test_who_declines_by_key_2_hands_over_at_once(night: OperatorClient, send: Send, watched: Watched) -> None:
    with watched() as p:
        mission = send()
        first, second, *_ = mission.chain
        expect_offer(p, first.phone).press("2").hear("Votre refus est noté").expect_end()
        accept(expect_offer(p, second.phone))
        expect_told(p, mission)
    assert mission.dispatch.steps[0].status is StepStatus.DECLINED


def test_a_contractor_who_presses_0_talks_with_an_agent_of_the_desk(
    night: OperatorClient, world: World, send: Send, watched: Watched
) -> None:
    desk_line = world.contract.numbers.desk_line
    agent = Agent.on_duty(world, world.user("teleconseiller"))
    with watched() as p:
        mission = send()
        contractor = expect_offer(p, mission.chain[0].phone).press("0")
        p.phone(desk_line).expect_ring()
        presented = p.wait(lambda: call_to(night, desk_line), "call to the desk line")
        agent.take(presented)
        p.phone(agent.phone).expect_ring()
        night.speak(agent.phone, "Permanence, Léa, bonsoir.")
        contractor.hear("Permanence, Léa, bonsoir.")
        agent.hang_up(presented)
        contractor.expect_end()
        agent.close("Daval", "Éric", "L’entreprise demande l’adresse.")
    record = world.calls.get(presented.sid)
    assert record is not None
    assert (record.call.on_desk_line, record.call.caller) == (True, None)
    assert mission.dispatch.status is DispatchStatus.CALLING


def call_to(operator: OperatorClient, number: str) -> CallView | None:
    """The call that has reached a number of ours."""
    return next((call for call in operator.calls() if (call.direction, call.to) == ("inbound", number)), None)


def test_silence_wrong_keys_and_one_key_alone_accept_nothing(
    night: OperatorClient, send: Send, watched: Watched
) -> None:
    with watched() as p:
        mission = send()
        conversation = expect_offer(p, mission.chain[0].phone)
        conversation.press("7").hear("Cette touche ne correspond à aucun choix").press("1").hear("tapez encore 1")
        conversation.press("4").hear("Cette touche ne correspond à aucun choix").hang_up()
    assert mission.dispatch.status is DispatchStatus.CALLING
    assert mission.count(EntryKind.ACCEPTED) == 0


def _status_at_the_provider(night: OperatorClient, number: str) -> str:
    return next(message.status for message in night.messages() if message.to == number)


def _refused(operator: OperatorClient) -> int:
    return sum(sending.problem == "HTTP 403" for sending in operator.webhooks())
