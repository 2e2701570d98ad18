"""French typography and figures, as a page shows them (guide of the visual language)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.web import formats

THIN, HARD = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("written", "set_"),
    [
        ("Qui est là ?", f"Qui est là{THIN}?"),
        ("Fuite : eau ; vite !", f"Fuite{THIN}: eau{THIN}; vite{THIN}!"),
        ("« Ne touchez à rien. »", f"«{THIN}Ne touchez à rien.{THIN}»"),
        ("85 % et 300 €", f"85{THIN}% et 300{THIN}€"),
        ("l'eau d'en haut", "l’eau d’en haut"),
        ("à 23 h 12", f"à 23{HARD}h{HARD}12"),
        ("à 14 h", f"à 14{HARD}h"),
        ("dans 2 min 14", f"dans 2{HARD}min{HARD}14"),
        ("le 06 39 98 12 47,", f"le 06{HARD}39{HARD}98{HARD}12{HARD}47,"),
        ("le 0 800 47 33 33.", f"le 0{HARD}800{HARD}47{HARD}33{HARD}33."),
        ("N° 12", f"N°{HARD}12"),
        ("pour Habitat 70, à Vesoul", f"pour Habitat{HARD}70, à Vesoul"),
    ],
)
def test_spaces_and_apostrophes_are_french(written: str, set_: str) -> None:
    assert formats.typography(written) == set_


@pytest.mark.parametrize("address", ["https://exemple.fr/a?b=c", "12:30", "a;b", "5'", "rock'n'roll'"])
def test_what_is_no_french_sentence_keeps_its_spaces(address: str) -> None:
    assert formats.typography(address).replace("’", "'") == address


@given(st.text(alphabet=" «»:;!?%€'hmin0123456789aé\u00a0\u202f.,", max_size=60))
def test_setting_a_text_twice_changes_nothing(text: str) -> None:
    once = formats.typography(text)
    assert formats.typography(once) == once


@given(st.text(alphabet=" «»:;!?%€'hmin0123456789aé.,", max_size=60))
def test_typography_touches_spaces_and_apostrophes_only(text: str) -> None:
    def bare(some: str) -> str:
        return "".join(some.replace("’", "'").split())

    assert bare(formats.typography(text)) == bare(text)


def test_days_read_in_paris() -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert formats.day(late) == "dimanche 22 novembre 2026"
    assert formats.day(date(2026, 11, 1)) == "dimanche 1er novembre 2026"
    assert formats.short_day(late) == f"dim.{HARD}22{HARD}nov."
    assert formats.month("2026-08") == "août 2026"


def test_another_days_moment_says_its_day() -> None:
    now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert formats.moment(now - timedelta(hours=1), now) == f"8{HARD}h{HARD}00"
    assert formats.moment(now - timedelta(hours=10), now) == f"sam.{HARD}21{HARD}nov., 23{HARD}h{HARD}00"


@pytest.mark.parametrize(
    ("seconds", "read"),
    [(-3, f"0{HARD}s"), (59.9, f"59{HARD}s"), (60, f"1{HARD}min{HARD}00"), (134, f"2{HARD}min{HARD}14")],
)
def test_durations_are_whole_seconds_and_never_negative(seconds: float, read: str) -> None:
    assert formats.duration(seconds) == read


def test_figures_are_french() -> None:
    assert formats.count(12041) == f"12{THIN}041"
    assert formats.money(Decimal("1234.5")) == f"1{THIN}234,50{THIN}€"
    assert formats.percent(Decimal("87.255")) == f"87,26{THIN}%"
    assert formats.plural(0, "appel") == f"0{HARD}appel"
    assert formats.plural(1, "appel") == f"1{HARD}appel"
    assert formats.plural(2, "appel terminé", "appels terminés") == f"2{HARD}appels terminés"
