"""Sends what the outbox holds: SMS, voice calls, mails."""
