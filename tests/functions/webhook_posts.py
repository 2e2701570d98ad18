"""What the provider posts: each address with the query and the fields it comes with, in every state of call and
mission."""

from collections.abc import Callable, Mapping
from functools import cache
from urllib.parse import urlencode

from permanence.domain.dispatch.events import Accept, Cancel, Decline, DispatchEvent
from tests.application.dispatch.night import MALFUNCTION_ID, Night
from tests.functions.posts import Rewind
from tests.functions.telephony import CALL_ID, CALLER, SATURDAY_NIGHT, Answered, World

Fields = Mapping[str, str]
_BORN = {"born": str(int(SATURDAY_NIGHT.timestamp()))}
_CALL = {**_BORN, "call": CALL_ID}
_LEG = {**_CALL, "attempt": "1"}
_VOICE = {**_BORN, "notice": f"{MALFUNCTION_ID}.s0-voice"}
_OUR_NUMBER = World().contract.numbers.inbound
_PRESENTED = {"From": CALLER, "To": _OUR_NUMBER, "CallStatus": "ringing"}
_ENDED = {"CallStatus": "completed", "CallDuration": "61", "Timestamp": "Sat, 21 Nov 2026 22:13:01 +0000"}
_FELL_BACK = {
    "CallSid": "CA" + "3" * 32,
    "ParentCallSid": CALL_ID,
    "From": _OUR_NUMBER,
    "To": World().contract.numbers.fallback[0],
    "CallStatus": "initiated",
}
_LEFT = {"StatusCallbackEvent": "participant-leave", "CallSid": "CA" + "2" * 32, "ConferenceSid": "CF1"}

POSTS: Mapping[str, tuple[Fields, Fields]] = {
    "/telephony/calls/incoming": ({}, _PRESENTED),
    "/telephony/calls/waiting": (_BORN, {"To": _OUR_NUMBER, "QueueTime": "3"}),
    "/telephony/calls/left-queue": (_BORN, {"QueueResult": "error"}),
    "/telephony/calls/conference": (_LEG, {"To": _OUR_NUMBER}),
    "/telephony/calls/status": ({}, {"To": _OUR_NUMBER, **_ENDED}),
    "/telephony/calls/fallback": ({}, _PRESENTED),
    "/telephony/calls/fell-back": ({}, _FELL_BACK),
    "/telephony/agents/answer": (_LEG, {}),
    "/telephony/agents/key": (_LEG, {"Digits": "1"}),
    "/telephony/agents/status": (_LEG, _ENDED),
    "/telephony/conferences/events": (_LEG, _LEFT),
    "/telephony/conferences/hold": ({}, {}),
    "/telephony/recordings": (
        _CALL,
        {"RecordingSid": "RE1", "RecordingStatus": "completed", "RecordingDuration": "61"},
    ),
    "/telephony/notices/voice": (_VOICE, {"AnsweredBy": "human"}),
    "/telephony/notices/voice/keys": ({**_VOICE, "stage": "choice", "heard": "1"}, {"Digits": "2"}),
    "/telephony/notices/voice/status": (_VOICE, {"CallStatus": "no-answer", **_ENDED}),
    "/telephony/notices/sms/status": (
        {**_BORN, "notice": f"{MALFUNCTION_ID}.s0-sms"},
        {"MessageStatus": "delivered", "MessageSid": "SM1", "ErrorCode": "30003"},
    ),
}
_HAPPENED: Mapping[str, tuple[DispatchEvent, ...]] = {
    "mission offered": (),
    "mission taken": (Accept(0, "keys"),),
    "mission cancelled": (Cancel("la lumière est revenue"),),
    "nobody left": tuple(Decline(step, "keys") for step in range(5)),
}
STATES = ("nothing known", "waiting", "ringing", "talking", "over", *_HAPPENED)


class Provider:
    """Posts signed requests to the function in one state, whatever was posted before."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rewind: Callable[[], None] = Rewind.to_now(world.store)

    def post(self, path: str, query: Fields, fields: Mapping[str, str | list[str]]) -> Answered:
        self._rewind()
        address = f"{path}?{urlencode(query)}" if query else path
        pairs = [
            (name, one) for name, given in fields.items() for one in ([given] if isinstance(given, str) else given)
        ]
        return self._world.post(address, pairs)


@cache
def provider_in(state: str) -> Provider:
    world = World()
    if state in _HAPPENED:
        night = Night(world.contract, world.now, world.store)
        night.start()
        for event in _HAPPENED[state]:
            night.happen(event)
    elif state != "nothing known":
        world.ring()
        world.later(10)
        if state != "waiting":
            ringing = world.take()
            if state != "ringing":
                world.picks_up(ringing)
            if state == "over":
                world.end(61)
    world.later(20)
    return Provider(world)
