"""The pages of the desk and the parts of them that refresh. Each builds the values of its template, nothing more."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from itertools import zip_longest
from typing import Any

from aws_lambda_powertools.event_handler import Response

from desk.room import Room, fingerprint
from permanence.application.desk.banner import Banner, RecordingState, banner
from permanence.application.desk.fiche import ABSENT_WORDS, Problem, fields_of, problems_of
from permanence.application.desk.guide import position_of, spoken
from permanence.application.desk.mission import MissionPanel, mission_panel
from permanence.application.desk.place import dwelling_line, find_dwelling, place_of, same_building
from permanence.application.desk.post import (
    OnCall,
    Post,
    duty_at,
    on_call_now,
    open_malfunction,
    own_call,
    post,
    waiting_calls,
)
from permanence.application.dispatch.duty_supervisor import DutySupervisor
from permanence.application.dispatch.ports import OpenWork
from permanence.application.reception.ports import CallRecord
from permanence.application.reference.dwelling_search import Found, search
from permanence.domain.calls.call import CallStatus
from permanence.domain.dispatch.dispatch import DispatchStatus, ReportResult
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.dispatch.supervisor import Supervisor
from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_day, paris_month
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.reference.announced import works_at
from permanence.domain.reference.premises import affaire_contacts, instructions_for, maintainers_at
from permanence.web.place_words import INSTRUCTION_WORDS

MOST_HITS = 6
ARRIVALS = ((15, "15 min"), (30, "30 min"), (45, "45 min"), (60, "1 h"), (90, "1 h 30"))
NOTHING_LACKS: Mapping[str, str] = {}
NOTHING_FOUND = Found((), 0)
TYPED = (
    "cancel_reason",
    "direct_to_staff_reason",
    "helper_name",
    "helper_phone",
    "helper_reason",
    "told_minutes",
    "told_result",
    "told_report",
)
"""What an agent types beside the buttons of the mission panel: kept while the button has not done its work."""

NOTHING_TYPED: Mapping[str, str] = dict.fromkeys(TYPED, "")


# --- Poste -----------------------------------------------------------------------------------------------------------


def post_page(room: Room, notice: str = "", who: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response[str]:
    """The Poste page: 2 requests, and the rota's."""
    services = room.services
    shown, on_call = _post(room), _on_call(room)
    return services.frame.respond(
        "post.html",
        status=status,
        **_common(room),
        post=shown,
        seen=_seen_of_post(room, shown, on_call),
        on_call=on_call,
        emergency_numbers=services.contract.emergency_numbers,
        notice=notice,
        who=who,
    )


def post_refresh(room: Room, seen: str) -> Response[str]:
    """What changed on the Poste page since the browser's last look: 2 requests, and the rota's when another version of
    it is in force."""
    shown, on_call = _post(room), _on_call(room)
    now_seen = _seen_of_post(room, shown, on_call)
    changed = _changed(seen, now_seen)
    return room.services.frame.respond(
        "post_refresh.html",
        **_common(room),
        post=shown,
        seen=now_seen,
        changed=changed,
        on_call=on_call,
    )


@dataclass(frozen=True)
class OnCallPanel:
    """Who of Habitat 70 is on call, and whom the alarm calls now."""

    people: tuple[OnCall, ...]
    supervisor: Supervisor


def _on_call(room: Room) -> OnCallPanel:
    at, book = duty_at(room.contract, room.now), room.services.book
    return OnCallPanel(on_call_now(book.duties(paris_month(at), room.now), at), _supervisor(room))


def _supervisor(room: Room) -> Supervisor:
    return DutySupervisor(lambda: room.services.book, room.contract.numbers).at(room.now).supervisor


def _post(room: Room) -> Post:
    return post(room.services.open_items.open_work(), room.contract, room.reader, room.now)


def _seen_of_post(room: Room, shown: Post, on_call: OnCallPanel) -> str:
    waiting = tuple(replace(call, waited_s=0) for call in shown.waiting)
    conversations = tuple(replace(call, talking_s=0) for call in shown.conversations)
    still = replace(shown, waiting=waiting, conversations=conversations)
    of_service = f"{shown.now.service.name}-{paris_day(room.now)}"
    return f"{fingerprint(still)}.{of_service}.{fingerprint(of_service, on_call)}"


def _changed(seen: str, now_seen: str) -> list[bool]:
    """Of each part of a page, whether the browser shows another one than it is now."""
    now_parts = now_seen.split(".")
    return [before != now for before, now in zip_longest(seen.split(".")[: len(now_parts)], now_parts)]


# --- Appel -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What an agent reads of an act that was not done. `confirm` is what the button carries that says it again, of
    the person named in `confirms`."""

    words: str
    confirm: str = ""
    confirms: str = ""


def call_page(
    room: Room,
    record: CallRecord,
    form: CallForm,
    *,
    query: str = "",
    shows_problems: bool = False,
    notice: str = "",
    told: Told | None = None,
    lacks: Mapping[str, str] = NOTHING_LACKS,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response[str]:
    """The whole call page: 2 requests beside the call's own, 3 when its mission is over.

    `lacks` says in words what a field of the mission panel misses, by its name.
    """
    services = room.services
    typed = {name: room.form.one(name) for name in TYPED} if told or lacks else NOTHING_TYPED
    work = services.open_items.open_work()
    problems = problems_of(form, services.contract.form_fields) if shows_problems else {}
    return services.frame.respond(
        "call.html",
        status=status,
        **_common(room),
        **{**_live_values(room, record, form, work), "typed": typed, "lacks": lacks},
        **place_values(room, form, work),
        **_guide_values(room, form),
        form=form,
        fields=fields_of(form, services.contract.form_fields, problems),
        problem_words=PROBLEM_WORDS,
        absent_words=ABSENT_WORDS,
        emergency_numbers=services.contract.emergency_numbers,
        query=query,
        found=search(services.book.index(room.now), query, MOST_HITS) if query else NOTHING_FOUND,
        notice=CALL_NOTICES.get(notice, ""),
        told=told,
    )


CALL_NOTICES = {
    "telephonie": "La téléphonie n’a pas répondu. Réessayez ; l’appel continue.",
    "enregistrement": "La téléphonie n’a pas répondu : l’arrêt n’est pas sûr. L’effacement vaut pour tout l’appel.",
    "decision": "Rien n’est parti : répondez au guide jusqu’à sa décision et choisissez le lieu.",
    "raison": "Rien n’est parti : notez pourquoi le technicien est appelé sans prestataire.",
    "motif_annulation": "Rien n’a été annulé : notez pourquoi.",
    "prise_en_charge": "Rien n’a été noté : il faut le nom, le numéro de téléphone et la raison.",
    "dit": "Rien n’a été noté : choisissez le délai ou le résultat que l’intervenant annonce.",
    "en_cours": "La fiche se clôt une fois l’appel terminé. Ce qui est saisi est gardé.",
    "ligne_autre": "Cet appel est celui d’un collègue : lui seul, ou un superviseur, peut l’interrompre.",
    "objection_autre": "Cet appel est d’un collègue : lui seul, ou un superviseur, peut en effacer l’enregistrement.",
    "hors_ligne": "Rien n’a été fait : personne n’est en ligne avec cet appelant.",
    "passe": "Ce dysfonctionnement n’est plus conservé.",
    "qui": "Rien n’a été noté : choisissez qui a donné son accord.",
    "autre_motif": "Rien n’est parti : la décision du guide a changé entre-temps. Relisez-la, puis envoyez.",
    "clos_entre_temps": "L’appel n’a pas été rattaché : ce dysfonctionnement a été clos entre-temps.",
    "autre_mission": "Rien n’a été fait : cette fiche ne suit plus la mission que ce bouton montrait.",
}
RECORDING_WORDS = {
    RecordingState.OBJECTED: "Aucun enregistrement ne sera gardé",
    RecordingState.ERASED: "Son enregistrement est effacé",
}
PROBLEM_WORDS = {
    Problem.MISSING: "à remplir",
    Problem.NOT_A_PHONE: "numéro à corriger",
    Problem.NOT_A_MAIL: "adresse à corriger",
}


def call_refresh(room: Room, call_id: str, seen: str) -> Response[str]:
    """What changed on the call page: 2 requests while the call or its fiche is open, 1 or 2 more once they are not."""
    work = room.services.open_items.open_work()
    call = next((call for call in work.calls if call.call_id == call_id), None)
    form = next((form for form in work.forms if form.call_id == call_id), None)
    record = CallRecord(call, form) if call else room.record(call_id)
    values = _live_values(room, record, form or room.form_of(record), work)
    return room.services.frame.respond(
        "call_refresh.html",
        **_common(room),
        **values,
        changed=_changed(seen, values["seen"]),
    )


def hits_part(room: Room, form: CallForm, query: str) -> Response[str]:
    """The dwellings that match what is being typed."""
    services = room.services
    found = search(services.book.index(room.now), query, MOST_HITS)
    values = {**_common(room), **_chosen(room, form)}
    return services.frame.respond("hits.html", **values, form=form, query=query, found=found)


def draft_part(room: Room) -> Response[str]:
    """What the agent reads when the draft was saved by itself."""
    return room.services.frame.respond("draft.html", **_common(room))


def place_part(room: Room, record: CallRecord, form: CallForm) -> Response[str]:
    """What depends on the place: the duplicate warning, the address of the fiche, the decision, and the guide when the
    choice has answered its question."""
    work = room.services.open_items.open_work()
    guide, query = _guide_values(room, form), room.form.one("q")
    asked = guide["position"].question
    return room.services.frame.respond(
        "place_refresh.html",
        **_common(room),
        **_live_values(room, record, form, work),
        **place_values(room, form, work),
        **guide,
        has_moved=room.form.one("question") != (asked.node_id if asked else ""),
        emergency_numbers=room.services.contract.emergency_numbers,
        fields=(),
        query=query,
        found=search(room.services.book.index(room.now), query, MOST_HITS) if query else NOTHING_FOUND,
        form=form,
    )


def _common(room: Room) -> dict[str, Any]:
    return {
        "session": room.session,
        "now": room.now,
        "service": room.services.contract.landlord_name,
        "alarm_after_wait_s": room.contract.alarm_after_wait_s,
    }


def _live_values(room: Room, record: CallRecord, form: CallForm, work: OpenWork) -> dict[str, Any]:
    """What changes by itself on the call page; `seen` has one fingerprint for each of its three parts."""
    contract = room.contract
    line = banner(record.call, contract, room.reader, room.now)
    waiting = waiting_calls(work.calls, room.reader, room.now, room.contract.alarm_after_wait_s)
    others = tuple(call for call in waiting if call.call_id != record.call.call_id)
    own = own_call(work.calls, room.reader)
    panel = _mission(room, form, work)
    missions = tuple(
        open_malfunction(known) for known in reversed(work.malfunctions) if known.malfunction_id != form.malfunction_id
    )
    decision = _decision(room, form, work) if panel is None else None
    supervisor = _supervisor(room) if panel else None
    parts = (
        fingerprint(_still(line), own),
        fingerprint(len(others), others[0].call_id if others else "", bool(others) and others[0].is_alarming),
        fingerprint(_still_panel(panel), missions, decision, supervisor),
    )
    return {
        "line": line,
        "own_call": own,
        "is_elsewhere": own is not None and own.call_id != record.call.call_id,
        "recording_words": RECORDING_WORDS,
        "may_control": room.may_control(record.call),
        "is_in_charge": room.is_in_charge(record.call),
        "is_closed": form.closed_at is not None,
        "others": others,
        "panel": panel,
        "missions": missions,
        "decision": decision,
        "duty_supervisor": supervisor,
        "seen": ".".join(parts),
        "arrivals": ARRIVALS,
        "results": tuple(result.value for result in ReportResult),
        "typed": NOTHING_TYPED,
        "lacks": NOTHING_LACKS,
        "instruction_words": INSTRUCTION_WORDS,
        "live": record.call.status is not CallStatus.ENDED or form.closed_at is None or _is_moving(panel),
    }


def _is_moving(panel: MissionPanel | None) -> bool:
    return panel is not None and panel.status not in (DispatchStatus.REPORTED, DispatchStatus.CANCELLED)


def _still(line: Banner) -> Banner:
    return replace(line, wait_s=0 if not line.was_answered else line.wait_s, talk_s=0)


def _still_panel(panel: MissionPanel | None) -> MissionPanel | None:
    if panel is None or panel.due is None:
        return panel
    return replace(panel, due=replace(panel.due, left_s=0))


def _mission(room: Room, form: CallForm, work: OpenWork) -> MissionPanel | None:
    if form.malfunction_id is None:
        return None
    known = _open(work, form.malfunction_id) or room.services.malfunctions.get(form.malfunction_id)
    if known is None or known.dispatch is None:
        return None
    return mission_panel(known, known.dispatch, room.now, room.services.book.duties(paris_month(room.now), room.now))


def _open(work: OpenWork, malfunction_id: str) -> Malfunction | None:
    return next((known for known in work.malfunctions if known.malfunction_id == malfunction_id), None)


def _decision(room: Room, form: CallForm, work: OpenWork) -> dict[str, Any]:
    """What can be decided now: the motif the guide led to, the place, and what is still missing to send somebody."""
    contract = room.services.contract
    outcome = position_of(contract.guide, form).outcome
    patrimoine = room.services.book.patrimoine(room.now)
    place = place_of(form, patrimoine, room.services.contract.guide)
    motif = contract.motifs.get(form.motif)
    return {
        "outcome": outcome.label if outcome else "",
        "motif": motif.label if motif else "",
        "motif_id": form.motif,
        "may_skip_contractor": motif is not None and motif.may_skip_contractor,
        "place": ", ".join(part for part in (place.address, place.commune) if part) if place else "",
        "duplicates": len(same_building(work.malfunctions, place, form.malfunction_id)),
        "is_closed": form.closed_at is not None,
        "instructions": instructions_for(patrimoine, place.building_id, form.motif) if place else (),
    }


def place_values(room: Room, form: CallForm, work: OpenWork) -> dict[str, Any]:
    place = place_of(form, room.services.book.patrimoine(room.now), room.services.contract.guide)
    known = same_building(work.malfunctions, place, form.malfunction_id) if form.malfunction_id is None else ()
    return {
        "duplicates": tuple((open_malfunction(one), one.opened_at, one.contacts) for one in known),
        "open_buildings": {one.place.building_id for one in work.malfunctions if one.place.building_id},
        **_chosen(room, form),
    }


def _chosen(room: Room, form: CallForm) -> dict[str, Any]:
    book, now = room.services.book, room.now
    patrimoine = book.patrimoine(now)
    dwelling = find_dwelling(patrimoine, form.dwelling_id)
    known: dict[str, Any] = {"works": (), "maintainers": (), "contacts": ()}
    if dwelling is not None:
        known = {
            "works": works_at(room.contract.works, dwelling, now),
            "maintainers": maintainers_at(patrimoine, book.entreprises(now), dwelling.building_id, paris_day(now)),
            "contacts": affaire_contacts(patrimoine, book.annuaire(now), dwelling),
        }
    return {
        **known,
        "chosen": dwelling,
        "chosen_line": dwelling_line(dwelling) if dwelling else "",
        "dwelling_count": len(patrimoine.dwellings),
    }


def _guide_values(room: Room, form: CallForm) -> dict[str, Any]:
    contract = room.contract
    position = position_of(contract.guide, form)
    said = position.question or position.outcome
    needs_cadre = position.outcome is not None and position.outcome.informs_cadre
    return {
        "guide": contract.guide,
        "position": position,
        "say": spoken(said.say, contract, room.now) if said else "",
        "cadre": _cadre(room) if needs_cadre else None,
    }


def _cadre(room: Room) -> Any:
    people = on_call_now(room.services.book.duties(paris_month(room.now), room.now), room.now)
    return next((person for person in people if person.role == "cadre"), None)
