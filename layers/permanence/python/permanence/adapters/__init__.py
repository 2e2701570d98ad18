"""The outside world behind the ports; every adapter receives its client."""
