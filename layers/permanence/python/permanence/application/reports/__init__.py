"""What is sent and frozen: the mail of a period, the month, the days settled."""
