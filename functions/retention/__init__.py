"""Erases what has been kept long enough, and proves it."""
