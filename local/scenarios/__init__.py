"""What can happen to the reception, with made-up people and places."""
