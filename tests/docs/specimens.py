"""The specimens of the reports (R54): one made-up weekend and its month, told by the real use cases.

`make specimens` writes them; the same code gives the same files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from itertools import count
from random import Random
from typing import Any

from openpyxl import load_workbook

from contracts.schema import load
from infra.settings import ROOT
from permanence.adapters.frozen_months import FrozenMonthsInBucket
from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.joining import CallLink, join_call
from permanence.application.dispatch.starting import DispatchRequest, start_dispatch
from permanence.application.reception.calls import decide_service
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract, contract_from_plain
from permanence.domain.dispatch.dispatch import Channel, ChannelStatus, ReportResult
from permanence.domain.dispatch.events import (
    Accept,
    AnnounceArrival,
    Arrive,
    DeadlineReached,
    Decline,
    DispatchEvent,
    Receipt,
    Report,
)
from permanence.domain.instants import PARIS
from permanence.domain.main_courante.fiche import CallForm, Contact, Place
from permanence.domain.reference.calendar import openings
from permanence.domain.reference.entreprises import Contractor, ContractorAssignment, Entreprises
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine
from permanence.domain.reference.places import Where
from permanence.domain.reference.rota import EVERY_SECTOR, Duty, OnCallPerson, OnCallRole
from permanence.web.french_mail import MailAddresses
from reports.handler import run_job
from reports.services import Services
from tests.fakes.documents import FakeDocuments
from tests.fakes.providers import FakeObjects
from tests.fakes.registers import FakeJobs, FakeReferenceData, FakeSettledDays
from tests.fakes.store import FakeCalls, FakeMalfunctions, FakeNotices, FakeOpenItems, FakeStore

FOLDER = ROOT / "docs" / "specimens"
AGENT = ("lea.marchand", "Léa Marchand")
TREE = "2026-11"
DWELLINGS = tuple(
    Dwelling(
        dwelling_id=f"D{n}",
        building_id=f"B{n}",
        file_number=f"70-44{n:02}",
        residence=residence,
        building=building,
        street_number=number,
        street=street,
        postcode=postcode,
        commune=commune,
        stair="",
        floor=floor,
        door=door,
        agency=agency,
        sector=agency,
    )
    for n, (residence, building, number, street, postcode, commune, floor, door, agency) in enumerate(
        (
            ("Les Tilleuls", "B", "12", "rue Baron Bouvier", "70000", "Vesoul", "1", "104", "vesoul"),
            ("Le Durgeon", "A", "3", "rue de la Moline", "70000", "Vesoul", "3", "31", "vesoul"),
            ("Les Fontaines", "", "8", "avenue de la Gare", "70170", "Port-sur-Saône", "2", "22", "vesoul"),
            ("Les Capucins", "C", "5", "rue de Paris", "70100", "Gray", "4", "42", "gray"),
        )
    )
)
PATRIMOINE = Patrimoine(dwellings=DWELLINGS)
ENTREPRISES = Entreprises(
    (
        Contractor("daval", "Plomberie Daval", "plomberie", "+33639982105", "+33353010140"),
        Contractor("roussel", "Sanitaires Roussel", "plomberie", "+33639984730"),
        Contractor("electro", "Électricité Comtoise", "électricité", "+33639984122"),
        Contractor("vidange", "Assainissement Mougin", "assainissement", "+33639984555"),
    ),
    tuple(
        ContractorAssignment(motif, contractor, rank, date(2026, 1, 1), where=where, place=place)
        for motif, contractor, rank, where, place in (
            ("plomberie_logement", "daval", 1, Where.BUILDING, "B0"),
            ("plomberie_logement", "roussel", 2, Where.COMMUNE, "Vesoul"),
            ("electricite_logement", "electro", 1, Where.COMMUNE, "Vesoul"),
            ("electricite_logement", "electro", 1, Where.COMMUNE, "Gray"),
            ("colonne_bouchee", "vidange", 1, Where.COMMUNE, "Port-sur-Saône"),
        )
    ),
)
ON_CALL = (
    Duty("vesoul", OnCallRole.TECHNICIEN, OnCallPerson("T1", "Marc Petitjean", "+33639985501"),
         datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)),
    Duty(EVERY_SECTOR, OnCallRole.CADRE, OnCallPerson("C1", "Hélène Garnier", "+33639985502"),
         datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)),
)  # fmt: skip
REFUSED = (("danger", "non"), ("qui", "adresse_connue"), ("quoi", "autre"), ("autre", "administratif"))


def paris(day: int, hour: int, minute: int) -> datetime:
    """An instant of November 2026, on the clocks of Paris."""
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


@dataclass
class MadeUpMonth:
    """Everything that happened in November 2026, in memory."""

    contract: Contract
    store: FakeStore = field(default_factory=FakeStore)
    bucket: FakeObjects = field(default_factory=FakeObjects)

    def __post_init__(self) -> None:
        self.calls, self.malfunctions = FakeCalls(self.store), FakeMalfunctions(self.store)
        self.reference = FakeReferenceData(PATRIMOINE, ENTREPRISES, ON_CALL)
        tokens, references = count(1), iter(("482-913", "664-205", "317-042", "905-186"))
        link = "https://permanence.example/m/"
        self.dispatching = Dispatching(
            self.contract, link, lambda: f"SPECIMEN{next(tokens):02}", lambda: next(references)
        )
        self.chance = Random("novembre 2026")  # noqa: S311 - made-up calls, not secrets
        self.call_numbers = count(1)

    def services(self) -> Services:
        return Services(
            contract_at=lambda _: self.contract,
            calls=self.calls,
            malfunctions=self.malfunctions,
            open_items=FakeOpenItems(self.store),
            reference=self.reference,
            bodies=FakeDocuments(),
            notices=FakeNotices(self.store),
            jobs=FakeJobs(),
            settled_days=FakeSettledDays(),
            frozen_months=FrozenMonthsInBucket(self.bucket),
            reports=self.bucket,
            addresses=MailAddresses("astreinte@permanence.example", "https://permanence.example/extranet"),
        )

    def call(self, at: datetime, wait_s: float | None = 14, talk_s: float = 190, caller: str = "+33639980102") -> str:
        """A call that ends by itself; unanswered when `wait_s` is None, and then given up after `talk_s`."""
        call_id = f"CA{next(self.call_numbers):032x}"
        told = [
            ("presented", CallEventKind.PRESENTED, 0.0, {"caller": caller}),
            ("queued", CallEventKind.QUEUED, 6.5, {}),
            ("ended", CallEventKind.ENDED, (wait_s or 0) + talk_s, {}),
        ]
        if wait_s is None and talk_s < 6.5:
            del told[1]
        if wait_s is not None:
            taken = {"agent": AGENT[0], "agent_name": AGENT[1], "attempt": "1"}
            told.append(("taken#1", CallEventKind.TAKEN, wait_s - 3, taken))
            told.append(("answered", CallEventKind.ANSWERED, wait_s, {"attempt": "1"}))
        presented, *others = (
            CallEvent(call_id, key, kind, at + timedelta(seconds=after_s), data) for key, kind, after_s, data in told
        )
        for event in (decide_service(presented, self.contract), *others):
            self.calls.record(event, at)
        return call_id

    def form(self, call_id: str, at: datetime, fields: Mapping[str, str], **decided: Any) -> None:
        form = CallForm(call_id, *AGENT, at, fields, TREE, closed_at=at + timedelta(minutes=4), **decided)
        self.calls.save_form(form, at)

    def refuse(self, at: datetime, name: str, description: str, answer: str) -> None:
        fields = {"last_name": name, "description": description, "answer_given": answer}
        self.form(self.call(at), at, fields, path=REFUSED, outcome="refus", dwelling_id="D1")

    def send(self, n: int, at: datetime, *, motif: str, dwelling: Dwelling, caller: str, said: str, answer: str) -> str:
        """« Envoyer en intervention », two minutes into a call."""
        malfunction_id = f"5bec1ae0-0000-4000-8000-00000000000{n}"
        call_id = self.call(at)
        place = Place(
            dwelling.dwelling_id, dwelling.building_id, dwelling.address, dwelling.details, dwelling.postcode,
            dwelling.commune, dwelling.residence, dwelling.agency, dwelling.sector,
        )  # fmt: skip
        link = CallLink(Contact(call_id, caller, "+33639980102"), AGENT[1], said)
        request = DispatchRequest(malfunction_id, motif, place, link, TREE, (("danger", "non"),))
        decided_at = at + timedelta(minutes=2)
        start_dispatch(self.malfunctions, self.reference, request, decided_at, self.dispatching)
        fields = {"last_name": caller, "description": said, "answer_given": answer}
        self.form(call_id, at, fields, outcome=motif, motif=motif, malfunction_id=malfunction_id)
        return malfunction_id

    def happen(self, malfunction_id: str, at: datetime, *events: DispatchEvent) -> None:
        for event in events:
            act_on_dispatch(self.malfunctions, malfunction_id, event, at, self.dispatching)

    def ordinary_days(self) -> None:
        """Calls that ask for nothing more, at any hour of the weeks before the weekend."""
        hours = self.contract.hours
        for opening in openings(paris(2, 0, 0), hours):
            if opening.start >= paris(20, 16, 30):
                return
            for _ in range(6):
                self._ordinary(opening.start + (opening.end - opening.start) * self.chance.random())
            for _ in range(2 if opening.end < paris(20, 16, 30) else 0):
                self._ordinary(opening.end + timedelta(minutes=self.chance.uniform(3, 55)))

    def _ordinary(self, at: datetime) -> None:
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        if self.chance.random() < 0.08:
            self.call(at, None, self.chance.choice((3.5, 5.0, 18.0, 64.0)))
            return
        wait_s, talk_s = round(self.chance.triangular(8, 58, 15), 3), round(self.chance.uniform(45, 420), 3)
        call_id = self.call(at, wait_s, talk_s)
        fields = {"description": "Demande de renseignement", "answer_given": "Renseigné"}
        self.form(call_id, at, fields, path=REFUSED, outcome="refus", dwelling_id="D1")


def play_the_weekend(month: MadeUpMonth) -> None:
    """Friday 16 h 30 to Monday 8 h 30 for two agencies."""
    month.refuse(paris(20, 19, 5), "Courtois", "Demande de logement", "Rappeler lundi à partir de 8 h 30")
    burst = month.send(
        1, paris(21, 23, 12), motif="plomberie_logement", dwelling=DWELLINGS[0], caller="Mme Corinne Jeannin",
        said="Canalisation rompue sous l’évier, l’eau traverse le plafond",
        answer="Robinet d’arrêt fermé avec l’appelante",
    )  # fmt: skip
    month.happen(burst, paris(21, 23, 14), Receipt(0, Channel.VOICE, ChannelStatus.RINGING))
    month.happen(burst, paris(21, 23, 15), Receipt(0, Channel.VOICE, ChannelStatus.NO_ANSWER))
    month.happen(burst, paris(21, 23, 18), DeadlineReached(0))
    month.happen(burst, paris(21, 23, 20), Decline(1, "keys"))
    month.happen(burst, paris(21, 23, 22), Accept(2, "keys"), AnnounceArrival(2, 40))
    neighbour = month.call(paris(21, 23, 31), 9, 75, "+33639980117")
    contact, said = Contact(neighbour, "M. Lucas Pernot", "+33639980117"), "De l’eau coule du plafond"
    join_call(month.malfunctions, burst, CallLink(contact, AGENT[1], said), paris(21, 23, 32))
    fields = {"last_name": contact.name, "description": said, "answer_given": "Un plombier est en route"}
    month.form(neighbour, paris(21, 23, 31), fields, outcome="suivi_en_cours", malfunction_id=burst)
    month.happen(burst, paris(21, 23, 58), Arrive(2))
    month.happen(burst, paris(22, 0, 47), Report(2, ReportResult.A_SUIVRE, "Joint provisoire, colonne à remplacer"))
    _a_socket_at_gray(month)
    dark = month.send(
        3, paris(22, 18, 40), motif="electricite_logement", dwelling=DWELLINGS[1], caller="M. Mehdi Faivre",
        said="Plus de courant dans tout le logement, compteur en marche",
        answer="Ne pas toucher au tableau, un électricien est prévenu",
    )  # fmt: skip
    month.happen(dark, paris(22, 18, 44), Accept(0, "page"), AnnounceArrival(0, 30))
    month.happen(dark, paris(22, 19, 11), Arrive(0))
    month.happen(dark, paris(22, 19, 40), Report(0, ReportResult.REALISEE, "Différentiel remplacé"))
    month.refuse(paris(23, 6, 50), "Humbert", "Un robinet goutte", "Réparation à la charge de l’occupant")
    drain = month.send(
        4, paris(23, 7, 58), motif="colonne_bouchee", dwelling=DWELLINGS[2], caller="Mme Josiane Marchal",
        said="Les eaux usées remontent dans la cuisine de deux logements",
        answer="Ne plus faire couler d’eau, une société est prévenue",
    )  # fmt: skip
    month.happen(drain, paris(23, 8, 3), Accept(0, "keys"), AnnounceArrival(0, 60))


def _a_socket_at_gray(month: MadeUpMonth) -> None:
    sparks = month.send(
        2, paris(22, 10, 5), motif="electricite_logement", dwelling=DWELLINGS[3], caller="Mme Odile Grandjean",
        said="Une prise fait des étincelles dans le séjour",
        answer="Ne plus toucher à la prise, un électricien est prévenu",
    )  # fmt: skip
    month.happen(sparks, paris(22, 10, 9), Accept(0, "keys"), AnnounceArrival(0, 45))
    month.happen(sparks, paris(22, 10, 51), Arrive(0))
    month.happen(sparks, paris(22, 11, 20), Report(0, ReportResult.MISE_EN_SECURITE, "Prise isolée, à remplacer"))


def specimens(contract: Contract) -> dict[str, str | bytes]:
    """Each specimen by the name of its file."""
    month = MadeUpMonth(contract)
    month.ordinary_days()
    play_the_weekend(month)
    services = month.services()
    run_job({"job": "end_of_period"}, services, paris(23, 8, 30))
    run_job({"job": "monthly"}, services, datetime(2026, 12, 3, 5, tzinfo=UTC))
    return {
        **_mail(month, "default", "astreinte-2026-11-23"),
        **_mail(month, "vesoul", "astreinte-2026-11-23-vesoul"),
        "permanence-2026-11.xlsx": month.bucket.get("reports/2026-11/permanence-2026-11.xlsx"),
    }


def _mail(month: MadeUpMonth, list_id: str, name: str) -> dict[str, str | bytes]:
    """The mail to one list: as a page, as plain text, and the list attached to it."""
    body = month.bucket.get(f"mails/end_of_period/2026-11-23T0830/{list_id}.eml")
    mail = message_from_bytes(body, policy=default)
    assert isinstance(mail, EmailMessage)
    (attachment,) = mail.iter_attachments()
    return {
        f"{name}.html": _part(mail, "html"),
        f"{name}.txt": _part(mail, "plain"),
        f"{name}.xlsx": attachment.get_content(),
    }


def same(one: str | bytes, other: str | bytes) -> bool:
    """Equal for a reader: two workbooks written at two moments have the same cells and not the same bytes."""
    if isinstance(one, bytes) and isinstance(other, bytes):
        return list(_cells(one)) == list(_cells(other))
    return one == other


def kept(name: str) -> str | bytes:
    """The specimen in the repository, empty when there is none."""
    file = FOLDER / name
    if not file.exists():
        return b"" if file.suffix == ".xlsx" else ""
    return file.read_bytes() if file.suffix == ".xlsx" else file.read_text(encoding="utf-8")


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def _cells(workbook: bytes) -> Iterator[tuple[object, ...]]:
    if not workbook:
        return
    for sheet in load_workbook(BytesIO(workbook)):
        yield (sheet.title,)
        yield from sheet.iter_rows(values_only=True)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, specimen in specimens(contract_from_plain(load(ROOT / "contracts" / "habitat70"))).items():
        if same(specimen, kept(name)):
            continue
        body = specimen if isinstance(specimen, bytes) else specimen.encode()
        (FOLDER / name).write_bytes(body)
        print(f"specimens: {name}")  # noqa: T201 - what the command has done


if __name__ == "__main__":
    main()
