"""What the check after a deployment sees of a system that answers, and of one that does not."""
