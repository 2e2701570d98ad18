"""Mails from outside: whoever is to get them says where, and anybody may send one."""

import httpx
from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict

from local.operator.control import The
from local.operator.incoming import MailFromOutside, Rule, received

router = APIRouter()


class RuleGiven(BaseModel):
    """`bucket_url` is where its objects are put."""

    model_config = ConfigDict(extra="forbid")

    address: str
    bucket_url: str
    folder: str


@router.put("/mails/rule", tags=["sent"], summary="Where mails from outside are put")
async def set_rule(given: RuleGiven, exchange: The) -> RuleGiven:
    exchange.rule = Rule(given.address, given.bucket_url.rstrip("/"), given.folder)
    return given


@router.post("/mails/from-outside", tags=["sent"], summary="Somebody sends us a mail with files")
async def send_from_outside(mail: MailFromOutside, exchange: The) -> dict[str, str]:
    """Where it was put."""
    if exchange.rule is None:
        raise HTTPException(409, "nobody has said where mails from outside are put")
    url, whole = received(mail, exchange.rule, exchange.clock.now())
    async with httpx.AsyncClient(trust_env=False) as http:
        (await http.put(url, content=whole)).raise_for_status()
    exchange.events.tell("mail.from_outside", mail.sender, files=", ".join(file.name for file in mail.files))
    return {"object": url}
