"""How many executions of our functions may run at once, out of what an account has of them."""

WEBHOOK = 100
"""Kept for `call_webhook` alone, which loses calls when it is throttled: its fallback is on the same function. 200
requests a second, the most its route lets in, take 20 while an answer takes 100 ms; 100 also answer 8 requests a
second when table, secret, provider and queue all hang for 12 s."""

LEFT_TO_THE_OTHERS = 100
"""Lambda refuses a reservation that would leave fewer to the functions without one."""

MANY = 80
"""Of those that are sure to be left: the account's share runs short."""
