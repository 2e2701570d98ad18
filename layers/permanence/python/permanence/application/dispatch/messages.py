"""What a decision sends: the SMS with the link, the voice calls, the news (R41, R44, R45)."""

import re
from datetime import datetime, timedelta

from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.mission_links import key_of_token
from permanence.application.dispatch.ports import MissionLink
from permanence.domain.contract import Contract
from permanence.domain.dispatch.actions import (
    TellResponder,
    TenantNews,
)
from permanence.domain.dispatch.dispatch import Dispatch
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.dispatch.notice_words import mission_sms, responder_sms, tenant_sms
from permanence.domain.dispatch.notices import Notice, NoticeKind
from permanence.domain.dispatch.rules import answer_before

MOST_TOLD = 20
"""Callers who get an SMS of one news: one transaction must hold them, and a whole building calls in a storm."""


SUPERVISOR_VOICE = "supervisor-voice"
"""What the keys of the calls to the duty supervisor begin with; the number of the call follows."""


SUPERVISOR_SMS = "supervisor-sms"
"""The key of an SMS to him."""


MOBILE = re.compile(r"\+33[67]\d{8}")


def call_responder(
    malfunction: Malfunction, dispatch: Dispatch, index: int, now: datetime, dispatching: Dispatching
) -> tuple[list[MissionLink], list[Notice]]:
    """The SMS with the link and the voice call, at once (R41); a landline gets the call alone."""
    contract = dispatching.contract
    step = dispatch.steps[index]
    owner = malfunction.malfunction_id
    voice = Notice(owner, f"s{index}-voice", NoticeKind.VOICE, step.responder.phone, now, step=index)
    if step.responder.sms_phone is None:
        return [], [voice]
    token = dispatching.new_token()
    text = mission_sms(
        reference=dispatch.reference,
        motif=contract.motifs[malfunction.motif].sms_label,
        commune=malfunction.place.commune,
        address=malfunction.place.address,
        answer_before=answer_before(step) or now,
        link=dispatching.link_base + token,
        desk_line=contract.numbers.desk_line,
    )
    sms = Notice(owner, f"s{index}-sms", NoticeKind.SMS, step.responder.sms_phone, now, text=text, step=index)
    valid_until = now + timedelta(hours=contract.dispatch.link_valid_h)
    return [MissionLink(key_of_token(token), owner, index, valid_until)], [sms, voice]


def call_supervisor(malfunction: Malfunction, attempt: int, now: datetime, contract: Contract) -> Notice:
    key = f"{SUPERVISOR_VOICE}-{attempt}"
    return Notice(malfunction.malfunction_id, key, NoticeKind.VOICE, contract.numbers.duty_supervisor, now)


def attempt_of(key: str) -> int:
    """Of the call to the duty supervisor that a key names; 1 where it numbers none."""
    number = key.rpartition("-")[2]
    return int(number) if number.isdecimal() else 1


def tell_tenants(
    malfunction: Malfunction, dispatch: Dispatch, news: TenantNews, now: datetime, contract: Contract
) -> list[Notice]:
    """An SMS to each caller's mobile, once a number (R45)."""
    if dispatch.winner is None:
        return []
    winner = dispatch.steps[dispatch.winner].responder
    text = tenant_sms(
        news,
        role=winner.role,
        trade=winner.trade,
        arrival=dispatch.announced_arrival_at,
        number=malfunction.number,
        public_number=contract.numbers.landlord_public,
    )
    mobiles = [
        contact.phone
        for contact in malfunction.contacts
        if contact.told_by_sms and contact.phone and MOBILE.fullmatch(contact.phone)
    ]
    return [
        Notice(
            malfunction.malfunction_id,
            f"tenant-{news.value}-{malfunction.version}-{n}",
            NoticeKind.SMS,
            phone,
            now,
            text=text,
        )
        for n, phone in enumerate(list(dict.fromkeys(mobiles))[:MOST_TOLD])
    ]


def tell_responder(malfunction: Malfunction, dispatch: Dispatch, action: TellResponder, now: datetime) -> list[Notice]:
    """An SMS to who was called and need not come; who has no mobile hears it when calling (R44)."""
    told = dispatch.steps[action.step].responder
    if told.sms_phone is None:
        return []
    winner = None if dispatch.winner is None else dispatch.steps[dispatch.winner].responder.role
    text = responder_sms(action.news, dispatch.reference, now, winner=winner, told=told.role)
    key = f"told-{action.step}-{action.news.value}"
    return [Notice(malfunction.malfunction_id, key, NoticeKind.SMS, told.sms_phone, now, text=text)]
