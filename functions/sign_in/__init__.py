"""Signing in and out on our own pages, and the static files of every page."""
