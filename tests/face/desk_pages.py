"""Every page of the desk in every state that an agent works in."""

from collections.abc import Callable
from datetime import timedelta

from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.reception.ports import ProviderUnavailable
from permanence.domain.calls.call import CallEventKind
from permanence.domain.dispatch.dispatch import Channel, ChannelStatus
from permanence.domain.dispatch.events import Decline, Receipt
from permanence.domain.reference.announced import Peak, Works
from permanence.domain.reference.calendrier import Calendrier
from permanence.domain.reference.places import Where
from tests.fakes.documents import announced
from tests.functions.desk.desk_missions import MISSION, PAGE, agrees, call_next, press
from tests.functions.desk.desk_world import BURST_PIPE, COMPLETE, World, agent
from tests.web.browser import Browser


def nobody_waits() -> Browser:
    return World().browser().get("/desk")


def two_wait() -> Browser:
    world = World()
    world.call_comes_in("CA1", ago_s=47)
    world.call_comes_in("CA2", caller=None)
    return world.browser().get("/desk")


def nobody_is_on_duty() -> Browser:
    world = World()
    world.reference.rota = ()
    return world.browser().get("/desk")


def somebody_was_faster() -> Browser:
    world = World()
    world.call_comes_in()
    late = world.browser().get("/desk")
    world.browser(agent("Hugo", "Lambert")).get("/desk").post(f"{PAGE}/prendre", {})
    return late.post(f"{PAGE}/prendre", {})


def ones_phone_does_not_ring() -> Browser:
    world = World()
    world.call_comes_in()
    world.phones.faults.append(ProviderUnavailable("503"))
    return world.browser().get("/desk").post(f"{PAGE}/prendre", {})


def a_busy_post() -> Browser:
    """A colleague talks, a fiche is to be closed, a mission runs, one that nobody accepted alarms."""
    world, browser = exhausted()
    world.tell(CallEventKind.ENDED)
    hugo = world.taken(world.browser(agent("Hugo", "Lambert")), "CA2")
    hugo.post("/desk/appels/CA2/fiche", {"last_name": "Jeannin", "description": "Plus de chauffage depuis hier."})
    world.call_comes_in("CA3", ago_s=33)
    return browser.get("/desk")


def one_looks_at_a_call_that_waits() -> Browser:
    world = World()
    world.call_comes_in()
    return world.browser().get(PAGE)


def ones_phone_rings() -> Browser:
    world = World()
    world.call_comes_in()
    return world.browser().get("/desk").post(f"{PAGE}/prendre", {}).get(PAGE)


def on_the_line() -> tuple[World, Browser]:
    world = World()
    browser = world.taken(world.browser())
    world.tell(CallEventKind.RECORDING_STARTED, recording="RE1")
    return world, browser.get(PAGE)


def the_guide_opens() -> Browser:
    return on_the_line()[1]


def the_guide_is_half_way() -> Browser:
    world, browser = on_the_line()
    return world.answers(browser, BURST_PIPE[:4])


def the_guide_offers_many_answers() -> Browser:
    world, browser = on_the_line()
    return world.answers(browser, BURST_PIPE[:3])


def life_in_danger() -> Browser:
    world, browser = on_the_line()
    return world.answers(browser, (("danger", "oui"), ("nature_danger", "feu")))


def out_of_scope() -> Browser:
    world, browser = on_the_line()
    path = (("danger", "non"), ("qui", "adresse_connue"), ("quoi", "autre"), ("autre", "administratif"))
    return world.answers(browser, path)


def the_place_is_missing() -> Browser:
    world, browser = on_the_line()
    return world.answers(browser)


def dwellings_found() -> Browser:
    world, browser = on_the_line()
    return world.answers(browser).post(f"{PAGE}/logements", {"q": "bouvier vesoul"})


def no_dwelling_found() -> Browser:
    _, browser = on_the_line()
    return browser.post(f"{PAGE}/logements", {"q": "avenue de nulle part"})


def decided() -> tuple[World, Browser]:
    world, browser = on_the_line()
    fields = {**COMPLETE, "follow_up": "", "answer_given": ""}
    world.answers(browser).post(f"{PAGE}/fiche", {**fields, "dwelling": "D104"})
    return world, browser.get(PAGE)


def works_where_the_dwelling_is() -> Browser:
    world, browser = decided()
    since, end = world.now - timedelta(days=3), world.now + timedelta(days=30)
    works = Works(since, end, Where.RESIDENCE, "Les Tilleuls", "remplacement de l’ascenseur et de sa machinerie")
    world.part = announced(Calendrier(works=(works,)), since)
    return browser.get(PAGE)


def peaks_announced() -> Browser:
    world = World()
    storm = Peak(world.now, world.now + timedelta(hours=3), "tempête sur le nord du département, vigilance orange")
    later = Peak(world.now + timedelta(days=2), world.now + timedelta(days=3), "avis d’échéance")
    world.part = announced(Calendrier(peaks=(storm, later)), world.now - timedelta(days=3))
    return world.browser().get("/desk")


def ready_to_send() -> Browser:
    return decided()[1]


def sent() -> tuple[World, Browser]:
    world, browser = decided()
    browser.post(f"{PAGE}/intervention", {})
    world.now += timedelta(seconds=70)
    delivered = Receipt(0, Channel.SMS, ChannelStatus.DELIVERED)
    act_on_dispatch(world.malfunctions, MISSION, delivered, world.now, world.dispatching)
    return world, browser.get(PAGE)


def the_first_is_called() -> Browser:
    return sent()[1]


def the_second_is_called() -> Browser:
    world, browser = sent()
    call_next(browser)
    world.call_comes_in("CA2", ago_s=33)
    return browser.get(PAGE)


def agreed() -> tuple[World, Browser]:
    world, browser = sent()
    agrees(browser)
    return world, browser.get(PAGE)


def somebody_accepted() -> Browser:
    return agreed()[1]


def the_work_is_done() -> Browser:
    _, browser = agreed()
    return press(browser, "b-compte-rendu", told_result="réalisée", told_report="Joint changé.").get(PAGE)


def what_was_told_is_missing() -> Browser:
    _, browser = agreed()
    return press(browser, "b-compte-rendu", told_result="", told_report="Joint changé.")


def exhausted() -> tuple[World, Browser]:
    world, browser = sent()
    call_next(browser, times=5)
    return world, browser.get(PAGE)


def nobody_accepted() -> Browser:
    return exhausted()[1]


def the_mission_is_cancelled() -> Browser:
    _, browser = agreed()
    return press(browser, "b-annuler", cancel_reason="Mauvais logement").get(PAGE)


def the_helper_is_called_off() -> Browser:
    _, browser = exhausted()
    helper = {"helper_name": "Garage Petit", "helper_phone": "06 39 98 44 55", "helper_reason": "A un bac étanche"}
    press(browser, "b-prise-en-charge", **helper)
    return press(browser.get(PAGE), "b-annuler", cancel_reason="Fausse alerte").get(PAGE)


def the_helper_has_no_name_yet() -> Browser:
    _, browser = exhausted()
    return press(browser, "b-prise-en-charge", helper_phone="06 39", helper_reason="A un bac étanche")


def the_first_has_refused() -> tuple[World, Browser]:
    """The page shows whom the refusal of the first has led to."""
    world, browser = sent()
    refuses(world)
    return world, browser.get(PAGE)


def refuses(world: World, step: int = 0) -> None:
    act_on_dispatch(world.malfunctions, MISSION, Decline(step, by="keys"), world.now, world.dispatching)


def an_agreement_comes_too_late() -> Browser:
    world, browser = sent()
    refuses(world)
    return agrees(browser)


def who_refused_agrees() -> Browser:
    _, browser = the_first_has_refused()
    return agrees(browser, "Plomberie Daval (refus")


def a_neighbour_calls() -> Browser:
    world, _ = sent()
    hugo = world.taken(world.browser(agent("Hugo", "Lambert")), "CA2")
    world.answers(hugo, call_id="CA2")
    return hugo.post("/desk/appels/CA2/fiche", {"dwelling": "D112"}).get("/desk/appels/CA2")


def the_call_is_over() -> Browser:
    world, browser = decided()
    world.tell(CallEventKind.ENDED)
    return browser.get(PAGE)


def fields_are_missing() -> Browser:
    world, browser = on_the_line()
    world.tell(CallEventKind.ENDED)
    browser.post(f"{PAGE}/clore", {**COMPLETE, "mobile": "06 39", "mail__absent": "", "follow_up": ""})
    return browser.get(browser.location)


def the_fiche_is_closed() -> Browser:
    world, browser = decided()
    world.tell(CallEventKind.ENDED)
    return browser.post(f"{PAGE}/clore", COMPLETE).get(PAGE)


def recording_stopped() -> tuple[World, Browser]:
    world, browser = on_the_line()
    browser.post(f"{PAGE}/objection", {"objection": "arreter"})
    world.now += timedelta(seconds=4)
    return world, browser.get(PAGE)


def the_caller_may_object() -> Browser:
    return recording_stopped()[1]


def the_caller_objected() -> Browser:
    return recording_stopped()[1].post(f"{PAGE}/objection", {"objection": "effacer"}).get(PAGE)


def the_telephone_does_not_answer() -> Browser:
    world, browser = on_the_line()
    world.phones.faults.append(ProviderUnavailable("503"))
    return browser.get(browser.post(f"{PAGE}/raccrocher", {}).location)


def an_unknown_call() -> Browser:
    return World().browser().get("/desk/appels/CA-nobody")


def not_ones_own_house() -> Browser:
    return World().browser(agent(group="habitat70")).get("/desk")


def a_forged_form() -> Browser:
    return World().browser().get("/desk").post(f"{PAGE}/fiche", {}, csrf="forged")


def a_form_too_long() -> Browser:
    return on_the_line()[1].post(f"{PAGE}/fiche", {"description": "x" * 70_000})


def a_page_that_fails() -> Browser:
    world, browser = on_the_line()

    def fails() -> None:
        raise TimeoutError

    world.open_items.open_work = fails  # type: ignore[assignment, method-assign]
    return browser.get(PAGE)


PAGES: tuple[Callable[[], Browser], ...] = (
    nobody_waits,
    two_wait,
    nobody_is_on_duty,
    somebody_was_faster,
    ones_phone_does_not_ring,
    a_busy_post,
    one_looks_at_a_call_that_waits,
    ones_phone_rings,
    the_guide_opens,
    the_guide_is_half_way,
    the_guide_offers_many_answers,
    life_in_danger,
    out_of_scope,
    the_place_is_missing,
    dwellings_found,
    works_where_the_dwelling_is,
    peaks_announced,
    no_dwelling_found,
    ready_to_send,
    the_first_is_called,
    the_second_is_called,
    somebody_accepted,
    the_mission_is_cancelled,
    the_helper_is_called_off,
    the_helper_has_no_name_yet,
    an_agreement_comes_too_late,
    who_refused_agrees,
    the_work_is_done,
    what_was_told_is_missing,
    nobody_accepted,
    a_neighbour_calls,
    the_call_is_over,
    fields_are_missing,
    the_fiche_is_closed,
    the_caller_may_object,
    the_caller_objected,
    the_telephone_does_not_answer,
    an_unknown_call,
    not_ones_own_house,
    a_forged_form,
    a_form_too_long,
    a_page_that_fails,
)
