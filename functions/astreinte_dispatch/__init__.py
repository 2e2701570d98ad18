"""Moves dispatches on: a deadline is reached, a late event comes in, the sweep finds what was forgotten."""
