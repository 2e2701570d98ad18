"""Mails from outside: whoever is to get them says where, and anybody may send one."""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from fastapi import APIRouter, HTTPException
from fastapi.concurrency import run_in_threadpool

from local.operator.control import The
from local.operator.incoming import MailFromOutside, Rule, received

router = APIRouter()


@router.put("/mails/rule", tags=["sent"], summary="Where mails from outside are put")
async def set_rule(rule: Rule, exchange: The) -> Rule:
    exchange.rule = rule
    return rule


@router.post("/mails/from-outside", tags=["sent"], summary="Somebody sends us a mail with files")
async def send_from_outside(mail: MailFromOutside, exchange: The) -> dict[str, str]:
    """Where it was put."""
    rule = exchange.rule
    if rule is None:
        raise HTTPException(409, "nobody has said where mails from outside are put")
    key, whole = received(mail, rule, exchange.clock.now())
    await run_in_threadpool(_put, rule, key, whole)
    exchange.events.tell("mail.from_outside", mail.sender, files=", ".join(file.name for file in mail.files))
    return {"object": key}


def _put(rule: Rule, key: str, whole: bytes) -> None:
    """As the account itself: the mail service's own role is the template's to hold."""
    make: Callable[..., Any] = boto3.client
    s3 = make(
        "s3",
        endpoint_url=rule.engine_url,
        region_name=rule.region,
        aws_access_key_id=rule.account,
        aws_secret_access_key="test",  # noqa: S106  (of an engine on this machine)
        config=Config(request_checksum_calculation="when_required", s3={"addressing_style": "path"}),
    )
    s3.put_object(Bucket=rule.bucket, Key=key, Body=whole)
