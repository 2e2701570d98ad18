"""What the reports function writes: mails a person and a mail reader can read, workbooks that add up."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from permanence.adapters.frozen_months import FrozenMonthsInBucket
from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.reference.signed import seeds_of
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract, contract_in_force
from permanence.domain.dispatch.dispatch import ReportResult
from permanence.domain.dispatch.events import Accept, AnnounceArrival, Arrive, Decline, Report
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.reference.calendrier import Calendrier
from permanence.domain.reference.exceptional import Takeover
from permanence.domain.reference.in_force import ObeyedListes, ReceptionPart
from permanence.domain.service_level.settled_days import SettledDay
from permanence.web.french_mail import MailAddresses
from reports.handler import metrics, run_job
from reports.services import Services
from tests.application.dispatch.night import MALFUNCTION_ID, PLACE, Night, burst_pipe
from tests.fakes.documents import FakeDocuments, announced, closed
from tests.fakes.providers import FakeObjects
from tests.fakes.registers import FakeJobs, FakeSettledDays
from tests.fakes.store import FakeCalls, FakeOpenItems, StoreDown

MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
ADDRESSES = MailAddresses("astreinte@permanence.example", "https://permanence.example/extranet")
REFUSED = (("danger", "non"), ("qui", "adresse_connue"), ("quoi", "autre"), ("autre", "administratif"))


@dataclass
class Desk:
    """A Saturday night as the reports function finds it on Monday."""

    contract: Contract
    part: ReceptionPart = field(default_factory=ReceptionPart)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    settled_days: FakeSettledDays = field(default_factory=FakeSettledDays)
    bucket: FakeObjects = field(default_factory=FakeObjects)

    def __post_init__(self) -> None:
        self.night = Night(self.contract)
        self.calls = FakeCalls(self.night.store)

    def run(self, job: str, at: datetime = MONDAY, **more: str) -> dict[str, Any]:
        services = Services(
            contract_at=lambda now: contract_in_force(self.contract, self.part, now),
            calls=self.calls,
            malfunctions=self.night.malfunctions,
            open_items=FakeOpenItems(self.night.store),
            reference=self.night.reference,
            bodies=FakeDocuments(),
            notices=self.night.notices,
            jobs=self.jobs,
            settled_days=self.settled_days,
            frozen_months=FrozenMonthsInBucket(self.bucket),
            reports=self.bucket,
            addresses=ADDRESSES,
        )
        return run_job({"job": job, "at": at.isoformat(), **more}, services, datetime(2000, 1, 1, tzinfo=UTC))

    def told(self, job: str, at: datetime = MONDAY, **more: str) -> dict[str, Any]:
        """The metrics that a run told."""
        metrics.clear_metrics()
        self.run(job, at, **more)
        told = metrics.serialize_metric_set()
        metrics.clear_metrics()
        return dict(told)

    def call(self, call_id: str, at: datetime, wait_s: float | None = 9, form: CallForm | None = None) -> None:
        self._happen(call_id, "presented", CallEventKind.PRESENTED, at, at, {"caller": "+33639980102"})
        if wait_s is not None:
            answered = at + timedelta(seconds=wait_s)
            taken = {"agent": "camille", "agent_name": "Camille", "attempt": "1"}
            self._happen(call_id, "taken#1", CallEventKind.TAKEN, answered, at, taken)
            self._happen(call_id, "answered", CallEventKind.ANSWERED, answered, at, {"attempt": "1"})
        self._happen(call_id, "ended", CallEventKind.ENDED, at + timedelta(minutes=4), at, {})
        if form is not None:
            self.calls.save_form(form, at)

    def _happen(
        self, call_id: str, key: str, kind: CallEventKind, at: datetime, born: datetime, data: dict[str, str]
    ) -> None:
        self.calls.record(CallEvent(call_id, key, kind, at, data), born)

    def play_the_night(self) -> None:
        night = self.night
        wrapped_up = {"answer_given": "Robinet d'arrêt fermé", "last_name": "Jeannin"}
        form = CallForm(
            "CA1", "camille", "Camille", night.now, wrapped_up, outcome="plomberie", motif="plomberie_logement",
            malfunction_id=MALFUNCTION_ID, closed_at=night.now,
        )  # fmt: skip
        self.call("CA1", night.now, form=form)
        refused = CallForm("CA2", "camille", "Camille", night.now, {"description": "=2+5 <b>loyer</b>"}, path=REFUSED)
        self.call("CA2", night.now + timedelta(hours=10), form=refused)
        night.start()
        for minutes, event in (
            (3, Decline(0, "page", "Déjà en mission")),
            (1, Decline(1, "keys")),
            (1, Accept(2, "keys")),
            (1, AnnounceArrival(2, 40)),
            (38, Arrive(2)),
            (40, Report(2, ReportResult.A_SUIVRE, "Joint provisoire, colonne à remplacer.")),
        ):
            night.pass_time(minutes=minutes)
            act_on_dispatch(night.malfunctions, MALFUNCTION_ID, event, night.now, night.dispatching)

    def mail(self, name: str) -> EmailMessage:
        (body,) = [body for key, (body, _) in self.bucket.objects.items() if key.endswith(f"{name}.eml")]
        message = message_from_bytes(body, policy=default)
        assert isinstance(message, EmailMessage)
        return message


def text_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    assert part is not None
    return str(part.get_content())


def workbook_of(message: EmailMessage) -> openpyxl.Workbook:
    (attachment,) = message.iter_attachments()
    return openpyxl.load_workbook(BytesIO(attachment.get_content()))


@pytest.fixture
def desk(contract: Contract) -> Desk:
    return Desk(contract)


def test_the_monday_mail_begins_with_what_the_agency_must_do(desk: Desk) -> None:
    desk.play_the_night()
    desk.run("end_of_period")
    mail = desk.mail("vesoul")
    assert str(mail["Subject"]) == (
        "Astreinte du 20 au 23 novembre, agence de Vesoul\u00a0: 1\u00a0dysfonctionnement, 1\u00a0à suivre"
    )
    page = text_of(mail, "html")
    assert "Donner suite à l’intervention (Joint provisoire, colonne à remplacer)" in page
    assert page.index("À faire par l’agence") < page.index("Appels reçus")
    assert "Du vendredi 20 novembre, 16\u00a0h\u00a030, au lundi 23 novembre 2026, 8\u00a0h\u00a030" in page
    assert "https://permanence.example/extranet/mains-courantes/" + MALFUNCTION_ID in page
    assert "sam.\u00a023\u00a0h\u00a012" in page
    assert str(mail["To"]) == ", ".join(desk.contract.agencies["vesoul"].mailing_list)


def test_a_period_that_a_closure_makes_ends_when_the_closure_does_and_is_told(desk: Desk) -> None:
    """R50: after each closure. A meeting on Monday 23 November until 11 h prolongs the week-end."""
    start, end = datetime(2026, 11, 23, 7, 30, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC)
    desk.part = closed(start, end)
    desk.play_the_night()

    assert desk.run("end_of_period", start + timedelta(minutes=1))["runs"] == []
    (run,) = desk.run("end_of_period", end + timedelta(minutes=1))["runs"]

    assert run["period"] == "2026-11-23T1100"
    told = text_of(desk.mail("vesoul"), "html")
    assert "Du vendredi 20 novembre, 16\u00a0h\u00a030, au lundi 23 novembre 2026, 11\u00a0h" in told


def test_the_mail_of_what_was_taken_over_says_so_and_goes_to_the_lists_in_force(desk: Desk) -> None:
    """A takeover that ends on Monday 23 November at 11 h (R4, R50)."""
    start, end = datetime(2026, 11, 23, 7, 30, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC)
    taken_over = announced(Calendrier(takeovers=(Takeover(start, end, "crise sanitaire"),)), since=start)
    lists = replace(seeds_of(desk.contract)["listes"], mailing={"": ("direction@h.example",)})
    desk.part = replace(taken_over, listes=(ObeyedListes(1, start, lists),))
    desk.run("ended_periods", start + timedelta(minutes=1))
    desk.run("ended_periods", end + timedelta(minutes=1))

    mail = desk.mail("2026-11-23T1100/default")
    assert str(mail["Subject"]).startswith(
        "Prise en charge totale du 23 novembre, 8\u00a0h\u00a030 à 11\u00a0h\u00a000\u00a0:"
    )
    assert str(mail["To"]) == "direction@h.example"
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "prise-en-charge-2026-11-23T1100.xlsx"
    assert "· prise en charge totale" in text_of(mail, "html")


def test_plain_text_and_html_tell_the_same_facts(desk: Desk) -> None:
    desk.play_the_night()
    desk.run("end_of_period")
    mail = desk.mail("vesoul")
    for fact in ("2026-0001", "Sanitaires Roussel", "À suivre", "Déjà en mission", "06\u00a039\u00a098"):
        assert fact in text_of(mail, "html")
        assert fact in re.sub(r"[ \r\n]+", " ", text_of(mail, "plain"))


def test_plain_text_stands_on_lines_that_no_reader_breaks(desk: Desk) -> None:
    desk.play_the_night()
    desk.run("end_of_period")
    november(desk)
    desk.run("monthly", datetime(2026, 12, 3, 5, tzinfo=UTC))
    for name in ("vesoul", "default", "monthly/2026-11"):
        lines = text_of(desk.mail(name), "plain").splitlines()
        assert [line for line in lines if len(line) > 72 and not line.startswith("http")] == []
    assert any(
        re.match(r"sam\.\xa023\xa0h\xa012\xa0\xa0\S", line)
        for line in text_of(desk.mail("vesoul"), "plain").splitlines()
    )


def test_a_mail_reader_never_meets_a_space_it_cannot_show(desk: Desk) -> None:
    desk.play_the_night()
    desk.run("end_of_period")
    for name in ("vesoul", "default"):
        mail = desk.mail(name)
        assert "\u202f" not in text_of(mail, "html") + text_of(mail, "plain") + str(mail["Subject"])
        assert " :" not in text_of(mail, "plain")


def test_what_callers_said_cannot_become_markup_or_a_formula(desk: Desk) -> None:
    desk.play_the_night()
    desk.run("end_of_period")
    mail = desk.mail("default")
    assert "<b>loyer</b>" not in text_of(mail, "html")
    assert "&lt;b&gt;loyer&lt;/b&gt;" in text_of(mail, "html")
    cell = workbook_of(mail)["Sans intervention"]["D2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=2+5 <b>loyer</b>", "s", True)


def test_the_attached_list_has_the_columns_habitat_70_signs(desk: Desk) -> None:
    desk.play_the_night()
    desk.run("end_of_period")
    header, row = workbook_of(desk.mail("vesoul"))["Mains courantes"].iter_rows(values_only=True)
    assert header == (
        "N°", "1er appel", "Commune, adresse", "Motif", "Appelant", "Prestataire", "Accepté", "Arrivé", "Fini",
        "Résultat", "Réponse apportée", "À faire par l’agence", "Affaire",
    )  # fmt: skip
    told = dict(zip(header, row, strict=True))
    assert told["1er appel"] == datetime(2026, 11, 21, 23, 12)  # noqa: DTZ001 (a clock of Paris)
    assert told["Prestataire"] == "Sanitaires Roussel"
    assert told["Résultat"] == "À suivre"
    assert told["Réponse apportée"] == "Robinet d'arrêt fermé"


def test_the_list_of_the_contract_names_the_agency_of_each_line_and_groups_by_it(desk: Desk) -> None:
    """Open ones first, then by agency; what no agency is known of comes last."""
    for number, agency in enumerate(("vesoul", "", "gray", "vesoul")):
        place = replace(PLACE, agency=agency)
        desk.night.start(burst_pipe(f"mission-{number}", place=place))
        form = CallForm(f"CA{number}", "camille", "Camille", desk.night.now, path=REFUSED, dwelling_id=f"D{number}")
        desk.call(f"CA{number}", desk.night.now + timedelta(minutes=number), form=form)
    act_on_dispatch(desk.night.malfunctions, "mission-2", Accept(0, "keys"), desk.night.now, desk.night.dispatching)
    done = Report(0, ReportResult.REALISEE, "")
    act_on_dispatch(desk.night.malfunctions, "mission-2", done, desk.night.now, desk.night.dispatching)
    desk.run("end_of_period")
    header, *rows = workbook_of(desk.mail("default"))["Mains courantes"].iter_rows(values_only=True)
    assert header[:4] == ("N°", "Agence", "1er appel", "Commune, adresse")
    assert header[-2:] == ("À faire par l’agence", "Affaire")
    assert [row[1] for row in rows] == ["Vesoul", "Vesoul", None, "Gray"]
    header, *_ = workbook_of(desk.mail("default"))["Sans intervention"].iter_rows(values_only=True)
    assert header == ("Heure", "Agence", "Suite", "Description", "Appelant", "Numéro")


def test_the_rules_of_a_month_are_told_as_a_reader_says_them(desk: Desk) -> None:
    desk.play_the_night()
    desk.run("monthly", datetime(2026, 12, 3, 5, tzinfo=UTC))
    book = openpyxl.load_workbook(BytesIO(desk.bucket.get("reports/2026-11/permanence-2026-11.xlsx")))
    told = {row[0]: row[1] for row in book["Règles"].iter_rows(values_only=True)}
    assert told["Mois"] == "novembre 2026"
    assert told["Figé"] == "3 décembre 2026, 6\u00a0h\u00a000"
    assert (told["N"], told["N40"], told["NR"]) == (2, 2, 2)
    assert told["Bailleur"] == "Habitat\u00a070"


def test_a_sheet_prints_on_the_width_of_a_page_and_says_when_it_names_people(desk: Desk) -> None:
    desk.play_the_night()
    desk.run("end_of_period")
    desk.run("monthly", datetime(2026, 12, 3, 5, tzinfo=UTC))
    of_month = openpyxl.load_workbook(BytesIO(desk.bucket.get("reports/2026-11/permanence-2026-11.xlsx")))
    for book, names_people in ((workbook_of(desk.mail("vesoul")), True), (of_month, False)):
        for sheet in book:
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
            assert (sheet.freeze_panes, sheet.print_title_rows) == ("A2", "$1:$1")
            assert ("Document nominatif" in (sheet.oddFooter.center.text or "")) is names_people


def test_the_list_of_the_contract_never_reads_none_on_a_night_with_some(desk: Desk) -> None:
    desk.play_the_night()
    desk.run("end_of_period")
    mail = desk.mail("default")
    assert "1\u00a0dysfonctionnement, 1\u00a0à suivre" in str(mail["Subject"])
    for kind in ("html", "plain"):
        read = re.sub(r"[ \r\n]+", " ", text_of(mail, kind))
        assert "2026-0001" in read
        assert "agence de Vesoul" in read
        assert "aucun dysfonctionnement" not in read.lower()


def test_a_night_of_callers_who_gave_up_is_not_told_as_nothing(desk: Desk) -> None:
    desk.call("CA1", MONDAY - timedelta(hours=9), wait_s=None)
    desk.run("end_of_period")
    mail = desk.mail("default")
    assert "1\u00a0appel raccroché avant réponse" in str(mail["Subject"])
    assert "Personne n’a attendu la réponse." in text_of(mail, "html")
    assert "rien à signaler" not in text_of(mail, "html").lower()


def test_an_empty_period_says_that_there_is_nothing_to_do(desk: Desk) -> None:
    answer = desk.run("end_of_period")
    mail = desk.mail("default")
    assert "rien à signaler" in str(mail["Subject"])
    assert "Personne n’a appelé. Il n’y a rien à faire." in text_of(mail, "html")
    assert [run["period"] for run in answer["runs"]] == ["2026-11-23T0830"]


def november(desk: Desk) -> None:
    """The worked example: 200 calls, 172 answered, 168 of them before 40 s."""
    waits = [9.0] * 168 + [40.0] * 4 + [None] * 28
    start = datetime(2026, 11, 2, 8, tzinfo=UTC)
    for n, wait_s in enumerate(waits):
        desk.call(f"CA{n:032x}", start + timedelta(hours=n), wait_s)


def test_the_workbook_of_a_month_adds_up(desk: Desk) -> None:
    november(desk)
    desk.run("monthly", datetime(2026, 12, 3, 5, tzinfo=UTC))
    book = openpyxl.load_workbook(BytesIO(desk.bucket.get("reports/2026-11/permanence-2026-11.xlsx")))
    assert book.sheetnames == ["Indicateurs", "Appels", "Motifs", "Règles"]
    header, *rows = book["Indicateurs"].iter_rows(values_only=True)
    qs1, qs2 = (dict(zip(header, row, strict=True)) for row in rows[:2])
    assert (qs1["Numérateur"], qs1["Dénominateur"], qs1["Valeur"]) == (168, 200, 0.84)
    assert (qs1["Atteint"], qs1["Écart (points)"], qs1["Marge (appels)"]) == ("non", -1, -3)
    assert (qs2["Numérateur"], qs2["Valeur"], qs2["Atteint"], qs2["Écart (points)"]) == (172, 0.86, "oui", 1)
    assert qs1["Signature"] == "lecture non signée"
    head, *calls = book["Appels"].iter_rows(values_only=True)
    columns = [dict(zip(head, call, strict=True)) for call in calls]
    assert sum(c["Dans N"] for c in columns) == qs1["Dénominateur"]
    assert sum(c["Dans N40"] for c in columns) == qs1["Numérateur"]
    assert sum(c["Dans NR"] for c in columns) == qs2["Numérateur"]


def test_the_mail_of_a_month_carries_the_frozen_workbook_and_its_verdict(desk: Desk) -> None:
    november(desk)
    desk.run("monthly", datetime(2026, 12, 3, 5, tzinfo=UTC))
    mail = desk.mail("monthly/2026-11")
    (attachment,) = mail.iter_attachments()
    assert attachment.get_content() == desk.bucket.get("reports/2026-11/permanence-2026-11.xlsx")
    page = text_of(mail, "html")
    assert "84,00\u00a0% (168 sur 200), objectif &gt; 85\u00a0% manqué, écart de −1,00 point" in page
    assert "8\u00a0lectures du marché restent à signer" in page


def test_a_month_without_calls_is_sans_objet(desk: Desk) -> None:
    desk.run("monthly", datetime(2026, 12, 3, 5, tzinfo=UTC))
    assert "sans objet" in text_of(desk.mail("monthly/2026-11"), "plain")


def test_the_instant_of_a_schedule_wins_over_the_clock_and_an_unknown_job_is_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match="unknown job 'yearly'"):
        desk.run("yearly")


def test_each_of_the_two_runs_of_a_day_tells_its_own_alarm_and_no_other_job_stands_for_it(desk: Desk) -> None:
    ran = {"MorningReportsRan", "LunchReportsRan"}
    assert desk.told("end_of_period", run="morning").keys() & ran == {"MorningReportsRan"}
    assert desk.told("end_of_period", run="lunch").keys() & ran == {"LunchReportsRan"}
    for job in ("end_of_period", "monthly", "settle_days"):
        assert not desk.told(job).keys() & ran
    with pytest.raises(ValueError, match="unknown run 'evening'"):
        desk.run("end_of_period", run="evening")


def test_a_month_that_should_be_frozen_and_is_not_is_told_by_each_run_until_it_is(desk: Desk) -> None:
    due = datetime(2026, 12, 3, 5, tzinfo=UTC)
    assert desk.told("end_of_period", due + timedelta(hours=2))["MonthsNotFrozen"] == [0]  # nothing to freeze yet
    desk.call("CA1", datetime(2026, 11, 21, 22, tzinfo=UTC))
    assert desk.told("end_of_period", due - timedelta(seconds=1))["MonthsNotFrozen"] == [0]
    assert desk.told("end_of_period", due + timedelta(hours=2))["MonthsNotFrozen"] == [1]
    assert desk.told("monthly", due + timedelta(hours=3))["MonthsNotFrozen"] == [0]
    assert desk.told("end_of_period", datetime(2027, 2, 3, 8, tzinfo=UTC))["MonthsNotFrozen"] == [2]


def test_days_that_cannot_be_settled_keep_no_mail_from_leaving(desk: Desk) -> None:
    """They are settled last; the failed run rings, and its repeat tells nothing twice."""

    def down(month: str) -> list[SettledDay]:
        raise StoreDown

    desk.play_the_night()
    desk.settled_days.of_month = down  # type: ignore[method-assign]
    for _ in range(2):
        with pytest.raises(StoreDown):
            desk.run("end_of_period")
    assert set(desk.night.store.notices_of("job:end_of_period:2026-11-23T0830")) == {"mail-vesoul", "mail-default"}
    assert desk.settled_days.days == {}


def test_a_period_told_between_the_runs_of_the_day_settles_no_day_and_is_not_told_again(desk: Desk) -> None:
    desk.play_the_night()
    desk.run("ended_periods")
    assert not metrics.metric_set
    assert desk.night.store.notices_of("job:end_of_period:2026-11-23T0830")
    assert desk.settled_days.days == {}
    assert desk.run("end_of_period", MONDAY + timedelta(minutes=1), run="morning")["runs"] == []
    assert max(desk.settled_days.days) == date(2026, 11, 22)


@pytest.mark.parametrize("job", ["end_of_period", "settle_days"])
def test_the_days_that_are_over_are_settled_with_the_end_of_a_period_or_alone(desk: Desk, job: str) -> None:
    desk.play_the_night()
    desk.run(job)
    kept = desk.settled_days.days
    assert (min(kept), max(kept)) == (date(2026, 9, 7), date(2026, 11, 22))
    assert kept[date(2026, 11, 21)].counts["astreinte answered"] == (1,)
    assert bool(desk.night.store.notices_of("job:end_of_period:2026-11-23T0830")) is (job == "end_of_period")
