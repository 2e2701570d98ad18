"""The addresses that the telephony provider calls back. They carry ids and the birth of the record, never a number."""

from datetime import datetime
from urllib.parse import urlencode

from permanence.domain.frozen import dataclass


@dataclass(frozen=True)
class TelephonyUrls:
    """`base` is our public address without a trailing slash. `born` dates the record an address speaks of, so that a
    callback that comes after its purge recreates nothing (R70)."""

    base: str

    def waiting(self, born: datetime) -> str:
        return self._url("calls/waiting", born)

    def left_queue(self, born: datetime) -> str:
        return self._url("calls/left-queue", born)

    def fell_back(self) -> str:
        """Told of each of the landlord's own numbers that is called for a caller; also by what was written before his
        call began, so that it bears no birth."""
        return f"{self.base}/telephony/calls/fell-back"

    def caller_joins(self, call_id: str, born: datetime, attempt: int) -> str:
        return self._url("calls/conference", born, call=call_id, attempt=str(attempt))

    def caller_leaves(self, call_id: str, born: datetime, attempt: int) -> str:
        """The same place, once the agent of this attempt is known to be gone."""
        return self._url("calls/conference", born, call=call_id, attempt=str(attempt), gone="1")

    def agent_answers(self, call_id: str, born: datetime, attempt: int) -> str:
        return self._url("agents/answer", born, call=call_id, attempt=str(attempt))

    def agent_key(self, call_id: str, born: datetime, attempt: int) -> str:
        """Where a key of the agent who picked up is told, and that he pressed none."""
        return self._url("agents/key", born, call=call_id, attempt=str(attempt))

    def agent_status(self, call_id: str, born: datetime, attempt: int) -> str:
        return self._url("agents/status", born, call=call_id, attempt=str(attempt))

    def conference_events(self, call_id: str, born: datetime, attempt: int) -> str:
        return self._url("conferences/events", born, call=call_id, attempt=str(attempt))

    def hold_music(self) -> str:
        return f"{self.base}/telephony/conferences/hold"

    def recordings(self, call_id: str, born: datetime) -> str:
        return self._url("recordings", born, call=call_id)

    def notice_voice(self, ref: str, born: datetime) -> str:
        return self._url("notices/voice", born, notice=ref)

    def notice_keys(self, ref: str, born: datetime, stage: str, heard: int) -> str:
        """`stage` is what was asked, `heard` how many times the menu was read."""
        return self._url("notices/voice/keys", born, notice=ref, stage=stage, heard=str(heard))

    def notice_voice_status(self, ref: str, born: datetime) -> str:
        return self._url("notices/voice/status", born, notice=ref)

    def notice_sms_status(self, ref: str, born: datetime) -> str:
        return self._url("notices/sms/status", born, notice=ref)

    def _url(self, path: str, born: datetime, **ids: str) -> str:
        query = urlencode({**ids, "born": str(int(born.timestamp()))})
        return f"{self.base}/telephony/{path}?{query}"
