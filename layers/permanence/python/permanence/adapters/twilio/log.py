"""The provider's own log of calls and messages, and the recordings it holds."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from permanence.adapters.parallel import in_parallel
from permanence.adapters.twilio import events
from permanence.adapters.twilio.api import TwilioApi, segment
from permanence.application.privacy.ports import Logged, LogLine
from permanence.application.reception.ports import ProviderRefused, ProviderUnavailable

_RESOURCES = {Logged.CALL: "Calls", Logged.MESSAGE: "Messages"}
_LONGEST_PAGE = {"PageSize": "1000"}


class TwilioLog(TwilioApi):
    """The `ProviderLog` port."""

    def lines(self) -> Sequence[LogLine]:
        calls = self._list("Calls", "calls", _LONGEST_PAGE)
        messages = self._list("Messages", "messages", _LONGEST_PAGE)
        return (*map(events.logged_call, _named(calls)), *map(events.logged_message, _named(messages)))

    def recordings(self) -> frozenset[str]:
        return frozenset(item["sid"] for item in _named(self._list("Recordings", "recordings", _LONGEST_PAGE)))

    def redact(self, messages: Sequence[LogLine]) -> frozenset[str]:
        return _each(
            (message.provider_id, partial(self._post, f"Messages/{segment(message.provider_id)}", [("Body", "")]))
            for message in messages
        )

    def delete(self, lines: Sequence[LogLine]) -> frozenset[str]:
        return _each(
            (line.provider_id, partial(self._delete, f"{_RESOURCES[line.kind]}/{segment(line.provider_id)}"))
            for line in lines
        )

    def delete_recordings(self, recording_ids: Sequence[str]) -> frozenset[str]:
        return _each((one, partial(self._delete, f"Recordings/{segment(one)}")) for one in recording_ids)


def _named(items: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """Without an id, which may be null as everything else, there is nothing to delete by."""
    return (item for item in items if item.get("sid"))


def _each(deeds: Iterable[tuple[str, Callable[[], object]]]) -> frozenset[str]:
    """The ids of those that were not done. Raises ProviderUnavailable when nothing was answered."""
    asked = list(deeds)
    outcomes = in_parallel(_attempt, [deed for _, deed in asked])
    if outcomes and all(isinstance(outcome, ProviderUnavailable) for outcome in outcomes):
        raise ProviderUnavailable(f"none of {len(outcomes)} requests was answered")
    return frozenset(name for (name, _), outcome in zip(asked, outcomes, strict=True) if outcome is not None)


def _attempt(deed: Callable[[], object]) -> ProviderRefused | ProviderUnavailable | None:
    try:
        deed()
    except (ProviderRefused, ProviderUnavailable) as trouble:
        return trouble
    return None
