"""What a person types around a deployment: ask an account before it, and the system after it."""
