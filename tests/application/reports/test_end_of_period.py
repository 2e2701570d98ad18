"""Each ended astreinte period is told once, to the agency concerned, open missions first (R50)."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.dispatch.ports import Decision
from permanence.application.reception.calls import decide_service
from permanence.application.reports.end_of_period import EndOfPeriod, tell_ended_periods
from permanence.application.reports.period_mail import PeriodMail
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import ReportResult
from permanence.domain.dispatch.events import Accept, Arrive, CallNext, Decline, Report
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.main_courante.log import EntryKind
from permanence.domain.reference.calendar import Period, Service, ToldPeriod
from tests.application.dispatch.night import MALFUNCTION_ID, PLACE, Night, burst_pipe, caller
from tests.fakes.providers import FakeObjects
from tests.fakes.registers import FakeJobs
from tests.fakes.store import FakeCalls, FakeOpenItems, StoreDown

MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
MONDAY_LUNCH = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
REFUSED = (("danger", "non"), ("qui", "adresse_connue"), ("quoi", "autre"), ("autre", "administratif"))


@dataclass
class Weekend:
    """A Saturday night and the job that tells it; `mails` are those written, in order."""

    night: Night
    jobs: FakeJobs = field(default_factory=FakeJobs)
    reports: FakeObjects = field(default_factory=FakeObjects)
    mails: list[PeriodMail] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calls = FakeCalls(self.night.store)

    def tell(self, now: datetime = MONDAY) -> list[PeriodMail]:
        """Run the job; the mails it wrote."""
        self.mails.clear()
        job = EndOfPeriod(
            contract=self.night.contract,
            calls=self.calls,
            malfunctions=self.night.malfunctions,
            open_items=FakeOpenItems(self.night.store),
            reference=self.night.reference,
            notices=self.night.notices,
            jobs=self.jobs,
            reports=self.reports,
            write=self._write,
        )
        tell_ended_periods(job, now)
        return list(self.mails)

    def _write(self, mail: PeriodMail) -> bytes:
        self.mails.append(mail)
        return repr(mail).encode()

    def call(
        self, call_id: str, at: datetime, form: CallForm | None = None, *, answered: bool = True, line: str = ""
    ) -> None:
        told = {"caller": "+33639980102"} | ({"line": line} if line else {})
        presented = CallEvent(call_id, "presented", CallEventKind.PRESENTED, at, told)
        events = [decide_service(presented, self.night.contract)]
        if answered:
            taken = {"agent": "camille", "agent_name": "Camille", "attempt": "1"}
            events.append(CallEvent(call_id, "taken#1", CallEventKind.TAKEN, at + timedelta(seconds=5), taken))
            events.append(
                CallEvent(call_id, "answered", CallEventKind.ANSWERED, at + timedelta(seconds=9), {"attempt": "1"})
            )
        events.append(CallEvent(call_id, "ended", CallEventKind.ENDED, at + timedelta(minutes=4)))
        for event in events:
            self.calls.record(event, at)
        if form is not None:
            self.calls.save_form(replace(form, call_id=call_id), at)

    @property
    def told_to(self) -> dict[str, str]:
        """The lists told, by the key of their notice, with their recipients."""
        return {key: n.to for (owner, key), n in self.night.store.notices.items() if owner.startswith("job:")}


def form(malfunction_id: str | None = None, **changes: object) -> CallForm:
    opened = CallForm("", "camille", "Camille", MONDAY, malfunction_id=malfunction_id, tree_version="2026-11")
    return replace(opened, **changes)  # type: ignore[arg-type]


@pytest.fixture
def weekend(contract: Contract) -> Weekend:
    return Weekend(Night(contract))


def test_what_was_taken_over_is_told_at_each_end_of_its_openings_and_each_malfunction_once(weekend: Weekend) -> None:
    """From Monday at 10:00 to Tuesday at 15:00; the nights between are told as ever (R4, R50)."""
    ten, three = datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 24, 14, tzinfo=UTC)
    hours = replace(weekend.night.contract.hours, takeovers=(Period(ten, three),))
    weekend.night.contract = replace(weekend.night.contract, hours=hours)
    weekend.tell()
    for minutes in (-30, 30):
        weekend.call(f"CA{minutes}", ten + timedelta(minutes=minutes), form(outcome="refus"))
    weekend.night.now = ten + timedelta(minutes=40)
    weekend.night.start()
    told = [mail for mail in weekend.tell(three) if not mail.agency]

    spans = [(mail.period.service, mail.period.start, mail.period.end) for mail in told]
    noon, half_past_one, evening = (
        datetime(2026, 11, 23, hour, minute, tzinfo=UTC) for hour, minute in ((11, 0), (12, 30), (16, 30))
    )
    morning, next_noon, afternoon = (
        datetime(2026, 11, 24, hour, minute, tzinfo=UTC) for hour, minute in ((7, 30), (11, 0), (12, 30))
    )
    assert spans == [
        (Service.TAKEOVER, ten, noon),
        (Service.ASTREINTE, noon, half_past_one),
        (Service.TAKEOVER, half_past_one, evening),
        (Service.ASTREINTE, evening, morning),
        (Service.TAKEOVER, morning, next_noon),
        (Service.ASTREINTE, next_noon, afternoon),
        (Service.TAKEOVER, afternoon, three),
    ]
    first, *others = told
    assert (first.figures.calls, first.figures.malfunctions) == (1, 1)
    assert {mail.figures.calls for mail in others} == {0}
    assert weekend.tell(three) == []


def test_the_agency_concerned_is_told_on_monday_morning(weekend: Weekend) -> None:
    weekend.night.start()
    weekend.call("CA1", weekend.night.now, form(MALFUNCTION_ID, fields={"answer_given": "Robinet fermé"}))
    mail, whole = weekend.tell()
    assert mail.agency == "Vesoul"
    assert mail.recipients == weekend.night.contract.agencies["vesoul"].mailing_list
    assert [told.row.number for told in mail.malfunctions] == ["2026-0001"]
    assert mail.malfunctions[0].answers == ("Robinet fermé",)
    assert mail.malfunctions[0].callers == ("Mme Corinne Jeannin",)
    assert (mail.figures.calls, mail.figures.malfunctions, mail.figures.without_intervention) == (1, 1, 0)
    assert weekend.told_to == {"mail-vesoul": ",".join(mail.recipients), "mail-default": ",".join(whole.recipients)}


def test_the_list_of_the_contract_gets_all_main_courantes_of_a_night_and_each_agency_its_own(weekend: Weekend) -> None:
    """Art. 4-2: « l’ensemble … selon un listing précis »; no mail of such a night says that there was none."""
    for number, agency in enumerate(("vesoul", "vesoul", "gray", "lure", "")):
        weekend.night.start(burst_pipe(f"mission-{number}", place=replace(PLACE, agency=agency)))
    weekend.call("CA1", weekend.night.now, form(outcome="refus"))
    mails = {mail.agency: mail for mail in weekend.tell()}
    assert {agency: len(mail.malfunctions) for agency, mail in mails.items()} == {
        "Vesoul": 2,
        "Gray": 1,
        "Lure": 1,
        "": 5,
    }
    assert mails[""].recipients == weekend.night.contract.default_mailing_list
    assert (mails[""].figures.malfunctions, mails[""].figures.calls, len(mails[""].unserved)) == (5, 1, 1)
    run = weekend.jobs.runs["end_of_period", "2026-11-23T0830"]
    assert run.counts == {"mails": 4, "malfunctions": 5, "to_do": 5, "calls": 1}


def test_the_reading_that_keeps_agencies_out_writes_one_mail(weekend: Weekend) -> None:
    terms = weekend.night.contract.service_level
    readings = tuple(replace(r, value="list_only") if r.reading_id == "period_mails" else r for r in terms.readings)
    level = replace(terms, readings=readings)
    weekend.night.start()
    weekend.night.contract = replace(weekend.night.contract, service_level=level)
    assert [mail.agency for mail in weekend.tell()] == [""]


@pytest.mark.parametrize("came_after", [None, CallEventKind.ENDED, CallEventKind.SENT_TO_FALLBACK])
def test_only_who_hung_up_before_an_answer_is_said_to_have(weekend: Weekend, came_after: CallEventKind | None) -> None:
    """Not who waits still, nor who was sent to the landlord's own numbers."""
    at = MONDAY - timedelta(hours=9)
    kinds = [CallEventKind.PRESENTED, *([came_after] if came_after else [])]
    if came_after is CallEventKind.SENT_TO_FALLBACK:
        kinds.append(CallEventKind.ENDED)
    for kind in kinds:
        weekend.calls.record(CallEvent("CA1", kind.value, kind, at, {}), at)
    (mail,) = weekend.tell()
    assert mail.figures.unanswered == (came_after is CallEventKind.ENDED)


def test_the_mail_tells_each_refusal_and_who_did_not_wait_whatever_came_after(weekend: Weekend) -> None:
    weekend.night.start()
    weekend.night.happen(Decline(0, by="keys", note="Trop loin"))
    weekend.night.happen(CallNext(1, "Nadège Roussel"))
    weekend.night.happen(Accept(0, by="page"))
    mail, _ = weekend.tell()
    told = " ".join(line.text for line in mail.malfunctions[0].lines)
    for words in ("refusé", "« Trop loin »", "passé au suivant", "« Suivant » par Nadège Roussel", "accepté"):
        assert words in told
    assert "sans réponse" not in told


def test_a_second_run_writes_and_tells_nothing(weekend: Weekend) -> None:
    weekend.night.start()
    weekend.tell()
    told, kept = dict(weekend.night.store.notices), dict(weekend.reports.objects)
    assert weekend.tell() == []
    assert weekend.tell(MONDAY + timedelta(minutes=20)) == []
    assert (weekend.night.store.notices, weekend.reports.objects) == (told, kept)


def test_late_news_do_not_change_a_mail_that_an_interrupted_run_has_kept(weekend: Weekend) -> None:
    weekend.night.start()
    weekend.tell()
    kept = dict(weekend.reports.objects)
    weekend.jobs.runs.clear()
    weekend.night.happen(Accept(0, "keys"))
    weekend.tell()
    assert weekend.reports.objects == kept
    assert len(weekend.told_to) == 2


def test_an_interrupted_run_is_finished_by_the_next_one(weekend: Weekend) -> None:
    weekend.night.start()
    weekend.night.store.is_down = True
    with pytest.raises(StoreDown):
        weekend.tell()
    assert weekend.jobs.runs == {}
    weekend.night.store.is_down = False
    assert len(weekend.tell(MONDAY + timedelta(minutes=5))) == 2
    assert list(weekend.jobs.runs) == [("end_of_period", "2026-11-23T0830")]


def test_the_main_courante_says_once_that_its_mails_were_written_and_to_how_many(weekend: Weekend) -> None:
    weekend.night.start()
    weekend.tell()
    weekend.jobs.runs.clear()
    weekend.tell()
    (line,) = weekend.night.lines(EntryKind.MAIL_WRITTEN)
    assert len(line["recipients"].split(",")) == 3
    assert line["agency"] == "Vesoul"
    assert line["period"] == "2026-11-23T0830"


def test_two_runs_at_once_tell_the_period_once(weekend: Weekend) -> None:
    """The second comes whole between the first's reading of the main courante and its line."""
    weekend.night.start()
    malfunctions = weekend.night.malfunctions
    save = malfunctions.save

    def save_after_another_run(decision: Decision) -> None:
        malfunctions.save = save  # type: ignore[method-assign]
        weekend.tell(MONDAY + timedelta(minutes=1))
        save(decision)

    malfunctions.save = save_after_another_run  # type: ignore[method-assign]
    weekend.tell()
    assert len(weekend.night.lines(EntryKind.MAIL_WRITTEN)) == 1
    assert weekend.told_to.keys() == {"mail-vesoul", "mail-default"}


def test_while_nothing_is_to_tell_a_run_asks_the_store_of_nothing(weekend: Weekend) -> None:
    weekend.night.start()
    weekend.tell()
    asked = weekend.night.store.requests
    assert weekend.tell(MONDAY + timedelta(hours=2)) == []
    assert weekend.night.store.requests == asked


def test_sunday_morning_is_in_the_middle_of_a_period_and_tells_nothing(weekend: Weekend) -> None:
    weekend.night.start()
    assert weekend.tell(MONDAY - timedelta(days=1)) == []
    assert weekend.told_to == {}


def test_callers_who_gave_up_are_told_to_the_default_list_whatever_the_agencies_hear(weekend: Weekend) -> None:
    weekend.night.start()
    weekend.call("CA1", weekend.night.now, answered=False)
    to_agency, to_default = weekend.tell()
    assert (to_agency.agency, to_agency.figures.unanswered) == ("Vesoul", 0)
    assert (to_default.agency, to_default.figures.unanswered, to_default.figures.calls) == ("", 1, 1)


def test_a_night_that_a_public_holiday_prolongs_is_one_period_told_once(weekend: Weekend) -> None:
    armistice = datetime(2026, 11, 11, 10, 0, tzinfo=UTC)
    weekend.call("CA1", armistice, form(outcome="refus"))
    assert weekend.tell(armistice.replace(hour=12, minute=30)) == []
    (mail,) = weekend.tell(datetime(2026, 11, 12, 7, 30, tzinfo=UTC))
    start, end = datetime(2026, 11, 10, 16, 30, tzinfo=UTC), datetime(2026, 11, 12, 7, 30, tzinfo=UTC)
    assert mail.period == ToldPeriod(start, end, Service.ASTREINTE)
    assert [call.at for call in mail.unserved] == [armistice]
    assert weekend.tell(datetime(2026, 11, 12, 7, 50, tzinfo=UTC)) == []


def test_an_empty_period_says_so_to_the_default_list(weekend: Weekend) -> None:
    (mail,) = weekend.tell()
    assert mail.is_empty
    assert mail.agency == ""
    assert weekend.told_to == {"mail-default": "astreinte@habitat70.example"}


def test_what_has_no_agency_goes_to_the_default_list(weekend: Weekend) -> None:
    weekend.night.start(burst_pipe(place=replace(PLACE, agency="", dwelling_id=None)))
    closed = form(path=REFUSED, fields={"description": "Loyer"}, closed_at=MONDAY)
    weekend.call("CA2", MONDAY - timedelta(hours=10), closed)
    (mail,) = weekend.tell()
    assert mail.agency == ""
    assert "base du patrimoine" in mail.malfunctions[0].to_do
    (unserved,) = mail.unserved
    assert (unserved.words, unserved.description) == ("Hors astreinte", "Loyer")


def test_a_refused_call_goes_to_the_agency_of_its_dwelling(weekend: Weekend) -> None:
    weekend.call("CA2", MONDAY - timedelta(hours=10), form(path=REFUSED, dwelling_id="D104"))
    mail, _ = weekend.tell()
    assert mail.agency == "Vesoul"
    assert mail.figures.without_intervention == 1


def test_calls_without_answer_are_counted_and_those_of_opening_hours_are_not(weekend: Weekend) -> None:
    weekend.call("CA3", MONDAY - timedelta(hours=12), answered=False)
    weekend.call("CA4", datetime(2026, 11, 20, 9, tzinfo=UTC))
    (mail,) = weekend.tell()
    assert (mail.figures.calls, mail.figures.unanswered) == (1, 1)


@pytest.mark.parametrize("line", ["desk", "test"])
def test_calls_on_the_contractors_line_and_tests_are_no_calls_of_tenants(weekend: Weekend, line: str) -> None:
    weekend.call("CA3", MONDAY - timedelta(hours=12), line=line)
    weekend.call("CA4", MONDAY - timedelta(hours=11), line=line, answered=False)
    (mail,) = weekend.tell()
    assert (mail.figures.calls, mail.figures.unanswered, mail.unserved) == (0, 0, ())


def test_open_missions_come_first_then_those_to_follow(weekend: Weekend) -> None:
    night = weekend.night
    names = {}
    for name in ("done", "follow-up", "open"):
        request = burst_pipe(f"mission-{name}", link=caller(f"CA-{name}"))
        names[night.start(request).number] = name
        night.pass_time(minutes=10)
    for malfunction_id, result in (
        ("mission-done", ReportResult.REALISEE),
        ("mission-follow-up", ReportResult.A_SUIVRE),
    ):
        for event in (Accept(0, "keys"), Arrive(0), Report(0, result, "Fait.")):
            act_on_dispatch(night.malfunctions, malfunction_id, event, night.now, night.dispatching)
    mail, _ = weekend.tell()
    assert [names[told.row.number] for told in mail.malfunctions] == ["open", "follow-up", "done"]
    assert [bool(told.to_do) for told in mail.malfunctions] == [True, True, False]
    assert mail.figures.done == 1


def test_a_malfunction_opened_just_after_the_period_is_in_the_next_mail(weekend: Weekend) -> None:
    weekend.tell()
    weekend.night.now = MONDAY + timedelta(minutes=3)
    weekend.night.start()
    mail, _ = weekend.tell(MONDAY_LUNCH)
    assert [told.row.malfunction_id for told in mail.malfunctions] == [MALFUNCTION_ID]


def test_what_is_open_comes_back_until_it_is_done(weekend: Weekend) -> None:
    night = weekend.night
    night.start()
    weekend.tell()
    again, _ = weekend.tell(MONDAY_LUNCH)
    assert [told.row.malfunction_id for told in again.malfunctions] == [MALFUNCTION_ID]
    night.happen(Accept(0, "keys"))
    night.happen(Report(0, ReportResult.REALISEE, "Joint remplacé."))
    (evening,) = weekend.tell(MONDAY_LUNCH + timedelta(hours=19))
    assert evening.is_empty


def test_a_run_that_was_missed_is_made_up_for_oldest_first(weekend: Weekend) -> None:
    weekend.night.start()
    weekend.tell()
    mails = weekend.tell(MONDAY_LUNCH + timedelta(days=1))
    assert [mail.period.end for mail in mails if not mail.agency] == [
        MONDAY_LUNCH,
        MONDAY + timedelta(days=1),
        MONDAY_LUNCH + timedelta(days=1),
    ]


def test_a_period_over_the_end_of_a_month_counts_the_calls_of_both(weekend: Weekend) -> None:
    last_of_october, first_of_november = datetime(2026, 10, 31, 20, tzinfo=UTC), datetime(2026, 11, 1, 8, tzinfo=UTC)
    weekend.call("CA5", last_of_october)
    weekend.call("CA6", first_of_november)
    (mail,) = weekend.tell(datetime(2026, 11, 2, 7, 30, tzinfo=UTC))
    assert mail.figures.calls == 2


def test_the_mail_is_erased_with_the_oldest_fact_it_tells(weekend: Weekend) -> None:
    weekend.night.start()
    mail, _ = weekend.tell()
    assert mail.delete_before == date(2026, 11, 20) + timedelta(days=171)
    again, _ = weekend.tell(MONDAY_LUNCH)
    assert again.delete_before == date(2026, 11, 21) + timedelta(days=171)
    kept = weekend.night.store.notices.items()
    notices = [n for (owner, key), n in kept if owner.startswith("job:") and key == "mail-vesoul"]
    assert [n.extra["oldest"] for n in notices] == ["2026-11-20T15:30:00.000000Z", "2026-11-21T22:12:00.000000Z"]


def test_malfunctions_closed_before_the_period_that_its_calls_are_about_are_asked_for_together(
    contract: Contract,
) -> None:
    asked = []
    for malfunctions in (1, 40):
        weekend = Weekend(Night(contract))
        for number in range(malfunctions):
            weekend.call(f"CA{number}", weekend.night.now + timedelta(minutes=number), form(f"M{number}"))
        before = weekend.night.store.requests
        weekend.tell()
        asked.append(weekend.night.store.requests - before)
    assert asked[0] == asked[1]
