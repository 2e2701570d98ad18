"""The people of the register: a supervisor makes, mends and stops their access."""
