"""The référentiel and the calendrier, in every state."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from permanence.domain.reference.imports import READ_BY_THEN
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.received_mail import Apart, MailApart
from tests.functions.decisions.decisions_world import (
    LINE,
    MEETING,
    NADEGE,
    OPENING,
    PAGE,
    PEAK,
    TAKEOVER,
    WORKS,
    World,
    announced,
    approved,
    proposed,
    under_way,
)
from tests.functions.decisions.files_world import FILES, GRAY, MENDABLE, PATRIMOINE, WHOLE, FilesWorld, read, sent
from tests.functions.decisions.places_world import HOLES, another_plumber_proposed, with_a_town
from tests.functions.decisions.planning_world import PLANNING_PAGE, REPLACEMENT, PlanningWorld, holed
from tests.web.browser import Browser


def nothing_yet() -> Browser:
    return World().browser().get(PAGE)


def every_document() -> Browser:
    world = World()
    proposed(world)
    approved(world)
    proposed(world, NADEGE, day="2026-12-10")
    return world.browser().get("/referentiel")


def every_document_and_files() -> Browser:
    world = FilesWorld()
    proposed(world)
    read(world, MENDABLE)
    return world.browser().get("/referentiel")


def the_first_day() -> Browser:
    return World().browser().get("/referentiel/premier-jour")


def mails_kept_apart() -> Browser:
    world = World()
    for number, reason in enumerate(Apart):
        world.received_mails.keep_apart(MailApart(f"m{number}", world.now, "nadia@habitat70.example", reason))
    return world.browser().get("/referentiel/courriels")


def how_a_file_is_prepared() -> Browser:
    return World().browser().get("/referentiel/patrimoine/preparer")


def addresses_to_add() -> Browser:
    world = World()
    world.unknown_addresses.tell("6 impasse des Forges, Héricourt", "CA2", world.now - timedelta(hours=1))
    return world.browser().get("/referentiel/adresses")


def the_history() -> Browser:
    world = World()
    proposed(world)
    approved(world)
    proposed(world, NADEGE, day="2026-12-10")
    return world.browser().get(f"{PAGE}/versions")


def a_version_to_decide_on() -> Browser:
    world = World()
    proposed(world)
    return world.browser(NADEGE).get(f"{PAGE}/1")


def what_a_closure_changes() -> Browser:
    return World().browser().get(PAGE).post(f"{PAGE}/fermeture", MEETING)


def a_closure_that_cannot_be() -> Browser:
    return World().browser().get(PAGE).post(f"{PAGE}/fermeture", MEETING | {"day": "2026-11-27"})


def a_closure_without_its_date() -> Browser:
    return World().browser().get(PAGE).post(f"{PAGE}/fermeture", MEETING | {"day": "", "reason": ""})


def a_closure_proposed() -> Browser:
    browser = proposed(World())
    return browser.get(browser.location)


def a_version_overtaken() -> Browser:
    world = World()
    proposed(world)
    proposed(world, NADEGE, day="2026-12-10", account="half_day", opens="13:30", closes="17:30")
    approved(world)
    return approved(world, 2)


def what_a_peak_changes() -> Browser:
    return World().browser().get(PAGE).post(f"{PAGE}/pic", PEAK)


def a_peak_without_its_hours() -> Browser:
    return announced(World(), peak_from_clock="", peak_to_clock="")


def a_peak_announced() -> Browser:
    world = World()
    announced(world)
    return approved(world).get(PAGE)


def what_works_change() -> Browser:
    return World().browser().get(PAGE).post(f"{PAGE}/travaux", WORKS)


def works_without_their_place() -> Browser:
    return under_way(World(), works_where="", works_place="")


def works_announced() -> Browser:
    world = World()
    under_way(world)
    return approved(world).get(PAGE)


def what_an_opening_changes() -> Browser:
    return World().browser().get(PAGE).post(f"{PAGE}/ouverture-exceptionnelle", OPENING | {"opening_agency": "gray"})


def an_opening_that_cannot_be() -> Browser:
    typed = OPENING | {"opening_closes": "", "opening_why": ""}
    return World().browser().get(PAGE).post(f"{PAGE}/ouverture-exceptionnelle", typed)


def a_takeover_that_goes_on() -> Browser:
    world = World()
    proposed(world)
    approved(world)
    announced(world)
    approved(world, 2)
    under_way(world)
    approved(world, 3)
    world.browser().get(PAGE).post(f"{PAGE}/ouverture-exceptionnelle", {**OPENING, "deed": "proposer"})
    approved(world, 4)
    world.browser().get(PAGE).post(f"{PAGE}/prise-en-charge", {**TAKEOVER, "deed": "proposer"})
    return approved(world, 5).get(PAGE)


def the_messages() -> Browser:
    return World().browser().get("/referentiel/messages")


def what_a_message_changes() -> Browser:
    return World().browser().get("/referentiel/messages").post("/referentiel/messages/textes", LINE)


def a_message_that_cannot_be() -> Browser:
    wrong = LINE | {"welcome": "Bonjour {agent}", "closing": ""}
    return World().browser().get("/referentiel/messages").post("/referentiel/messages/textes", wrong)


def the_planning() -> Browser:
    return PlanningWorld().browser().get(f"{PLANNING_PAGE}?semaine=2027-03-26")


def a_planning_to_correct() -> Browser:
    world = PlanningWorld()
    world.propose(holed())
    return world.browser().get(f"{PLANNING_PAGE}?version=2")


def who_would_be_called() -> Browser:
    world = PlanningWorld()
    world.propose(holed())
    asked = "version=2&logement=9%20rue%20Carnot%20Lure&motif=eclairage_communs&le=2027-03-28&a=02:30"
    return world.browser().get(f"{PLANNING_PAGE}?{asked}")


def a_place_of_several_dwellings() -> Browser:
    return PlanningWorld().browser().get(f"{PLANNING_PAGE}?logement=carnot&motif=eclairage_communs")


def somebody_replaced() -> Browser:
    return PlanningWorld().browser().get(PLANNING_PAGE).post(f"{PLANNING_PAGE}/remplacer", REPLACEMENT)


def a_replacement_in_the_hour_that_comes_twice() -> Browser:
    typed = REPLACEMENT | {"from_day": "2027-10-31", "from_clock": "02:30", "to_day": "2027-11-01"}
    return PlanningWorld().browser().get(PLANNING_PAGE).post(f"{PLANNING_PAGE}/remplacer", typed)


def a_version_of_the_planning() -> Browser:
    return PlanningWorld().browser().get(f"{PLANNING_PAGE}/1")


def the_annuaire() -> Browser:
    return PlanningWorld().browser().get("/referentiel/annuaire")


def the_lists() -> Browser:
    return World().browser().get("/referentiel/listes")


def what_a_number_changes() -> Browser:
    typed = {"section": "secours", "fallback": "03 84 00 00 01"}
    return World().browser().get("/referentiel/listes").post("/referentiel/listes/lignes", typed)


def a_list_that_cannot_be() -> Browser:
    typed = {"section": "delais", "answer-default": "", "alarm": "bientôt", "answer-cadre": "300"}
    return World().browser().get("/referentiel/listes").post("/referentiel/listes/lignes", typed)


def no_file_yet() -> Browser:
    return FilesWorld().browser().get(FILES)


def files_received() -> Browser:
    world = FilesWorld()
    read(world, MENDABLE)
    world.now += timedelta(minutes=3)
    sent(world, WHOLE, "patrimoine-2026-12.csv")
    return world.browser().get(FILES)


def no_file_chosen() -> Browser:
    return FilesWorld().browser().get(FILES).post(FILES, {"kind": ""})


def a_file_being_read() -> Browser:
    return sent(FilesWorld(), WHOLE)


def a_reading_that_came_to_nothing() -> Browser:
    world = FilesWorld()
    browser = sent(world, WHOLE)
    world.now += READ_BY_THEN
    return browser.get(browser.asked[1])


def a_file_to_mend() -> Browser:
    return read(FilesWorld(), MENDABLE)


def a_file_that_does_not_read() -> Browser:
    return read(FilesWorld(), b"PK\x03\x04", "patrimoine.xlsx")


def a_file_that_changes_much() -> Browser:
    world = FilesWorld()
    browser = read(world, world.workbook(PATRIMOINE), "patrimoine.xlsx")
    browser.post(f"{browser.asked[1]}/vigueur", {"day": "", "hour": ""})
    world.now += timedelta(days=1)
    moved = tuple(replace(one, agency="lure", door="") for one in GRAY[:-1])
    return read(world, world.workbook(Patrimoine(dwellings=moved)), "patrimoine-2026-12.xlsx")


def a_file_mended() -> Browser:
    world = FilesWorld()
    browser = read(world, MENDABLE)
    answers = {"reading": "1", "g0": "0", "t1": "rue des Tanneurs", "g2": "0"}
    page = browser.asked[1]
    browser.post(f"{page}/corriger", answers)
    world.read()
    return browser.get(page)


def a_file_put_in_force() -> Browser:
    browser = a_file_mended()
    browser.post(f"{browser.asked[1]}/vigueur", {"day": "2026-12-01", "hour": "08:00"})
    return browser.get(browser.location)


def a_file_refused() -> Browser:
    browser = a_file_mended()
    browser.post(f"{browser.asked[1]}/refuser", {"why": "fichier de novembre"})
    return browser.get(browser.location)


def no_patrimoine_yet() -> Browser:
    return World().browser().get("/referentiel/patrimoine")


def the_patrimoine_with_a_version_to_decide_on() -> Browser:
    return another_plumber_proposed().browser().get("/referentiel/patrimoine")


def what_a_patrimoine_changes_for_the_night() -> Browser:
    return another_plumber_proposed().browser().get("/referentiel/patrimoine/2")


def the_entreprises() -> Browser:
    return with_a_town().browser().get("/referentiel/entreprises")


def the_holes() -> Browser:
    return with_a_town().browser().get(HOLES)


PAGES: tuple[Callable[[], Browser], ...] = (
    nothing_yet,
    every_document,
    no_patrimoine_yet,
    the_patrimoine_with_a_version_to_decide_on,
    what_a_patrimoine_changes_for_the_night,
    the_entreprises,
    the_holes,
    every_document_and_files,
    the_first_day,
    mails_kept_apart,
    how_a_file_is_prepared,
    addresses_to_add,
    the_history,
    a_version_to_decide_on,
    what_a_closure_changes,
    a_closure_that_cannot_be,
    a_closure_without_its_date,
    a_closure_proposed,
    a_version_overtaken,
    what_a_peak_changes,
    a_peak_without_its_hours,
    a_peak_announced,
    what_works_change,
    works_without_their_place,
    works_announced,
    what_an_opening_changes,
    an_opening_that_cannot_be,
    a_takeover_that_goes_on,
    the_messages,
    what_a_message_changes,
    a_message_that_cannot_be,
    the_planning,
    a_planning_to_correct,
    who_would_be_called,
    a_place_of_several_dwellings,
    somebody_replaced,
    a_replacement_in_the_hour_that_comes_twice,
    a_version_of_the_planning,
    the_annuaire,
    the_lists,
    what_a_number_changes,
    a_list_that_cannot_be,
    no_file_yet,
    files_received,
    no_file_chosen,
    a_file_being_read,
    a_reading_that_came_to_nothing,
    a_file_to_mend,
    a_file_that_does_not_read,
    a_file_that_changes_much,
    a_file_mended,
    a_file_put_in_force,
    a_file_refused,
)
