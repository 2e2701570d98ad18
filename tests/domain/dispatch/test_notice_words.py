"""The words of messages (R41, R44, R45): they fit, they name nobody, they lose neither reference, link nor number."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from permanence.domain.contract import Contract
from permanence.domain.dispatch import notice_words
from permanence.domain.dispatch.actions import ResponderNews, TenantNews
from permanence.domain.dispatch.dispatch import Role
from permanence.domain.dispatch.gsm7 import septets
from permanence.domain.dispatch.notice_words import (
    mission_sms,
    responder_sms,
    spoken_digits,
    street_without_number,
    tenant_sms,
    voice_arrival_noted,
    voice_menu,
    voice_message_left,
    voice_taken_by_another,
)

AT_23_27 = datetime(2026, 11, 21, 22, 27, tzinfo=UTC)
LINK = "https://xxxxxxxx.fr/K7Q2XD9MPA"
DESK = "+33353017070"
WORDS_A_MINUTE = 170  # a calm French voice; text-to-speech runs at 170 to 190


def mission(
    motif: str = "fuite d’eau logement",
    commune: str = "Vesoul",
    address: str = "12 rue Baron Bouvier",
    link: str = LINK,
    reference: str = "482-913",
) -> str:
    return mission_sms(
        reference=reference,
        motif=motif,
        commune=commune,
        address=address,
        answer_before=AT_23_27,
        link=link,
        desk_line=DESK,
    )


def test_the_mission_reads_as_the_guide_says() -> None:
    assert mission() == (
        "Habitat 70 astreinte 482-913: fuite d'eau logement, VESOUL, rue Baron Bouvier. "
        "Répondez avant 23h27: https://xxxxxxxx.fr/K7Q2XD9MPA ou 03 53 01 70 70"
    )


@given(motif=st.text(max_size=200), commune=st.text(max_size=100), address=st.text(max_size=200))
def test_a_mission_is_one_message_with_its_reference_link_and_number_whatever_the_place(
    motif: str, commune: str, address: str
) -> None:
    text = mission(motif, commune, address)
    used = septets(text)
    assert used is not None
    assert used <= 160
    assert text.startswith("Habitat 70 astreinte 482-913: ")
    assert text.endswith(f". Répondez avant 23h27: {LINK} ou 03 53 01 70 70")


@given(
    motif=st.text(alphabet="abcdefg éà", min_size=1, max_size=60).filter(str.strip),
    street=st.text(alphabet="abcdefg éà", max_size=80),
)
def test_the_street_gives_way_before_the_motif(motif: str, street: str) -> None:
    text = mission(motif=motif, address=f"rue {street}")
    whole_motif = " ".join(motif.split())
    if whole_motif not in text:
        assert "rue" not in text.partition("VESOUL")[2]


LITTLE_WORDS = ("de", "des", "du", "la", "le", "les", "l'", "d'", "et", "en", "au", "aux", "à", "sur", "sous", "dans")
ABBREVIATIONS = ("Gal", "Gén.", "Dr", "Cdt", "St", "Prof", "Mgr", "Lt", "Pdt", "Ste")
NAMES = ("Frères", "Lumière", "Maréchal", "Tassigny", "Champs", "Dames", "République", "Tanneurs", "Novembre", "1918")


@given(
    kind=st.sampled_from(("rue", "avenue", "Grande Rue", "lieu-dit", "impasse")),
    words=st.lists(st.sampled_from(LITTLE_WORDS + ABBREVIATIONS + NAMES), max_size=9),
    reference=st.integers(0, 28).map(lambda longer: "482-913" + "0" * longer),
)
def test_a_street_that_is_cut_ends_with_a_word_that_can_end_it(kind: str, words: list[str], reference: str) -> None:
    street = " ".join((kind, *words))
    told = mission(address=street, reference=reference).partition(": ")[2].partition(". Répondez")[0]
    told = told.removeprefix("fuite d'eau logement, VESOUL").removeprefix(", ")
    if told not in {"", street}:
        assert street.startswith(f"{told} ")
        assert told.split(" ")[-1] not in {*LITTLE_WORDS, *ABBREVIATIONS}
        assert " " in told, "the kind of way alone leads nowhere"


def test_a_street_that_has_room_for_its_kind_only_is_left_out() -> None:
    text = mission(motif="panne électrique logement", commune="Échenoz-la-Méline", address="5 rue des Tanneurs")
    assert "ÉCHENOZ-LA-MÉLINE. Répondez" in text


def test_the_motif_gives_way_before_the_commune() -> None:
    text = mission(motif="colonne d’eaux usées bouchée " * 3, commune="Échenoz-la-Méline")
    assert "ÉCHENOZ-LA-MÉLINE." in text
    assert "colonne d'eaux" in text


@given(number=st.integers(min_value=1, max_value=9999), suffix=st.sampled_from(["", " bis", " ter", "B", ","]))
def test_a_mission_carries_no_house_number(number: int, suffix: str) -> None:
    assume(number not in {70, 482, 913})
    text = mission(address=f"{number}{suffix} rue Pasteur")
    assert text.partition("VESOUL")[2].partition(".")[0] == ", rue Pasteur"


@pytest.mark.parametrize(
    ("address", "street"),
    [
        ("12 rue Baron Bouvier", "rue Baron Bouvier"),
        ("12 bis, rue du 8 mai 1945", "rue du 8 mai 1945"),
        ("12-14 rue du Moulin", "rue du Moulin"),
        ("14 et 16 rue du Moulin", "rue du Moulin"),
        ("1 à 5 avenue Foch", "avenue Foch"),
        ("3B rue d’Alsace", "rue d’Alsace"),
        ("rue Carnot 12", "rue Carnot"),
        ("rue du 11 novembre", "rue du 11 novembre"),
        ("12", ""),
        ("lieu-dit Les Prés", "lieu-dit Les Prés"),
    ],
)
def test_a_street_is_told_without_its_house(address: str, street: str) -> None:
    assert street_without_number(address) == street


@pytest.mark.parametrize("link", ["https://exemple.fr/" + "K" * 80, "https://exemple.fr/ê"])
def test_a_link_that_cannot_be_sent_whole_is_refused(link: str) -> None:
    with pytest.raises(ValueError, match="septets"):
        mission(link=link)


def test_every_motif_of_the_contract_fits_with_the_longest_commune(contract: Contract) -> None:
    for motif in contract.motifs.values():
        text = mission(motif=motif.sms_label, commune="Scey-sur-Saône-et-Saint-Albin")
        assert f" {motif.sms_label}, SCEY-SUR-SAONE-ET-SAINT-ALBIN" in text


@pytest.mark.parametrize(
    ("winner", "told", "by"),
    [
        (Role.CONTRACTOR, Role.SECOND_CONTRACTOR, "une autre entreprise"),
        (Role.SECOND_CONTRACTOR, Role.CONTRACTOR, "une autre entreprise"),
        (Role.SECOND_CONTRACTOR, Role.CONTRACTOR_SECOND_NUMBER, "une autre entreprise"),
        (Role.CONTRACTOR, Role.TECHNICIEN, "une entreprise"),
        (Role.CONTRACTOR_SECOND_NUMBER, Role.CADRE, "une entreprise"),
        (Role.TECHNICIEN, Role.CONTRACTOR, "le technicien d'astreinte"),
        (Role.TECHNICIEN, Role.CADRE, "le technicien d'astreinte"),
        (Role.CADRE, Role.CONTRACTOR, "le cadre d'astreinte"),
        (Role.CADRE, Role.TECHNICIEN, "le cadre d'astreinte"),
        (Role.OUTSIDE, Role.CONTRACTOR, "un autre intervenant"),
        (Role.OUTSIDE, Role.CADRE, "un autre intervenant"),
    ],
)
def test_who_need_not_come_reads_in_one_message_what_kind_of_responder_does(winner: Role, told: Role, by: str) -> None:
    text = responder_sms(ResponderNews.TAKEN_BY_ANOTHER, "482-913", AT_23_27, winner=winner, told=told)
    assert text == f"Habitat 70: mission 482-913 prise par {by} à 23h27. Merci, ne vous déplacez pas."
    assert (septets(text) or 161) <= 160


@pytest.mark.parametrize("winner", [None, Role.CONTRACTOR, Role.TECHNICIEN])
def test_a_cancelled_mission_is_cancelled_whoever_had_it(winner: Role | None) -> None:
    text = responder_sms(ResponderNews.CANCELLED, "482-913", AT_23_27, winner=winner, told=Role.CONTRACTOR)
    assert text == "Habitat 70: mission 482-913 ANNULÉE à 23h27. Ne vous déplacez pas."
    assert (septets(text) or 161) <= 160


def tenant(
    news: TenantNews, trade: str = "plomberie", arrival: datetime | None = None, role: Role = Role.CONTRACTOR
) -> str:
    return tenant_sms(news, role=role, trade=trade, arrival=arrival, number="2026-1187", public_number="+33384961370")


def test_the_tenant_reads_the_trade_and_the_announced_time() -> None:
    assert tenant(TenantNews.ARRIVAL, arrival=AT_23_27) == (
        "Habitat 70: l'entreprise de plomberie arrive vers 23h27. Dossier 2026-1187. Si cela s'aggrave: 03 84 96 13 70"
    )


@pytest.mark.parametrize(
    ("trade", "role", "who"),
    [
        ("électricité", Role.CONTRACTOR, "l'entreprise d'électricité "),
        ("assainissement", Role.SECOND_CONTRACTOR, "l'entreprise d'assainissement "),
        ("serrurerie", Role.CONTRACTOR, "l'entreprise de serrurerie "),
        ("", Role.CONTRACTOR, "l'entreprise a"),
        ("technicien d’astreinte", Role.TECHNICIEN, "le technicien d'astreinte "),
        ("", Role.CADRE, "le cadre d'astreinte "),
    ],
)
def test_the_tenant_reads_who_comes_in_french(trade: str, role: Role, who: str) -> None:
    assert f"Habitat 70: {who}" in tenant(TenantNews.ACCEPTED, trade, role=role)


@given(
    news=st.sampled_from(TenantNews),
    trade=st.text(max_size=200),
    arrival=st.none() | st.just(AT_23_27),
    role=st.sampled_from(Role),
)
def test_a_tenant_message_is_one_message_with_its_number(
    news: TenantNews, trade: str, arrival: datetime | None, role: Role
) -> None:
    text = tenant(news, trade, arrival, role)
    assert (septets(text) or 161) <= 160
    assert text.endswith(" Dossier 2026-1187. Si cela s'aggrave: 03 84 96 13 70")


@given(trade=st.text(alphabet="abcdefg éàù", max_size=200))
def test_a_trade_too_long_for_a_message_leaves_the_sentence_whole(trade: str) -> None:
    assert " a accepté d'intervenir. Son heure d'arrivée suivra. Dossier" in tenant(TenantNews.ACCEPTED, trade)


def test_references_are_read_digit_by_digit_in_groups() -> None:
    assert spoken_digits("482-913") == "quatre huit deux, neuf un trois"


def test_the_voice_menu_reads_as_the_guide_says() -> None:
    assert voice_menu("482-913", "fuite d’eau dans un logement", "Vesoul") == (
        "Bonjour, astreinte Habitat 70. Urgence numéro quatre huit deux, neuf un trois : fuite d’eau dans un logement, "
        "à Vesoul. Pour accepter, tapez 1. Pour refuser, tapez 2. Pour réécouter, tapez 3. "
        "Pour un téléconseiller, tapez 0."
    )


def test_the_voice_menu_is_said_in_under_20_seconds_for_every_motif(contract: Contract) -> None:
    for motif in contract.motifs.values():
        said = voice_menu("482-913", motif.spoken_label, "Saint-Loup-sur-Semouse")
        words = len(re.findall(r"\w+", said))
        assert words / WORDS_A_MINUTE * 60 < 20, motif.motif_id


@pytest.mark.parametrize(
    ("commune", "said"),
    [
        ("Vesoul", ", à Vesoul."),
        ("Le Magny", ", au Magny."),
        ("Les Fessey", ", aux Fessey."),
        ("La Voivre", ", à La Voivre."),
        ("Lemuy", ", à Lemuy."),
    ],
)
def test_a_commune_is_said_in_french(commune: str, said: str) -> None:
    assert said in voice_menu("482-913", "fuite", commune)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (AT_23_27, "23 heures 27"),
        (datetime(2026, 11, 21, 23, 5, tzinfo=UTC), "minuit 5"),
        (datetime(2026, 11, 22, 0, 0, tzinfo=UTC), "1 heure"),
    ],
)
def test_times_are_said_on_the_clocks_of_paris(at: datetime, said: str) -> None:
    assert voice_arrival_noted(at) == f"Arrivée annoncée à {said}. Merci, au revoir."


@pytest.mark.parametrize(
    ("name", "role", "said"),
    [
        ("Hydro-Curage Lacroix", Role.CONTRACTOR, "Hydro-Curage Lacroix"),
        ("Hydro-Curage Lacroix", Role.CONTRACTOR_SECOND_NUMBER, "Hydro-Curage Lacroix"),
        ("Dépannage Comtois", Role.SECOND_CONTRACTOR, "Dépannage Comtois"),
        ("Sandrine Maire", Role.TECHNICIEN, "Sandrine Maire, d’astreinte à Habitat 70,"),
        ("Anne Tournier", Role.CADRE, "Anne Tournier, d’astreinte à Habitat 70,"),
    ],
)
def test_who_comes_too_late_hears_by_name_who_has_the_mission(name: str, role: Role, said: str) -> None:
    assert voice_taken_by_another(name, role, AT_23_27).startswith(
        f"C’est {said} qui a la mission, depuis 23 heures 27."
    )


def test_a_mailbox_hears_neither_motif_nor_place_nor_a_key_to_press() -> None:
    said = voice_message_left("482-913", DESK, has_link=True)
    assert "quatre huit deux" in said
    assert "tapez" not in said
    assert voice_message_left(None, DESK, has_link=False)


def test_a_mailbox_is_sent_to_a_link_only_when_there_is_one() -> None:
    assert "Ouvrez le lien du SMS, ou appelez le" in voice_message_left("482-913", DESK, has_link=True)
    assert "SMS" not in voice_message_left("482-913", DESK, has_link=False)
    assert "SMS" not in notice_words.voice_goodbye()
    assert "Le lien du SMS reste valable" in notice_words.voice_goodbye(has_link=True)


def test_who_was_not_recorded_is_asked_to_call_and_promised_nothing() -> None:
    said = notice_words.voice_not_committed(DESK)
    assert "Appelez le 03 53 01 70 70" in said
    assert "vous rappelle" not in said


@pytest.mark.parametrize("was_called", [True, False])
def test_the_supervisor_hears_of_a_chain_only_when_there_was_one(was_called: bool) -> None:
    said = notice_words.voice_supervisor("482-913", "fuite d’eau", "Vesoul", was_called=was_called)
    assert ("Toute la chaîne a été appelée" in said) is was_called


@pytest.mark.parametrize(
    "said",
    [
        notice_words.voice_confirm(),
        notice_words.voice_not_committed(DESK),
        notice_words.voice_goodbye(),
        notice_words.voice_declined(),
        notice_words.voice_unknown_key(),
        notice_words.voice_agent(),
        notice_words.voice_closed(),
    ],
)
def test_only_a_committed_acceptance_says_that_the_mission_is_yours(said: str) -> None:
    assert "à vous" not in said
    assert "à vous" in notice_words.voice_committed()
    assert "à vous" in notice_words.voice_already_yours()
