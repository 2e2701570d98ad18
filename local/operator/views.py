"""What the control API receives and answers."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from local.operator.calls import WITHHELD, Call, CallStatus
from local.operator.events import Event
from local.operator.exchange import Exchange
from local.operator.faults import Faults, Mishap, RequestFault, WebhookFault
from local.operator.mail import Mail
from local.operator.messages import Message, segments
from local.operator.phones import Answering, Behaviour, Phone, SmsReception
from local.operator.recordings import Recording
from local.operator.webhooks import Sending

ENDED_CALLS_SHOWN = 3

Number = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$", examples=["+33639980101"])]

Name = Annotated[str, Field(max_length=80, description="whose phone it is, for the page")]


class View(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class PlacedCall(View):
    """A person calls one of our numbers."""

    from_: Annotated[Number | None, Field(alias="from", description="null: the number is withheld")] = None
    to: Annotated[Number, Field(description="one of the operator's numbers")]
    forwarded_from: Annotated[Number | None, Field(description="whose PBX forwarded the call, when it tells")] = None


class Keys(View):
    keys: Annotated[str, Field(pattern=r"^[0-9*#]{1,32}$", description="pressed one after the other")]


class Words(View):
    text: Annotated[str, Field(min_length=1, max_length=1000, description="heard by whoever is connected")]


class BehaviourView(View):
    """What a phone does by itself."""

    answering: Annotated[Answering, Field(description="what happens when it rings")] = Answering.MANUAL
    after_s: Annotated[
        float, Field(ge=0, le=600, description="seconds before it answers, or the network gives up (busy, no_answer)")
    ] = 1.0
    keys: Annotated[list[str], Field(description="pressed at its menus, one entry per menu")] = []
    hang_up_after_s: Annotated[float | None, Field(ge=0, description="seconds after the answer; null: stays")] = None
    sms: Annotated[SmsReception, Field(description="what becomes of SMS to it")] = SmsReception.DELIVERED
    sms_error: Annotated[int, Field(description="error code told with undelivered or failed")] = 30003

    def behaviour(self) -> Behaviour:
        return Behaviour(**{**self.model_dump(), "keys": tuple(self.keys)})


class Naming(View):
    name: Name


class LineView(View):
    at: datetime
    kind: Annotated[str, Field(description="said, played, heard, voice, key or note")]
    text: str


class CallView(View):
    sid: str
    direction: Annotated[str, Field(description="inbound, outbound-api or outbound-dial")]
    from_: Annotated[str | None, Field(alias="from", description="null: withheld")]
    to: str
    phone: Annotated[str, Field(description="id of the phone at the far end")]
    status: CallStatus
    live: bool
    listening: Annotated[bool, Field(description="a key pressed now is heard by a menu")]
    queue: Annotated[str | None, Field(description="name of the queue it waits in")]
    conference: Annotated[str | None, Field(description="name of the conference it is in")]
    on_hold: bool
    connected: Annotated[bool, Field(description="somebody hears what is said here")]
    answered_by: str | None
    placed_at: datetime
    ended_at: datetime | None
    duration_s: int
    transcript: list[LineView]
    errors: Annotated[list[str], Field(description="what was wrong with the application's answers")]


class PhoneView(View):
    id: Annotated[str, Field(description="its number, or masque-1 when it withholds it")]
    number: str | None
    name: str
    behaviour: BehaviourView
    ringing: bool
    calls: Annotated[list[CallView], Field(description="live calls and the last three that ended, oldest first")]


class MessageView(View):
    sid: str
    to: str
    from_: Annotated[str, Field(alias="from")]
    body: str
    status: str
    error_code: int | None
    alphabet: Annotated[str, Field(description="GSM-7 or UCS-2")]
    segments: int
    at: datetime


class AttachmentView(View):
    name: str
    content_type: str
    size: int
    url: str


class MailView(View):
    id: str
    at: datetime
    from_: Annotated[str, Field(alias="from")]
    to: Annotated[list[str], Field(description="the envelope, hidden copies included")]
    subject: str
    text: str
    html: str
    attachments: list[AttachmentView]
    raw_url: Annotated[str, Field(description="the whole MIME message")]


class RecordingView(View):
    sid: str
    call_sid: str | None
    conference_sid: str | None
    status: str
    started_at: datetime
    duration_s: int
    sound_url: str


class OurNumber(View):
    number: str
    name: str
    voice_url: str
    voice_fallback_url: str
    status_callback: str


class SendingView(View):
    at: datetime
    method: str
    url: str
    params: dict[str, str]
    status: Annotated[int | None, Field(description="null: no answer came")]
    problem: str | None
    duration_ms: int


class EventView(View):
    n: int
    at: datetime
    kind: str
    subject: str
    detail: dict[str, str]


class Events(View):
    version: Annotated[int, Field(description="ask again with after=version")]
    events: list[EventView]


class Version(View):
    version: int


class ClockView(View):
    offset_s: Annotated[float, Field(description="seconds added to real time in everything the operator dates")]


class FaultView(View):
    """The next `times` requests of the application that hold each word of `match` in `METHOD /path Name=value` go
    wrong."""

    match: Annotated[str, Field(min_length=1, examples=["POST /2010-04-01", "/Messages.json To=+33639980101", "/ses/"])]
    status: Annotated[int | None, Field(ge=400, le=599, description="HTTP status of the answer; null: only late")] = (
        None
    )
    times: Annotated[int, Field(ge=1, le=10_000)] = 1
    delay_s: Annotated[float, Field(ge=0, le=120, description="seconds before the answer")] = 0.0
    after: Annotated[bool, Field(description="the request is obeyed, only its answer is lost")] = False


class WebhookFaultView(View):
    """The next `times` webhooks that hold each word of `match` in `METHOD url Name=value` go wrong."""

    match: Annotated[str, Field(min_length=1, examples=["/notices/sms/status MessageStatus=sent", "CallStatus="])]
    mishap: Annotated[Mishap, Field(description="duplicate: three times; reordered: after the next one")]
    times: Annotated[int, Field(ge=1, le=10_000)] = 1
    delay_s: Annotated[
        float, Field(ge=0, le=60, description="seconds: how late (slow), how long it waits at most (reordered)")
    ] = 5.0
    token: Annotated[str, Field(description="what it is signed with (signature)")] = "a token that was revoked"  # noqa: S105


class FaultsView(View):
    """What is still to go wrong, each by its number."""

    requests: dict[int, FaultView]
    webhooks: dict[int, WebhookFaultView]


class PaceView(View):
    calls_per_second: Annotated[float, Field(ge=0, le=1000, description="outbound calls; 0: no pacing")]


def call_view(exchange: Exchange, call: Call) -> CallView:
    conference = exchange.live_conference(call.conference) if call.conference else None
    participant = conference.participants.get(call.sid) if conference else None
    return CallView(
        sid=call.sid,
        direction=call.direction,
        from_=None if call.from_ == WITHHELD else call.from_,
        to=call.to,
        phone=call.phone,
        status=call.status,
        live=call.live,
        listening=call.listening,
        queue=call.queue,
        conference=call.conference,
        on_hold=participant.hold if participant else False,
        connected=bool(exchange.connected_to(call)),
        answered_by=call.answered_by,
        placed_at=call.created_at,
        ended_at=call.ended_at,
        duration_s=call.duration_s,
        transcript=[LineView(at=line.at, kind=line.kind, text=line.text) for line in call.transcript],
        errors=call.errors,
    )


def phone_view(exchange: Exchange, phone: Phone) -> PhoneView:
    ended = [call.sid for call in phone.calls if not call.live][-ENDED_CALLS_SHOWN:]
    return PhoneView(
        id=phone.id,
        number=phone.number,
        name=phone.name,
        behaviour=BehaviourView(
            answering=phone.behaviour.answering,
            after_s=phone.behaviour.after_s,
            keys=list(phone.behaviour.keys),
            hang_up_after_s=phone.behaviour.hang_up_after_s,
            sms=phone.behaviour.sms,
            sms_error=phone.behaviour.sms_error,
        ),
        ringing=phone.ringing() is not None,
        calls=[call_view(exchange, call) for call in phone.calls if call.live or call.sid in ended],
    )


def message_view(message: Message) -> MessageView:
    alphabet, count = segments(message.body)
    return MessageView(
        sid=message.sid,
        to=message.to,
        from_=message.from_,
        body=message.body,
        status=message.status,
        error_code=message.error_code,
        alphabet=alphabet,
        segments=count,
        at=message.created_at,
    )


def mail_view(mail: Mail) -> MailView:
    return MailView(
        id=mail.id,
        at=mail.at,
        from_=mail.sender,
        to=list(mail.recipients),
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        attachments=[
            AttachmentView(
                name=attachment.name,
                content_type=attachment.content_type,
                size=len(attachment.body),
                url=f"/mails/{mail.id}/attachments/{index}",
            )
            for index, attachment in enumerate(mail.attachments)
        ],
        raw_url=f"/mails/{mail.id}/raw",
    )


def recording_view(recording: Recording) -> RecordingView:
    return RecordingView(
        sid=recording.sid,
        call_sid=recording.call_sid,
        conference_sid=recording.conference_sid,
        status=recording.status,
        started_at=recording.started_at,
        duration_s=recording.duration_s,
        sound_url=f"/recordings/{recording.sid}/sound",
    )


def sending_view(sending: Sending) -> SendingView:
    return SendingView(
        at=sending.at,
        method=sending.method,
        url=sending.url,
        params=dict(sending.params),
        status=sending.status,
        problem=sending.problem,
        duration_ms=sending.duration_ms,
    )


def event_view(event: Event) -> EventView:
    return EventView(n=event.n, at=event.at, kind=event.kind, subject=event.subject, detail=dict(event.detail))


def faults_view(faults: Faults) -> FaultsView:
    def without_number(rule: RequestFault | WebhookFault) -> dict[str, Any]:
        return {name: value for name, value in asdict(rule).items() if name != "n"}

    return FaultsView(
        requests={rule.n: FaultView(**without_number(rule)) for rule in faults.of_requests},
        webhooks={rule.n: WebhookFaultView(**without_number(rule)) for rule in faults.of_webhooks},
    )
