"""The duty supervisor's phone: nobody has accepted, and only his key 1 is « bien reçu » (R42)."""

import pytest

from permanence.domain.dispatch import notice_words as words
from permanence.domain.dispatch.dispatch import DispatchStatus
from permanence.domain.dispatch.events import Accept, Decline
from permanence.domain.main_courante.log import EntryKind
from tests.application.dispatch.night import MALFUNCTION_ID, PLACE, PLUMBING, TENANT, Night
from tests.functions.telephony import SATURDAY_NIGHT, Answered, World

KEY = "supervisor-voice-1"
QUERY = f"notice={MALFUNCTION_ID}.{KEY}&born={int(SATURDAY_NIGHT.timestamp())}"


class SupervisorsPhone(World):
    """Everybody has refused."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.night = Night(self.contract, self.now, self.store)
        self.night.start()
        for step in range(len(self.night.dispatch.steps)):
            self.night.happen(Decline(step, "keys"))

    def pick_up(self, answered_by: str = "human") -> Answered:
        fields = {"AnsweredBy": answered_by, "CallStatus": "in-progress"}
        return self.post(f"/telephony/notices/voice?{QUERY}", fields)

    def press(self, key: str, heard: Answered | None = None) -> Answered:
        question = (heard or self.pick_up()).twiml.find("Gather")
        assert question is not None
        return self.post(question.attrib["action"], {"Digits": key})


@pytest.fixture
def phone() -> SupervisorsPhone:
    return SupervisorsPhone()


def said(text: str) -> str:
    return " ".join(text.split())


def test_he_is_rung_at_the_number_of_the_contract(phone: SupervisorsPhone) -> None:
    assert phone.night.notice(KEY).to == phone.contract.numbers.duty_supervisor
    phone.night.send(KEY)
    assert [call.to for call in phone.night.phone.calls][-1] == phone.contract.numbers.duty_supervisor


def test_he_hears_mission_motif_and_commune_and_nothing_of_the_tenant(phone: SupervisorsPhone) -> None:
    heard = phone.pick_up()
    spoken_motif = phone.contract.motifs[PLUMBING].spoken_label
    assert said(words.voice_supervisor("482-913", spoken_motif, "Vesoul", was_called=True)) in said(heard.words)
    assert "Ouvrez le poste" in heard.words
    for personal in ("Jeannin", PLACE.address, PLACE.details, TENANT):
        assert personal not in heard.body


def test_key_one_is_noted_in_the_main_courante_once(phone: SupervisorsPhone) -> None:
    heard = phone.pick_up()
    for _ in range(2):
        assert said(words.voice_supervisor_noted()) in said(phone.press("1", heard).words)
    assert phone.night.lines(EntryKind.SUPERVISOR_TOLD) == [{}]
    assert phone.night.dispatch.status is DispatchStatus.EXHAUSTED


@pytest.mark.parametrize("key", ["2", "0", "*"])
def test_another_key_hears_it_again_and_notes_nothing(phone: SupervisorsPhone, key: str) -> None:
    assert phone.press(key).verbs == ["Gather", "Gather", "Say", "Hangup"]
    assert phone.night.lines(EntryKind.SUPERVISOR_TOLD) == []


def test_his_mailbox_notes_nothing_and_hears_neither_motif_nor_place(phone: SupervisorsPhone) -> None:
    heard = phone.pick_up("machine_end_beep")
    assert heard.verbs == ["Say", "Hangup"]
    assert "Vesoul" not in heard.words
    assert phone.night.lines(EntryKind.SUPERVISOR_TOLD) == []


def test_he_hears_when_somebody_has_accepted_meanwhile(phone: SupervisorsPhone) -> None:
    heard = phone.pick_up()
    phone.night.happen(Accept(0, "page"))
    assert said(words.voice_supervisor_not_needed()) in said(phone.pick_up().words)
    assert said(words.voice_supervisor_not_needed()) in said(phone.press("1", heard).words)
    assert phone.night.lines(EntryKind.SUPERVISOR_TOLD) == []


def test_a_mission_that_is_gone_asks_nothing_of_him(phone: SupervisorsPhone) -> None:
    phone.store.malfunctions.clear()
    assert said(words.voice_supervisor_not_needed()) in said(phone.pick_up().words)


def test_without_the_table_he_still_hears_to_open_the_desk(phone: SupervisorsPhone) -> None:
    phone.store.is_down = True
    assert said(words.voice_supervisor_goodbye()) in said(phone.pick_up().words)


def test_bien_recu_is_not_said_when_it_could_not_be_noted(phone: SupervisorsPhone) -> None:
    heard = phone.pick_up()
    phone.store.is_down = True
    assert said(words.voice_supervisor_noted()) not in said(phone.press("1", heard).words)


def test_picking_up_is_told_in_the_log_and_is_no_bien_recu(phone: SupervisorsPhone) -> None:
    phone.post(f"/telephony/notices/voice/status?{QUERY}", {"CallStatus": "in-progress", "AnsweredBy": "human"})
    assert [line["key"] for line in phone.night.lines(EntryKind.NOTICE_DELIVERED)] == [KEY]
    assert phone.night.lines(EntryKind.SUPERVISOR_TOLD) == []
