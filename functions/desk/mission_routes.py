"""The mission: send somebody, join a malfunction that is open, take an agreement by telephone, call the next one."""

from collections.abc import Callable
from dataclasses import replace

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from desk import pages
from desk.acting import act, incomplete, refused, shown
from desk.room import Room
from permanence.application.desk.fiche import Problem, call_link, malfunction_id_of, read_phone
from permanence.application.desk.guide import position_of
from permanence.application.desk.place import place_of
from permanence.application.dispatch.acting import MissionOver
from permanence.application.dispatch.joining import join_call
from permanence.application.dispatch.starting import DispatchRequest, start_dispatch
from permanence.application.reception.ports import PastRetention
from permanence.domain.dispatch.dispatch import DispatchStatus
from permanence.domain.dispatch.events import Accept, CallNext, Cancel, TakeInHand
from permanence.domain.main_courante.fiche import CallForm
from permanence.web.frame import redirect
from permanence.web.requests import MalformedRequest

router = Router()  # type: ignore[no-untyped-call]

LONGEST_REASON = 200
TO_FILL_IN = pages.PROBLEM_WORDS[Problem.MISSING]


@router.post("/desk/appels/<call_id>/intervention")
def send(call_id: str) -> Response[str]:
    """« Envoyer en intervention »."""
    return _send(Room(router), call_id)


@router.post("/desk/appels/<call_id>/direct")
def send_to_staff(call_id: str) -> Response[str]:
    """« Directement au technicien », for a motif of both lists, with a reason that stays (R23 [A], R40)."""
    room = Room(router)
    reason = _line(room, "direct_to_staff_reason")
    if not reason:
        return incomplete(room, call_id, "raison", {"direct_to_staff_reason": TO_FILL_IN})
    return _send(room, call_id, reason)


def _send(room: Room, call_id: str, direct_to_staff_reason: str = "") -> Response[str]:
    """Only after an answered tree (R21), to a known place, one mission at a time."""
    services = room.services
    record, form = room.keep_draft(call_id)
    if form.malfunction_id is not None or form.closed_at is not None:
        return redirect(f"/desk/appels/{call_id}")
    outcome = position_of(services.contract.guide, form).outcome
    place = place_of(form, services.book.patrimoine(room.now), services.contract.guide)
    if outcome is None or outcome.motif is None or place is None:
        return redirect(f"/desk/appels/{call_id}?avis=decision")
    if "motif" in room.form and room.form.one("motif") != outcome.motif:
        return refused(room, record, form, pages.CALL_NOTICES["autre_motif"])
    request = DispatchRequest(
        malfunction_id=malfunction_id_of(call_id, len(form.cancelled_before)),
        motif=outcome.motif,
        place=place,
        link=call_link(form, record.call),
        tree_version=form.tree_version,
        path=form.path,
        direct_to_staff_reason=direct_to_staff_reason,
    )
    try:
        in_force = replace(services.dispatching, contract=room.contract)
        opened = start_dispatch(services.malfunctions, services.reference, request, room.now, in_force)
    except ValueError as malformed:
        raise MalformedRequest(str(malformed)) from malformed
    room.change(record, _linked_to(opened.malfunction_id), even_closed=True)
    room.tell_unknown_address(form)
    return redirect(f"/desk/appels/{call_id}#mission")


@router.post("/desk/appels/<call_id>/rattacher/<malfunction_id>")
def join(call_id: str, malfunction_id: str) -> Response[str]:
    room = Room(router)
    record, form = room.keep_draft(call_id)
    if form.malfunction_id is None and form.closed_at is None:
        try:
            joined = join_call(room.services.malfunctions, malfunction_id, call_link(form, record.call), room.now)
        except MissionOver:
            return refused(room, record, form, pages.CALL_NOTICES["clos_entre_temps"])
        except PastRetention:
            return redirect(f"/desk/appels/{call_id}?avis=passe")
        room.change(record, _linked_to(joined.malfunction_id), even_closed=True)
    return redirect(f"/desk/appels/{call_id}#mission")


def _linked_to(malfunction_id: str) -> Callable[[CallForm], CallForm]:
    """The first malfunction of a fiche stays: of two decisions at once one was made first."""
    return lambda form: replace(form, malfunction_id=form.malfunction_id or malfunction_id)


@router.post("/desk/appels/<call_id>/accord")
def accept_by_phone(call_id: str) -> Response[str]:
    """« A accepté par téléphone »: of whoever the agent chose; said again, where it has to be (`confirmed`)."""
    room = Room(router)
    confirmed = "confirmed" in room.form
    if not confirmed and not room.form.one("accord"):
        return incomplete(room, call_id, "qui", {"accord": "à choisir"})
    said = shown(room, "confirmed" if confirmed else "accord")
    return act(room, call_id, said, Accept(said.step, by="agent", confirmed=confirmed))


@router.post("/desk/appels/<call_id>/suivant")
def call_next(call_id: str) -> Response[str]:
    room = Room(router)
    said = shown(room)
    return act(room, call_id, said, CallNext(said.step, room.session.person.name))


@router.post("/desk/appels/<call_id>/annuler")
def cancel(call_id: str) -> Response[str]:
    """« Annuler la mission »: whoever was called is told, and the main courante says who cancelled and why."""
    room = Room(router)
    reason = _line(room, "cancel_reason")
    if not reason:
        return incomplete(room, call_id, "motif_annulation", {"cancel_reason": TO_FILL_IN})
    return act(room, call_id, shown(room), Cancel(reason, room.session.person.name))


@router.post("/desk/appels/<call_id>/autre-mission")
def prepare_another(call_id: str) -> Response[str]:
    """« Préparer une autre intervention »: the mission was cancelled and its main courante stays; the fiche may send
    somebody else."""
    room = Room(router)
    record, _ = room.keep_draft(call_id)
    said = shown(room)
    known = room.services.malfunctions.get(said.malfunction_id)
    if known is not None and known.dispatch is not None and known.dispatch.status is DispatchStatus.CANCELLED:
        room.change(record, _freed_of(known.malfunction_id))
    return redirect(f"/desk/appels/{call_id}#mission")


def _freed_of(cancelled: str) -> Callable[[CallForm], CallForm]:
    """Once, however often it is asked: the fiche may have its next mission by now."""

    def freed(form: CallForm) -> CallForm:
        if form.malfunction_id != cancelled:
            return form
        return replace(form, malfunction_id=None, cancelled_before=(*form.cancelled_before, cancelled))

    return freed


@router.post("/desk/appels/<call_id>/prise-en-charge")
def take_in_hand(call_id: str) -> Response[str]:
    """« Pris en charge par… »: somebody outside the chain, when nobody of it is left (R42)."""
    room = Room(router)
    name, phone = _line(room, "helper_name"), read_phone(_line(room, "helper_phone"))
    reason = _line(room, "helper_reason")
    lacks = {} if name else {"helper_name": TO_FILL_IN}
    if phone is None:
        lacks["helper_phone"] = pages.PROBLEM_WORDS[Problem.NOT_A_PHONE] if _line(room, "helper_phone") else TO_FILL_IN
    lacks |= {} if reason else {"helper_reason": TO_FILL_IN}
    if lacks or phone is None:
        return incomplete(room, call_id, "prise_en_charge", lacks)
    return act(room, call_id, shown(room), TakeInHand(name, phone, reason, room.session.person.name))


def _line(room: Room, name: str) -> str:
    return " ".join(room.form.one(name).split())[:LONGEST_REASON]
