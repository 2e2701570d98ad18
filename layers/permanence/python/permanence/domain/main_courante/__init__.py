"""What is written down: the fiche of a call, and the log of everything done about it."""
