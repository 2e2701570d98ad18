"""`make demo`: the whole system on this machine, a story played on it, then yours to try.

SCENARIO=saturday-night is "Saturday 23 h 12", SCENARIO=bad-night one on which everything that can fail does.
DEMO_EXIT=1 leaves after the scenario, with status 0 only if every fact of the story holds. Ctrl-C leaves at any moment:
with that same status once the story is over, with 130 before. A button on the operator's page plays it again.
"""

import os
import signal
import sys
from collections.abc import Callable, Mapping

from contracts.schema import ContractError
from local.engine import system
from local.engine.processes import StartFailed
from local.scenarios import bad_night
from local.scenarios.again import start_over, wait_until_wanted
from local.scenarios.load import FULL, Scale
from local.scenarios.phone_book import free_phones
from local.scenarios.saturday_night import Fact, SaturdayNight
from local.scenarios.telling import Teller
from local.scenarios.world import World

INTERRUPTED = 130
_LEAVING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    tell = Teller()
    scenario = os.environ.get("SCENARIO", "saturday-night")
    if scenario not in STORIES:
        tell.line(f"SCENARIO is one of {', '.join(STORIES)}, not {scenario}")
        return 1
    for leaving in _LEAVING:
        signal.signal(leaving, signal.default_int_handler)
    try:
        outputs = system.up(tell.line)
    except (StartFailed, ContractError) as failure:
        tell.line(str(failure))
        return 1
    except KeyboardInterrupt:
        _leave(tell)
        return INTERRUPTED
    try:
        with World(outputs) as world:
            all_hold = _play(scenario, world, tell)
            while not os.environ.get("DEMO_EXIT"):
                _print_invitation(outputs, tell)
                if not _is_wanted_again(world):
                    break
                with tell.busy("Tout recommence : la table, les coffres et les téléphones se vident"):
                    start_over(world)
                all_hold = _play(scenario, world, tell)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        _leave(tell)
    return 0 if all_hold else 1


def _leave(tell: Teller) -> None:
    """Stop everything; a second Ctrl-C must not leave half of it behind."""
    for leaving in _LEAVING:
        signal.signal(leaving, signal.SIG_IGN)
    tell.line()
    system.down(tell.line)


def tell_the_story(world: World, tell: Teller, scale: Scale = FULL) -> bool:
    """Play it on a running system that has not seen it yet; whether all its facts hold."""
    night = SaturdayNight(world, tell, scale)
    night.play()
    facts = night.look_up_facts()
    _print_facts(facts, tell)
    return all(fact.holds for fact in facts)


STORIES: Mapping[str, tuple[str, Callable[[World, Teller], bool]]] = {
    "saturday-night": ("Samedi, 23 h 12", tell_the_story),
    "bad-night": ("La mauvaise nuit", bad_night.tell_the_story),
}


def _play(scenario: str, world: World, tell: Teller) -> bool:
    """Whether all is as it must be afterwards; then the phones are the visitor's."""
    name, story = STORIES[scenario]
    world.operator.tell_story(name, playing=True)
    try:
        return story(world, tell)
    finally:
        free_phones(world.operator)
        world.operator.tell_story(name, playing=False)


def _is_wanted_again(world: World) -> bool:
    """False when somebody leaves."""
    try:
        wait_until_wanted(world.operator)
    except KeyboardInterrupt:
        return False
    return True


def _print_facts(facts: list[Fact], tell: Teller) -> None:
    tell.line()
    tell.line("Les faits, chacun à sa place :")
    for fact in facts:
        sign = "oui" if fact.holds else "NON"
        wrong = "" if fact.holds else f" (attendu : {fact.expected} ; trouvé : {fact.found})"
        tell.line(f"  {sign}  {fact.where:<10} {fact.what}{wrong}")
    tell.line(f"{sum(fact.holds for fact in facts)} faits sur {len(facts)} sont vrais.")


def _print_invitation(outputs: system.Outputs, tell: Teller) -> None:
    tell.line()
    tell.line(f"Poste des téléconseillers   {outputs['desk_url']}")
    tell.line(f"Extranet d’Habitat 70       {outputs['extranet_url']}")
    tell.line(f"Téléphones, SMS, courriels  {outputs['operator_url']}")
    tell.line()
    for user in outputs["users"]:
        tell.line(f"  {user['group']:<14} {user['email']:<36} {user['password']}")
    tell.line("  Le code à usage unique :    make code WHO=lea.marchand")
    tell.line()
    tell.line(
        "À essayer : appelez le 03 53 01 70 00 depuis la page des téléphones, connectez-vous au poste, « Prendre »,"
    )
    tell.line(
        "décrochez le téléphone de Léa et appuyez sur 1, suivez le guide jusqu’à « Envoyer en intervention », puis"
    )
    tell.line("répondez à la place du prestataire : 1, puis encore 1. Lisez ensuite la main courante sur l’extranet.")
    tell.line(
        "L’heure se règle sur la page des téléphones, en haut à droite, et « Rejouer depuis le début » y recommence la"
    )
    tell.line("nuit. Ctrl-C arrête tout.")


if __name__ == "__main__":
    sys.exit(main())
