"""The contractor's page behind a one-time link (R41, R41a, R45)."""
