"""What a file of the patrimoine says is whom the next dispatch calls (R30, R40)."""

from datetime import timedelta

from permanence.application.dispatch.starting import start_dispatch
from permanence.application.reference.in_force import KEPT_S, InForce
from permanence.application.reference.living import Living
from permanence.application.reference.reference_data import LivingReferenceData
from permanence.domain.reference.patrimoine import NamedContractor, Patrimoine
from tests.application.dispatch.night import (
    DUTIES,
    DWELLING,
    ENTREPRISES,
    PATRIMOINE,
    PLUMBING,
    SATURDAY_NIGHT,
    Night,
    burst_pipe,
)
from tests.application.reference.test_in_force import Stopwatch
from tests.fakes.reference import bodies_of, put_in_force
from tests.functions.decisions.files_world import FilesWorld, read


def test_a_contractor_named_by_a_file_is_called_first_from_its_approval_on() -> None:
    world = FilesWorld(now=SATURDAY_NIGHT - timedelta(hours=8))
    night, clock = Night(world.contract), Stopwatch()
    in_force = InForce(world.documents.reception, world.contract, clock)
    reference = LivingReferenceData(Living(in_force, world.documents, {}))
    put_in_force(world.documents, world.now, **bodies_of(PATRIMOINE, ENTREPRISES, DUTIES))

    def first_called(malfunction_id: str) -> str:
        request = burst_pipe(malfunction_id)
        started = start_dispatch(night.malfunctions, reference, request, world.now, night.dispatching)
        assert started.dispatch is not None
        return started.dispatch.steps[0].responder.name

    world.now += timedelta(minutes=1)
    assert first_called("0b5a7c1e-0001") == "Plomberie Daval"
    named = Patrimoine(dwellings=(DWELLING,), named=(NamedContractor("B12", PLUMBING, "roussel", 1),))
    browser = read(world, world.workbook(named), "patrimoine.xlsx")
    browser.post(f"{browser.asked[1]}/vigueur", {"day": "", "hour": ""})
    clock.seconds += KEPT_S
    world.now += timedelta(minutes=1)
    assert first_called("0b5a7c1e-0002") == "Sanitaires Roussel"
