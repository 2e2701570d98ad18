"""The job that freezes months, and where a frozen report lies: writers and readers agree here."""

JOB = "monthly"


EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def report_key(month: str) -> str:
    """Where the frozen report of a month is kept."""
    return f"reports/{month}/{report_name(month)}"


def report_name(month: str) -> str:
    """What its file is called."""
    return f"permanence-{month}.xlsx"
