"""No log line, figure, queue message or address holds a number, a name or a place: ids only (R70, R71).

One night through the real handlers, told by people whom the search below would recognise anywhere. The one exception is
said where it is made: the queue of late events holds what the table could not take.
"""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from aws_lambda_powertools import Logger

from astreinte_dispatch.handler import wake
from mission.routes import Services as MissionServices
from mission.routes import make_app
from notify.handler import send_all
from permanence.adapters.records import to_plain
from permanence.application.desk.fiche import malfunction_id_of
from permanence.application.dispatch.duty_supervisor import DutySupervisor
from permanence.application.dispatch.notifying import Providers
from permanence.application.reception.ports import ProviderRefused, QueueRefused
from permanence.application.reports.settling_days import SettlingDays, settle_days
from permanence.domain.dispatch.notices import NoticeStatus
from permanence.domain.instants import format_instant, paris_day
from recording_import.handler import import_all
from tests.fakes.providers import FakeMailer, FakeObjects, FakeQueue
from tests.fakes.received_mails import FakeRotaUpdates
from tests.fakes.registers import FakeReferenceData, FakeSettledDays
from tests.fakes.store import FakeDueItems, FakeNotices
from tests.functions import http_events
from tests.functions.desk.desk_world import BURST_PIPE, COMPLETE
from tests.functions.desk.desk_world import World as Desk
from tests.functions.queue_events import queue_event
from tests.functions.telephony import CALL_ID
from tests.functions.telephony import World as Telephony

CALLER = "+33639981247"
PAGE = f"/desk/appels/{CALL_ID}"
MISSION = malfunction_id_of(CALL_ID)
ADDRESS = re.compile(r'(?:href|action|formaction|hx-get|hx-post|src)="(?!tel:)([^"]*)"')
PERSONAL = (
    "639981247",  # the caller
    "639982105",  # the contractor
    "639980101",  # the agent's phone
    "vauthier",
    "corinne",
    "c.vauthier",
    "bouvier",
    "plombenuit",
    "robinet",
    "daval",
    "nadège",
    "nad\\u00e8ge",
)


def personal_in(*told: object) -> list[str]:
    """What a search finds, however a number or a word is written."""
    plain = re.sub(r"[\s\u00a0\u202f.%+-]|%20", "", " ".join(str(one) for one in told)).lower()
    return [word for word in PERSONAL if re.sub(r"[.+-]", "", word) in plain]


class House:
    """Desk, telephone, mission page and workers over one store."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.phone = Telephony(now=self.desk.now, store=self.desk.store, logger=Logger(service="observed"))
        self.desk.urls = self.phone.urls
        self.desk.phones = self.phone.phones
        self.late_events = self.phone.late_events
        self.outbox, self.deadlines = FakeQueue(), FakeQueue()
        shared = {
            "malfunctions": self.desk.malfunctions,
            "notices": FakeNotices(self.desk.store),
            "calls": self.desk.calls,
            "open_items": self.desk.open_items,
            "dispatching": self.desk.dispatching,
        }
        providers = Providers(
            lambda: self.phone.phones, FakeMailer, FakeObjects, self.phone.urls, "astreinte@permanence.example"
        )
        duty_supervisor = DutySupervisor(FakeReferenceData, self.desk.contract.numbers)
        self.notify = SimpleNamespace(
            **shared, providers=providers, duty_supervisor=duty_supervisor, rota_updates=FakeRotaUpdates()
        )
        self.dispatcher = SimpleNamespace(
            **shared,
            due_items=FakeDueItems(self.desk.store),
            rota_updates=FakeRotaUpdates(),
            outbox=self.outbox,
            deadlines=self.deadlines,
        )
        self.importer = SimpleNamespace(
            calls=self.desk.calls,
            phones=self.phone.phones,
            recordings=FakeObjects(),
            retention=self.desk.contract.retention,
        )
        base = self.phone.urls.base
        self.mission = make_app(
            MissionServices(self.desk.malfunctions, self.desk.dispatching, base, lambda: self.desk.now),
            Logger(service="mission"),
        )
        self.locations: list[str] = []

    def night(self) -> None:
        self._call_is_taken()
        self._somebody_is_sent()
        self._contractor_answers()
        self._call_ends()

    def _call_is_taken(self) -> None:
        self.phone.ring(From=CALLER, ForwardedFrom=CALLER)
        self.phone.post(self.phone.urls.waiting(self.phone.now))
        self.browser = self.desk.browser()
        self._press("prendre", {})
        placed = self.phone.phones.calls[-1]
        self.phone.picks_up(placed, To=placed.to)
        self.phone.post(self.phone.phones.redirects[-1][1], {"From": CALLER})
        events = self.phone.urls.conference_events(CALL_ID, self.phone.now, 1)
        self.phone.post(events, {"ConferenceSid": "CF1", "StatusCallbackEvent": "conference-start"})

    def _somebody_is_sent(self) -> None:
        self.desk.answers(self.browser.get(PAGE), BURST_PIPE, CALL_ID)
        self._press("logements", {"q": "12 rue Baron Bouvier Vesoul"})
        self._press("fiche", {**COMPLETE, "mail": "c.vauthier@exemple.fr", "mail__absent": "", "dwelling": "D104"})
        self._press("intervention", {})

    def _contractor_answers(self) -> None:
        self.phone.phones.faults = [None, ProviderRefused("21211", f"{CALLER} is no number of M. Daval")]
        keys = [{"owner": MISSION, "key": key} for key in self.desk.store.notices_of(MISSION)]
        send_all(queue_event(*keys), self.notify, self.desk.now, None)
        wake(
            {"job": "sweep", "at": format_instant(self.desk.now.replace(year=2027))},
            self.dispatcher,
            self.desk.now,
            None,
        )
        for message in list(self.deadlines.messages):
            wake(queue_event(message.body), self.dispatcher, self.desk.now, None)
        (sms,) = self.phone.phones.messages
        path = re.search(r"/m/\w+", sms.text)
        assert path is not None
        self.mission.resolve(http_events.http_event("GET", path[0]), None)
        form = {"texte": "Corinne Vauthier est absente, 06 39 98 12 47"}
        for action in ("accepter", "compte-rendu", "nulle-part"):
            self.mission.resolve(http_events.http_event("POST", f"{path[0]}/{action}", form=form), None)

    def _call_ends(self) -> None:
        address = self.phone.urls.recordings(CALL_ID, self.phone.now)
        self.phone.post(address, {"RecordingSid": "RE1", "RecordingStatus": "completed", "RecordingDuration": "9"})
        self.phone.phones.recordings["RE1"] = b"RIFF"
        for message in self.phone.imports.messages:
            import_all(queue_event(message.body), self.importer, self.desk.now, None)
        self.phone.later(60)
        self.phone.end(duration_s=60)
        self._press("clore", {})

    def _press(self, action: str, fields: dict[str, str]) -> None:
        self.browser.post(f"{PAGE}/{action}", fields, csrf="csrf of id-Nadège")
        self.locations += [self.browser.location]
        self.locations += re.findall(
            r'(?:href|action|formaction|hx-get|hx-post|src)="(?!tel:)([^"]*)"', self.browser.html
        )

    def went_all_the_way(self) -> bool:
        """Every handler had its part: sent, refused, accepted, met, imported, closed, ended."""
        store = self.desk.store
        dispatch = store.malfunctions[MISSION].dispatch
        assert dispatch is not None
        statuses = {notice.status for notice in store.notices_of(MISSION).values()}
        return (
            dispatch.winner is not None
            and {NoticeStatus.SENT, NoticeStatus.FAILED} <= statuses
            and bool(self.deadlines.messages and self.importer.recordings.objects)
            and store.forms[CALL_ID].closed_at is not None
            and self.phone.call().ended_at is not None
        )

    @property
    def queue_bodies(self) -> list[object]:
        queues = (self.outbox, self.deadlines, self.phone.imports)
        return [message.body for queue in queues for message in queue.messages]

    @property
    def provider_addresses(self) -> list[str]:
        phones = self.phone.phones
        placed = [address for call in phones.calls for address in (call.url, call.status_url)]
        return [*placed, *(url for _, url in phones.redirects), *(sms.callback_url for sms in phones.messages)]


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Every record with all its fields."""
    return " ".join(str(vars(record)) for record in caplog.records)


def test_the_search_finds_what_it_must() -> None:
    assert personal_in("caller=%2B33639981247") == ["639981247"]
    assert personal_in("06\u00a039 98 12 47") == ["639981247"]
    assert "vauthier" in personal_in({"name": "Mme VAUTHIER"})
    assert personal_in("call=CA1 status=200") == []


def test_a_whole_night_leaves_nobody_in_logs_queues_or_addresses(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    house.night()
    assert house.went_all_the_way()
    text = logged(caplog)
    assert MISSION in text
    assert CALL_ID in text
    assert personal_in(text) == []
    assert house.queue_bodies
    assert personal_in(*house.queue_bodies) == []
    assert personal_in(*house.provider_addresses) == []
    assert len(house.locations) > 10
    assert personal_in(*house.locations) == []


def test_what_is_kept_of_a_day_for_ever_names_nobody() -> None:
    """The figures of the night carry no stamp: they must not need one."""
    house = House()
    house.night()
    days = FakeSettledDays()
    job = SettlingDays(house.desk.contract, house.desk.calls, days)
    settle_days(job, house.phone.now + timedelta(days=1))
    kept = days.days[paris_day(house.phone.call().presented_at or house.phone.now)]
    assert kept.counts["astreinte answered"] == (1,)
    assert personal_in(to_plain(kept)) == []
    assert CALL_ID not in repr(kept)
    assert MISSION not in repr(kept)


def test_figures_name_nobody() -> None:
    house = House()
    house.night()
    assert personal_in(house.phone.metrics.serialize_metric_set()) == []


def test_an_outage_logs_nobody_and_only_the_queue_of_late_events_holds_the_number(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = House()
    house.desk.store.is_down = True
    house.phone.ring(From=CALLER)
    assert personal_in(*(message.body for message in house.late_events.messages)) == ["639981247"]
    house.late_events.faults.append(QueueRefused(f"{CALLER} was refused"))
    house.phone.ring(From=CALLER)
    assert "event lost" in logged(caplog)
    assert personal_in(logged(caplog), *house.queue_bodies) == []


def test_a_page_that_fails_logs_what_it_died_of_and_not_what_was_typed(caplog: pytest.LogCaptureFixture) -> None:
    house = House()

    def quoting(call_id: str) -> None:
        raise ValueError(f"Corinne Vauthier, {CALLER}, {call_id}")

    house.desk.calls.get = quoting  # type: ignore[method-assign, assignment]
    assert house.desk.browser().get(PAGE).status == 500
    assert "ValueError" in logged(caplog)
    assert personal_in(logged(caplog)) == []
