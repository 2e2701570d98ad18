"""Use cases: each loads facts through a port, lets the domain decide, saves the decision."""
