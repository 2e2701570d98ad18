"""The line: take, hold, hang up, object to the recording, close the fiche."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from desk import pages
from desk.room import Room
from permanence.application.desk.fiche import call_link, problems_of
from permanence.application.dispatch.deciding import MOST_ATTEMPTS
from permanence.application.dispatch.joining import complete_call
from permanence.application.reception.answering import (
    Ringing,
    hang_up,
    hold,
    object_to_recording,
    stop_recording,
    take_and_ring,
)
from permanence.application.reception.calls import wrap_up
from permanence.application.reception.ports import (
    CallRecord,
    PastRetention,
    ProviderRefused,
    ProviderUnavailable,
    VersionConflict,
)
from permanence.domain.calls.call import Call, CallStatus
from permanence.domain.main_courante.fiche import CallForm
from permanence.web.frame import redirect

router = Router()  # type: ignore[no-untyped-call]

_ONE_PRESS = timedelta(seconds=2)
_NOTICES = {Ringing.TAKEN_BY_ANOTHER: "taken", Ringing.OVER: "gone", Ringing.PHONE_FAILED: "phone_failed"}


@router.post("/desk/appels/<call_id>/prendre")
def take(call_id: str) -> Response[str]:
    room = Room(router)
    services = room.services
    room.record(call_id)
    if not room.agent.phone:
        return pages.post_page(room, notice="no_phone", status=HTTPStatus.CONFLICT)
    pickup = take_and_ring(
        services.calls, services.phones, services.urls, call_id=call_id, agent=room.agent, now=room.now
    )
    if pickup.result is not Ringing.RINGING:
        _, who = (pickup.call.holder if pickup.call else None) or ("", "")
        was_sent_away = pickup.call is not None and pickup.call.status is CallStatus.SENT_TO_FALLBACK
        notice = "sent_away" if was_sent_away else _NOTICES[pickup.result]
        return pages.post_page(room, notice=notice, who=who, status=HTTPStatus.CONFLICT)
    _open_form(room, call_id)
    return redirect(f"/desk/appels/{call_id}")


def _open_form(room: Room, call_id: str) -> None:
    """From now on a missing wrap-up shows on the Poste page, whatever becomes of the browser. A fiche that was closed
    on this call before anybody had answered it is open again: there is something to tell now."""
    record = room.record(call_id)
    known = record.form
    if known is None or known.agent != room.session.person.user_id or known.closed_at is not None:
        room.change(record, lambda form: replace(room.in_hand(form), closed_at=None), even_closed=True)


@router.post("/desk/appels/<call_id>/attente")
def toggle_hold(call_id: str) -> Response[str]:
    room = Room(router)
    record, _ = room.keep_draft(call_id)
    if not room.may_control(record.call):
        return redirect(_refusal(record.call))
    try:
        hold(room.services.phones, room.services.urls, call_id, on_hold=room.form.one("attente") == "oui")
    except (ProviderRefused, ProviderUnavailable):
        return redirect(f"/desk/appels/{call_id}?avis=telephonie")
    return redirect(f"/desk/appels/{call_id}")


@router.post("/desk/appels/<call_id>/raccrocher")
def end(call_id: str) -> Response[str]:
    room = Room(router)
    record, _ = room.keep_draft(call_id)
    if not room.may_control(record.call):
        return redirect(_refusal(record.call))
    try:
        hang_up(room.services.calls, room.services.phones, record.call, room.now)
    except ProviderUnavailable:
        return redirect(f"/desk/appels/{call_id}?avis=telephonie")
    return redirect(f"/desk/appels/{call_id}")


@router.post("/desk/appels/<call_id>/objection")
def object_(call_id: str) -> Response[str]:
    """The first press stops the recording, a second one confirms the erasure (R14). A key that is held down, or a
    double click across the reload, is one press."""
    room = Room(router)
    record, _ = room.keep_draft(call_id)
    services, call = room.services, record.call
    if not room.is_in_charge(call):
        return redirect(f"/desk/appels/{call_id}?avis=objection_autre")
    raised_at = call.objection_raised_at
    if raised_at is not None and room.form.one("objection") == "effacer":
        if room.now - raised_at >= _ONE_PRESS:
            object_to_recording(services.calls, services.phones, services.imports, call, room.now)
        return redirect(f"/desk/appels/{call_id}")
    try:
        stop_recording(services.calls, services.phones, call, room.now)
    except ProviderUnavailable:
        return redirect(f"/desk/appels/{call_id}?avis=enregistrement")
    return redirect(f"/desk/appels/{call_id}")


def _refusal(call: Call) -> str:
    """Where an agent reads that the line of a call is not his to act on; a call that nobody talks on has no line."""
    why = "?avis=ligne_autre" if call.status is CallStatus.IN_PROGRESS else "?avis=hors_ligne"
    return f"/desk/appels/{call.call_id}{why}"


@router.post("/desk/appels/<call_id>/clore")
def close(call_id: str) -> Response[str]:
    """Once the call is over: until then somebody may still answer it. A call that nobody answered has nothing to tell:
    its fiche closes as it is."""
    room = Room(router)
    for _ in range(MOST_ATTEMPTS):
        with suppress(VersionConflict):
            return redirect(_close(room, call_id))
    raise VersionConflict(call_id)


def _close(room: Room, call_id: str) -> str:
    """Where to go on. Raises VersionConflict when the fiche was saved by somebody else meanwhile: it may say more."""
    record, form = room.keep_draft(call_id)
    if form.closed_at is not None:
        return "/desk"
    if record.call.ended_at is None:
        return f"/desk/appels/{call_id}?avis=en_cours"
    was_answered = record.call.answered_at is not None
    fields = room.services.contract.form_fields if was_answered else ()
    if problems_of(form, fields):
        return f"/desk/appels/{call_id}?avis=manque"
    _tell_main_courante(room, record, form)
    room.tell_unknown_address(form)
    wrap_up(room.services.calls, form, record.call, fields, room.now)
    return "/desk"


def _tell_main_courante(room: Room, record: CallRecord, form: CallForm) -> None:
    """Told before the fiche closes: what fails in between is told again, once. A main courante that is past its time
    keeps nothing more, and its fiche closes all the same."""
    answer = form.fields.get("answer_given", "")
    for malfunction_id in filter(None, (*form.cancelled_before, form.malfunction_id)):
        with suppress(PastRetention):
            complete_call(room.services.malfunctions, malfunction_id, call_link(form, record.call), answer, room.now)
