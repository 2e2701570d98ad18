"""The operator as one web application."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from local.operator import assets, control, incoming_api, mailbox_api, page, rest, story
from local.operator.clock import Clock
from local.operator.errors import INTERNAL, TOO_MANY_REQUESTS, Refused
from local.operator.events import EventLog
from local.operator.exchange import API_VERSION, Exchange
from local.operator.faults import Faults
from local.operator.localhost import LocalhostTransport
from local.operator.settings import Settings
from local.operator.webhooks import Webhooks

_DESCRIPTION = """
Stands in for the telephony provider on this machine: it executes TwiML, signs its webhooks, and lets tests and
people be the phones.

* The provider's REST API (Calls, Messages, Conferences, Recordings, IncomingPhoneNumbers) is under
  `/2010-04-01/Accounts/{sid}/…json`, with HTTP basic authentication.
* What the provider's static files would answer is under `/assets/…`: put there, then served as they are.
* The mail service's API (SESv2 SendEmail) is under `/ses`; what it receives from outside it puts into a bucket.
* What is below drives the phones and reads what was sent. To await something, read `/state/version`, look, and ask
  `/events?after=<version>` until it is there.
"""
_MOST_CONNECTIONS = 200


def create_app(settings: Settings) -> FastAPI:
    """The application; its state begins with its lifespan."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        limits = httpx.Limits(max_connections=_MOST_CONNECTIONS)
        async with httpx.AsyncClient(
            transport=LocalhostTransport(limits=limits), follow_redirects=False, trust_env=False
        ) as client:
            clock = Clock()
            events = EventLog(clock)
            webhooks = Webhooks(client, settings.auth_token, clock, events, Faults())
            app.state.exchange = Exchange(settings, clock, events, webhooks)
            yield
            await app.state.exchange.reset()

    app = FastAPI(
        title="Opérateur local", version="1", description=_DESCRIPTION, lifespan=lifespan, docs_url=None, redoc_url=None
    )
    app.include_router(page.router)
    app.include_router(control.router)
    app.include_router(story.router)
    app.include_router(mailbox_api.router)
    app.include_router(incoming_api.router)
    app.include_router(rest.router)
    app.include_router(assets.router)
    app.add_exception_handler(Refused, _refused)
    app.middleware("http")(_with_faults)
    return app


async def _refused(_: Request, problem: Exception) -> Response:
    if not isinstance(problem, Refused):
        raise problem
    return _error(problem.status, problem.code, problem.message)


def _error(status: int, code: int, message: str) -> JSONResponse:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": message, "more_info": more, "status": status}, status)


async def _with_faults(request: Request, serve: Callable[[Request], Awaitable[Response]]) -> Response:
    """What the application asks of its providers may go wrong; what people do on the page does not."""
    if not request.url.path.startswith((f"/{API_VERSION}/", "/ses/")):
        return await serve(request)
    exchange: Exchange = request.app.state.exchange
    params = parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True)
    fault = exchange.webhooks.faults.strike_request(request.method, request.url.path, params)
    if fault is None:
        return await serve(request)
    exchange.events.tell("fault.struck", request.url.path, status=str(fault.status or ""))
    served = await serve(request) if fault.after or fault.status is None else None
    await asyncio.sleep(fault.delay_s)
    if fault.status is None and served is not None:
        return served
    status, why = fault.status or 500, "a fault that was asked for"
    if request.url.path.startswith("/ses/"):
        kind = "TooManyRequestsException" if status == 429 else "InternalServiceErrorException"
        return JSONResponse({"message": why}, status, headers={"x-amzn-ErrorType": kind})
    return _error(status, TOO_MANY_REQUESTS if status == 429 else INTERNAL, why)
