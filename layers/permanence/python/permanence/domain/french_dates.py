"""How a date is said in French; days are named from Monday, months from January."""

from datetime import date

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def day_of_month(day: date) -> str:
    """1er, 2, 31."""
    return "1er" if day.day == 1 else str(day.day)
