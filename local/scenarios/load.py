"""What a reception knows before the first call: dwellings, contractors, rota, the calls of the days before."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from time import monotonic

from local.operator.recordings import tone_wav
from local.scenarios.bulk import items_of_call, items_of_decisions, put_all
from local.scenarios.by_file import put_in_force_by_file
from local.scenarios.past_calls import PastCall, days_before, past_call, past_calls
from local.scenarios.past_missions import Landlord, PastMission, past_missions
from local.scenarios.patrimoine import (
    made_up_annuaire,
    made_up_entreprises,
    made_up_patrimoine,
    planning_of_year,
    rota_of_year,
)
from local.scenarios.telling import Teller
from local.scenarios.world import World
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.reception.recordings import RecordingToImport, object_key
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.instants import paris_day
from permanence.domain.reference.annuaire_checks import ANNUAIRE
from permanence.domain.reference.calendar import Service, records_on
from permanence.domain.reference.entreprises_kind import ENTREPRISES
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.patrimoine_kind import PATRIMOINE
from permanence.domain.reference.planning_checks import PLANNING
from permanence.web.formats import count

SOUND_S = 4
WRITERS = 8


@dataclass(frozen=True, slots=True)
class Scale:
    """How much there is before the story: so many dwellings, so many days with their calls. `per_day` makes it that
    many calls of the astreinte a day and nothing else; without it there is as much of everything as the tender tells.
    """

    dwellings: int = 12_000
    days: int = 30
    per_day: int | None = None


FULL = Scale()


@dataclass(frozen=True, slots=True)
class PastDays:
    """What was loaded: whole days in Paris and the one that the story begins in, all that happened on them."""

    days: tuple[date, ...]
    calls: tuple[PastCall, ...]
    missions: tuple[PastMission, ...] = ()
    recordings: tuple[RecordingToImport, ...] = ()


@dataclass(frozen=True, slots=True)
class OldCall:
    """A call that is older than anything nominative may be."""

    call_id: str
    born: datetime
    recording_key: str


def load_all(world: World, tell: Teller, until: datetime, scale: Scale) -> tuple[Patrimoine, PastDays]:
    """Everything up to `until` (UTC), and say how much it was and how long it took."""
    began = monotonic()
    with tell.busy(f"Patrimoine de {count(scale.dwellings)} logements, prestataires, planning d’astreinte de l’année"):
        patrimoine = load_reference(world, scale.dwellings, until.year)
    with tell.busy(f"Appels des {scale.days} jours passés") as progress:
        if scale.per_day is None:
            past = load_past_days(world, patrimoine, until, scale.days, progress)
        else:
            past = load_past_calls(world, patrimoine, until, scale.days, scale.per_day)
    with tell.busy("Les indicateurs de ces jours, comptés comme à chaque fin de période"):
        world.run_job("reports", "settle_days")
    forms = sum(call.form is not None for call in past.calls)
    communes = len({dwelling.commune for dwelling in patrimoine.dwellings})
    stock = f"{count(len(patrimoine.dwellings))} logements dans {communes} communes"
    heard = f"{count(len(past.calls))} appels, {count(forms)} fiches"
    rest = f"{len(past.missions)} missions, {len(past.recordings)} enregistrements"
    took = f"{monotonic() - began:.1f}".replace(".", ",")
    tell.step(f"{stock}, {heard}, {rest} : chargés en {took} s")
    return patrimoine, past


def load_reference(world: World, dwellings: int, year: int) -> Patrimoine:
    """Put people, contractors, a patrimoine and the rota of a year in force: each document names those before it. The
    patrimoine comes by file, as Habitat 70 sends it."""
    patrimoine = made_up_patrimoine(dwellings)
    world.put_in_force(ANNUAIRE, made_up_annuaire())
    world.put_in_force(ENTREPRISES, made_up_entreprises(patrimoine))
    put_in_force_by_file(world, PATRIMOINE, patrimoine)
    world.put_in_force(PLANNING, planning_of_year(year))
    return patrimoine


def load_past_days(
    world: World, patrimoine: Patrimoine, until: datetime, days: int, told: Callable[[str], None]
) -> PastDays:
    """The days before as the tender tells them: calls of both services with their forms, missions, recordings; `told`
    hears now and then how far it is."""
    made = _make_past_days(world, patrimoine, until, days)
    items = [item for call in made.calls for item in items_of_call(world.table, call)]
    items += [item for mission in made.missions for item in items_of_decisions(world.table, mission.decisions)]
    put_all(world.table, items, lambda written: told(f"{count(written)} lignes sur {count(len(items))}"))
    bucket, sound = world.bucket("recordings_bucket"), tone_wav(SOUND_S)
    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(lambda kept: bucket.put(object_key(kept), sound, "audio/wav"), made.recordings))
    return made


def load_past_calls(world: World, patrimoine: Patrimoine, until: datetime, days: int, per_day: int) -> PastDays:
    """`per_day` calls of the astreinte on each of the days before, and nothing else."""
    calls = tuple(past_calls(world.contract, patrimoine.dwellings, until, days, per_day))
    put_all(world.table, (item for call in calls for item in items_of_call(world.table, call)))
    return PastDays(days_before(until, days), calls)


def load_old_call(world: World, patrimoine: Patrimoine, day: date) -> OldCall:
    """An answered and recorded call of a day long ago, which the purge has not found yet."""
    answered = (past_call(world.contract, patrimoine.dwellings, day, n) for n in range(100))
    (call,) = islice((call for call in answered if call.form), 1)
    call, recording = _recorded(call)
    put_all(world.table, items_of_call(world.table, call))
    world.bucket("recordings_bucket").put(object_key(recording), tone_wav(1), "audio/wav")
    return OldCall(recording.call_id, call.born, object_key(recording))


def _make_past_days(world: World, patrimoine: Patrimoine, until: datetime, days: int) -> PastDays:
    contract = world.contract
    calls = {call.call_id: call for call in past_calls(contract, patrimoine.dwellings, until, days)}
    landlord = Landlord(
        Dispatching(contract, f"{world.outputs['public_url']}/m/"),
        patrimoine,
        made_up_entreprises(patrimoine),
        rota_of_year(until.year),
    )
    in_order = sorted(calls.values(), key=lambda call: call.born)
    missions = tuple(past_missions(in_order, landlord, _numbers(world, until.year), until))
    calls |= {mission.call.call_id: mission.call for mission in missions}
    recordings = []
    for call_id, call in calls.items():
        if _is_recorded(call, contract):
            calls[call_id], recording = _recorded(call)
            recordings.append(recording)
    return PastDays(days_before(until, days), tuple(calls.values()), missions, tuple(recordings))


def _numbers(world: World, year: int) -> Iterator[str]:
    while True:
        yield world.malfunctions.next_number(year)


def _is_recorded(call: PastCall, contract: Contract) -> bool:
    """Of the answered calls on days of recording, those of the astreinte: enough to listen to."""
    of_astreinte = call.form is not None and call.service is Service.ASTREINTE
    return of_astreinte and records_on(paris_day(call.born), contract.recording)


def _recorded(call: PastCall) -> tuple[PastCall, RecordingToImport]:
    call_id, ended = call.call_id, call.events[-1].at
    recording = RecordingToImport(call_id, f"RE{call_id[2:]}", call.born)
    told = {"recording": recording.recording_id}
    ready, stored = CallEventKind.RECORDING_READY, CallEventKind.RECORDING_STORED
    kept = told | {"object_key": object_key(recording)}
    recorded = (
        CallEvent(call_id, f"{ready}#{recording.recording_id}", ready, ended, told | {"duration_s": f"{SOUND_S}"}),
        CallEvent(call_id, f"{stored}#{recording.recording_id}", stored, ended + timedelta(seconds=5), kept),
    )
    return replace(call, events=(*call.events, *recorded)), recording
