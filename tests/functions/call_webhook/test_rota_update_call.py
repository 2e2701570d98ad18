"""The call that tells the duty supervisor that an update of the rota waits for him (R30)."""

import pytest

from tests.functions.telephony import SATURDAY_NIGHT, Answered, World

REF = "job:planning:20261121T221200Z-0123456789abcdef.supervisor-voice"


def call(ref: str, answered_by: str = "human") -> Answered:
    query = f"notice={ref}&born={int(SATURDAY_NIGHT.timestamp())}"
    return World().post(f"/telephony/notices/voice?{query}", {"AnsweredBy": answered_by, "CallStatus": "in-progress"})


@pytest.mark.parametrize("answered_by", ["human", "machine_end_beep"])
def test_whoever_picks_up_hears_what_waits_and_where_to_approve_it_and_nothing_is_asked(answered_by: str) -> None:
    heard = call(REF, answered_by)
    assert (
        " ".join(heard.words.split()).count("planning d’astreinte, reçue à 23 heures 12, attend d’être approuvée") == 2
    )
    assert "avant minuit 12. Ouvrez le référentiel, page Planning d’astreinte" in " ".join(heard.words.split())
    assert heard.twiml.find("Gather") is None
    assert heard.twiml[-1].tag == "Hangup"


def test_a_reference_that_names_no_import_is_refused() -> None:
    assert call("job:planning:hier.supervisor-voice").status == 400
