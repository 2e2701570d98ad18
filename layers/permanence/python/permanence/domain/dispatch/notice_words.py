"""The words of short messages and of automatic voice calls (R41, R44, R45).

An SMS is GSM-7 and one segment. It carries no name, no house number, and only ids that mean nothing outside.
"""

import re
from datetime import datetime

from permanence.domain.dispatch.actions import ResponderNews, TenantNews
from permanence.domain.dispatch.dispatch import Role
from permanence.domain.dispatch.gsm7 import SEPTETS_PER_MESSAGE, septets, to_gsm7
from permanence.domain.french_names import at_place, of_name
from permanence.domain.instants import to_paris

_NUMBER = r"\d+\s*(?:bis|ter|quater|[a-d](?=[\s,]))?"
_HOUSE_NUMBER = re.compile(rf"^\W*{_NUMBER}(?:\s*(?:[-/,&]|et|à)\s*{_NUMBER})*(?:[\s,]+(?=\D)|\W*$)", re.IGNORECASE)
_TRAILING_HOUSE_NUMBER = re.compile(r"[\s,]+\d{1,3}\s*(?:bis|ter|quater)?\s*$", re.IGNORECASE)
_NO_LAST_WORDS = frozenset(("avec", "chez", "dans", "entre", "pour", "prof", "sans", "sous", "vers"))
_SHORTEST_LAST_WORD = 4
_STAFF = frozenset({Role.TECHNICIEN, Role.CADRE})
_DIGITS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")


# --- SMS -------------------------------------------------------------------------------------------------------------


def mission_sms(
    *,
    reference: str,
    motif: str,
    commune: str,
    address: str,
    answer_before: datetime,
    link: str,
    desk_line: str,
) -> str:
    """What a responder receives: at most 160 septets of GSM-7 (R41).

    The street gives way first, then the motif, then the commune, by whole words; reference, link and number (E.164)
    never. Raises ValueError when those three alone do not fit or are not GSM-7: a fault of configuration.
    """
    head = f"Habitat 70 astreinte {reference}: "
    tail = f". Répondez avant {_clock(answer_before)}: {link} ou {_telephone(desk_line)}"
    fixed = septets(head + tail)
    if fixed is None or fixed > SEPTETS_PER_MESSAGE:
        raise ValueError(f"reference, link and number take {fixed} septets of {SEPTETS_PER_MESSAGE}")
    room = SEPTETS_PER_MESSAGE - fixed
    motif, commune, street = _plain(motif), _plain(commune.upper()), _plain(street_without_number(address))
    whole = ", ".join(part for part in (motif, commune) if part)
    left = room - _length(whole)
    if left < 0:
        commune = _whole_words(commune, room)
        motif = _whole_words(motif, room - _length(commune) - 2)
        return head + ", ".join(part for part in (motif, commune) if part) + tail
    street = _whole_words(street, left - 2, fewest=2)
    return head + ", ".join(part for part in (whole, street) if part) + tail


def responder_sms(news: ResponderNews, reference: str, at: datetime, *, winner: Role | None, told: Role) -> str:
    """What those read who were called and need not come; no name (R44).

    `at` is the acceptance or the cancellation, `winner` who has the mission, `told` who reads it.
    """
    match news:
        case ResponderNews.TAKEN_BY_ANOTHER:
            return (
                f"Habitat 70: mission {reference} prise par {_who_took_it(winner, told)} à {_clock(at)}. "
                "Merci, ne vous déplacez pas."
            )
        case ResponderNews.CANCELLED:
            return f"Habitat 70: mission {reference} ANNULÉE à {_clock(at)}. Ne vous déplacez pas."


def tenant_sms(
    news: TenantNews, *, role: Role, trade: str, arrival: datetime | None, number: str, public_number: str
) -> str:
    """What the tenant receives (R45): who comes by trade, never by name.

    `number` is the malfunction's, `public_number` the one tenants know, in E.164.
    """
    tail = f" Dossier {number}. Si cela s'aggrave: {_telephone(public_number)}"
    text = f"Habitat 70: {_tenant_news(news, _plain(_who_comes(role, trade)), arrival)}{tail}"
    if _length(text) > SEPTETS_PER_MESSAGE:
        text = f"Habitat 70: {_tenant_news(news, _who_comes(role, ''), arrival)}{tail}"
    return text


def _tenant_news(news: TenantNews, who: str, arrival: datetime | None) -> str:
    when = f" vers {_clock(arrival)}" if arrival else ""
    match news:
        case TenantNews.ACCEPTED if arrival:
            return f"{who} a accepté d'intervenir et arrive{when}."
        case TenantNews.ACCEPTED:
            return f"{who} a accepté d'intervenir. Son heure d'arrivée suivra."
        case TenantNews.ARRIVAL:
            return f"{who} arrive{when}."
        case TenantNews.ON_SITE:
            return f"{who} est sur place."


def rota_update_sms(received_at: datetime, live_before: datetime, page: str) -> str:
    """What the duty supervisor reads when an update of the rota waits for him (R30); `page` is where he approves it."""
    return (
        f"Habitat 70: planning d'astreinte mis à jour à {_clock(received_at)}, à approuver avant "
        f"{_clock(live_before)}: {page}"
    )


def street_without_number(address: str) -> str:
    """``12 bis rue Carnot`` to ``rue Carnot``; ``rue du 8 mai 1945`` keeps its year."""
    return _TRAILING_HOUSE_NUMBER.sub("", _HOUSE_NUMBER.sub("", address.strip(), count=1))


def _whole_words(text: str, room: int, fewest: int = 1) -> str:
    """The text, or as many of its first words as fit `room` septets and can end a sentence; nothing when those are
    fewer than `fewest`: « rue » alone leads nowhere, and « rue des. » or « rue du Gal. » reads as an abbreviation."""
    words, kept = text.split(), 0
    while kept < len(words) and _length(" ".join(words[: kept + 1])) <= room:
        kept += 1
    if kept == len(words):
        return text
    while kept and not _can_end(words[kept - 1]):
        kept -= 1
    return " ".join(words[:kept]).rstrip(",;:-(") if kept >= fewest else ""


def _can_end(word: str) -> bool:
    """Neither an article, a preposition nor an abbreviation."""
    bare = word.strip(",;:-()'\"")
    return len(bare) >= _SHORTEST_LAST_WORD and not bare.endswith(".") and bare.casefold() not in _NO_LAST_WORDS


def _who_comes(role: Role, trade: str) -> str:
    if role in _STAFF:
        return f"le {role.value} d'astreinte"
    if role is Role.OUTSIDE:
        return "un intervenant"
    trade = trade.strip()
    if not trade:
        return "l'entreprise"
    return f"l'entreprise {of_name(trade)}"


def _who_took_it(winner: Role | None, told: Role) -> str:
    """« une autre » entreprise only to an entreprise: the staff of Habitat 70 are none, and what somebody outside the
    chain is nobody has told."""
    if winner is Role.OUTSIDE:
        return "un autre intervenant"
    if winner in _STAFF:
        return f"le {winner.value} d'astreinte"
    return "une entreprise" if told in _STAFF else "une autre entreprise"


def _plain(text: str) -> str:
    return " ".join(to_gsm7(text).split())


def _length(text: str) -> int:
    used = septets(text)
    if used is None:
        raise ValueError("not GSM-7")
    return used


def _clock(instant: datetime) -> str:
    local = to_paris(instant)
    return f"{local.hour}h{local.minute:02}"


def _telephone(number: str) -> str:
    national = "0" + number.removeprefix("+33") if number.startswith("+33") else number
    return " ".join(national[i : i + 2] for i in range(0, len(national), 2)) if national.isdigit() else national


# --- voice -----------------------------------------------------------------------------------------------------------


def voice_menu(reference: str, spoken_motif: str, commune: str) -> str:
    """The first words of an automatic call, under 20 s: no street, no name (R41)."""
    return (
        f"Bonjour, astreinte Habitat 70. Urgence numéro {spoken_digits(reference)} : {spoken_motif}, "
        f"{at_place(commune)}. Pour accepter, tapez 1. Pour refuser, tapez 2. Pour réécouter, tapez 3. "
        "Pour un téléconseiller, tapez 0."
    )


def voice_confirm() -> str:
    return "Pour confirmer que vous y allez, tapez encore 1."


def voice_committed() -> str:
    """Said only after the commit."""
    return "C’est enregistré, la mission est à vous. Tapez votre délai d’arrivée en minutes, puis dièse."


def voice_not_committed(desk_line: str) -> str:
    """Nobody else knows of it: who spoke is asked to call. `desk_line` in E.164."""
    return f"Votre réponse n’a pas pu être enregistrée, elle ne compte pas encore. Appelez le {_telephone(desk_line)}."


def voice_already_yours() -> str:
    """The winner repeats: reassured, and asked for the delay that may still be missing (R44)."""
    return "C’est bien vous : la mission est à vous. Tapez votre délai d’arrivée en minutes, puis dièse."


def voice_taken_by_another(winner: str, role: Role, accepted_at: datetime) -> str:
    """By name: allowed by voice and on the page, never in an SMS (R44)."""
    who = f"{winner}, d’astreinte à Habitat 70," if role in _STAFF else winner
    return f"C’est {who} qui a la mission, depuis {_spoken_clock(accepted_at)}. Merci, ne vous déplacez pas."


def voice_closed() -> str:
    return "Cette mission est terminée. Merci, ne vous déplacez pas."


def voice_declined() -> str:
    return "Votre refus est noté. Merci, au revoir."


def voice_arrival_noted(arrival: datetime) -> str:
    return f"Arrivée annoncée à {_spoken_clock(arrival)}. Merci, au revoir."


def voice_arrival_not_understood() -> str:
    return "Ce délai n’est pas compris. Tapez un nombre de minutes, puis dièse."


def voice_unknown_key() -> str:
    return "Cette touche ne correspond à aucun choix."


def voice_agent() -> str:
    return "Nous appelons un téléconseiller. Restez en ligne."


def voice_message_left(reference: str | None, desk_line: str, *, has_link: bool) -> str:
    """Left on a voice mailbox, where anybody may hear it: neither motif nor place, and nothing to accept (R41).

    Without `reference` when the mission cannot be read now; `has_link` when the provider took its SMS. `desk_line` in
    E.164.
    """
    number = f" numéro {spoken_digits(reference)}" if reference else ""
    return (
        f"Bonjour, astreinte Habitat 70. Une mission urgente{number} vous attend. "
        f"{'Ouvrez le lien du SMS, ou appelez' if has_link else 'Appelez'} le {_telephone(desk_line)}."
    )


def voice_supervisor(reference: str, spoken_motif: str, commune: str, *, was_called: bool) -> str:
    """What the duty supervisor hears when nobody has accepted (R42): no street, no name. `was_called` when there was
    anybody to call."""
    chain = "Toute la chaîne a été appelée." if was_called else "Personne n’est à appeler pour ce lieu."
    return (
        f"Bonjour, permanence Habitat 70. Personne n’a accepté la mission numéro {spoken_digits(reference)} : "
        f"{spoken_motif}, {at_place(commune)}. {chain} Ouvrez le poste : les numéros à "
        "composer et les mots pour le locataire y sont. Pour confirmer que vous prenez la suite, tapez 1."
    )


def voice_supervisor_noted() -> str:
    """Said only after the commit."""
    return "Bien reçu, c’est noté dans la main courante. Merci, au revoir."


def voice_supervisor_not_needed() -> str:
    return "Cette mission n’attend plus personne. Merci, au revoir."


def voice_supervisor_goodbye() -> str:
    """No confirmation came, or a machine answered: neither motif nor place."""
    return "Bonjour, permanence Habitat 70. Nous appelons pour une mission sans réponse : ouvrez le poste."


def voice_rota_update(received_at: datetime, live_before: datetime) -> str:
    """What the duty supervisor hears when an update of the rota waits for him (R30): no name, no number."""
    return (
        "Bonjour, permanence Habitat 70. Une mise à jour du planning d’astreinte, reçue à "
        f"{_spoken_clock(received_at)}, attend d’être approuvée, avant {_spoken_clock(live_before)}. Ouvrez le "
        "référentiel, page Planning d’astreinte : rien n’y est à corriger."
    )


def voice_goodbye(*, has_link: bool = False) -> str:
    """No key came, or none that was confirmed: this call has accepted nothing, whatever its link has meanwhile."""
    link = " Le lien du SMS reste valable." if has_link else ""
    return f"Cet appel se termine sans réponse confirmée : il ne change rien.{link} Au revoir."


def spoken_digits(reference: str) -> str:
    """``482-913`` to « quatre huit deux, neuf un trois »: digit by digit, one pause between groups."""
    groups = re.findall(r"[0-9]+", reference)
    return ", ".join(" ".join(_DIGITS[int(digit)] for digit in group) for group in groups)


def _spoken_clock(instant: datetime) -> str:
    local = to_paris(instant)
    hours = "minuit" if local.hour == 0 else f"{local.hour} heure{'s' if local.hour > 1 else ''}"
    return f"{hours} {local.minute}" if local.minute else hours
