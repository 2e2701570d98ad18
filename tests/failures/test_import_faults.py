"""A file that is sent, read, mended and put in force, with a fault at each call of each step: never half, never twice,
and whatever was lost on the way is asked for again where it was (R30)."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from decisions import handler as decisions
from decisions.services import TEMPLATES
from imports import handler as imports
from imports.mails import Work
from permanence.adapters.dynamodb.audit import DynamoAuditLog
from permanence.adapters.dynamodb.imports import DynamoImports
from permanence.adapters.dynamodb.open_items import DynamoOpenItems
from permanence.adapters.excel.forms import write_corrected
from permanence.adapters.import_files import KeptImportFiles
from permanence.adapters.import_queue import FilesToReadQueue
from permanence.adapters.s3 import S3ObjectStore
from permanence.adapters.table_files import read_file
from permanence.application.reference.deciding import Deciding
from permanence.application.reference.file_forms import FORMS
from permanence.application.reference.kinds import KINDS
from permanence.application.reference.reading_files import ReadingFiles
from permanence.application.reference.signed import seeds_of, signed_of
from permanence.domain.contract import Contract
from permanence.domain.reference.documents import VersionState
from permanence.domain.reference.imports import READ_BY_THEN, Import, ImportState
from permanence.web.frame import Frame
from tests.failures.deeds import Deed, suffers_every_fault
from tests.failures.faults import Fate
from tests.failures.house import ClockedQueue, House, new_house
from tests.fakes.registers import FakeSessions
from tests.functions.decisions.decisions_world import CLAIRE
from tests.functions.decisions.files_world import FILES, MENDABLE, WHOLE
from tests.functions.imports.fake_mails import MailsWorld
from tests.web.browser import Browser

FATES = (Fate.DIED_AFTER,)  # who dies before a call has died after the one before it
VISIBILITY_S = 310
ANSWERS = {"reading": "1", "g0": "0", "t1": "rue des Tanneurs", "g2": "0"}
PATRIMOINE = KINDS["patrimoine"]


class FilesHouse:
    """Pages and reader over one house; the queue shows a message again when its worker died."""

    def __init__(self, house: House) -> None:
        self.house = house
        if not hasattr(house, "files_to_read"):
            house.files_to_read = ClockedQueue(lambda: house.now, house.faults, VISIBILITY_S)  # type: ignore[attr-defined]
        self.queue: ClockedQueue = house.files_to_read  # type: ignore[attr-defined]
        self.imports = DynamoImports(house.table)
        self.files = KeptImportFiles(S3ObjectStore(house.s3, "imports"))
        self.audit = DynamoAuditLog(house.table)

    def browser(self) -> Browser:
        sessions = FakeSessions()
        services: Any = SimpleNamespace(
            frame=Frame(TEMPLATES),
            sessions=sessions,
            contract=self.house.contract,
            documents=self.house.documents,
            members=sessions.members,
            open_items=DynamoOpenItems(self.house.table),
            audit=self.audit,
            files_received=self.imports,
            import_files=self.files,
            files_to_read=FilesToReadQueue(self.queue),
        )
        cookie = sessions.signed_in(CLAIRE, "csrf", self.house.now)
        return Browser(
            lambda event: decisions.handle(event, None, services, self.house.now), cookies={"__Host-session": cookie}
        )

    def post(self, deed: str, fields: dict[str, str]) -> int:
        return self.browser().post(f"{FILES}/{self.only().import_id}/{deed}", fields, csrf="csrf").status

    def offers(self, deed: str) -> bool:
        page = self.browser().get(f"{FILES}/{self.only().import_id}").page
        return any(not form.select("button[disabled]") for form in page.select(f'form[action$="/{deed}"]'))

    def read(self) -> None:
        """What the queue shows now."""
        contract = self.house.contract
        room = ReadingFiles(
            imports=self.imports,
            files=self.files,
            tables=read_file,
            write_corrected=write_corrected,
            forms=FORMS,
            kinds=KINDS,
            as_decider=lambda decider: Deciding(
                self.house.documents,
                self.audit,
                signed_of(contract),
                seeds_of(contract),
                decider,
                under_way=DynamoOpenItems(self.house.table).under_way,
            ),
        )
        work = Work(room, MailsWorld().mails)  # no file of these came by mail
        self.queue.deliver(lambda event: imports.read_all(event, work, self.house.now, None))
        imports.metrics.clear_metrics()

    def read_to_the_end(self) -> None:
        """Also what a worker has left, and what nobody was asked for, which its page then offers to ask again."""
        self.house.sleep(seconds=VISIBILITY_S)
        self.read()
        self.house.sleep(seconds=READ_BY_THEN.total_seconds())
        if self.imports.latest(1) and self.only().is_awaited:
            self.post("relire", {})
            self.read()

    def only(self) -> Import:
        (one,) = self.imports.latest(9)
        return one


def send(house: House, content: str = WHOLE) -> None:
    page = '<input name="csrf" value="csrf">'
    browser = FilesHouse(house).browser()
    browser.html = page
    browser.upload(FILES, "patrimoine.csv", content.encode(), {"kind": "patrimoine"})


def version_and_import_agree(house: House) -> None:
    """At every moment: each version is the word of its import, and no import names another."""
    told = {one.version: one.import_id for one in FilesHouse(house).imports.latest(9) if one.version is not None}
    versions = house.documents.versions(PATRIMOINE, 9)
    assert {one.number: one.import_id for one in versions} == told


def it_waits_once(house: House) -> None:
    version_and_import_agree(house)
    assert FilesHouse(house).only().state is ImportState.PROPOSED
    assert [one.state for one in house.documents.versions(PATRIMOINE, 9)] == [VersionState.PROPOSED]


def test_a_file_whose_sending_fails_anywhere_is_one_import_once_it_is_sent_again(contract: Contract) -> None:
    def sent_again(house: House) -> None:
        send(house)
        FilesHouse(house).read_to_the_end()

    deed = Deed(act=send, after=sent_again, survives=(BotoCoreError, ClientError), fates=FATES)
    assert suffers_every_fault(contract, deed, it_waits_once) == [
        "PutObject",
        "PutItem",
        "PutItem",
        "SendMessageBatch",
    ]


def test_a_reading_that_dies_anywhere_proposes_once(contract: Contract) -> None:
    deed = Deed(
        before=send,
        act=lambda house: FilesHouse(house).read(),
        at_once=version_and_import_agree,
        after=lambda house: FilesHouse(house).read_to_the_end(),
        fates=FATES,
    )
    calls = suffers_every_fault(contract, deed, it_waits_once)
    assert calls[-2:] == ["TransactWriteItems", "GetItem"]  # then whether a mail is to be answered


def test_corrections_that_fail_anywhere_are_taken_once_they_are_accepted_again(contract: Contract) -> None:
    def to_mend(house: House) -> None:
        send(house, MENDABLE)
        FilesHouse(house).read()

    def accepted_again(house: House) -> None:
        files = FilesHouse(house)
        if files.offers("corriger"):
            files.post("corriger", ANSWERS)
        files.read_to_the_end()

    def all_mended_once(house: House) -> None:
        it_waits_once(house)
        dwellings = house.documents.get(PATRIMOINE, 1).body.dwellings
        assert [one.agency for one in dwellings] == ["gray"] * 3
        assert FilesHouse(house).only().corrections == 3

    deed = Deed(
        before=to_mend,
        act=lambda house: FilesHouse(house).post("corriger", ANSWERS),
        after=accepted_again,
        survives=(BotoCoreError, ClientError),
        fates=FATES,
    )
    suffers_every_fault(contract, deed, all_mended_once)


def test_an_approval_on_the_page_of_a_file_that_fails_anywhere_stands_once(contract: Contract) -> None:
    def waits(house: House) -> None:
        send(house)
        FilesHouse(house).read()

    def pressed_again(house: House) -> None:
        if FilesHouse(house).offers("vigueur"):
            FilesHouse(house).post("vigueur", {"day": "", "hour": ""})

    def in_force(house: House) -> None:
        version_and_import_agree(house)
        assert house.documents.timetable(PATRIMOINE).at(house.now) == 1

    deed = Deed(
        before=waits,
        act=lambda house: FilesHouse(house).post("vigueur", {"day": "", "hour": ""}),
        at_once=version_and_import_agree,
        after=pressed_again,
        survives=(BotoCoreError, ClientError),
        fates=FATES,
    )
    calls = suffers_every_fault(contract, deed, in_force)
    assert calls.count("TransactWriteItems") == 1


@pytest.mark.parametrize("service", ["dynamodb", "s3", "sqs"])
def test_while_a_store_is_down_nothing_is_half_sent_and_nothing_half_read(contract: Contract, service: str) -> None:
    with new_house(contract) as house:
        files = FilesHouse(house)
        with house.faults.refused_by(service, "InternalServerError"):
            send(house)
        version_and_import_agree(house)
        send(house)
        with house.faults.refused_by(service, "InternalServerError"):
            files.read()
        version_and_import_agree(house)
        files.read_to_the_end()
        it_waits_once(house)
