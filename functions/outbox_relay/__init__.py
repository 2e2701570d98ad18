"""Carries new notices and timers from the table's stream to their queues."""
