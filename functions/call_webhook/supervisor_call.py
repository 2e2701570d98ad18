"""The call that tells the duty supervisor that nobody of a chain has accepted (R42)."""

from call_webhook.routing import Answer, Services, WebhookRequest, speak
from permanence.adapters.twilio import events
from permanence.adapters.twilio.twiml import Verb, gather, hang_up, say
from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.dispatch.messages import SUPERVISOR_VOICE
from permanence.domain.dispatch import notice_words as words
from permanence.domain.dispatch.actions import Outcome
from permanence.domain.dispatch.dispatch import DispatchStatus
from permanence.domain.dispatch.events import SupervisorAcknowledges
from permanence.domain.dispatch.notices import NoticeRef

_MOST_READINGS = 3
_KEY_S = 6


class SupervisorCall:
    """One such call. Only key 1 is « bien reçu »: silence and voicemail have him called again."""

    def __init__(self, ref: NoticeRef, request: WebhookRequest, services: Services) -> None:
        self._ref = ref
        self._request = request
        self._services = services

    @staticmethod
    def is_meant(ref: NoticeRef) -> bool:
        return ref.key.startswith(f"{SUPERVISOR_VOICE}-")

    def picked_up(self) -> Answer:
        if events.is_machine(self._request.form):
            return _farewell(words.voice_supervisor_goodbye())
        try:
            return self._tell(heard=0)
        except self._services.outages:
            return _farewell(words.voice_supervisor_goodbye())

    def key_pressed(self) -> Answer:
        if events.keys(self._request.form) != "1":
            return self._tell(heard=self._request.number("heard"))
        services = self._services
        acted = act_on_dispatch(
            services.malfunctions,
            self._ref.owner,
            SupervisorAcknowledges(),
            self._request.now,
            services.dispatching,
        )
        is_his = acted.outcome in (Outcome.DONE, Outcome.ALREADY_YOURS)
        return _farewell(words.voice_supervisor_noted() if is_his else words.voice_supervisor_not_needed())

    def _tell(self, heard: int) -> Answer:
        malfunction = self._services.malfunctions.get(self._ref.owner)
        dispatch = malfunction.dispatch if malfunction else None
        if malfunction is None or dispatch is None or dispatch.status is not DispatchStatus.EXHAUSTED:
            return _farewell(words.voice_supervisor_not_needed())
        motif = self._services.contract.motifs.get(malfunction.motif)
        spoken_motif = motif.spoken_label if motif else malfunction.motif_label
        text = words.voice_supervisor(
            dispatch.reference, spoken_motif, malfunction.place.commune, was_called=dispatch.was_called
        )
        readings = [self._ask(text, count) for count in range(heard + 1, _MOST_READINGS + 1)]
        return speak(*readings, say(words.voice_supervisor_goodbye()), hang_up())

    def _ask(self, text: str, heard: int) -> Verb:
        url = self._services.urls.notice_keys(self._request.id("notice"), self._request.born, "received", heard)
        return gather(url, say(text), digits=1, timeout_s=_KEY_S)


def _farewell(text: str) -> Answer:
    return speak(say(text), hang_up())
