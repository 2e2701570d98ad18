"""From « Envoyer en intervention » to the operator holding the SMS and the call, on the local system.

An agent's browser posts the decision to the desk; the operator's own journal tells when it took the SMS and the call
for the first responder. Each dispatch has a dwelling and a contractor of its own, so that each phone must have got
exactly one of each.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import uuid4

import httpx

from bench.figures import Figure, spell_s, spread
from local.engine import system
from local.engine.provision import client
from local.scenarios.agent import BURST_PIPE
from local.scenarios.patrimoine import made_up_annuaire, made_up_patrimoine, planning_of_year
from local.scenarios.visitor import Visitor
from local.scenarios.world import World
from permanence.application.desk.fiche import malfunction_id_of
from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.dispatch.dispatching import Dispatching
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.dispatch.events import Cancel
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.reference.annuaire_checks import ANNUAIRE
from permanence.domain.reference.entreprises import Contractor, ContractorAssignment, Entreprises
from permanence.domain.reference.entreprises_kind import ENTREPRISES
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.patrimoine_kind import PATRIMOINE
from permanence.domain.reference.places import Where
from permanence.domain.reference.planning_checks import PLANNING
from permanence.web.session import SESSION_COOKIE

AREA = "From « Envoyer en intervention » to SMS and call held"
COLD, WARM, STORM = 5, 50, 200
CONNECTIONS = 16
WARM_UP = 5
MOTIF = "plomberie_logement"
ON_THE_WAY = ("desk", "outbox_relay", "notify", "call_webhook", "astreinte_dispatch")
RETRIED = frozenset({429, 500, 502, 503, 504})
PATIENCE_S = 600.0


@dataclass(frozen=True, slots=True)
class Sent:
    """One dispatch as the agent's browser saw it; instants of the machine's clock."""

    malfunction_id: str
    phone: str
    began: datetime
    answered: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """What the operator holds for one phone: when it took each SMS and call, and under which id."""

    messages: tuple[tuple[datetime, str], ...]
    calls: tuple[tuple[datetime, str], ...]

    @property
    def complete_at(self) -> datetime | None:
        """When the first SMS and the first call were both there."""
        return max(self.messages[0][0], self.calls[0][0]) if self.messages and self.calls else None


def measure() -> Iterator[Figure]:
    with _running_system() as world:
        bench = _Bench(world)
        cold, warm = bench.one_by_one(COLD, before=bench.forget_workers), bench.one_by_one(WARM, after=WARM_UP)
        yield Figure(AREA, "every function cold", spread(cold))
        yield Figure(AREA, "warm, one after the other", spread(warm))
        began = time.monotonic()
        sent = bench.at_once(STORM)
        told = time.monotonic() - began
        held = bench.wait_for(sent)
        waits = [
            (complete - one.began).total_seconds()
            for one in sent
            if (complete := held[one.phone].complete_at) is not None
        ]
        answers = [(one.answered - one.began).total_seconds() for one in sent]
        what = f"{STORM} through {CONNECTIONS} connections"
        yield Figure(AREA, f"{what}, SMS and call held", spread(waits))
        yield Figure(AREA, f"{what}, the desk's answer", f"{spread(answers)}, all in {spell_s(told)}")
        lost, doubled, wrong = bench.account(sent, held)
        counted = f"{lost} lost, {doubled} doubled, {wrong} with another id in the outbox than at the operator"
        yield Figure(AREA, what, counted, "0 lost, 0 doubled", (lost, doubled, wrong) == (0, 0, 0))


class _Bench:
    def __init__(self, world: World) -> None:
        self._world = world
        self._left = COLD + WARM + WARM_UP + STORM
        self._began = datetime.now(UTC)
        world.operator.set_offset(0)
        self._patrimoine, self._entreprises = _own_contractors(self._left)
        world.put_in_force(PATRIMOINE, self._patrimoine)
        world.put_in_force(ENTREPRISES, self._entreprises)
        world.put_in_force(ANNUAIRE, made_up_annuaire())
        world.put_in_force(PLANNING, planning_of_year(datetime.now(UTC).year))
        user = world.user("teleconseiller")
        desk = Visitor(world.outputs["public_url"]).sign_in(user["email"], user["password"], user["totp_secret"])
        self._csrf = desk.open("/desk").value("csrf") or ""
        self._cookie = f"{SESSION_COOKIE}={desk.cookies[SESSION_COOKIE]}"
        self._host = httpx.URL(world.outputs["public_url"])
        self.forget_workers()

    def one_by_one(self, how_many: int, *, before: Callable[[], None] = lambda: None, after: int = 0) -> list[float]:
        """Seconds from each decision to both held; the first `after` do not count."""
        waits = []
        with self._connection() as http:
            for _ in range(after + how_many):
                call_id, phone = self._call()
                before()
                sent = self._send(http, call_id, phone)
                complete = self.wait_for([sent])[phone].complete_at
                if complete is None:
                    raise TimeoutError(f"{phone} was not told of {sent.malfunction_id}")
                waits.append((complete - sent.began).total_seconds())
                self._cancel([sent])
        return waits[after:]

    def at_once(self, how_many: int) -> list[Sent]:
        """So many dispatches through sixteen connections, each repeated until it is answered."""
        prepared = [self._call() for _ in range(how_many)]
        connections = [self._connection() for _ in range(CONNECTIONS)]

        def work(number: int) -> list[Sent]:
            mine = prepared[number::CONNECTIONS]
            return [self._send(connections[number], call_id, phone) for call_id, phone in mine]

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            return [sent for part in pool.map(work, range(CONNECTIONS)) for sent in part]

    def wait_for(self, sent: Sequence[Sent]) -> dict[str, Held]:
        """What the operator holds for these phones, once it is complete or patience has ended."""
        phones = {one.phone for one in sent}
        deadline = time.monotonic() + PATIENCE_S
        while True:
            held = self._held(phones)
            if all(one.complete_at for one in held.values()) or time.monotonic() > deadline:
                return held
            # The journal tells the instants itself; it is long, so many phones are looked at more rarely.
            time.sleep(0.05 if len(phones) == 1 else 0.5)

    def account(self, sent: Sequence[Sent], held: dict[str, Held]) -> tuple[int, int, int]:
        """Phones without an SMS or a call; with more than one; and messages of the outbox whose id the operator does
        not have for that phone. Looked at again after everything that could still come had its time."""
        time.sleep(15)
        held = self._held(set(held))
        lost = sum(one.complete_at is None for one in held.values())
        doubled = sum(len(one.messages) > 1 or len(one.calls) > 1 for one in held.values())
        wrong = 0
        for one in sent:
            log = self._world.malfunctions.log(one.malfunction_id)
            notices = {notice.key: notice.provider_id for notice in log.notices} if log else {}
            known = {sid for _, sid in (*held[one.phone].messages, *held[one.phone].calls)}
            wrong += {notices.get("s0-sms"), notices.get("s0-voice")} != known
        self._cancel(sent)
        return lost, doubled, wrong

    def forget_workers(self) -> None:
        """The engine starts a new process for the next event of every function on the way."""
        functions = client("lambda", self._world.outputs["engine_url"])
        for name in ON_THE_WAY:
            deployed = self._world.outputs["functions"][name]
            timeout = functions.get_function_configuration(FunctionName=deployed)["Timeout"]
            functions.update_function_configuration(FunctionName=deployed, Timeout=timeout)

    def _call(self) -> tuple[str, str]:
        """A call in conversation whose fiche has the answered tree and the dwelling: its id, and whose phone will
        ring."""
        self._left -= 1
        dwelling, contractor = self._patrimoine.dwellings[self._left], self._entreprises.contractors[self._left]
        call_id, now, kinds = f"CA{uuid4().hex}", datetime.now(UTC), CallEventKind
        for key, kind, data in (
            ("presented", kinds.PRESENTED, {"caller": "+33639981247", "service": "astreinte"}),
            ("taken#1", kinds.TAKEN, {"agent": "bench", "agent_name": "Léa Marchand", "attempt": "1"}),
            ("answered", kinds.ANSWERED, {"attempt": "1"}),
        ):
            self._world.calls.record(CallEvent(call_id, key, kind, now, data), now)
        guide = self._world.contract.guide
        form = CallForm(
            call_id,
            "bench",
            "Léa Marchand",
            now,
            fields={"last_name": "Vauthier", "first_name": "Corinne"},
            tree_version=guide.version,
            path=BURST_PIPE,
            motif=MOTIF,
            dwelling_id=dwelling.dwelling_id,
        )
        self._world.calls.save_form(form, now)
        return call_id, contractor.phone

    def _send(self, http: httpx.Client, call_id: str, phone: str) -> Sent:
        malfunction_id = malfunction_id_of(call_id)
        began = datetime.now(UTC)
        body = {"csrf": self._csrf}
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                answer = http.post(f"/desk/appels/{call_id}/intervention", data=body)
            except httpx.TransportError:
                answer = httpx.Response(503)
            if answer.status_code not in RETRIED or time.monotonic() > deadline:
                break
        # A repeat of what was heard the first time leads to the call's page, not to the mission on it.
        if str(answer.headers.get("location")).removesuffix("#mission") != f"/desk/appels/{call_id}":
            raise AssertionError(f"{answer.status_code} {answer.headers.get('location')}: {answer.text[:300]}")
        return Sent(malfunction_id, phone, began, datetime.now(UTC))

    def _held(self, phones: set[str]) -> dict[str, Held]:
        messages = [one for one in self._world.operator.messages() if one.at >= self._began]
        calls = [one for one in self._world.operator.calls() if one.placed_at >= self._began]
        return {
            phone: Held(
                tuple(sorted((one.at, one.sid) for one in messages if one.to == phone)),
                tuple(sorted((one.placed_at, one.sid) for one in calls if one.to == phone)),
            )
            for phone in phones
        }

    def _cancel(self, sent: Sequence[Sent]) -> None:
        """So that nobody else is called for it."""
        dispatching = Dispatching(self._world.contract, "")
        for one in sent:
            event, now = Cancel("measured"), datetime.now(UTC)
            act_on_dispatch(self._world.malfunctions, one.malfunction_id, event, now, dispatching)

    def _connection(self) -> httpx.Client:
        headers = {"Host": f"{self._host.host}:{self._host.port}", "Cookie": self._cookie}
        limits = httpx.Limits(max_connections=1)
        return httpx.Client(base_url=f"http://127.0.0.1:{self._host.port}", headers=headers, timeout=60, limits=limits)


def _own_contractors(how_many: int) -> tuple[Patrimoine, Entreprises]:
    """A dwelling, a building and a contractor for each dispatch."""
    made_up = made_up_patrimoine(max(how_many, 40))
    patrimoine = Patrimoine(
        dwellings=tuple(replace(known, building_id=f"BENCH-{n}") for n, known in enumerate(made_up.dwellings))
    )
    numbers = range(how_many)
    return patrimoine, Entreprises(
        tuple(Contractor(f"bench-{n}", f"Plomberie {n}", "plomberie", f"+33639985{n:03}") for n in numbers),
        tuple(
            ContractorAssignment(MOTIF, f"bench-{n}", 1, date(2026, 1, 1), where=Where.BUILDING, place=f"BENCH-{n}")
            for n in numbers
        ),
    )


@contextmanager
def _running_system() -> Iterator[World]:
    """The local system of this clone, started for the while when it is not up."""
    was_running = system.is_running()
    outputs = system.read_outputs() if was_running else None
    world = World(outputs or system.up())
    try:
        yield world
    finally:
        if not was_running:
            system.down()
