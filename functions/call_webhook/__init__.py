"""The telephony provider's webhooks: genuine requests become facts, the answers tell it what to do with the call."""
