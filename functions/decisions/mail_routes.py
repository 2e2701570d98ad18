"""The mails that were kept apart: from whom, when and why; nothing of what they say (R30)."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from decisions.mail_words import WHY
from decisions.room import Room

MOST_SHOWN = 100

router = Router()  # type: ignore[no-untyped-call]


@router.get("/referentiel/courriels")
def mails_apart() -> Response[str]:
    room = Room(router)
    mails = room.services.received_mails.apart(MOST_SHOWN)
    return room.page("mails_apart.html", mails=[(mail, *WHY[mail.reason]) for mail in mails], most=MOST_SHOWN)
