"""Calls from the first ring to the wrap-up: taken, connected, recorded, put on hold, ended."""
