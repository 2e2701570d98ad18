"""Mails of the end of each astreinte period, and the report of each month."""
