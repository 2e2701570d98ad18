"""The job that tells ended periods, for those who look up what it told (R50)."""

from datetime import timedelta

JOB = "end_of_period"


FIRST_RUN_LOOKS_BACK = timedelta(days=1)
