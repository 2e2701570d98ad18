"""The control API: be the people at the phones, read what was sent, set the clock, cause faults."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Response

from local.operator.calls import Call, CallStatus, Pickup
from local.operator.exchange import Exchange
from local.operator.faults import RequestFault, WebhookFault
from local.operator.phones import Phone
from local.operator.recordings import tone_wav
from local.operator.rest.form import exchange_of
from local.operator.switchboard import call_in
from local.operator.views import (
    BehaviourView,
    CallView,
    ClockView,
    Events,
    FaultsView,
    FaultView,
    Keys,
    MessageView,
    Name,
    Naming,
    Number,
    OurNumber,
    PaceView,
    PhoneView,
    PlacedCall,
    RecordingView,
    SendingView,
    Version,
    WebhookFaultView,
    Words,
    call_view,
    event_view,
    faults_view,
    message_view,
    phone_view,
    recording_view,
    sending_view,
)

router = APIRouter()

The = Annotated[Exchange, Depends(exchange_of)]
Timeout = Annotated[float, Query(ge=0, le=60, description="seconds to wait for the first new event")]
After = Annotated[int, Query(ge=0, description="number of the last event already known")]


def _phone(exchange: Exchange, phone: str) -> Phone:
    found = exchange.phones.all.get(phone)
    if found is None:
        raise HTTPException(404, f"no phone {phone}")
    return found


def _call(exchange: Exchange, sid: str) -> Call:
    found = exchange.calls.get(sid)
    if found is None:
        raise HTTPException(404, f"no call {sid}")
    return found


def _ringing(phone: Phone) -> Call:
    call = phone.ringing()
    if call is None:
        raise HTTPException(409, f"the phone {phone.id} does not ring")
    return call


def _talking(phone: Phone) -> Call:
    call = phone.talking()
    if call is None:
        raise HTTPException(409, f"the phone {phone.id} is on no call")
    return call


@router.get("/phones", tags=["phones"], summary="All phones, with what each hears")
async def list_phones(exchange: The) -> list[PhoneView]:
    return [phone_view(exchange, phone) for phone in exchange.phones.all.values()]


@router.get("/phones/{phone}", tags=["phones"], summary="One phone")
async def get_phone(phone: str, exchange: The) -> PhoneView:
    return phone_view(exchange, _phone(exchange, phone))


@router.put("/phones/{number}/behaviour", tags=["phones"], summary="Tell a phone what to do from its next call on")
async def set_behaviour(number: Number, behaviour: BehaviourView, exchange: The) -> PhoneView:
    phone = exchange.phones.of(number)
    phone.behaviour = behaviour.behaviour()
    exchange.events.tell("phone.behaviour", phone.id)
    return phone_view(exchange, phone)


@router.put("/phones/{number}/name", tags=["phones"], summary="Say whose phone it is")
async def name_phone(number: Number, naming: Naming, exchange: The) -> PhoneView:
    phone = exchange.phones.of(number)
    phone.name = naming.name
    exchange.events.tell("phone.named", phone.id)
    return phone_view(exchange, phone)


@router.get("/directory", tags=["phones"], summary="Names by number, of phones and of those that nobody has called yet")
async def get_directory(exchange: The) -> dict[str, str]:
    return exchange.phones.directory


@router.put("/directory", tags=["phones"], summary="Say whose the numbers are, before they ring", status_code=204)
async def fill_directory(names: dict[Number, Name], exchange: The) -> None:
    exchange.phones.name_all(names)
    exchange.events.tell("directory.filled", "", names=str(len(names)))


@router.post("/phones/{phone}/answer", tags=["phones"], summary="Answer the call that rings")
async def answer(phone: str, exchange: The) -> CallView:
    call = _ringing(_phone(exchange, phone))
    call.pick_up(Pickup.HUMAN)
    return call_view(exchange, call)


@router.post("/phones/{phone}/press", tags=["phones"], summary="Press keys")
async def press(phone: str, keys: Keys, exchange: The) -> CallView:
    call = _talking(_phone(exchange, phone))
    exchange.press(call, keys.keys)
    return call_view(exchange, call)


@router.post("/phones/{phone}/speak", tags=["phones"], summary="Say something to whoever is connected")
async def speak(phone: str, words: Words, exchange: The) -> CallView:
    call = _talking(_phone(exchange, phone))
    exchange.speak(call, words.text)
    return call_view(exchange, call)


@router.post("/phones/{phone}/hang-up", tags=["phones"], summary="Hang up, or decline the call that rings")
async def hang_up(phone: str, exchange: The) -> CallView:
    return _hung_up(exchange, _talking(_phone(exchange, phone)))


@router.post("/calls", tags=["calls"], status_code=201, summary="Call one of our numbers from any phone")
async def place_call(placed: PlacedCall, exchange: The) -> CallView:
    number = exchange.numbers.find(placed.to)
    if number is None:
        raise HTTPException(404, f"{placed.to} is not one of our numbers")
    if not number.voice_url:
        raise HTTPException(409, f"{placed.to} has no VoiceUrl: the application has not told where its calls go")
    return call_view(exchange, call_in(exchange, placed.from_, number, placed.forwarded_from))


@router.get("/calls", tags=["calls"], summary="All calls, oldest first")
async def list_calls(exchange: The) -> list[CallView]:
    return [call_view(exchange, call) for call in exchange.calls.values()]


@router.get("/calls/{sid}", tags=["calls"], summary="One call with its transcript")
async def get_call(sid: str, exchange: The) -> CallView:
    return call_view(exchange, _call(exchange, sid))


@router.post("/calls/{sid}/press", tags=["calls"], summary="Press keys on one call")
async def press_on_call(sid: str, keys: Keys, exchange: The) -> CallView:
    call = _call(exchange, sid)
    exchange.press(call, keys.keys)
    return call_view(exchange, call)


@router.post("/calls/{sid}/hang-up", tags=["calls"], summary="End one call from its phone")
async def hang_up_call(sid: str, exchange: The) -> CallView:
    return _hung_up(exchange, _call(exchange, sid))


def _hung_up(exchange: Exchange, call: Call) -> CallView:
    if call.status is CallStatus.RINGING and not call.inbound:
        call.pick_up(Pickup.BUSY)
    else:
        exchange.hang_up(call)
    return call_view(exchange, call)


@router.get("/messages", tags=["sent"], summary="The SMS that were sent, oldest first")
async def list_messages(exchange: The) -> list[MessageView]:
    return [message_view(message) for message in exchange.messages.all.values()]


@router.get("/recordings", tags=["sent"], summary="The recordings that are kept here")
async def list_recordings(exchange: The) -> list[RecordingView]:
    return [recording_view(recording) for recording in exchange.recordings.all.values()]


@router.get("/recordings/{sid}/sound", tags=["sent"], summary="The sound of a recording", response_class=Response)
async def hear_recording(sid: str, exchange: The) -> Response:
    recording = exchange.recordings.all.get(sid)
    if recording is None or recording.status == "in-progress":
        raise HTTPException(404, f"no finished recording {sid}")
    return Response(tone_wav(recording.duration_s), media_type="audio/x-wav")


@router.get("/webhooks", tags=["sent"], summary="The last 500 requests to the application, oldest first")
async def list_webhooks(exchange: The) -> list[SendingView]:
    return [sending_view(sending) for sending in exchange.webhooks.journal]


@router.get("/numbers", tags=["operator"], summary="Our numbers and their URLs")
async def list_numbers(exchange: The) -> list[OurNumber]:
    return [
        OurNumber(
            number=n.phone_number,
            name=n.friendly_name,
            voice_url=n.voice_url,
            voice_fallback_url=n.voice_fallback_url,
            status_callback=n.status_callback,
        )
        for n in exchange.numbers.all.values()
    ]


@router.get("/clock", tags=["operator"], summary="The clock's offset")
async def get_clock(exchange: The) -> ClockView:
    return ClockView(offset_s=exchange.clock.offset_s)


@router.put("/clock", tags=["operator"], summary="Set the clock's offset")
async def set_clock(clock: ClockView, exchange: The) -> ClockView:
    exchange.clock.offset_s = clock.offset_s
    exchange.events.tell("clock.set", "", offset_s=str(clock.offset_s))
    return clock


@router.get("/faults", tags=["faults"], summary="The faults still to come")
async def list_faults(exchange: The) -> FaultsView:
    return faults_view(exchange.webhooks.faults)


@router.post("/faults", tags=["faults"], status_code=201, summary="Make requests of the application go wrong")
async def add_fault(fault: FaultView, exchange: The) -> FaultView:
    exchange.webhooks.faults.of_requests.append(RequestFault(**fault.model_dump()))
    exchange.events.tell("fault.set", fault.match)
    return fault


@router.post("/faults/webhooks", tags=["faults"], status_code=201, summary="Make webhooks go wrong")
async def add_webhook_fault(fault: WebhookFaultView, exchange: The) -> WebhookFaultView:
    exchange.webhooks.faults.of_webhooks.append(WebhookFault(**fault.model_dump()))
    exchange.events.tell("fault.set", fault.match)
    return fault


@router.delete("/faults", tags=["faults"], status_code=204, summary="No more faults")
async def clear_faults(exchange: The) -> None:
    exchange.webhooks.faults.clear()
    exchange.events.tell("fault.cleared", "")


@router.delete("/faults/{n}", tags=["faults"], status_code=204, summary="One fault less")
async def remove_fault(n: int, exchange: The) -> None:
    if not exchange.webhooks.faults.remove(n):
        raise HTTPException(404, f"no fault {n}")
    exchange.events.tell("fault.cleared", str(n))


@router.get("/pace", tags=["faults"], summary="How many outbound calls a second are dialled")
async def get_pace(exchange: The) -> PaceView:
    return PaceView(calls_per_second=exchange.calls_per_second)


@router.put("/pace", tags=["faults"], summary="Pace the outbound calls from now on; providers dial one a second")
async def set_pace(pace: PaceView, exchange: The) -> PaceView:
    exchange.calls_per_second = pace.calls_per_second
    exchange.events.tell("pace.set", "", calls_per_second=str(pace.calls_per_second))
    return pace


@router.post("/reset", tags=["operator"], status_code=204, summary="End every call, forget everything but the numbers")
async def reset(exchange: The) -> None:
    await exchange.reset()


@router.get("/events", tags=["events"], summary="What happened since; waits when nothing has")
async def events(exchange: The, after: After = 0, timeout: Timeout = 20.0) -> Events:  # noqa: ASYNC109  (a query parameter)
    happened = await exchange.events.after(after, timeout)
    return Events(version=exchange.events.version, events=[event_view(event) for event in happened])


@router.get("/state/version", tags=["events"], summary="The number of the last event; waits until there is a later one")
async def version(exchange: The, after: After | None = None, timeout: Timeout = 20.0) -> Version:  # noqa: ASYNC109
    if after is not None:
        await exchange.events.after(after, timeout)
    return Version(version=exchange.events.version)
