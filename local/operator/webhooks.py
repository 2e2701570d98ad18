"""Requests to the application: signed, timed out, retried as the URL's fragment says, in order per resource; unless a
fault was asked for."""

import asyncio
import base64
import hashlib
import hmac
from collections import deque
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urldefrag

import httpx

from local.operator.clock import Clock
from local.operator.errors import CONNECTION_FAILED, RETRIEVAL_FAILED, DocumentFailed
from local.operator.events import EventLog
from local.operator.faults import Faults, Mishap, WebhookFault
from local.operator.sids import new_sid

TIMEOUT_S = 15.0
KEPT = 500
MORE_COPIES = 2
LOST_ON_PURPOSE = "perdue à la demande"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content_type: str
    body: str


@dataclass(frozen=True, slots=True)
class Sending:
    """One webhook as it went; `status` None means that no answer came, `problem` says why."""

    at: datetime
    method: str
    url: str
    params: Mapping[str, str]
    status: int | None
    problem: str | None
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Patience:
    """How a webhook is tried; from the fragment of its URL, seconds."""

    retries: int
    policy: frozenset[str]
    connect_s: float
    read_s: float
    total_s: float


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One webhook, however often it is tried."""

    url: str
    method: str
    params: Mapping[str, str]
    patience: Patience
    idempotency_token: str
    auth_token: str


def signature(auth_token: str, url: str, params: Mapping[str, str]) -> str:
    """``X-Twilio-Signature``: base64 HMAC-SHA1 of the URL followed by each key and value, keys sorted."""
    text = url + "".join(key + params[key] for key in sorted(params))
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def patience(fragment: str) -> Patience:
    """Connection overrides: ``rc`` retries, ``rp`` on what (ct, rt, 4xx, 5xx, all), ``ct``/``rt``/``tt`` in ms."""
    given = dict(parse_qsl(fragment))
    return Patience(
        retries=min(int(given.get("rc", "1")), 5),
        policy=frozenset(given.get("rp", "ct").split(",")),
        connect_s=int(given.get("ct", "5000")) / 1000,
        read_s=int(given.get("rt", "15000")) / 1000,
        total_s=min(int(given.get("tt", "15000")) / 1000, TIMEOUT_S),
    )


class Webhooks:
    """Sends what happened to the application and keeps a journal of what was sent."""

    def __init__(
        self, client: httpx.AsyncClient, auth_token: str, clock: Clock, events: EventLog, faults: Faults
    ) -> None:
        self.faults = faults
        self._client = client
        self._auth_token = auth_token
        self._clock = clock
        self._events = events
        self._running: set[asyncio.Task[Any]] = set()
        self._last: dict[str, asyncio.Task[None]] = {}
        self._overtaken: dict[str, asyncio.Event] = {}
        self.journal: deque[Sending] = deque(maxlen=KEPT)

    def forget(self, sid: str) -> None:
        """What was told the application of a call or a message."""
        self.journal = deque((sent for sent in self.journal if sid not in sent.params.values()), maxlen=KEPT)

    async def ask(self, url: str, method: str, params: Mapping[str, str]) -> Answer:
        """The application's answer. It is still delivered when whoever asked goes away meanwhile.

        Raises DocumentFailed when no 2xx answer came.
        """
        fault = self._strike(url, method, params)
        return await asyncio.shield(self._spawn(self._deliver(url, method, params, fault)))

    def notify(self, about: str, url: str, method: str, params: Mapping[str, str]) -> None:
        """Tell the application in the background; what concerns the same resource is told in order."""
        fault = self._strike(url, method, params)
        before = self._last.get(about)
        if fault is not None and fault.mishap is Mishap.REORDERED:
            overtaken = self._overtaken[about] = asyncio.Event()
            self._spawn(self._notify_overtaken(before, overtaken, url, method, params, fault))
            return
        telling = self._last[about] = self._spawn(self._notify_after(before, url, method, params, fault))
        waiting = self._overtaken.pop(about, None)
        if waiting is not None:
            telling.add_done_callback(lambda _: waiting.set())

    def silence(self) -> None:
        """Drop what is still to be sent."""
        for task in set(self._running):
            task.cancel()
        self._last.clear()
        self._overtaken.clear()

    def _strike(self, url: str, method: str, params: Mapping[str, str]) -> WebhookFault | None:
        fault = self.faults.strike_webhook(method, url, tuple(params.items()))
        if fault is not None:
            self._events.tell("fault.struck", url, mishap=fault.mishap.value)
        return fault

    async def _notify_after(
        self,
        before: asyncio.Task[None] | None,
        url: str,
        method: str,
        params: Mapping[str, str],
        fault: WebhookFault | None,
    ) -> None:
        if before is not None:
            await asyncio.wait({before})
        try:
            await self._deliver(url, method, params, fault)
        except DocumentFailed as failure:
            self._events.tell("webhook.failed", url, code=str(failure.code), message=failure.message)

    async def _notify_overtaken(
        self,
        before: asyncio.Task[None] | None,
        overtaken: asyncio.Event,
        url: str,
        method: str,
        params: Mapping[str, str],
        fault: WebhookFault,
    ) -> None:
        """After the next one about the same thing, or when none has come in time."""
        with suppress(TimeoutError):
            await asyncio.wait_for(overtaken.wait(), fault.delay_s)
        await self._notify_after(before, url, method, params, None)

    async def _deliver(self, url: str, method: str, params: Mapping[str, str], fault: WebhookFault | None) -> Answer:
        address, fragment = urldefrag(url)
        mishap, token = (fault.mishap, fault.token) if fault else (None, "")
        token = token if mishap is Mishap.SIGNATURE else self._auth_token
        try:
            delivery = _Delivery(address, method, params, patience(fragment), new_sid(""), token)
        except ValueError as problem:
            raise DocumentFailed(RETRIEVAL_FAILED, f"connection overrides: {problem}", url) from problem
        if mishap is Mishap.LOST:
            self._keep(delivery, None, LOST_ON_PURPOSE, 0)
            raise DocumentFailed(RETRIEVAL_FAILED, "a fault that was asked for", url)
        if fault is not None and mishap is Mishap.SLOW:
            await asyncio.sleep(fault.delay_s)
        copies = MORE_COPIES if mishap is Mishap.DUPLICATE else 0
        more = [self._spawn(self._try(delivery)) for _ in range(copies)]
        try:
            return await self._try(delivery)
        finally:
            await asyncio.gather(*more, return_exceptions=True)

    async def _try(self, delivery: _Delivery) -> Answer:
        """Until an answer came, or the retries of its URL are used up."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + delivery.patience.total_s
        attempts = 0
        while True:
            began = loop.time()
            result, condition = await self._attempt(delivery, max(0.1, deadline - began))
            status, problem = (result.status, None) if isinstance(result, Answer) else (None, result.message)
            self._keep(delivery, status, problem, round((loop.time() - began) * 1000))
            if isinstance(result, Answer):
                return result
            attempts += 1
            retried = not delivery.patience.policy.isdisjoint({condition, "all"})
            if not retried or attempts > delivery.patience.retries or loop.time() >= deadline:
                raise result

    def _keep(self, delivery: _Delivery, status: int | None, problem: str | None, duration_ms: int) -> None:
        self.journal.append(
            Sending(
                at=self._clock.now(),
                method=delivery.method,
                url=delivery.url,
                params=dict(delivery.params),
                status=status,
                problem=problem,
                duration_ms=duration_ms,
            )
        )
        self._events.tell("webhook.sent", delivery.url)

    async def _attempt(self, delivery: _Delivery, timeout_s: float) -> tuple[Answer | DocumentFailed, str]:
        """The answer, or the failure with the condition that a retry policy knows it by."""
        try:
            async with asyncio.timeout(timeout_s):
                answer = await self._send(delivery)
        except (httpx.ConnectError, httpx.ConnectTimeout) as problem:
            return DocumentFailed(CONNECTION_FAILED, f"no connection: {problem}", delivery.url), "ct"
        except (httpx.HTTPError, TimeoutError) as problem:
            return DocumentFailed(RETRIEVAL_FAILED, f"no answer: {problem!r}", delivery.url), "rt"
        if not 200 <= answer.status < 300:
            return DocumentFailed(RETRIEVAL_FAILED, f"HTTP {answer.status}", delivery.url), f"{answer.status // 100}xx"
        return answer, ""

    async def _send(self, delivery: _Delivery) -> Answer:
        url, params, patient = delivery.url, delivery.params, delivery.patience
        timeout = httpx.Timeout(patient.read_s, connect=patient.connect_s)
        headers = {"User-Agent": "TwilioProxy/1.1", "I-Twilio-Idempotency-Token": delivery.idempotency_token}
        if delivery.method == "GET":
            full = str(httpx.URL(url).copy_merge_params(dict(params))) if params else url
            headers["X-Twilio-Signature"] = signature(delivery.auth_token, full, {})
            response = await self._client.get(full, headers=headers, timeout=timeout)
        else:
            headers["X-Twilio-Signature"] = signature(delivery.auth_token, url, params)
            response = await self._client.post(url, data=dict(params), headers=headers, timeout=timeout)
        return Answer(response.status_code, response.headers.get("content-type", ""), response.text)

    def _spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task
