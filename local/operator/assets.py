"""The provider's static files (Assets): instructions that stand there when nothing of ours answers."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Request, Response

from local.operator.exchange import Exchange
from local.operator.rest.form import exchange_of

router = APIRouter(prefix="/assets", tags=["assets"])

The = Annotated[Exchange, Depends(exchange_of)]
Name = Annotated[str, Path(pattern="^[a-z0-9-]+[.]xml$")]


@router.put("/{name}", summary="Keep a static file, in the place of what it held", status_code=204)
async def put_asset(name: Name, request: Request, exchange: The) -> None:
    exchange.assets[name] = (await request.body()).decode()


@router.get("/{name}", summary="A static file, as it was put")
async def get_asset(name: Name, exchange: The) -> Response:
    text = exchange.assets.get(name)
    if text is None:
        raise HTTPException(404, f"no asset {name}")
    return Response(text, media_type="text/xml")
