"""The year by weeks and a week by real hours: who holds what, where somebody is missing, how long the Sundays are."""

from datetime import date, timedelta

from permanence.application.extranet.planning import cells_of, view_week, view_year, week_of
from permanence.domain.reference.planning import Planning
from tests.domain.reference.test_calendar import WEEK, paris
from tests.domain.reference.test_planning_checks import ANNUAIRE, CADRE, GRAY, LURE, NOW, SUPERVISEUR, duty, whole

SECTORS = ("Gray", "Lure")
FRIDAY = paris(2027, 3, 26, 16, 30)


def weekly() -> Planning:
    """From the first Friday of March, half past four, for six weeks: Hélène and Karim by turns in Gray."""
    rows, cells = [], cells_of(whole(), SECTORS)
    for week in range(6):
        start = paris(2027, 3, 5, 16, 30) + timedelta(days=7 * week)
        start = start - timedelta(hours=1) if start > paris(2027, 3, 28, 12) else start
        end = paris(2027, 3, 12, 16, 30) + timedelta(days=7 * week)
        end = end - timedelta(hours=1) if end > paris(2027, 3, 28, 12) else end
        rows += [duty(cell, start, end, "helene" if cell == GRAY and week % 2 else "") for cell in cells]
    return Planning().with_duties(rows)


def test_the_weeks_of_a_year_go_from_handover_to_handover() -> None:
    view = view_year(weekly(), ANNUAIRE, SECTORS, WEEK, 2027, NOW)
    assert [line.cell for line in view.lines] == [CADRE, GRAY, LURE, SUPERVISEUR]
    weeks = {one.start: one for one in view.lines[1].weeks}
    assert weeks[FRIDAY].people == ("helene",)
    assert weeks[paris(2027, 4, 2, 16, 30)].people == ("karim",)
    assert (weeks[FRIDAY].lacks, weeks[FRIDAY].doubles) == (False, False)
    january = view.lines[1].weeks[0]
    assert (january.start, january.people, january.lacks) == (paris(2027, 1, 1), (), False)
    assert view.problems == ()


def test_a_hole_and_two_people_are_marked_in_their_week_and_on_their_days() -> None:
    planning = weekly()
    holed = Planning(tuple(one for one in planning.duties if one.cell != LURE)).with_duties(
        [
            duty(LURE, paris(2027, 3, 5, 16, 30), paris(2027, 3, 27, 20)),
            duty(LURE, paris(2027, 3, 28, 8, 30), paris(2027, 4, 16, 16, 30)),
        ]
    )
    twice = Planning((*holed.duties, duty(GRAY, paris(2027, 3, 31, 17, 30), paris(2027, 4, 1, 8, 30), "karim")))
    view = view_year(twice, ANNUAIRE, SECTORS, WEEK, 2027, NOW)
    gray, lure = ({one.start: one for one in line.weeks}[FRIDAY] for line in view.lines[1:3])
    assert (gray.doubles, lure.lacks) == (True, True)
    assert (len(view.gaps), len(view.overlaps)) == (1, 1)
    assert view.open_days == {date(2027, 3, 28)}
    assert view.clock_changes == ((date(2027, 3, 28), 23), (date(2027, 10, 31), 25))
    assert [one.name for one in view.landlines] == ["Hélène Faivre"]


def test_a_week_has_its_real_hours_and_its_opening_hours_apart() -> None:
    week = view_week(weekly(), SECTORS, WEEK, date(2027, 3, 26))
    assert [day.hours for day in week.days] == [24, 24, 23, 24, 24, 24, 24]
    assert [day.day for day in week.days if day.is_holiday] == [date(2027, 3, 29)]
    assert week.end - week.start == timedelta(hours=167)
    (cadre, pieces), *_ = week.lines
    assert (cadre, [one.person_ids for one in pieces]) == (CADRE, [("sylvie",)])
    spans = [(one.start, one.end) for one in week.astreinte(pieces)]
    assert (paris(2027, 3, 26, 16, 30), paris(2027, 3, 30, 8, 30)) in spans
    assert sum(((end - start) for start, end in spans), timedelta()) == timedelta(hours=167) - sum(
        ((one.end - one.start) for one in week.open_spans), timedelta()
    )


def test_a_week_begins_on_the_day_of_the_handover() -> None:
    assert week_of(date(2027, 3, 29), weekly()) == date(2027, 3, 26)
    assert week_of(date(2027, 3, 26), weekly()) == date(2027, 3, 26)
    assert week_of(date(2027, 3, 25), Planning()) == date(2027, 3, 22)


def test_nothing_planned_is_an_empty_year() -> None:
    view = view_year(Planning(), ANNUAIRE, SECTORS, WEEK, 2027, NOW)
    assert not any(week.lacks or week.people for line in view.lines for week in line.weeks)
    assert (view.problems, view.years) == ((), (2027,))
