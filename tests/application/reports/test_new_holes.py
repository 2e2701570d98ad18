"""R32: a hole is told when it appears, once; one that opens at midnight, the day before."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from permanence.application.reference.in_force import InForce
from permanence.application.reference.living import Living
from permanence.application.reference.reference_data import LivingReferenceData
from permanence.application.reports.new_holes import HolesMail, NewHoles, tell_new_holes
from permanence.application.timeline.ports import JobRun
from permanence.domain.contract import Contract
from permanence.domain.reference.entreprises import ContractorAssignment
from permanence.domain.reference.patrimoine import NamedContractor, Patrimoine
from permanence.domain.reference.places import Where
from tests.domain.reference.small_town import BOUVERET, DAVAL, MOTIFS, ROUSSEL, contract, entreprises, town
from tests.domain.reference.test_calendar import paris
from tests.fakes.documents import FakeDocuments
from tests.fakes.providers import FakeObjects
from tests.fakes.reference import put_in_force
from tests.fakes.registers import FakeJobs
from tests.fakes.store import FakeNotices

MONDAY = paris(2026, 11, 30, 9)
TOMORROW = MONDAY.date() + timedelta(days=1)
PLUMBING, _ = MOTIFS


@dataclass
class Town:
    """The small town whatever its contractors, whose every motif but plumbing is held."""

    contract: Contract
    documents: FakeDocuments = field(default_factory=FakeDocuments)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    notices: FakeNotices = field(default_factory=FakeNotices)
    reports: FakeObjects = field(default_factory=FakeObjects)
    mails: list[HolesMail] = field(default_factory=list)

    def approve(self, now: datetime, *contracts: ContractorAssignment, patrimoine: Patrimoine | None = None) -> None:
        others = (motif for motif, one in self.contract.motifs.items() if one.contractor_first and motif != PLUMBING)
        held = entreprises(*contracts, *(contract(BOUVERET, motif=motif) for motif in others))
        put_in_force(self.documents, now, entreprises=held)
        if patrimoine is not None:
            put_in_force(self.documents, now, patrimoine=patrimoine)

    def run(self, now: datetime) -> JobRun | None:
        in_force = InForce(self.documents.reception, self.contract, clock=lambda: 0)
        living = Living(in_force, self.documents, {})
        job = NewHoles(
            contract=self.contract,
            reference=LivingReferenceData(living),
            bodies=self.documents,
            jobs=self.jobs,
            notices=self.notices,
            reports=self.reports,
            write=self._write,
        )
        return tell_new_holes(job, now)

    def _write(self, mail: HolesMail) -> bytes:
        self.mails.append(mail)
        return b"mail"

    @property
    def told(self) -> list[tuple[list[str], list[str]]]:
        """Of each mail, the communes without a plumber now and from tomorrow on."""
        return [([one.commune for one in mail.now], [one.commune for one in mail.from_tomorrow]) for mail in self.mails]


@pytest.fixture
def house(contract: Contract) -> Town:
    return Town(contract)


IN_GRAY, IN_VESOUL = contract(DAVAL, Where.COMMUNE, "Gray"), contract(ROUSSEL, Where.COMMUNE, "Vesoul")


def test_nothing_is_told_while_every_motif_has_a_contractor(house: Town) -> None:
    house.approve(MONDAY, IN_GRAY, IN_VESOUL, patrimoine=town())
    run = house.run(MONDAY)
    assert run is not None
    assert (run.counts["holes"], house.mails) == (0, [])


def test_a_hole_is_told_to_the_list_of_the_contract_and_only_once(house: Town) -> None:
    house.approve(MONDAY, IN_GRAY, patrimoine=town())
    house.run(MONDAY)
    house.run(MONDAY + timedelta(minutes=4))
    house.run(MONDAY + timedelta(days=1))

    assert house.told == [(["Vesoul"], [])]
    (mail,) = house.mails
    assert (mail.buildings, mail.all_buildings, mail.recipients) == (2, 2, house.contract.default_mailing_list)
    (notice,) = house.notices.store.notices.values()
    assert notice.to == ",".join(house.contract.default_mailing_list)
    assert notice.body_key is not None
    assert house.reports.get(notice.body_key) == b"mail"


def test_a_contract_that_ends_tonight_is_told_today(house: Town) -> None:
    house.approve(MONDAY, IN_GRAY, replace(IN_VESOUL, ends_before=TOMORROW), patrimoine=town())
    for hour in (0, 1, 24, 48):
        house.run(MONDAY + timedelta(hours=hour))
    assert house.told == [([], ["Vesoul"])]
    assert house.mails[0].tomorrow == TOMORROW


def test_a_version_that_is_to_come_at_midnight_fills_the_hole_that_would_open(house: Town) -> None:
    house.approve(MONDAY, IN_GRAY, replace(IN_VESOUL, ends_before=TOMORROW), patrimoine=town())
    house.approve(paris(2026, 12, 1), IN_GRAY, replace(IN_VESOUL, starts_on=TOMORROW))
    house.run(MONDAY)
    assert house.mails == []


def test_an_approval_that_opens_a_hole_is_told_by_the_next_run(house: Town) -> None:
    house.approve(MONDAY, IN_GRAY, IN_VESOUL, patrimoine=town())
    house.run(MONDAY)
    later = MONDAY + timedelta(hours=5)
    house.approve(later, IN_VESOUL)
    house.run(later + timedelta(minutes=4))
    assert house.told == [(["Gray"], [])]


def test_a_hole_that_was_filled_and_opens_again_is_told_again(house: Town) -> None:
    house.approve(MONDAY, IN_GRAY, patrimoine=town())
    house.run(MONDAY)
    for day, contracts in ((1, (IN_GRAY, IN_VESOUL)), (2, (IN_GRAY,))):
        at = MONDAY + timedelta(days=day)
        house.approve(at, *contracts)
        house.run(at)
    assert house.told == [(["Vesoul"], []), (["Vesoul"], [])]


def test_a_new_hole_beside_an_older_one_is_told_alone_with_the_count_of_all(house: Town) -> None:
    house.approve(MONDAY, IN_GRAY, patrimoine=town())
    house.run(MONDAY)
    house.approve(MONDAY + timedelta(hours=1))
    house.run(MONDAY + timedelta(hours=2))
    assert house.told == [(["Vesoul"], []), (["Gray"], [])]
    assert (house.mails[1].buildings, house.mails[1].all_buildings) == (2, 4)


def test_a_run_that_died_before_it_was_finished_is_done_again_and_mails_once(house: Town) -> None:
    house.approve(MONDAY, IN_GRAY, patrimoine=town())
    house.run(MONDAY)
    house.jobs.runs.clear()
    house.run(MONDAY + timedelta(minutes=4))
    assert len(house.notices.store.notices) == 1


def test_a_contractor_whom_a_building_names_fills_its_hole(house: Town) -> None:
    named = (NamedContractor(building, PLUMBING, "roussel", 1) for building in ("BAT-3", "BAT-4"))
    house.approve(MONDAY, IN_GRAY, patrimoine=town(*named))
    house.run(MONDAY)
    assert house.mails == []


def test_before_there_is_a_patrimoine_there_is_no_hole(house: Town) -> None:
    assert house.run(MONDAY) is not None
    assert house.mails == []


def test_nothing_is_known_of_versions_that_were_erased_and_their_holes_are_told_again(house: Town) -> None:
    house.approve(MONDAY, IN_GRAY, patrimoine=town())
    house.run(MONDAY)
    house.approve(MONDAY + timedelta(days=300), replace(IN_GRAY, rank=2))
    del house.documents.kept["entreprises", 1]
    house.run(MONDAY + timedelta(days=300))
    assert house.told == [(["Vesoul"], []), (["Vesoul"], [])]
