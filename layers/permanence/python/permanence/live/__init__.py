"""Where ports meet adapters: small classes by need, of which a function combines the few that it works with.

Each adapter is made once, when it is first asked for; what a function does not combine, it does not import.
"""
