"""Every page of the extranet, full, empty and refused."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache

from extranet.handler import handle
from permanence.application.access.members import Member, Person
from permanence.application.dispatch.deciding import note
from permanence.domain.dispatch.actions import Log
from permanence.domain.dispatch.events import CallNext
from permanence.domain.main_courante.log import EntryKind
from tests.application.dispatch.night import MALFUNCTION_ID
from tests.functions.desk.desk_world import habitat70
from tests.functions.extranet.extranet_world import CLAIRE, MAIN_COURANTE, MONDAY, ExtranetWorld, after_the_night
from tests.web.browser import Browser

SOUND = "/extranet/enregistrements/CA1/RE1"
AGENT = Person("u1", "camille@permanence.example", "Camille", "Roy", "", ("teleconseiller",))


def reader(world: ExtranetWorld) -> Browser:
    """A browser of whoever is signed in."""
    name, _, value = world.cookie.partition("=")
    return Browser(lambda event: handle(event, None, world.services, world.now), cookies={name: value})


@cache
def told() -> ExtranetWorld:
    """A night and a morning; nobody changes anything in it."""
    world = after_the_night(habitat70())
    members = world.services.members
    members.put(Member(AGENT, MONDAY, charter_version="une autre", charter_signed_at=MONDAY))
    members.sign_charter(CLAIRE.user_id, world.services.contract.charter.version, MONDAY)
    return world


@cache
def silent() -> ExtranetWorld:
    return ExtranetWorld(habitat70())


def today() -> Browser:
    return reader(told()).get("/extranet")


def an_empty_day() -> Browser:
    return reader(silent()).get("/extranet")


def a_mission_without_taker() -> Browser:
    world = ExtranetWorld(habitat70())
    world.night.now = MONDAY - timedelta(hours=1)
    world.night.start()
    for step in range(len(world.night.dispatch.steps)):
        world.night.happen(CallNext(step))
    return reader(world).get("/extranet")


@cache
def with_mails_of_every_fate() -> ExtranetWorld:
    """Of the last period one mail was taken, one refused, one is late; of the night before, one refused."""
    world, noon, night = after_the_night(habitat70()), "2026-11-23T1330", "2026-11-23T0830"
    written_at = MONDAY - timedelta(hours=1)
    world.write_mails(noon, written_at, "vesoul", "hericourt")
    world.hand_over(noon, "vesoul", written_at, "refused")
    told = {"period": night, "agency": "Vesoul", "lists": "vesoul,default", "recipients": "a@b.example,c@d.example"}
    note(world.night.malfunctions, MALFUNCTION_ID, Log(EntryKind.MAIL_WRITTEN, told), written_at)
    world.write_mails(night, written_at, "vesoul")
    world.hand_over(night, "vesoul", written_at, "refused")
    return world


def mails_of_every_fate() -> Browser:
    return reader(with_mails_of_every_fate()).get("/extranet")


def a_main_courante_whose_mail_was_refused() -> Browser:
    return reader(with_mails_of_every_fate()).get(MAIN_COURANTE)


def a_frozen_month_that_differs() -> Browser:
    world = after_the_night(habitat70())
    world.settle_all_days()
    return reader(world).get("/extranet/indicateurs?mois=2026-10")


def figures() -> Browser:
    return reader(told()).get("/extranet/indicateurs")


def no_figures() -> Browser:
    return reader(silent()).get("/extranet/indicateurs")


def calls() -> Browser:
    return reader(told()).get("/extranet/appels")


def no_calls() -> Browser:
    return reader(silent()).get("/extranet/appels")


def mains_courantes() -> Browser:
    return reader(told()).get("/extranet/mains-courantes")


def no_main_courante() -> Browser:
    return reader(silent()).get("/extranet/mains-courantes")


def a_main_courante() -> Browser:
    return reader(told()).get(MAIN_COURANTE)


def its_messages_alone() -> Browser:
    return reader(told()).get(f"{MAIN_COURANTE}?a=messages")


def reports() -> Browser:
    return reader(told()).get("/extranet/rapports")


def a_report_without_its_file() -> Browser:
    world = after_the_night(habitat70())
    world.services.reports.objects.clear()
    return reader(world).get("/extranet/rapports/2026-10.xlsx")


def no_report() -> Browser:
    return reader(silent()).get("/extranet/rapports")


def register() -> Browser:
    return reader(told()).get("/extranet/registre")


def a_reason_asked() -> Browser:
    return reader(told()).get(SOUND)


def a_reason_missing() -> Browser:
    return a_reason_asked().post(SOUND, {"motif": ""})


def listening() -> Browser:
    browser = a_reason_asked().post(SOUND, {"motif": "qualite", "retour": MALFUNCTION_ID})
    return browser.get(browser.location)


def a_listening_that_is_over() -> Browser:
    return reader(told()).get("/extranet/ecoutes/CA1/RE1?ecoute=old")


def nothing_to_hear() -> Browser:
    return reader(told()).get("/extranet/enregistrements/CA2/RE2")


def nothing_here() -> Browser:
    return reader(told()).get("/extranet/nulle-part")


PAGES: tuple[Callable[[], Browser], ...] = (
    today,
    an_empty_day,
    a_mission_without_taker,
    mails_of_every_fate,
    figures,
    a_frozen_month_that_differs,
    no_figures,
    calls,
    no_calls,
    mains_courantes,
    no_main_courante,
    a_main_courante,
    a_main_courante_whose_mail_was_refused,
    its_messages_alone,
    reports,
    a_report_without_its_file,
    no_report,
    register,
    a_reason_asked,
    a_reason_missing,
    listening,
    a_listening_that_is_over,
    nothing_to_hear,
    nothing_here,
)
