"""The mail service's API as the application sees it, and the mails as a person reads them."""

import json
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import ValidationError

from local.operator.control import The
from local.operator.exchange import Exchange
from local.operator.mail import Mail, MailRefused, OutboundEmail
from local.operator.views import MailView, mail_view

router = APIRouter()

_READ_ONLY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def _refused(message: str) -> JSONResponse:
    return JSONResponse({"message": message}, 400, headers={"x-amzn-ErrorType": "BadRequestException"})


@router.post("/ses/v2/email/outbound-emails", include_in_schema=False)
async def send_email(request: Request, exchange: The) -> JSONResponse:
    """SESv2 SendEmail."""
    try:
        email = OutboundEmail.model_validate_json(await request.body())
        mail = exchange.mailbox.receive(email, exchange.clock.now())
    except ValidationError as problem:
        return _refused(json.dumps(problem.errors(include_input=False, include_url=False), default=str))
    except MailRefused as refusal:
        return _refused(str(refusal))
    exchange.events.tell("mail.received", mail.id, to=", ".join(mail.recipients))
    return JSONResponse({"MessageId": mail.id})


def _find(exchange: Exchange, mail_id: str) -> Mail:
    mail = exchange.mailbox.find(mail_id)
    if mail is None:
        raise HTTPException(404, f"no mail {mail_id}")
    return mail


@router.get("/mails", tags=["sent"], summary="The mails that were sent, oldest first")
async def list_mails(exchange: The) -> list[MailView]:
    return [mail_view(mail) for mail in exchange.mailbox.all]


@router.delete("/mails/{mail_id}", tags=["sent"], status_code=204, summary="Its reader throws a mail away")
async def throw_away(mail_id: str, exchange: The) -> None:
    exchange.mailbox.all.remove(_find(exchange, mail_id))
    exchange.events.tell("mail.thrown_away", mail_id)


@router.get("/mails/{mail_id}/html", tags=["sent"], summary="The HTML of a mail", response_class=HTMLResponse)
async def read_html(mail_id: str, exchange: The) -> HTMLResponse:
    html = _find(exchange, mail_id).html.replace("<head>", '<head><base target="_blank">', 1)
    return HTMLResponse(html, headers={"Content-Security-Policy": _READ_ONLY})


@router.get("/mails/{mail_id}/raw", tags=["sent"], summary="The whole MIME message", response_class=Response)
async def read_raw(mail_id: str, exchange: The) -> Response:
    return _download(_find(exchange, mail_id).raw, "message.eml", "message/rfc822")


@router.get("/mails/{mail_id}/attachments/{index}", tags=["sent"], summary="One attachment", response_class=Response)
async def read_attachment(mail_id: str, index: int, exchange: The) -> Response:
    attachments = _find(exchange, mail_id).attachments
    if not 0 <= index < len(attachments):
        raise HTTPException(404, f"no attachment {index}")
    found = attachments[index]
    return _download(found.body, found.name, found.content_type)


def _download(body: bytes, name: str, content_type: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(body, media_type=content_type, headers={"Content-Disposition": disposition})
