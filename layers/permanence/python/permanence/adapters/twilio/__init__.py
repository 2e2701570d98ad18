"""Twilio, the first telephony provider. No word of its vocabulary leaves this package."""
