"""A telephone operator on this machine: Twilio's REST API and TwiML executed for real, with signed webhooks.

Phones ring in a web page and through a control API (`/openapi.json`). State is in memory only.
"""
