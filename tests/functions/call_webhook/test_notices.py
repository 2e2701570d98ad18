"""The contractor's phone: what the menu offers, what a key decides, and what never accepts (R41, R42, R44)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from permanence.domain.dispatch import notice_words as words
from permanence.domain.dispatch.dispatch import ChannelStatus, DispatchStatus, ReportResult, Step, StepStatus
from permanence.domain.dispatch.events import Accept, Arrive, CallNext, Cancel, DeadlineReached, Decline, Report
from permanence.domain.dispatch.notices import NoticeStatus
from permanence.domain.main_courante.log import EntryKind
from tests.application.dispatch.night import DAVAL_LANDLINE, MALFUNCTION_ID, PLUMBING, Night
from tests.functions.telephony import BASE_URL, SATURDAY_NIGHT, Answered, World

VOICE = f"{MALFUNCTION_ID}.s0-voice"
SMS = f"{MALFUNCTION_ID}.s0-sms"


class Phone(World):
    """The phone of the first contractor of a night's chain; pressing keys follows the addresses of the menu."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.night = Night(self.contract, self.now, self.store)
        self.night.start()
        self.heard: Answered | None = None

    born = str(int(SATURDAY_NIGHT.timestamp()))

    def pick_up(self, answered_by: str = "human", step: int = 0) -> Answered:
        address = f"/telephony/notices/voice?notice={MALFUNCTION_ID}.s{step}-voice&born={self.born}"
        self.heard = self.post(address, {"AnsweredBy": answered_by, "CallStatus": "in-progress"})
        return self.heard

    def press(self, keys: str) -> Answered:
        """Answer the first question that was asked."""
        assert self.heard is not None
        question = self.heard.twiml.find("Gather")
        assert question is not None
        self.heard = self.post(question.attrib["action"], {"Digits": keys})
        return self.heard

    def keep_silent(self) -> Answered:
        """Let every question pass; what comes of the last one."""
        assert self.heard is not None
        asked = self.heard.twiml.findall("Gather")
        assert [question.get("actionOnEmptyResult") for question in asked] == [None] * (len(asked) - 1) + ["true"]
        self.heard = self.post(asked[-1].attrib["action"], {"Digits": ""})
        return self.heard

    def told(self, path: str, **fields: str) -> Answered:
        notice = SMS if "sms" in path else VOICE
        return self.post(f"{path}?notice={notice}&born={self.born}", fields)

    def voice_status(self, status: str, **fields: str) -> Answered:
        return self.told("/telephony/notices/voice/status", CallStatus=status, **fields)

    def sms_status(self, status: str, **fields: str) -> Answered:
        return self.told("/telephony/notices/sms/status", MessageStatus=status, MessageSid="SM1", **fields)

    @property
    def step(self) -> Step:
        return self.night.dispatch.steps[0]

    @property
    def status(self) -> DispatchStatus:
        return self.night.dispatch.status


@pytest.fixture
def phone() -> Phone:
    return Phone()


def said(text: str) -> str:
    """As it is read aloud: without line-breaking spaces."""
    return " ".join(text.split())


# --- accepting -------------------------------------------------------------------------------------------------------


def test_one_confirmed_by_a_second_one_accepts_and_asks_for_the_delay(phone: Phone) -> None:
    menu = phone.pick_up()
    assert said(words.voice_menu("482-913", phone.contract.motifs[PLUMBING].spoken_label, "Vesoul")) in menu.words

    assert words.voice_confirm() in phone.press("1").words
    assert phone.status is DispatchStatus.CALLING

    committed = phone.press("1")
    assert words.voice_committed() in committed.words
    assert (phone.status, phone.night.dispatch.winner) == (DispatchStatus.ACCEPTED, 0)
    assert phone.night.lines(EntryKind.ACCEPTED)[0]["by"] == "keys"

    phone.later(20)
    noted = phone.press("40")
    assert phone.night.dispatch.announced_arrival_at == phone.now + timedelta(minutes=40)
    assert said(words.voice_arrival_noted(phone.now + timedelta(minutes=40))) in noted.words
    assert noted.verbs == ["Say", "Hangup"]


def test_a_motif_that_left_the_contract_meanwhile_is_still_told(phone: Phone) -> None:
    label = phone.night.malfunction.motif_label
    phone.contract = replace(phone.contract, motifs={})

    assert label in phone.pick_up().words


def test_a_single_one_followed_by_silence_or_hanging_up_accepts_nothing(phone: Phone) -> None:
    phone.pick_up()
    question = phone.press("1")

    assert question.verbs == ["Gather", "Gather"]
    heard = phone.keep_silent().words
    assert words.voice_goodbye() in heard
    assert "Aucune touche" not in heard
    assert phone.status is DispatchStatus.CALLING


def test_silence_hears_the_menu_three_times_then_the_call_ends(phone: Phone) -> None:
    menu = phone.pick_up()

    assert menu.verbs == ["Gather", "Gather", "Gather"]
    assert phone.keep_silent().verbs == ["Say", "Hangup"]
    assert phone.step.status is StepStatus.CALLING


@pytest.mark.parametrize("asked", ["menu", "confirmation"])
def test_who_accepts_by_his_link_while_on_the_telephone_hears_that_it_is_his(phone: Phone, asked: str) -> None:
    phone.pick_up()
    if asked == "confirmation":
        phone.press("1")
    phone.night.happen(Accept(0, by="page"))
    assert words.voice_already_yours() in phone.keep_silent().words
    phone.press("25")
    assert phone.night.dispatch.announced_arrival_at == phone.now + timedelta(minutes=25)


def test_who_keeps_silent_hears_what_stands_by_then(phone: Phone) -> None:
    phone.pick_up()
    phone.night.happen(Decline(0, by="page"))
    assert said(words.voice_declined()) in phone.keep_silent().words
    phone.pick_up()
    phone.night.happen(CallNext(1))
    phone.night.happen(Accept(2, by="page"))
    assert "Sanitaires Roussel qui a la mission" in phone.keep_silent().words


def test_a_landline_that_kept_silent_is_not_sent_back_to_an_sms_it_never_got(phone: Phone) -> None:
    phone.night.happen(CallNext(0))
    phone.pick_up(step=1)
    heard = phone.keep_silent()
    assert "SMS" not in heard.words
    assert words.voice_goodbye() in heard.words


def test_silence_while_the_table_is_down_claims_nothing(phone: Phone) -> None:
    phone.pick_up()
    phone.store.is_down = True
    assert words.voice_goodbye() in phone.keep_silent().words


def test_wrong_keys_hear_the_menu_again_until_its_readings_are_used_up(phone: Phone) -> None:
    phone.pick_up()

    assert phone.press("7").verbs == ["Say", "Gather", "Gather"]
    assert phone.press("*").verbs == ["Say", "Gather"]
    last = phone.press("9")
    assert last.verbs == ["Say", "Say", "Hangup"]
    assert "Aucune touche" not in last.words
    assert phone.status is DispatchStatus.CALLING


def test_a_wrong_key_instead_of_the_confirmation_accepts_nothing(phone: Phone) -> None:
    phone.pick_up()
    phone.press("1")

    assert words.voice_unknown_key() in phone.press("2").words
    assert phone.step.status is StepStatus.CALLING


def test_three_repeats_the_menu_without_using_it_up(phone: Phone) -> None:
    phone.pick_up()

    for _ in range(5):
        assert phone.press("3").verbs == ["Gather", "Gather", "Gather"]


def test_two_refuses_and_the_next_in_line_is_called_at_once(phone: Phone) -> None:
    phone.pick_up()

    answer = phone.press("2")

    assert (said(words.voice_declined()) in answer.words, answer.verbs) == (True, ["Say", "Hangup"])
    assert phone.step.status is StepStatus.DECLINED
    assert phone.night.dispatch.current == 1


def test_zero_connects_to_an_agent_under_our_own_number(phone: Phone) -> None:
    phone.pick_up()

    answer = phone.press("0")
    dial = answer.twiml.find("Dial")

    assert dial is not None
    assert (dial.get("callerId"), [number.text for number in dial]) == (
        phone.contract.numbers.inbound,
        [phone.contract.numbers.desk_line],
    )
    assert phone.contract.numbers.inbound != phone.contract.numbers.desk_line, "a number does not call itself"
    assert phone.step.status is StepStatus.CALLING


@pytest.mark.parametrize("keys", ["0", "1441", "99999", "4*", "#"])
def test_a_delay_that_cannot_be_is_asked_again(phone: Phone, keys: str) -> None:
    phone.pick_up()
    phone.press("1")
    phone.press("1")

    assert said(words.voice_arrival_not_understood()) in phone.press(keys).words
    assert phone.night.dispatch.announced_arrival_at is None


# --- who has it ------------------------------------------------------------------------------------------------------


def test_the_winner_who_repeats_hears_that_it_is_his(phone: Phone) -> None:
    phone.pick_up()
    phone.press("1")
    confirm = phone.heard
    phone.press("1")
    phone.heard = confirm

    assert said(words.voice_already_yours()) in phone.press("1").words
    assert len(phone.night.lines(EntryKind.ACCEPTED)) == 1


def test_a_second_yes_hears_who_has_the_mission(phone: Phone) -> None:
    phone.pick_up()
    phone.press("1")
    steps = phone.night.dispatch.steps
    other = next(index for index, step in enumerate(steps) if step.responder.person_id == "roussel")
    for passed_over in range(other):
        phone.night.happen(CallNext(passed_over))
    phone.night.happen(Accept(other, "page"))

    answer = phone.press("1")

    assert "Sanitaires Roussel" in answer.words
    assert answer.verbs == ["Say", "Hangup"]
    assert phone.night.dispatch.winner == other
    assert len(phone.night.lines(EntryKind.LATE_ACCEPTANCE)) == 1


def test_a_yes_after_escalation_wins_while_nobody_has_won(phone: Phone) -> None:
    phone.pick_up()
    phone.press("1")
    phone.night.happen(CallNext(0))

    assert words.voice_committed() in phone.press("1").words
    assert phone.night.dispatch.winner == 0


def test_who_picks_up_after_another_has_accepted_hears_so_at_once(phone: Phone) -> None:
    last = len(phone.night.dispatch.steps) - 1
    phone.night.happen(Accept(last, "agent"))

    answer = phone.pick_up()

    assert phone.night.dispatch.steps[last].responder.name in answer.words
    assert answer.verbs == ["Say", "Hangup"]


def test_who_picks_up_his_own_mission_is_asked_for_the_delay(phone: Phone) -> None:
    phone.night.happen(Accept(0, "page"))

    assert said(words.voice_already_yours()) in phone.pick_up().words
    phone.press("25")
    assert phone.night.dispatch.announced_arrival_at == phone.now + timedelta(minutes=25)


def test_a_delay_told_again_on_site_hears_the_one_that_is_known(phone: Phone) -> None:
    phone.pick_up()
    phone.press("1")
    phone.press("1")
    question = phone.heard
    phone.press("40")
    phone.night.happen(Arrive(0))
    phone.heard = question

    assert phone.press("10").verbs == ["Say", "Hangup"]
    assert phone.night.dispatch.announced_arrival_at == phone.now + timedelta(minutes=40)


def test_a_cancelled_or_reported_mission_offers_nothing_any_more(phone: Phone) -> None:
    phone.pick_up()
    phone.press("1")
    phone.night.happen(Cancel("doublon"))

    assert said(words.voice_closed()) in phone.press("1").words
    assert said(words.voice_closed()) in phone.pick_up().words
    assert phone.night.dispatch.winner is None


def test_a_reported_mission_is_closed_even_for_who_did_it(phone: Phone) -> None:
    phone.night.happen(Accept(0, "page"))
    phone.night.happen(Report(0, ReportResult.REALISEE, "joint remplacé"))

    assert said(words.voice_closed()) in phone.pick_up().words


# --- machines --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("machine", ["machine_start", "machine_end_beep", "machine_end_silence", "fax"])
def test_a_voicemail_is_never_an_acceptance_and_hears_nothing_personal(phone: Phone, machine: str) -> None:
    answer = phone.pick_up(machine)

    assert answer.verbs == ["Say", "Hangup"]
    assert phone.status is DispatchStatus.CALLING
    assert phone.step.voice is ChannelStatus.VOICEMAIL
    for secret in ("Vesoul", "Bouvier", "Daval", phone.contract.motifs[PLUMBING].spoken_label):
        assert secret not in answer.words


def test_a_voicemail_on_a_landline_moves_on_at_once_since_no_sms_can_bring_a_yes(phone: Phone) -> None:
    phone.night.pass_time(hours=1)
    phone.night.happen(DeadlineReached(0))
    assert phone.night.dispatch.steps[1].responder.phone == DAVAL_LANDLINE

    phone.pick_up("machine_end_beep", step=1)

    assert phone.night.dispatch.current == 2


def test_a_machine_that_could_not_be_noted_is_told_by_the_end_of_the_call(phone: Phone) -> None:
    phone.store.is_down = True
    assert phone.pick_up("machine_end_beep").verbs == ["Say", "Hangup"]
    phone.store.is_down = False

    phone.voice_status("completed", AnsweredBy="machine_end_beep", CallDuration="12")

    assert phone.step.voice is ChannelStatus.VOICEMAIL


# --- the table is down -----------------------------------------------------------------------------------------------


def test_a_key_pressed_while_the_table_is_down_is_never_told_as_accepted(phone: Phone) -> None:
    phone.pick_up()
    phone.press("1")
    phone.store.is_down = True

    answer = phone.press("1")

    assert answer.words == said(words.voice_not_committed(phone.contract.numbers.desk_line))
    assert answer.verbs == ["Say", "Hangup"]
    phone.store.is_down = False
    assert phone.status is DispatchStatus.CALLING


def test_a_key_that_lost_every_race_is_not_told_as_accepted(phone: Phone) -> None:
    phone.pick_up()
    phone.press("1")
    phone.malfunctions.conflicts = 100

    assert phone.press("1").words == said(words.voice_not_committed(phone.contract.numbers.desk_line))


def test_who_picks_up_while_the_table_is_down_is_asked_to_call(phone: Phone) -> None:
    phone.store.is_down = True

    answer = phone.pick_up()

    assert answer.words == said(words.voice_message_left(None, phone.contract.numbers.desk_line, has_link=False))


# --- receipts --------------------------------------------------------------------------------------------------------


def test_ringing_starts_the_time_to_answer(phone: Phone) -> None:
    phone.later(30)
    phone.voice_status("ringing")

    assert phone.step.ringing_at == phone.now
    assert phone.step.deadline == phone.now + timedelta(seconds=phone.step.responder.answer_within_s)


@pytest.mark.parametrize("status", ["busy", "no-answer", "canceled"])
def test_a_phone_that_was_not_picked_up_is_no_answer_yet_the_sms_may_still_bring_one(phone: Phone, status: str) -> None:
    phone.voice_status(status)

    assert phone.step.voice is ChannelStatus.NO_ANSWER
    assert phone.step.status is StepStatus.CALLING


def test_both_channels_failing_for_good_move_on_at_once(phone: Phone) -> None:
    phone.voice_status("failed", ErrorCode="13224")
    phone.sms_status("undelivered", ErrorCode="30005")

    assert phone.night.dispatch.current == 1
    assert [line["code"] for line in phone.night.lines(EntryKind.RECEIPT)] == ["13224", "30005"]


@pytest.mark.parametrize("code", ["30001", "30008"])
def test_a_temporary_failure_of_the_sms_is_not_definite(phone: Phone, code: str) -> None:
    phone.voice_status("no-answer")
    phone.sms_status("undelivered", ErrorCode=code)

    assert phone.step.sms is ChannelStatus.SENT
    assert phone.night.dispatch.current == 0


@pytest.mark.parametrize("code", ["30003", "30005", "30006", "30007", "21614", "21610"])
def test_a_definite_failure_of_the_sms_is_one(phone: Phone, code: str) -> None:
    phone.sms_status("failed", ErrorCode=code)

    assert phone.step.sms is ChannelStatus.FAILED


def test_a_delivered_sms_is_never_an_acceptance(phone: Phone) -> None:
    phone.sms_status("delivered")

    assert phone.step.sms is ChannelStatus.DELIVERED
    assert phone.status is DispatchStatus.CALLING


def test_receipts_in_any_order_and_number_are_one_line_each(phone: Phone) -> None:
    for status in ("delivered", "sent", "queued", "delivered", "sent", "delivered"):
        phone.sms_status(status)

    assert [line["status"] for line in phone.night.lines(EntryKind.RECEIPT)] == ["delivered"]
    assert phone.night.notice("s0-sms").status is NoticeStatus.DELIVERED


def test_the_first_callback_proves_that_the_provider_took_the_message(phone: Phone) -> None:
    phone.sms_status("queued")

    notice = phone.night.notice("s0-sms")
    assert (notice.status, notice.provider_id) == (NoticeStatus.SENT, "SM1")


def test_the_tenants_sms_leaves_one_line_in_the_main_courante(phone: Phone) -> None:
    phone.night.happen(Accept(0, "page"))
    key = next(key for (_, key) in phone.store.notices if key.startswith("tenant-"))
    address = f"{BASE_URL}/telephony/notices/sms/status?notice={MALFUNCTION_ID}.{key}&born={phone.born}"

    for _ in range(3):
        phone.post(address, {"MessageStatus": "delivered", "MessageSid": "SM9"})

    assert [line["key"] for line in phone.night.lines(EntryKind.NOTICE_DELIVERED)] == [key]


@pytest.mark.parametrize("notice", ["", "nothing", "a.", ".b"])
def test_an_address_that_names_no_message_is_malformed(phone: Phone, notice: str) -> None:
    address = f"/telephony/notices/voice?notice={notice}&born={phone.born}"

    assert phone.post(address, {"CallStatus": "in-progress"}).status == 400


def test_a_message_of_a_malfunction_that_is_gone_recreates_nothing(phone: Phone) -> None:
    phone.store.malfunctions.clear()
    phone.store.notices.clear()

    assert phone.voice_status("ringing").status == 204
    assert said(words.voice_closed()) in phone.pick_up().words
    assert not phone.store.malfunctions
    assert not phone.store.notices
