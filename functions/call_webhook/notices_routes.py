"""The contractor's voice menu and the receipts of what was sent (R41, R42, R44).

Only 1 confirmed by a second 1 accepts. On the phone 2 refuses at once, as the words of the menu say; who pressed it by
mistake may still accept.
"""

import re
from collections.abc import Sequence
from contextlib import suppress

from call_webhook import rota_update_call
from call_webhook.routing import NOTHING, Answer, Services, WebhookRequest, speak
from call_webhook.supervisor_call import SupervisorCall
from permanence.adapters.twilio import events
from permanence.adapters.twilio.form import Malformed
from permanence.adapters.twilio.twiml import Verb, dial_numbers, gather, hang_up, say
from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.dispatch.receiving import MessageReceipt, receive
from permanence.domain.dispatch import notice_words as words
from permanence.domain.dispatch.actions import Outcome
from permanence.domain.dispatch.dispatch import Channel, ChannelStatus, Dispatch, DispatchStatus, StepStatus
from permanence.domain.dispatch.events import Accept, AnnounceArrival, Decline, DispatchEvent
from permanence.domain.dispatch.notices import NoticeRef, parse_ref
from permanence.domain.dispatch.rules import LONGEST_ANNOUNCEMENT_MIN

_MOST_READINGS = 3
_KEY_S = 6
_MINUTES_S = 12
_DESK_RING_S = 40
_SMS_IS_OUT = (ChannelStatus.SENT, ChannelStatus.DELIVERED)
_MINUTES = re.compile(r"[0-9]{1,4}")


def picked_up(request: WebhookRequest, services: Services) -> Answer:
    """Somebody, or a machine, picked up the call that offers a mission."""
    if rota_update_call.is_meant(_ref(request)):
        return rota_update_call.picked_up(_ref(request))
    if SupervisorCall.is_meant(_ref(request)):
        return SupervisorCall(_ref(request), request, services).picked_up()
    menu = _Menu(request, services)
    return menu.leave_message() if events.is_machine(request.form) else menu.begin()


def keys_pressed(request: WebhookRequest, services: Services) -> Answer:
    """A key of the menu; what it decides is said only after it was saved."""
    stage, pressed = request.id("stage"), events.keys(request.form)
    try:
        if SupervisorCall.is_meant(_ref(request)):
            return SupervisorCall(_ref(request), request, services).key_pressed()
        menu = _Menu(request, services)
        match stage:
            case "choice":
                return menu.choose(pressed)
            case "confirm":
                return menu.confirm(pressed)
            case "minutes":
                return menu.announce(pressed)
    except services.outages:
        return _farewell(words.voice_not_committed(services.contract.numbers.desk_line))
    raise Malformed("there is no such stage")


def voice_status(request: WebhookRequest, services: Services) -> Answer:
    """How far the voice call got."""
    return _receive(request, services, events.voice_receipt(request.form))


def sms_status(request: WebhookRequest, services: Services) -> Answer:
    """How far the SMS got; delivered is never an acceptance."""
    return _receive(request, services, events.message_receipt(request.form))


class _Menu:
    """One conversation with the person behind one step of a dispatch."""

    def __init__(self, request: WebhookRequest, services: Services) -> None:
        self._ref = _ref(request)
        called = self._ref.call_of
        if called is None or called[1] is not Channel.VOICE:
            raise Malformed("this message is no voice call to a responder")
        self._step = called[0]
        self._request = request
        self._services = services

    def begin(self) -> Answer:
        """The menu, or at once who has the mission."""
        try:
            return self._offer(heard=0)
        except self._services.outages:
            return _farewell(words.voice_message_left(None, self._desk_line, has_link=False))

    def leave_message(self) -> Answer:
        """A mailbox is told as such, and hears nothing that anybody may not hear."""
        receipt = events.machine_receipt(self._request.form)
        reference, has_link = None, False
        # Without the table the end of the call tells of the machine once more.
        with suppress(*self._services.outages):
            _receive(self._request, self._services, receipt)
            malfunction = self._services.malfunctions.get(self._ref.owner)
            if malfunction and malfunction.dispatch:
                reference, has_link = malfunction.dispatch.reference, self._has_link(malfunction.dispatch)
        return _farewell(words.voice_message_left(reference, self._desk_line, has_link=has_link))

    def choose(self, pressed: str) -> Answer:
        heard = self._request.number("heard")
        match pressed:
            case "":
                return self._silence()
            case "1":
                return speak(*self._asked("confirm", [(words.voice_confirm(), heard)] * 2))
            case "2":
                declined = _farewell(words.voice_declined())
                return self._act(Decline(self._step, by="keys"), done=declined, unchanged=declined)
            case "3":
                return self._offer(heard - 1)
            case "0":
                # Not our caller id, which may be the desk line itself: a number does not call itself.
                desk = dial_numbers((self._desk_line,), self._services.contract.numbers.inbound, _DESK_RING_S)
                return speak(say(words.voice_agent()), desk, hang_up())
        return self._offer(heard, first=words.voice_unknown_key())

    def confirm(self, pressed: str) -> Answer:
        if not pressed:
            return self._silence()
        if pressed != "1":
            return self._offer(self._request.number("heard"), first=words.voice_unknown_key())
        committed = self._ask_minutes(words.voice_committed())
        lost = _farewell(words.voice_not_committed(self._desk_line))
        return self._act(Accept(self._step, by="keys"), done=committed, unchanged=lost)

    def announce(self, pressed: str) -> Answer:
        if not _MINUTES.fullmatch(pressed) or not 1 <= int(pressed) <= LONGEST_ANNOUNCEMENT_MIN:
            return self._ask_minutes(words.voice_arrival_not_understood())
        outcome, dispatch = self._advance(AnnounceArrival(self._step, int(pressed)))
        arrival = dispatch and (dispatch.announced_arrival_at or dispatch.on_site_at)
        noted = _farewell(words.voice_arrival_noted(arrival) if arrival else words.voice_not_committed(self._desk_line))
        return self._tell(outcome, dispatch, done=noted, unchanged=noted)

    def _offer(self, heard: int, first: str = "") -> Answer:
        malfunction = self._services.malfunctions.get(self._ref.owner)
        dispatch = malfunction.dispatch if malfunction else None
        if malfunction is None or dispatch is None or self._step >= len(dispatch.steps):
            return _farewell(words.voice_closed())
        standing = self._standing(dispatch)
        if standing is not None:
            nothing = _farewell(words.voice_closed())
            return self._tell(standing, dispatch, done=nothing, unchanged=nothing)
        motif = self._services.contract.motifs.get(malfunction.motif)
        spoken_motif = motif.spoken_label if motif else malfunction.motif_label
        text = words.voice_menu(dispatch.reference, spoken_motif, malfunction.place.commune)
        readings = self._asked("choice", [(text, count) for count in range(heard + 1, _MOST_READINGS + 1)])
        return speak(*([say(first)] if first else []), *(readings or self._goodbye(dispatch)))

    def _silence(self) -> Answer:
        """No key was pressed; who has answered by his link meanwhile hears what stands."""
        dispatch = None
        with suppress(*self._services.outages):
            malfunction = self._services.malfunctions.get(self._ref.owner)
            dispatch = malfunction.dispatch if malfunction else None
        goodbye = speak(*self._goodbye(dispatch))
        if dispatch is None or self._step >= len(dispatch.steps):
            return goodbye
        standing = self._standing(dispatch)
        if standing is not None:
            return self._tell(standing, dispatch, done=goodbye, unchanged=goodbye)
        has_declined = dispatch.steps[self._step].status is StepStatus.DECLINED
        return _farewell(words.voice_declined()) if has_declined else goodbye

    def _goodbye(self, dispatch: Dispatch | None) -> list[Verb]:
        has_link = dispatch is not None and self._has_link(dispatch)
        return [say(words.voice_goodbye(has_link=has_link)), hang_up()]

    def _standing(self, dispatch: Dispatch) -> Outcome | None:
        if dispatch.status in (DispatchStatus.REPORTED, DispatchStatus.CANCELLED):
            return Outcome.CLOSED
        if dispatch.winner is None:
            return None
        winner, listener = dispatch.steps[dispatch.winner].responder, dispatch.steps[self._step].responder
        return Outcome.ALREADY_YOURS if winner.person_id == listener.person_id else Outcome.TAKEN_BY_ANOTHER

    def _act(self, event: DispatchEvent, *, done: Answer, unchanged: Answer) -> Answer:
        outcome, dispatch = self._advance(event)
        return self._tell(outcome, dispatch, done=done, unchanged=unchanged)

    def _advance(self, event: DispatchEvent) -> tuple[Outcome, Dispatch | None]:
        services = self._services
        acted = act_on_dispatch(services.malfunctions, self._ref.owner, event, self._request.now, services.dispatching)
        return acted.outcome, acted.malfunction.dispatch

    def _tell(self, outcome: Outcome, dispatch: Dispatch | None, *, done: Answer, unchanged: Answer) -> Answer:
        match outcome:
            case Outcome.DONE:
                return done
            case Outcome.UNCHANGED:
                return unchanged
            case Outcome.ALREADY_YOURS:
                return self._ask_minutes(words.voice_already_yours())
            case Outcome.TAKEN_BY_ANOTHER if dispatch and dispatch.winner is not None and dispatch.accepted_at:
                winner = dispatch.steps[dispatch.winner].responder
                return _farewell(words.voice_taken_by_another(winner.name, winner.role, dispatch.accepted_at))
        return _farewell(words.voice_closed())

    def _ask_minutes(self, question: str) -> Answer:
        again = words.voice_arrival_not_understood()
        asked = [self._ask("minutes", text, 0, digits=None, wait_s=_MINUTES_S) for text in (question, again)]
        return speak(*asked, hang_up())

    def _asked(self, stage: str, questions: Sequence[tuple[str, int]]) -> list[Verb]:
        """Each text with how many times the menu was read by then; only silence after the last one is told."""
        last = len(questions) - 1
        return [self._ask(stage, text, heard, tells_silence=n == last) for n, (text, heard) in enumerate(questions)]

    def _ask(
        self,
        stage: str,
        text: str,
        heard: int,
        *,
        digits: int | None = 1,
        wait_s: int = _KEY_S,
        tells_silence: bool = False,
    ) -> Verb:
        url = self._services.urls.notice_keys(self._request.id("notice"), self._request.born, stage, heard)
        return gather(url, say(text), digits=digits, timeout_s=wait_s, tells_silence=tells_silence)

    def _has_link(self, dispatch: Dispatch) -> bool:
        """Whether the provider took the SMS with the link."""
        return self._step < len(dispatch.steps) and dispatch.steps[self._step].sms in _SMS_IS_OUT

    @property
    def _desk_line(self) -> str:
        return self._services.contract.numbers.desk_line


def _receive(request: WebhookRequest, services: Services, receipt: MessageReceipt | None) -> Answer:
    if receipt is not None:
        ref, now = _ref(request), request.now
        receive(services.malfunctions, services.notices, ref, receipt, now, dispatching=services.dispatching)
    return NOTHING


def _ref(request: WebhookRequest) -> NoticeRef:
    try:
        return parse_ref(request.id("notice"))
    except ValueError as error:
        raise Malformed("notice names no message") from error


def _farewell(text: str) -> Answer:
    return speak(say(text), hang_up())
