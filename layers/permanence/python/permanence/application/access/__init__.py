"""Who may come in: signing in, the register, and the trace of what each has read."""
